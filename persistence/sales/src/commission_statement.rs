//! Commission statements in the database: reckoned a month for everybody at once, each entry on one of them. `[COM-11]`

/// What is done with statements.
pub mod deed;
mod row;
/// What a statement looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub(crate) use row::{of_batch, ready, set_batch};
pub use view::{
    CommissionStatementFilter, CommissionStatementSummary, CommissionStatementView, list, show, view,
};

use crate::{
    audit::{Confidential, Shown},
    spine::{Failure, Gate, Part, Tx},
};
use domain::{
    commission_statement::CommissionStatement,
    spine::{Change, Entity, Permission},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Confidential {
    kind: CommissionStatement::KIND,
    shown: Shown::WithPermission(Permission::ReadCommission),
}];

/// Whoever reckons or takes a month is alone.
pub(crate) const RECKONING: Gate = Gate { key: 7_221_054_090 };

crate::spine::resource! {
    crate::Sales: CommissionStatement as CommissionStatementView; find, apply, show = show
}

/// Writes a change of a statement.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<CommissionStatement>) -> Result<CommissionStatement, Failure> {
    tx.apply(change)
}
