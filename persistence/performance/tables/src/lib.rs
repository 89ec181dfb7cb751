//! The tables of performance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod appraisal;
mod indicator;

pub use appraisal::*;
pub use indicator::*;
pub use persistence_base_tables::*;

use persistence_spine_tables as spine;

spine::together!(appraisal_periods, appraisal_reviews, appraisals, indicator_figures, indicators);
spine::beside!(appraisals, indicator_figures; (employees, employee_placements));
