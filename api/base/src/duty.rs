//! Duties over HTTP: one's own first, what superiors may do about those of their people, and the board. `[DUT-2j, DUT-4]`

use crate::spine::{
    At, Attempts, Can, Chore, Every, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    each, routes,
};
use domain::{
    duty::Duty,
    spine::{AnyId, EmployeeId, Id, Policy, Timestamp, perm},
    working_time::Period,
};
use persistence::{
    duty::{
        self as duties, DutyFilter, DutySummary, DutyView,
        board::{self, BoardFilter, BoardRow},
        deed, effect, outage,
        publication::{self, RulePreview},
        raise, settle,
    },
    spine::{Database, Failure, Request, StoredAnswer},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "duties",
        [
            list_duties,
            show_duty,
            fulfil_duty,
            confirm_duty,
            return_duty,
            waive_duty,
            extend_duty,
            hand_over_duty,
            list_duty_board,
            preview_duty_rule,
        ]
    );
}

/// List duties. `[DUT-2j, INT-4]`
///
/// One's own where nothing else is asked for; `whose=line` those of everybody below one, `whose=all` all that one may
/// see. Where a duty stands is reckoned from the clock at this instant.
#[utoipa::path(get, path = "/api/v1/duties")]
async fn list_duties(
    who: Can<perm::ReadDuties>,
    wanted: Wanted<DutyFilter>,
    reading: Reading,
) -> List<DutySummary> {
    reading.list(who, wanted, duties::list).await
}

/// Show a duty. `[DUT-2b, DUT-2j, ACT-1]`
///
/// With the rule and clause that call for it, who held it since when, how its times moved, and what the caller may do.
#[utoipa::path(get, path = "/api/v1/duties/{id}")]
async fn show_duty(who: Can<perm::ReadDuties>, id: PathId<Duty>, reading: Reading) -> Reply<DutyView> {
    reading.read(who, move |reader| duties::view(reader, *id)).await
}

/// What was done.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FulfilDuty {
    /// What was done; without it, files must show it.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "已于 5 月 8 日完成现场巡检")]
    note: Option<String>,
    /// Uploaded files as evidence.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    files: Vec<AnyId>,
}

/// Report a duty done. `[DUT-1a, DUT-2j]`
///
/// By who is responsible, with evidence, where no record of the product fulfils it. Where the rule says so a superior
/// confirms it.
#[utoipa::path(post, path = "/api/v1/duties/{id}/fulfil")]
async fn fulfil_duty(
    who: Can<perm::PerformDuties>,
    at: At<Duty>,
    body: Valid<FulfilDuty>,
    work: UnitOfWork,
) -> Reply<DutyView> {
    work.moves(who, at, move |duty, tx| {
        let FulfilDuty { note, files } = body.0.clone();
        deed::report(tx, duty, note, files.into_iter().map(|file| Id::from_uuid(file.uuid())).collect())
    })
    .await
}

/// Confirm that a duty was done. `[DUT-2j]`
///
/// By a superior of who is responsible, never by whoever reported it.
#[utoipa::path(post, path = "/api/v1/duties/{id}/confirm")]
async fn confirm_duty(who: Can<perm::PerformDuties>, at: At<Duty>, work: UnitOfWork) -> Reply<DutyView> {
    work.moves(who, at, move |duty, tx| deed::confirm(tx, duty)).await
}

/// Return what was reported of a duty. `[DUT-2g, DUT-2j]`
///
/// Reported again within a working day, it counts from the first instant.
#[utoipa::path(post, path = "/api/v1/duties/{id}/return")]
async fn return_duty(
    who: Can<perm::PerformDuties>,
    at: At<Duty>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<DutyView> {
    work.moves(who, at, move |duty, tx| deed::return_report(tx, duty, body.reason.clone())).await
}

/// Waive a duty. `[DUT-2b, DUT-2j]`
///
/// By a superior, with a reason; also one that was missed or done too late.
#[utoipa::path(post, path = "/api/v1/duties/{id}/waive")]
async fn waive_duty(
    who: Can<perm::PerformDuties>,
    at: At<Duty>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<DutyView> {
    work.moves(who, at, move |duty, tx| deed::waive(tx, duty, body.reason.clone())).await
}

/// More time.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExtendDuty {
    /// The new due, later than the old one and than now.
    due_at: Timestamp,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户推迟验收")]
    reason: String,
}

/// Give more time for a duty. `[DUT-2b, DUT-2j]`
///
/// By a superior, with a reason; the grace keeps its working length behind the new due.
#[utoipa::path(post, path = "/api/v1/duties/{id}/extend")]
async fn extend_duty(
    who: Can<perm::PerformDuties>,
    at: At<Duty>,
    body: Valid<ExtendDuty>,
    work: UnitOfWork,
) -> Reply<DutyView> {
    work.moves(who, at, move |duty, tx| {
        let ExtendDuty { due_at, reason } = body.0.clone();
        deed::extend(tx, duty, due_at, reason)
    })
    .await
}

/// To whom a duty goes.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOverDuty {
    /// Who is responsible from now on.
    employee_id: EmployeeId,
}

