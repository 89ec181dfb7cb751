//! Reviews over HTTP. `[KPI-4]`

use crate::spine::{At, Can, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use domain::{appraisal_review::AppraisalReview, spine::perm};
use persistence::appraisal_review::{self as reviews, ReviewFilter, ReviewView, deed};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "appraisal-reviews",
        [list_appraisal_reviews, show_appraisal_review, give_appraisal_review]
    );
}

/// List the reviews one is asked for. `[KPI-4, INT-4]`
///
/// One's own alone: what others say nobody reads.
#[utoipa::path(get, path = "/api/v1/appraisal-reviews")]
async fn list_appraisal_reviews(
    who: Can<perm::TakePartInAppraisals>,
    wanted: Wanted<ReviewFilter>,
    reading: Reading,
) -> List<ReviewView> {
    reading.list(who, wanted, reviews::list).await
}

/// Show a review one is asked for. `[KPI-4]`
#[utoipa::path(get, path = "/api/v1/appraisal-reviews/{id}")]
async fn show_appraisal_review(
    who: Can<perm::TakePartInAppraisals>,
    id: PathId<AppraisalReview>,
    reading: Reading,
) -> Reply<ReviewView> {
    reading.read(who, move |reader| reviews::view(reader, *id)).await
}

/// What is said.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveAppraisalReview {
    /// 0 to 100, at most two decimal places.
    #[schema(
        value_type = String, min_length = 1, max_length = 6,
        pattern = r"^[0-9]{1,3}(\.[0-9]{1,2})?$", example = "88"
    )]
    score: Decimal,
    /// In words; peers write none, so that nobody is known by them.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    comment: Option<String>,
}

/// Give a review. `[KPI-4]`
///
/// In its stage, and anew as long as that lasts; one that a result waits for also while results are
/// calibrated. What peers say is anonymous: it stands in the sheet as the mean of enough of them, and nowhere
/// else.
#[utoipa::path(post, path = "/api/v1/appraisal-reviews/{id}/give")]
async fn give_appraisal_review(
    who: Can<perm::TakePartInAppraisals>,
    at: At<AppraisalReview>,
    body: Valid<GiveAppraisalReview>,
    work: UnitOfWork,
) -> Reply<ReviewView> {
    work.moves(who, at, move |review, tx| deed::give(tx, review, body.score, body.comment.clone())).await
}
