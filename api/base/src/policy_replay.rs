//! Replays over HTTP: what drafts of policies would have decided about a period gone by. `[REG-7]`

use crate::spine::{
    Can, Chore, Created, Every, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, each, routes,
};
use chrono::NaiveDate;
use domain::{
    policy_replay::PolicyReplay,
    spine::{AnyId, Id, Policy, perm},
};
use persistence::{
    policy_replay::{
        self as replays, PolicyReplayFilter, PolicyReplayView, ReplayLineFilter, ReplayLineView, Run,
    },
    spine::{Database, Failure, Request},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "policies",
        [replay_policies, list_policy_replays, show_policy_replay, list_policy_replay_lines]
    );
}

/// What is replayed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayPolicies {
    /// The policy versions to be tried, drafts or not; each policy once.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    drafts: Vec<AnyId>,
    /// The first business day.
    from: NaiveDate,
    /// The last business day: today at the latest.
    to: NaiveDate,
}

impl ReplayPolicies {
    fn policies(&self) -> Vec<Id<Policy>> {
        self.drafts.iter().map(|id| Id::from_uuid(id.uuid())).collect()
    }
}

/// Replay drafts of policies over a period. `[REG-7]`
///
/// Each decision that was taken in those days is taken anew from what was known then, by the policy then in force and by the
/// draft: whom a chain asks, whether a claim keeps to the rules, what the budget says to claims and requests, which duties are
/// owed, done in time or missed and what follows, whose a customer is, who shares a commission. Only within the
/// caller's reach, and nothing is changed. A document of which a fact is missing is undetermined, and the fact is named. At
/// most 20,000 documents; of a longer period, choose parts. The lines can be read for seven days.
#[utoipa::path(post, path = "/api/v1/policies/replay")]
async fn replay_policies(
    who: Can<perm::ManagePolicies>,
    body: Valid<ReplayPolicies>,
    reading: Reading,
    work: UnitOfWork,
) -> Created<PolicyReplayView> {
    let (drafts, days) = (body.policies(), (body.from, body.to));
    let mut run = reading.value(who.clone(), move |reader| Run::begin(reader, &drafts, days)).await?;
    while !run.is_over() {
        run = reading.value(who.clone(), move |reader| run.page(reader)).await?;
    }
    let finished = run.finish();
    work.write(who, move |tx| {
        let replay = replays::keep(tx, &finished)?;
        replays::show(tx, replay)
    })
    .await
}

/// List the replays one asked for. `[REG-7, INT-4]`
///
/// The newest first. Nobody sees those of others, since each shows what lies in the reach of whoever asked.
#[utoipa::path(get, path = "/api/v1/policy-replays")]
async fn list_policy_replays(
    who: Can<perm::ManagePolicies>,
    wanted: Wanted<PolicyReplayFilter>,
    reading: Reading,
) -> List<PolicyReplayView> {
    reading.list(who, wanted, replays::list).await
}

/// Show what a replay came to. `[REG-7c]`
#[utoipa::path(get, path = "/api/v1/policy-replays/{id}")]
async fn show_policy_replay(
    who: Can<perm::ManagePolicies>,
    id: PathId<PolicyReplay>,
    reading: Reading,
) -> Reply<PolicyReplayView> {
    reading
        .read(who, move |reader| {
            let replay = replays::find(reader, *id)?;
            replays::show(reader, replay)
        })
        .await
}

/// List the documents of a replay that come out otherwise. `[REG-7c, INT-4]`
///
/// What was decided, what the policy then in force decides today, what the draft decides, and why; also those that cannot be
/// said, and those by which the policy then in force has drifted. In the order of history.
#[utoipa::path(get, path = "/api/v1/policy-replays/{id}/lines")]
async fn list_policy_replay_lines(
    who: Can<perm::ManagePolicies>,
    id: PathId<PolicyReplay>,
    wanted: Wanted<ReplayLineFilter>,
    reading: Reading,
) -> List<ReplayLineView> {
    let replay = *id;
    reading.list(who, wanted, move |reader, filter, page| replays::lines(reader, replay, filter, page)).await
}

/// Lines of replays that have been kept long enough.
pub const ENDS: &Chore = &Chore {
    name: "policy-replay-ends",
    every: Every::Day,
    run: |state| Box::pin(forget_policy_replays(&state.database)),
};

/// Removes the lines of replays that have been kept long enough; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer.
pub async fn forget_policy_replays(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("policy-replay-ends"), replays::due_to_forget).await?;
    each(database, "policy-replay-ends", due, replays::forget).await
}