/// Hand a duty over. `[DUT-2f, DUT-2j]`
///
/// One of a post or a record, by a superior of who is responsible. What a person owes themselves stays theirs.
#[utoipa::path(post, path = "/api/v1/duties/{id}/hand-over")]
async fn hand_over_duty(
    who: Can<perm::PerformDuties>,
    at: At<Duty>,
    body: Valid<HandOverDuty>,
    work: UnitOfWork,
) -> Reply<DutyView> {
    work.moves(who, at, move |duty, tx| deed::hand_over(tx, duty, body.employee_id)).await
}

/// Show how timely duties are done. `[DUT-4]`
///
/// Counts and rate by person, department, rule, clause and month: one's own, those of everybody below one, and of the
/// departments in reach. The rate is what was done on time of all that was neither excused, waived nor cancelled.
#[utoipa::path(get, path = "/api/v1/duty-board")]
async fn list_duty_board(
    who: Can<perm::ReadDuties>,
    wanted: Wanted<BoardFilter>,
    reading: Reading,
) -> List<BoardRow> {
    reading.list(who, wanted, board::list).await
}

/// Preview whom a rule of duties would mean. `[DUT-1b]`
///
/// Of a version, published or not: who would owe what in the next period, and when it would be due.
#[utoipa::path(get, path = "/api/v1/policies/{id}/duty-preview")]
async fn preview_duty_rule(
    who: Can<perm::ReadPolicies>,
    id: PathId<Policy>,
    reading: Reading,
) -> Reply<RulePreview> {
    reading.read(who, move |reader| publication::preview(reader, *id)).await
}

/// Raises duties, lets them follow the people, tells who must know, and notes what is missed.
pub const CHORE: &Chore =
    &Chore { name: "duties", every: Every::Seconds(30), run: |state| Box::pin(attend(&state.database)) };

/// Everything that duties ask of a server by now, in the order in which one thing rests on another: whether a server was
/// there, what no server could take in, what is owed, by whom, and what follows where it is not done. Safe to be done by
/// several servers at once, to be ended in its midst, and to be done twice.
///
/// # Errors
/// The first thing that could not be done, when the rest has been.
pub async fn attend(database: &Database) -> Result<(), Failure> {
    let done = |request: Request, work: fn(&mut persistence::spine::Tx<'_>) -> Result<(), Failure>| {
        database.write(request, move |tx| work(tx).map(|()| StoredAnswer::default()))
    };
    let mut attempts = Attempts::default();
    attempts.noted("signs", done(Request::system("signs"), outage::sign).await);
    let concerned = database.read(Request::system("outages"), outage::concerned).await;
    if let Some(duties) = attempts.noted("outages", concerned) {
        attempts.add(each(database, "outages", duties, outage::let_off).await);
    }
    let called = database.read(Request::system("duties"), raise::due).await;
    for (code, period) in attempts.noted("duties", called).into_iter().flatten() {
        let raised = raise_all(database, code, period).await;
        attempts.noted("duties", raised);
    }
    let unsettled = database.read(Request::system("duties"), settle::unsettled).await;
    for code in attempts.noted("duties", unsettled).into_iter().flatten() {
        let settled = settle_all(database, code).await;
        attempts.noted("duties", settled);
    }
    attempts.add(happen_all(database).await);
    attempts.outcome()
}

/// Lets happen what is due to happen, the longest due first. What fails is passed over, and left to the next time.
async fn happen_all(database: &Database) -> Result<(), Failure> {
    let (mut attempts, mut come) = (Attempts::default(), None);
    loop {
        let due =
            database.read(Request::system("duty-effects"), move |reader| effect::due(reader, come)).await?;
        let Some(last) = due.last() else { return attempts.outcome() };
        come = Some(*last);
        let mut duties: Vec<_> = due.into_iter().map(|(_, duty)| duty).collect();
        duties.dedup();
        attempts.add(each(database, "duty-effects", duties, effect::happen).await);
    }
}

/// Raises what a period calls for, batch by batch.
async fn raise_all(database: &Database, code: String, period: Period) -> Result<(), Failure> {
    while repeated(database, code.clone(), move |tx, code| raise::raise(tx, code, period)).await? {}
    Ok(())
}

/// Lets the duties of a rule follow what changed, batch by batch.
async fn settle_all(database: &Database, code: String) -> Result<(), Failure> {
    while repeated(database, code.clone(), settle::settle).await? {}
    Ok(())
}

/// Does a batch of something in a unit of work; answers whether more is to be done.
async fn repeated(
    database: &Database,
    code: String,
    work: impl Fn(&mut persistence::spine::Tx<'_>, &str) -> Result<bool, Failure> + Send + 'static,
) -> Result<bool, Failure> {
    let more = move |tx: &mut persistence::spine::Tx<'_>| {
        let more = work(tx, &code)?;
        Ok(StoredAnswer { status: u16::from(more), ..StoredAnswer::default() })
    };
    let answered = database.write(Request::system("duties"), more).await?;
    Ok(answered.answer.status > 0)
}
