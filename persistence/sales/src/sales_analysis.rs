//! Sales analysed from one source: the entries of performance credit. `[ANA-1]`

/// What stands out.
pub mod alert;
/// Sums by what they are grouped by.
mod dimension;
/// The rows of an analysis.
pub mod view;

pub use alert::{SalesAlertFilter, SalesAlertView};
pub use view::{SalesAnalysisFilter, SalesAnalysisRow, list, report};
