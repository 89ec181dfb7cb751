//! Quotations in the database: offered, accepted once, made a contract once. `[SAL-3]`

/// What is done with a quotation and looks at others.
pub mod deed;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{QuotationFilter, QuotationSummary, QuotationView, list, show, view};

use crate::spine::{Failure, Tx};
use domain::{quotation::Quotation, spine::Change};

crate::spine::resource! { crate::Sales: Quotation as QuotationView; find, apply, show = show }

/// Writes a change of a quotation.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Quotation>) -> Result<Quotation, Failure> {
    tx.apply(change)
}
