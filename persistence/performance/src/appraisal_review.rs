//! Reviews in the database: read by who gives them and by nobody else; what comes of them stands in the
//! sheet. `[KPI-4]`

/// Who is asked.
mod ask;
/// What is done with a review.
pub mod deed;
mod row;
/// What a review looks like to who gives it.
pub mod view;

pub(crate) use ask::{ask, wanted};
pub use row::{CommentView, find};
pub(crate) use row::{answers, comments};
pub use view::{ReviewFilter, ReviewView, list, show, view};

use crate::{
    audit::{Confidential, Shown},
    spine::{Failure, Part, Tx},
};
use domain::{
    appraisal_review::AppraisalReview,
    spine::{Change, Entity},
};

// Whoever reads the trail would see who reviewed whom, and how.
pub(crate) const NOUN: &[Part] = &[&Confidential { kind: AppraisalReview::KIND, shown: Shown::Unlisted }];

crate::spine::resource! { crate::Performance: AppraisalReview as ReviewView; find, apply, show = show }

/// Writes a change of a review.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<AppraisalReview>) -> Result<AppraisalReview, Failure> {
    tx.apply(change)
}
