//! Credit in the database: granted by approval, used by what customers order and do not pay. `[REC-1e, CNT]`

/// What is done with a grant.
pub mod deed;
/// What customers owe, against what they may.
pub(crate) mod exposure;
mod row;
mod settle;
/// What a grant looks like, those within the caller's sight, and how a customer stands.
pub mod view;

pub use row::find;
pub use settle::preview;
pub use view::{
    CreditGrantFilter, CreditGrantSummary, CreditGrantView, CustomerCreditView, list, of_customer, show, view,
};

use crate::{
    approval::{Routing, SubjectKind},
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    credit_grant::{CREDIT_GRANT_CHAIN_CODE, CreditGrant, SHIPPED_CREDIT_GRANT_CHAIN, routed_fields},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<CreditGrant, crate::Sales>() },
    &Routing(routed_fields),
    &Shipped::text(CREDIT_GRANT_CHAIN_CODE, "授信审批链", "002 §7", SHIPPED_CREDIT_GRANT_CHAIN),
];

crate::spine::resource! { crate::Sales: CreditGrant as CreditGrantView; find, apply, show = show }

/// Writes a change of a grant.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<CreditGrant>) -> Result<CreditGrant, Failure> {
    tx.apply(change)
}
