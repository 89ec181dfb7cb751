//! Queues of sites over HTTP. `[QUE-1, QUE-2, QUE-3]`

use crate::spine::{
    At, Can, Created, List, Listing, Paged, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid,
    Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    reception_queue::{LunchDuty, ReceptionQueue, Roster, Stamp},
    spine::{AnyId, EmployeeId, Id, Permission, Timestamp, perm},
};
use persistence::{
    organisation::{department, employee, referred},
    reception_queue::{
        self as queues, QueueFilter, QueueSummary, QueueView,
        list::{ReceptionStatistic, StatisticFilter},
        view::{EntryView, VerificationView},
    },
    site as sites,
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "reception-queues",
        [
            list_reception_queues,
            arrange_reception_queue,
            show_reception_queue,
            list_reception_queue_entries,
            verify_reception_queue,
            rearrange_reception_queue,
            suspend_reception_queue,
            resume_reception_queue,
            step_out,
            step_back,
            list_reception_statistics,
        ]
    );
}

/// List queues. `[QUE-1, INT-4]`
///
/// Those in which one has a place, and those of departments in reach; the latest day first.
#[utoipa::path(get, path = "/api/v1/reception-queues")]
async fn list_reception_queues(
    who: Can<perm::WatchQueues>,
    wanted: Wanted<QueueFilter>,
    reading: Reading,
) -> List<QueueSummary> {
    reading.list(who, wanted, queues::list).await
}

/// Show a queue. `[QUE-1]`
///
/// Whose turn it is, who is there and who receives. No visitor stands in it, and its version is its `ETag`: a screen at the
/// site asks again with `If-None-Match`.
#[utoipa::path(get, path = "/api/v1/reception-queues/{id}")]
async fn show_reception_queue(
    who: Can<perm::WatchQueues>,
    id: PathId<ReceptionQueue>,
    reading: Reading,
) -> Reply<QueueView> {
    reading.read(who, move |reader| queues::view(reader, *id)).await
}

/// List the ledger of a queue. `[QUE-1]`
///
/// In its order: who was next, who took the turn, who was passed over and why. Each entry hashes the one before it.
#[utoipa::path(get, path = "/api/v1/reception-queues/{id}/entries")]
async fn list_reception_queue_entries(
    who: Can<perm::ReadCustomers>,
    id: PathId<ReceptionQueue>,
    paged: Paged,
    reading: Reading,
) -> Reply<Listing<EntryView>> {
    reading.page(who, paged, move |reader, page| queues::view::entries(reader, *id, page)).await
}

/// Verify the ledger of a queue. `[QUE-1]`
///
/// Proves that no entry was altered, put in or taken out, or names the first that was.
#[utoipa::path(get, path = "/api/v1/reception-queues/{id}/verification")]
async fn verify_reception_queue(
    who: Can<perm::ReadCustomers>,
    id: PathId<ReceptionQueue>,
    reading: Reading,
) -> Reply<VerificationView> {
    reading.read(who, move |reader| queues::view::verification(reader, *id)).await
}

/// Who is on lunch duty, and when.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetQueueDuty {
    /// Who: somebody in the order.
    employee_id: EmployeeId,
    /// From this instant of the day.
    from: Timestamp,
    /// Until before this one.
    until: Timestamp,
}

/// The queue of a day.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArrangeReceptionQueue {
    /// Of which site.
    site_id: AnyId,
    /// Of which day; today where absent.
    #[serde(default)]
    on: Option<NaiveDate>,
    /// In whose order, whose turn is first.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    order: Vec<EmployeeId>,
    /// The lunch duties.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    lunch_duties: Vec<SetQueueDuty>,
}

fn roster(tx: &mut Tx<'_>, order: &[EmployeeId], duties: &[SetQueueDuty]) -> Result<Roster, Failure> {
    for (index, who) in order.iter().enumerate() {
        employee::refer(tx, *who, &format!("/order/{index}"))?;
    }
    let duty =
        |duty: &SetQueueDuty| LunchDuty { employee: duty.employee_id, from: duty.from, until: duty.until };
    Ok(Roster { order: order.to_vec(), lunch: duties.iter().map(duty).collect() })
}

fn stamp(tx: &Tx<'_>) -> Stamp {
    Stamp::of(tx.actor(), tx.now(), tx.today())
}

/// Set the queue of a day. `[QUE-1, QUE-3; 002 §5(三)1]`
///
/// One for a site and a day. By whoever manages the site.
#[utoipa::path(post, path = "/api/v1/reception-queues")]
async fn arrange_reception_queue(
    who: Can<perm::ManageSites>,
    body: Valid<ArrangeReceptionQueue>,
    work: UnitOfWork,
) -> Created<QueueView> {
    work.write(who, move |tx| {
        let site = referred(sites::load(tx, Id::from_uuid(body.site_id.uuid())), "/site_id")?;
        let department = site.details.department;
        referred(department::ensure_within_reach(tx, department), "/site_id")?;
        let roster = roster(tx, &body.order, &body.lunch_duties)?;
        let on = body.on.unwrap_or_else(|| tx.today());
        let change =
            ReceptionQueue::arrange((tx.id(), site.id, department), on, roster, stamp(tx), tx.zone())?;
        let queue = queues::apply(tx, change)?;
        queues::show(tx, queue)
    })
    .await
}

