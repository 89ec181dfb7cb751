//! A review is given. `[KPI-4]`

use crate::{
    appraisal, appraisal_period, review_round,
    spine::{Failure, Reader, Tx},
};
use domain::{
    appraisal::{AppraisalState, Unscorable},
    appraisal_period::Stage,
    appraisal_review::AppraisalReview,
    spine::Change,
};
use rust_decimal::Decimal;

/// In which stage the period of a review is, and whether a result waits for it.
pub(super) fn stage(reader: &mut Reader<'_>, review: &AppraisalReview) -> Result<(Stage, bool), Failure> {
    let period = appraisal_period::find(reader, review.period)?;
    let sheet = appraisal::find_unscoped(reader, review.appraisal)?;
    let is_awaited =
        sheet.state == AppraisalState::Blocked && sheet.unscored == Some(Unscorable::ReviewMissing);
    Ok((period.stage(), is_awaited))
}

/// Gives a review, or another one as long as the stage lasts.
///
/// # Errors
/// See [`AppraisalReview::give`].
pub fn give(
    tx: &mut Tx<'_>,
    review: AppraisalReview,
    score: Decimal,
    comment: Option<String>,
) -> Result<Change<AppraisalReview>, Failure> {
    tx.connection().hold_rows("appraisal_periods", &[review.period.into()])?;
    let stage = stage(tx, &review)?;
    let change = review.clone().give(score, comment, stage, tx.actor(), tx.now())?;
    if review.given.is_none() {
        review_round::deed::given(tx, &review)?;
    }
    Ok(change)
}
