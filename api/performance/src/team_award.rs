//! Teams over HTTP: what they came to, and which were honoured. `[KPI-8; 000 §10]`

use crate::spine::{Can, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, View, Wanted, routes};
use domain::{
    appraisal_period::AppraisalPeriod,
    spine::{AnyId, perm},
    team_award::TeamAward,
};
use persistence::team_award::{
    self as awards, TeamAwardFilter, TeamAwardView, TeamResultFilter, TeamResultView, deed, result,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "team-awards", [list_team_results, list_team_awards, show_team_award, award_teams]);
}

/// List what teams came to. `[KPI-8, INT-4]`
///
/// The mean of the final results of their people by days, the best first; a team of fewer people than the plan says is left
/// out, so that nobody's own result is read from it. Empty before the period is final.
#[utoipa::path(get, path = "/api/v1/appraisal-periods/{id}/team-results")]
async fn list_team_results(
    who: Can<perm::ManageAppraisals>,
    id: PathId<AppraisalPeriod>,
    wanted: Wanted<TeamResultFilter>,
    reading: Reading,
) -> List<TeamResultView> {
    reading.list(who, wanted, move |reader, filter, page| result::list(reader, *id, filter, page)).await
}

/// List team awards. `[KPI-8, INT-4]`
#[utoipa::path(get, path = "/api/v1/team-awards")]
async fn list_team_awards(
    who: Can<perm::ManageAppraisals>,
    wanted: Wanted<TeamAwardFilter>,
    reading: Reading,
) -> List<TeamAwardView> {
    reading.list(who, wanted, awards::list).await
}

/// Show a team award. `[KPI-8]`
#[utoipa::path(get, path = "/api/v1/team-awards/{id}")]
async fn show_team_award(
    who: Can<perm::ManageAppraisals>,
    id: PathId<TeamAward>,
    reading: Reading,
) -> Reply<TeamAwardView> {
    reading.read(who, move |reader| awards::view(reader, *id)).await
}

/// Of which period teams are honoured.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AwardTeams {
    /// A period that is final.
    appraisal_period_id: AnyId,
}

/// The teams that were honoured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TeamAwards)]
struct TeamAwardsView {
    /// The awards, the first place first.
    #[schema(max_items = 100)]
    awards: Vec<TeamAwardView>,
}

impl View for TeamAwardsView {}

/// Honour the teams of a period. `[KPI-8; 000 §10]`
///
/// Once, by the plan in force on its last day. Who shares in a sum gets an entry in the ledger of rewards and penalties, to the
/// fen; the team gets a certificate.
#[utoipa::path(post, path = "/api/v1/team-awards")]
async fn award_teams(
    who: Can<perm::ManageAppraisals>,
    body: Valid<AwardTeams>,
    work: UnitOfWork,
) -> Reply<TeamAwardsView> {
    work.write(who, move |tx| {
        tx.over_everything()?;
        let given = deed::award(tx, body.appraisal_period_id.uuid().into())?;
        let shown = given.into_iter().map(|award| awards::show(tx, award));
        Ok(TeamAwardsView { awards: shown.collect::<Result<_, _>>()? })
    })
    .await
}
