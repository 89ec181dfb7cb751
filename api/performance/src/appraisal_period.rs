//! Periods of appraisal over HTTP. `[KPI-3, KPI-6, KPI-7]`

use crate::{
    indicator_figure::period,
    spine::{
        At, Attempts, Can, Chore, Created, Every, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid,
        Wanted, each, routes,
    },
};
use domain::{
    appraisal_period::AppraisalPeriod,
    spine::{DepartmentId, perm},
};
use persistence::{
    appraisal_period::{
        self as periods, PeriodFilter, PeriodSummary, PeriodView,
        deed::{self, Cohort},
        pass,
    },
    spine::{Database, Failure, Request},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "appraisal-periods",
        [
            list_appraisal_periods,
            open_appraisal_period,
            show_appraisal_period,
            advance_appraisal_period,
            score_appraisal_period,
            distribute_appraisal_grades,
        ]
    );
}

/// Goes on with whatever a period's people are being gone through for, and takes periods on whose stage is over. `[KPI-6, KPI-7]`
pub const CHORE: &Chore =
    &Chore { name: "appraisals", every: Every::Seconds(5), run: |state| Box::pin(go_on(&state.database)) };

/// Goes through people of periods, a few hundred each, until nobody is left.
///
/// # Errors
/// The first thing that could not be done, when the rest has been.
pub async fn go_on(database: &Database) -> Result<(), Failure> {
    const NAME: &str = "appraisals";
    let mut tried = Attempts::default();
    loop {
        let under_way = database.read(Request::system(NAME), periods::under_way).await?;
        if !under_way.is_empty() {
            // What fails would fail at once again: it is left to the next time.
            if let Err(failed) = each(database, NAME, under_way, pass::go_on_with).await {
                tried.add(Err(failed));
                return tried.outcome();
            }
            continue;
        }
        let over = database.read(Request::system(NAME), periods::over).await?;
        tried.add(each(database, NAME, over.iter().copied(), deed::close_by_clock).await);
        if database.read(Request::system(NAME), periods::under_way).await?.is_empty() {
            return tried.outcome();
        }
    }
}

/// List periods of appraisal. `[KPI-3, INT-4]`
#[utoipa::path(get, path = "/api/v1/appraisal-periods")]
async fn list_appraisal_periods(
    who: Can<perm::ReadAppraisals>,
    wanted: Wanted<PeriodFilter>,
    reading: Reading,
) -> List<PeriodSummary> {
    reading.list(who, wanted, periods::list).await
}

/// Show a period of appraisal. `[KPI-3, KPI-6]`
///
/// With how many of its people in reach stand where, and what is being done with them.
#[utoipa::path(get, path = "/api/v1/appraisal-periods/{id}")]
async fn show_appraisal_period(
    who: Can<perm::ReadAppraisals>,
    id: PathId<AppraisalPeriod>,
    reading: Reading,
) -> Reply<PeriodView> {
    reading.read(who, move |reader| periods::view(reader, *id)).await
}

/// A period to be opened.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenAppraisalPeriod {
    /// Which: a month, a quarter, half a year, a year.
    #[validate(length(min = 4, max = 10))]
    #[schema(min_length = 4, max_length = 10, example = "2026-05")]
    period: String,
}

/// Open a period of appraisal. `[KPI-3, KPI-7]`
///
/// Everybody whom a scheme measures gets their sheet; who comes or moves later does so with the next stage.
#[utoipa::path(post, path = "/api/v1/appraisal-periods")]
async fn open_appraisal_period(
    who: Can<perm::ManageAppraisals>,
    body: Valid<OpenAppraisalPeriod>,
    work: UnitOfWork,
) -> Created<PeriodView> {
    work.write(who, move |tx| {
        tx.over_everything()?;
        let period = deed::open(tx, period(&body.period, "/period")?)?;
        periods::show(tx, period)
    })
    .await
}

/// Take a period to its next stage. `[KPI-7]`
///
/// Targets, self-review, peers, superiors, calibration, publication, final. It is published once everybody
/// has a result or is exempt, and final once nobody may object any more and every objection is ruled on.
#[utoipa::path(post, path = "/api/v1/appraisal-periods/{id}/advance")]
async fn advance_appraisal_period(
    who: Can<perm::ManageAppraisals>,
    at: At<AppraisalPeriod>,
    work: UnitOfWork,
) -> Reply<PeriodView> {
    work.write(who, move |tx| {
        let period = at.find(tx)?;
        tx.over_everything()?;
        let period = deed::advance(tx, period)?;
        periods::show(tx, period)
    })
    .await
}

/// Score everybody of a period. `[KPI-6]`
///
/// Who has no result yet: values are measured now and kept, with what they were measured from. It answers at
/// once and goes on by itself; `pass` says how far it has come. Again, it scores those for whom something was
/// missing.
#[utoipa::path(post, path = "/api/v1/appraisal-periods/{id}/score")]
async fn score_appraisal_period(
    who: Can<perm::ManageAppraisals>,
    at: At<AppraisalPeriod>,
    work: UnitOfWork,
) -> Reply<PeriodView> {
    work.write(who, move |tx| {
        let period = at.find(tx)?;
        tx.over_everything()?;
        let period = deed::score(tx, period)?;
        periods::show(tx, period)
    })
    .await
}

/// A cohort whose grades are distributed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DistributeAppraisalGrades {
    /// The department, with those below it.
    department_id: DepartmentId,
    /// The code of the scheme by which its people are measured.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "appraisal-scheme/sales")]
    scheme: String,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "按方案强制分布")]
    reason: String,
}

/// Distribute the grades of a cohort. `[KPI-6]`
///
/// By the forced distribution of its scheme, where the cohort is large enough: nobody gets a better grade
/// than they have, who tie stand or fall together, and every change keeps what was and why.
#[utoipa::path(post, path = "/api/v1/appraisal-periods/{id}/distribute")]
async fn distribute_appraisal_grades(
    who: Can<perm::ManageAppraisals>,
    at: At<AppraisalPeriod>,
    body: Valid<DistributeAppraisalGrades>,
    work: UnitOfWork,
) -> Reply<PeriodView> {
    work.write(who, move |tx| {
        let period = at.find(tx)?;
        let DistributeAppraisalGrades { department_id, scheme, reason } = body.0.clone();
        let cohort = Cohort { department: department_id, scheme, reason };
        let period = deed::distribute_cohort(tx, period, cohort)?;
        periods::show(tx, period)
    })
    .await
}
