//! Interactions with customers over HTTP. `[CUS-6; 002 §6 ch.4]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::{CustomerId, some_text},
    interaction::{
        Interaction, InteractionKind, InteractionPlan, InteractionReport, NewInteraction, VisitMethod,
    },
    spine::{AnyId, Id, Timestamp, perm},
};
use persistence::interaction::{
    self as interactions, InteractionDay, InteractionDayFilter, InteractionFilter, InteractionView,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "interactions",
        [
            list_interactions,
            create_interaction,
            show_interaction,
            report_interaction,
            cancel_interaction,
            void_interaction,
            list_interaction_days,
        ]
    );
}

/// List interactions. `[CUS-6, INT-4]`
///
/// What the caller may see: their own, those of people below them and of departments in reach, and all with customers they
/// see. What was written down last first.
#[utoipa::path(get, path = "/api/v1/interactions")]
async fn list_interactions(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<InteractionFilter>,
    reading: Reading,
) -> List<InteractionView> {
    reading.list(who, wanted, interactions::list).await
}

/// Show an interaction. `[CUS-6]`
#[utoipa::path(get, path = "/api/v1/interactions/{id}")]
async fn show_interaction(
    who: Can<perm::ReadCustomers>,
    id: PathId<Interaction>,
    reading: Reading,
) -> Reply<InteractionView> {
    reading.read(who, move |reader| interactions::view(reader, *id)).await
}

/// An interaction that is planned, or took place.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateInteraction {
    /// With whom.
    customer_id: CustomerId,
    /// How.
    kind: InteractionKind,
    /// By which method: of visits alone.
    #[serde(default)]
    method: Option<VisitMethod>,
    /// What is planned.
    #[serde(default)]
    #[validate(nested)]
    plan: Option<PlanInteraction>,
    /// What took place without a plan.
    #[serde(default)]
    #[validate(nested)]
    report: Option<ReportInteraction>,
}

/// What somebody means to do.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanInteraction {
    /// When; it lies ahead.
    planned_for: Timestamp,
    /// What for.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "介绍二期户型")]
    purpose: String,
    /// What is to be talked about.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    content: String,
    /// What matters most.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    focus: Option<String>,
}

/// What took place.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportInteraction {
    /// When it began; now where absent.
    #[serde(default)]
    held_at: Option<Timestamp>,
    /// How many minutes it took.
    #[validate(range(min = 0, max = 1440))]
    #[schema(minimum = 0, maximum = 1440, example = 30)]
    minutes: u32,
    /// The number of the contact with whom.
    #[serde(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    contact: Option<u32>,
    /// Who else was there.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    participants: Option<String>,
    /// What was said.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "客户希望看两居室，预算三百万以内")]
    content: String,
    /// Which needs were heard.
    #[serde(default)]
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    needs: Option<String>,
    /// What is to follow.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    next_step: Option<String>,
    /// By when.
    #[serde(default)]
    next_on: Option<NaiveDate>,
    /// Uploaded files that prove it.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    evidence: Vec<AnyId>,
}

impl PlanInteraction {
    fn plan(self, planned_at: Timestamp) -> InteractionPlan {
        let Self { planned_for, purpose, content, focus } = self;
        InteractionPlan { planned_for, purpose, content, focus: some_text(focus), planned_at }
    }
}

impl ReportInteraction {
    fn report(self, now: Timestamp) -> InteractionReport {
        let Self { held_at, minutes, contact, participants, content, needs, next_step, next_on, evidence } =
            self;
        InteractionReport {
            held_at: held_at.unwrap_or(now),
            minutes,
            contact,
            participants: some_text(participants),
            content,
            needs: some_text(needs),
            next_step: some_text(next_step),
            next_on,
            evidence: evidence.into_iter().map(|id| Id::from_uuid(id.uuid())).collect(),
            reported_at: now,
            shortfalls: Vec::new(),
        }
    }
}

/// Plan or report an interaction. `[CUS-6; 002 §6 ch.4]`
///
/// With `plan` it is planned and reported later; with `report` alone it took place. Whether it counts is judged by the
/// company's rules when it is reported; what it lacks is named.
#[utoipa::path(post, path = "/api/v1/interactions")]
async fn create_interaction(
    who: Can<perm::MaintainCustomers>,
    body: Valid<CreateInteraction>,
    work: UnitOfWork,
) -> Created<InteractionView> {
    work.write(who, move |tx| {
        let CreateInteraction { customer_id, kind, method, plan, report } = body.0.clone();
        interactions::refer(tx, customer_id)?;
        let (now, today) = (tx.now(), tx.today());
        let rules = interactions::rules(tx, today)?;
        let new = NewInteraction { id: tx.id(), customer: customer_id, kind, method };
        let (plan, report) = (plan.map(|plan| plan.plan(now)), report.map(|report| report.report(now)));
        let change = Interaction::create(new, plan, report, &rules, tx.actor(), now)?;
        let interaction = interactions::apply(tx, change)?;
        interactions::show(tx, interaction)
    })
    .await
}

/// Report a planned interaction. `[CUS-6]`
#[utoipa::path(post, path = "/api/v1/interactions/{id}/report")]
async fn report_interaction(
    who: Can<perm::MaintainCustomers>,
    at: At<Interaction>,
    body: Valid<ReportInteraction>,
    work: UnitOfWork,
) -> Reply<InteractionView> {
    work.moves(who, at, move |interaction, tx| {
        let (now, today) = (tx.now(), tx.today());
        let rules = interactions::rules(tx, today)?;
        Ok(interaction.report(body.0.clone().report(now), &rules, tx.actor(), now)?)
    })
    .await
}

/// Cancel a planned interaction. `[CUS-6]`
#[utoipa::path(post, path = "/api/v1/interactions/{id}/cancel")]
async fn cancel_interaction(
    who: Can<perm::MaintainCustomers>,
    at: At<Interaction>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<InteractionView> {
    work.moves(who, at, move |interaction, tx| {
        Ok(interaction.cancel(body.reason.clone(), tx.actor(), tx.now())?)
    })
    .await
}

/// Void the report of an interaction. `[CUS-6, OWN-15]`
///
/// By a superior of whose it is, or whoever supervises the customers of the department; never one's own. It counts no longer,
/// and what it fulfilled is owed again.
#[utoipa::path(post, path = "/api/v1/interactions/{id}/void")]
async fn void_interaction(
    who: Can<perm::ReadCustomers>,
    at: At<Interaction>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<InteractionView> {
    work.moves(who, at, move |interaction, tx| {
        interactions::ensure_may_void(tx, &interaction)?;
        Ok(interaction.void(body.reason.clone(), tx.actor(), tx.now())?)
    })
    .await
}

/// Sum interactions by day. `[CUS-6; 002 §6 ch.4]`
///
/// What each day of each employee came to: the daily summary of developing customers. Today where no days are named; at most
/// 92 of them.
#[utoipa::path(get, path = "/api/v1/interaction-days")]
async fn list_interaction_days(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<InteractionDayFilter>,
    reading: Reading,
) -> List<InteractionDay> {
    reading.list(who, wanted, interactions::days).await
}
