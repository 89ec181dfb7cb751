//! Who is measured by what, over HTTP. Schemes themselves are policies of the kind `appraisal-scheme`.
//! `[KPI-2]`

use crate::spine::{ByRules, Can, List, Reading, Routes, Wanted, routes};
use domain::spine::perm;
use persistence::scheme::coverage::{self, CoverageFilter, CoverageView};

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "appraisal-periods", [list_appraisal_coverage]);
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
