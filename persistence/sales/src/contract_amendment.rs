//! Amendments and terminations of contracts in the database: reviewed, and in force in the transaction of their approval. `[CON-3]`

/// What is done with one and moves more than it.
pub mod deed;
/// What was performed of a contract by now.
mod performed;
/// What a contract said before.
pub mod revision;
mod row;
mod settle;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub(crate) use performed::performed;
pub(crate) use row::absorbed;
pub use row::find;
pub use settle::preview;
pub use view::{ContractAmendmentFilter, ContractAmendmentSummary, ContractAmendmentView, list, show, view};

use crate::{
    approval::SubjectKind,
    spine::{Failure, Part, Tx},
};
use domain::{contract_amendment::ContractAmendment, spine::Change};

/// What this noun brings to its wing. It meets the chain of contracts.
pub(crate) const NOUN: &[Part] = &[&const { SubjectKind::of::<ContractAmendment, crate::Sales>() }];

crate::spine::resource! { crate::Sales: ContractAmendment as ContractAmendmentView; find, apply, show = show }

/// Writes a change of an amendment.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<ContractAmendment>) -> Result<ContractAmendment, Failure> {
    tx.apply(change)
}
