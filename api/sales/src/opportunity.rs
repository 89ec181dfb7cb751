//! Opportunities over HTTP. `[SAL-3]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    opportunity::{Loss, Opportunity, OpportunityContent},
    spine::{EmployeeId, Money, perm},
};
use persistence::{
    opportunity::{
        self as opportunities, OpportunityFilter, OpportunitySummary, OpportunityView, deed,
        funnel::{self, FunnelFilter, FunnelStageView},
    },
    pipeline_terms,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "opportunities",
        [
            list_opportunities,
            open_opportunity,
            show_opportunity,
            revise_opportunity,
            advance_opportunity,
            step_opportunity_back,
            lose_opportunity,
            reopen_opportunity,
            hand_opportunity_over,
            list_opportunity_funnel,
        ]
    );
}

/// List opportunities. `[SAL-3, INT-4]`
///
/// What the caller may see: their own, and those of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/opportunities")]
async fn list_opportunities(
    who: Can<perm::ReadOpportunities>,
    wanted: Wanted<OpportunityFilter>,
    reading: Reading,
) -> List<OpportunitySummary> {
    reading.list(who, wanted, opportunities::list).await
}

/// Show an opportunity. `[SAL-3, ACT-1]`
#[utoipa::path(get, path = "/api/v1/opportunities/{id}")]
async fn show_opportunity(
    who: Can<perm::ReadOpportunities>,
    id: PathId<Opportunity>,
    reading: Reading,
) -> Reply<OpportunityView> {
    reading.read(who, move |reader| opportunities::view(reader, *id)).await
}

/// A new opportunity.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenOpportunity {
    /// With which customer.
    customer_id: CustomerId,
    /// What it is about.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "华东总部监护仪更新")]
    subject: String,
    /// Of which product line: the category of products.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    product_line: Option<String>,
    /// What it may come to, in the book currency, tax included.
    #[serde(default)]
    estimate: Option<Money>,
    /// The day it is expected to close.
    #[serde(default)]
    expected_on: Option<NaiveDate>,
}

impl Merged for OpenOpportunity {
    const PATCH: &'static str = "ReviseOpportunity";
    const FIXED: &'static [&'static str] = &["customer_id"];
}

impl OpenOpportunity {
    fn of(customer_id: CustomerId, content: OpportunityContent) -> Self {
        let OpportunityContent { subject, product_line, estimate, expected_on } = content;
        Self { customer_id, subject, product_line, estimate, expected_on }
    }

    fn content(self) -> OpportunityContent {
        let Self { customer_id: _, subject, product_line, estimate, expected_on } = self;
        OpportunityContent { subject, product_line, estimate, expected_on }
    }
}

/// Open an opportunity. `[SAL-3; 001 奖惩条款 §3.1]`
///
/// With a customer in sight, in the first stage, for the caller.
#[utoipa::path(post, path = "/api/v1/opportunities")]
async fn open_opportunity(
    who: Can<perm::WorkOpportunities>,
    body: Valid<OpenOpportunity>,
    work: UnitOfWork,
) -> Created<OpportunityView> {
    work.write(who, move |tx| {
        let body = body.0.clone();
        let opportunity = deed::open(tx, body.customer_id, body.content())?;
        opportunities::show(tx, opportunity)
    })
    .await
}

/// Change an opportunity. `[SAL-3]`
///
/// While it is open.
#[utoipa::path(patch, path = "/api/v1/opportunities/{id}")]
async fn revise_opportunity(
    who: Can<perm::WorkOpportunities>,
    at: At<Opportunity>,
    patch: Merge<OpenOpportunity>,
    work: UnitOfWork,
) -> Reply<OpportunityView> {
    work.moves(who, at, move |opportunity, tx| {
        let before = OpenOpportunity::of(opportunity.customer, opportunity.content.clone());
        let content = patch.over(&before)?.content();
        let today = tx.today();
        Ok(opportunity.revise(content, tx.actor(), today)?)
    })
    .await
}

