//! The tables of performance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod appraisal;
mod certificate;
mod indicator;
mod review_round;
mod scheme_review;

pub use appraisal::*;
pub use certificate::*;
pub use indicator::*;
pub use persistence_base_tables::*;
pub use review_round::*;
pub use scheme_review::*;

use persistence_spine_tables as spine;

spine::together!(
    appraisal_periods,
    appraisal_reviews,
    appraisals,
    certificates,
    indicator_figures,
    indicators,
    review_rounds,
    scheme_reviews,
    team_awards,
);
spine::beside!(appraisals, certificates, indicator_figures, team_awards; (employees, employee_placements));