/// The queue as it is from now on.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RearrangeReceptionQueue {
    /// In whose order, whose turn is next first.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    order: Vec<EmployeeId>,
    /// The lunch duties.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    lunch_duties: Vec<SetQueueDuty>,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "临时调班")]
    reason: String,
}

/// Set a queue anew. `[QUE-1; 002 §5(三)2]`
///
/// What was stays in the ledger; the list begins with whose turn it is.
#[utoipa::path(post, path = "/api/v1/reception-queues/{id}/rearrange")]
async fn rearrange_reception_queue(
    who: Can<perm::ManageSites>,
    at: At<ReceptionQueue>,
    body: Valid<RearrangeReceptionQueue>,
    work: UnitOfWork,
) -> Reply<QueueView> {
    work.moves(who, at, move |queue, tx| {
        led(tx, &queue)?;
        let roster = roster(tx, &body.order, &body.lunch_duties)?;
        Ok(queue.rearrange(roster, body.reason.clone(), stamp(tx), tx.zone())?)
    })
    .await
}

/// Whoever manages sites of their own alone leads no queue.
fn led(tx: &Tx<'_>, queue: &ReceptionQueue) -> Result<(), Failure> {
    let leads = tx.actor().reach(Permission::ManageSites).covers(queue.department, false);
    if leads { Ok(()) } else { Err(Failure::Denied(Permission::ManageSites)) }
}

/// Suspend a queue. `[QUE-2; 002 §5(三)1]`
///
/// As in opening rushes: until it is resumed everybody receives whom they meet, and no turn is used.
#[utoipa::path(post, path = "/api/v1/reception-queues/{id}/suspend")]
async fn suspend_reception_queue(
    who: Can<perm::ManageSites>,
    at: At<ReceptionQueue>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<QueueView> {
    work.moves(who, at, move |queue, tx| {
        led(tx, &queue)?;
        Ok(queue.suspend(body.reason.clone(), stamp(tx))?)
    })
    .await
}

/// Resume a queue. `[QUE-2]`
#[utoipa::path(post, path = "/api/v1/reception-queues/{id}/resume")]
async fn resume_reception_queue(
    who: Can<perm::ManageSites>,
    at: At<ReceptionQueue>,
    work: UnitOfWork,
) -> Reply<QueueView> {
    work.moves(who, at, move |queue, tx| {
        led(tx, &queue)?;
        Ok(queue.resume(stamp(tx))?)
    })
    .await
}

/// Who is not there.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepOut {
    /// Who; the caller where absent. For others by whoever manages the site.
    #[serde(default)]
    employee_id: Option<EmployeeId>,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "陪客户看房")]
    reason: String,
}

/// Step out of a queue. `[QUE-1; 002 §5(三)2]`
///
/// A turn that comes meanwhile passes one over, and is not made up for.
#[utoipa::path(post, path = "/api/v1/reception-queues/{id}/step-out")]
async fn step_out(
    who: Can<perm::RegisterCustomers>,
    id: PathId<ReceptionQueue>,
    body: Valid<StepOut>,
    work: UnitOfWork,
) -> Reply<QueueView> {
    work.write(who, move |tx| {
        let queue = queues::find(tx, *id)?;
        let employee = whom(tx, &queue, body.employee_id)?;
        let change = queue.step_out(employee, body.reason.clone(), stamp(tx))?;
        let queue = queues::apply(tx, change)?;
        queues::show(tx, queue)
    })
    .await
}

/// Who is back.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepBack {
    /// Who; the caller where absent. For others by whoever manages the site.
    #[serde(default)]
    employee_id: Option<EmployeeId>,
}

/// Step back into a queue. `[QUE-1]`
#[utoipa::path(post, path = "/api/v1/reception-queues/{id}/step-back")]
async fn step_back(
    who: Can<perm::RegisterCustomers>,
    id: PathId<ReceptionQueue>,
    body: Valid<StepBack>,
    work: UnitOfWork,
) -> Reply<QueueView> {
    work.write(who, move |tx| {
        let queue = queues::find(tx, *id)?;
        let employee = whom(tx, &queue, body.employee_id)?;
        let change = queue.step_back(employee, stamp(tx))?;
        let queue = queues::apply(tx, change)?;
        queues::show(tx, queue)
    })
    .await
}

/// Oneself, or somebody else where one leads there.
fn whom(tx: &Tx<'_>, queue: &ReceptionQueue, named: Option<EmployeeId>) -> Result<EmployeeId, Failure> {
    match named {
        Some(named) if !tx.actor().is(named) => led(tx, queue).map(|()| named),
        Some(named) => Ok(named),
        None => tx.actor().employee.ok_or(Failure::Denied(Permission::RegisterCustomers)),
    }
}

/// Count what came to whom. `[QUE-3]`
///
/// By person: receptions, turns, help, how often they were passed over and why, customers who were another's, and lapses.
/// Today where no days are named; at most 92 of them.
#[utoipa::path(get, path = "/api/v1/reception-statistics")]
async fn list_reception_statistics(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<StatisticFilter>,
    reading: Reading,
) -> List<ReceptionStatistic> {
    reading.list(who, wanted, queues::list::statistics).await
}