/// Advance an opportunity. `[SAL-3]`
///
/// To the next stage of the company's order, once records show what that asks for; otherwise the first fact that is missing
/// is named. Of what somebody filed it is progress.
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/advance")]
async fn advance_opportunity(
    who: Can<perm::WorkOpportunities>,
    at: At<Opportunity>,
    work: UnitOfWork,
) -> Reply<OpportunityView> {
    work.moves(who, at, move |opportunity, tx| deed::advance(tx, opportunity)).await
}

/// Back to which stage, and why.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepOpportunityBack {
    /// The earlier stage, by its code.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "lead")]
    stage: String,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户更换了负责人")]
    reason: String,
}

/// Step an opportunity back. `[SAL-3]`
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/step-back")]
async fn step_opportunity_back(
    who: Can<perm::WorkOpportunities>,
    at: At<Opportunity>,
    body: Valid<StepOpportunityBack>,
    work: UnitOfWork,
) -> Reply<OpportunityView> {
    work.moves(who, at, move |opportunity, tx| {
        let (when, terms) = ((tx.now(), tx.today()), pipeline_terms::today(tx)?);
        let to = (body.stage.as_str(), body.reason.clone());
        Ok(opportunity.step_back(to, &terms.content, tx.actor(), when)?)
    })
    .await
}

/// Why an opportunity was lost.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoseOpportunity {
    /// The company's reason, by its code.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "price")]
    reason: String,
    /// To which competitor.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    competitor: Option<String>,
    /// What else there is to say.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    note: Option<String>,
}

/// Say that an opportunity is lost. `[SAL-3]`
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/lose")]
async fn lose_opportunity(
    who: Can<perm::WorkOpportunities>,
    at: At<Opportunity>,
    body: Valid<LoseOpportunity>,
    work: UnitOfWork,
) -> Reply<OpportunityView> {
    work.moves(who, at, move |opportunity, tx| {
        let LoseOpportunity { reason, competitor, note } = body.0.clone();
        let (when, terms) = ((tx.now(), tx.today()), pipeline_terms::today(tx)?);
        Ok(opportunity.lose(Loss { reason, competitor, note }, &terms.content, tx.actor(), when)?)
    })
    .await
}

/// Take a lost opportunity up again. `[SAL-3]`
///
/// In the stage in which it was lost.
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/reopen")]
async fn reopen_opportunity(
    who: Can<perm::WorkOpportunities>,
    at: At<Opportunity>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<OpportunityView> {
    work.moves(who, at, move |opportunity, tx| {
        let when = (tx.now(), tx.today());
        Ok(opportunity.reopen(body.reason.clone(), tx.actor(), when)?)
    })
    .await
}

/// To whom an opportunity is handed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOpportunityOver {
    /// Who pursues it from now on.
    employee_id: EmployeeId,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "原跟进人调岗")]
    reason: String,
}

/// Hand an opportunity to somebody else. `[SAL-3]`
///
/// By whoever supervises it; its history stays.
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/hand-over")]
async fn hand_opportunity_over(
    who: Can<perm::SuperviseOpportunities>,
    at: At<Opportunity>,
    body: Valid<HandOpportunityOver>,
    work: UnitOfWork,
) -> Reply<OpportunityView> {
    work.moves(who, at, move |opportunity, tx| {
        deed::hand_over(tx, opportunity, (body.employee_id, body.reason.clone()))
    })
    .await
}

/// List the stages of the funnel. `[SAL-3]`
///
/// How many opportunities entered each, how many passed on, and the median of the days it took; computed from every move,
/// as of any day.
#[utoipa::path(get, path = "/api/v1/opportunity-funnel")]
async fn list_opportunity_funnel(
    who: Can<perm::ReadOpportunities>,
    wanted: Wanted<FunnelFilter>,
    reading: Reading,
) -> List<FunnelStageView> {
    reading.list(who, wanted, funnel::list).await
}
