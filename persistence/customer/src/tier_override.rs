//! Overrides of tiers in the database: handed to approvers, and held once they agree. `[TIE-1]`

/// What moves more than the override itself.
pub mod deed;
mod row;
mod settle;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub(crate) use row::erase;
pub use row::find;
pub use settle::preview;
pub use view::{OverrideFilter, OverrideView, list, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    spine::Change,
    tier_override::{OVERRIDE_CHAIN_CODE, SHIPPED_OVERRIDE_CHAIN, TierOverride, routed_fields},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<TierOverride, crate::Customer>() },
    &Routing(routed_fields),
    &Shipped::text(
        OVERRIDE_CHAIN_CODE,
        "客户等级调整审批链",
        "002 §6 第四章二第三条",
        SHIPPED_OVERRIDE_CHAIN,
    ),
];

crate::spine::resource! { crate::Customer: TierOverride as OverrideView; find, apply, show = show }

/// Writes a change of an override.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<TierOverride>) -> Result<TierOverride, Failure> {
    tx.apply(change)
}
