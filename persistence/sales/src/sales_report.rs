//! Reports of selling in the database: compiled from records, frozen when they are submitted. `[SAL-4]`

/// What is done with a report and reads records.
pub mod deed;
mod duty;
/// What records show of somebody's selling.
mod figures;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{SalesReportFilter, SalesReportView, list, show, view};

use crate::spine::{Failure, Part, Tx};
use domain::{sales_report::SalesReport, spine::Change};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&duty::SUBMITTED];

crate::spine::resource! { crate::Sales: SalesReport as SalesReportView; find, apply, show = show }

/// Writes a change of a report.
///
/// # Errors
/// Where it moved meanwhile, or there is one already.
pub fn apply(tx: &mut Tx<'_>, change: Change<SalesReport>) -> Result<SalesReport, Failure> {
    tx.apply(change)
}
