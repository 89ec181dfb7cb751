//! Queues of sites in the database: a ledger that is only added to, from which it follows whose turn it is. `[QUE-1 … QUE-3]`

/// What queues came to, by person.
pub mod list;
mod row;
mod tiding;
/// Where a queue stands, what happened in it, and whether that is whole.
pub mod view;

pub use list::{QueueFilter, QueueSummary, list};
pub(crate) use row::load;
pub use row::{absent, find, of_day};
pub use view::{QueueView, show, view};

use crate::spine::{Failure, Part, Tx};
use domain::{reception_queue::ReceptionQueue, spine::Change};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&tiding::TIDINGS];

crate::spine::resource! { crate::Customer: ReceptionQueue as QueueView; find, apply, show = show }

/// Writes a change of a queue.
///
/// # Errors
/// `validation.not_unique` where the site has one of that day; [`Failure::Moved`] where it moved meanwhile: then the unit of
/// work is done again, and finds whose turn it is then.
pub fn apply(tx: &mut Tx<'_>, change: Change<ReceptionQueue>) -> Result<ReceptionQueue, Failure> {
    tx.apply(change)
}
