//! Who is measured by what, over HTTP. Schemes themselves are policies of the kind `appraisal-scheme`.
//! `[KPI-2]`

use crate::spine::{ByRules, Can, List, PathId, Reading, Routes, Wanted, routes};
use domain::{appraisal_period::AppraisalPeriod, spine::perm};
use persistence::scheme::{
    coverage::{self, CoverageFilter, CoverageView},
    replay::{self, ReplayFilter, ReplayView},
};

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "appraisal-periods", [list_appraisal_coverage, list_appraisal_replay]);
}

/// List who would be scored by what. `[KPI-2, REG-4]`
///
/// Everybody in reach who works here in the period, a row for each part, by the schemes in force; with
/// `policy_id` as if that version were published: what a draft would mean is read before it is.
#[utoipa::path(get, path = "/api/v1/appraisal-coverage")]
async fn list_appraisal_coverage(
    who: Can<perm::ManageAppraisals>,
    wanted: Wanted<CoverageFilter>,
    _: ByRules,
    reading: Reading,
) -> List<CoverageView> {
    reading.list(who, wanted, coverage::list).await
}

/// List what a draft of a scheme would have come to. `[KPI-2, KPI-6, REG-4]`
///
/// Everybody in reach whose result was reckoned in the period, from what was frozen then, with the indicators that would count
/// otherwise; nothing is written. Without `policy_id` by the versions by which they were scored: then nothing is moved.
#[utoipa::path(get, path = "/api/v1/appraisal-periods/{id}/replay")]
async fn list_appraisal_replay(
    who: Can<perm::ManageAppraisals>,
    id: PathId<AppraisalPeriod>,
    wanted: Wanted<ReplayFilter>,
    _: ByRules,
    reading: Reading,
) -> List<ReplayView> {
    reading.list(who, wanted, move |reader, filter, page| replay::list(reader, *id, filter, page)).await
}
