//! Tiers of customers over HTTP: which one is held, runs of the model, figures that people enter. `[TIE-1]`

use crate::spine::{
    Attempts, Can, Chore, Created, Every, List, PathId, Query, Reading, Reply, Routes, UnitOfWork, Valid,
    Wanted, each, routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::{Customer, CustomerId},
    spine::{AnyId, Id, perm},
    tier_figure::{EnteredFigure, TierFigureContent},
    tier_run::TierRun,
};
use persistence::{
    customer_tier::{self as tiers, AssessmentFilter, AssessmentSummary, TierView},
    spine::{Database, Failure, Request},
    tier_figure::{self as figures, FigureFilter, FigureView},
    tier_run::{self as runs, RunFilter, RunView, pass},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "customer-tiers",
        [
            show_customer_tier,
            list_tier_assessments,
            list_tier_runs,
            open_tier_run,
            show_tier_run,
            list_tier_figures,
            enter_tier_figure,
            show_tier_figure,
        ]
    );
}

/// Runs that are under way, or that the schedule asks for; overrides that have run out.
pub const RUNS: &Chore =
    &Chore { name: "tier-runs", every: Every::Seconds(60), run: |state| Box::pin(attend(&state.database)) };

/// Opens the run that the schedule asks for, goes on with runs until nobody is left, and lets overrides end; safe to be done
/// by several servers, and twice.
///
/// # Errors
/// The first thing that could not be done, when the rest has been.
pub async fn attend(database: &Database) -> Result<(), Failure> {
    const NAME: &str = "tier-runs";
    let mut tried = Attempts::default();
    let over = database.read(Request::system(NAME), tiers::overridden).await?;
    tried.add(each(database, NAME, over, tiers::deed::let_override_end).await);
    if database.read(Request::system(NAME), runs::scheduled).await?.is_some() {
        tried.add(each(database, NAME, vec![()], |tx, ()| runs::open_scheduled(tx)).await);
    }
    loop {
        let under_way = database.read(Request::system(NAME), runs::under_way).await?;
        if under_way.is_empty() {
            return tried.outcome();
        }
        if let Err(failed) = each(database, NAME, under_way, pass::go_on_with).await {
            tried.add(Err(failed));
            return tried.outcome();
        }
    }
}

/// On which day.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct OnDay {
    /// The day that is asked for; today where absent.
    on: Option<NaiveDate>,
}

/// Show which tier a customer holds. `[TIE-1; 002 §6 ch.4]`
///
/// On a day, with what it brings: how often they are followed up, how long the owner is safe, how they are served. The last
/// run by then is told line by line: figure, threshold, points, weight.
#[utoipa::path(get, path = "/api/v1/customers/{id}/tier")]
async fn show_customer_tier(
    who: Can<perm::ReadCustomers>,
    id: PathId<Customer>,
    asked: Query<OnDay>,
    reading: Reading,
) -> Reply<TierView> {
    let on = asked.on;
    reading.read(who, move |reader| tiers::view(reader, *id, on)).await
}

/// List how runs came out. `[TIE-1, INT-4]`
///
/// For customers the caller sees; the newest first.
#[utoipa::path(get, path = "/api/v1/tier-assessments")]
async fn list_tier_assessments(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<AssessmentFilter>,
    reading: Reading,
) -> List<AssessmentSummary> {
    reading.list(who, wanted, tiers::assessments).await
}

/// List runs of the tier model. `[TIE-1, INT-4]`
#[utoipa::path(get, path = "/api/v1/tier-runs")]
async fn list_tier_runs(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<RunFilter>,
    reading: Reading,
) -> List<RunView> {
    reading.list(who, wanted, runs::list).await
}

/// As of which day customers are assessed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenTierRun {
    /// The last day whose facts count: before today, and after that of the last run.
    cut_off: NaiveDate,
}

/// Open a run of the tier model. `[TIE-1]`
///
/// The product opens one at the end of each period by itself. Everybody is gone through, a few hundred at once; it goes on
/// after the answer. Whoever supervises the customers of the whole company.
#[utoipa::path(post, path = "/api/v1/tier-runs")]
async fn open_tier_run(
    who: Can<perm::SuperviseCustomers>,
    body: Valid<OpenTierRun>,
    work: UnitOfWork,
) -> Created<RunView> {
    work.write(who, move |tx| {
        let run = runs::open(tx, body.cut_off)?;
        runs::show(tx, run)
    })
    .await
}

/// Show a run of the tier model. `[TIE-1]`
#[utoipa::path(get, path = "/api/v1/tier-runs/{id}")]
async fn show_tier_run(
    who: Can<perm::ReadCustomers>,
    id: PathId<TierRun>,
    reading: Reading,
) -> Reply<RunView> {
    reading.read(who, move |reader| runs::view(reader, *id)).await
}

/// List figures that people entered for tiers. `[TIE-1, INT-4]`
///
/// Of customers the caller sees; the newest first.
#[utoipa::path(get, path = "/api/v1/tier-figures")]
async fn list_tier_figures(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<FigureFilter>,
    reading: Reading,
) -> List<FigureView> {
    reading.list(who, wanted, figures::list).await
}

/// A figure of a dimension that is not measured.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnterTierFigure {
    /// Of which customer.
    customer_id: CustomerId,
    /// The code of the dimension.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "potential")]
    dimension: String,
    /// The value, in the unit of the dimension; four decimal places at most.
    #[schema(value_type = String, max_length = 30, pattern = r"^[0-9]{1,13}(\.[0-9]{1,4})?$", example = "80")]
    value: Decimal,
    /// What it rests on.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "年度招标计划与两家竞品的份额")]
    basis: String,
    /// Evidence: files.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    evidence: Vec<AnyId>,
}

/// Enter a figure for a customer's tier. `[TIE-1]`
///
/// Of a dimension that the model leaves to people. The latest one known at a cut-off counts; earlier ones stay as they are.
#[utoipa::path(post, path = "/api/v1/tier-figures")]
async fn enter_tier_figure(
    who: Can<perm::MaintainCustomers>,
    body: Valid<EnterTierFigure>,
    work: UnitOfWork,
) -> Created<FigureView> {
    work.write(who, move |tx| {
        let EnterTierFigure { customer_id, dimension, value, basis, evidence } = body.0.clone();
        let evidence = evidence.into_iter().map(|file| Id::from_uuid(file.uuid())).collect();
        figures::enter(tx, TierFigureContent { customer: customer_id, dimension, value, basis, evidence })
    })
    .await
}

/// Show a figure that somebody entered for a tier. `[TIE-1]`
#[utoipa::path(get, path = "/api/v1/tier-figures/{id}")]
async fn show_tier_figure(
    who: Can<perm::ReadCustomers>,
    id: PathId<EnteredFigure>,
    reading: Reading,
) -> Reply<FigureView> {
    reading.read(who, move |reader| figures::view(reader, *id)).await
}
