//! Writing. A thread takes the units of work that wait and groups them into one transaction, a savepoint
//! each: full durability at a multiple of the throughput, and a unit that fails or panics rolls back
//! alone. Answers go out after the commit. One thread writes on SQLite, several on PostgreSQL, where a unit
//! is done again when rows moved under it.

use super::{
    Answered, Connection, EngineKind, Failure, Request, StoredAnswer, Tx, access,
    database::Shared,
    idempotency::{self, Kept, Outset},
    ledger::{self, Deeds},
    number,
    pool::{Connections, begun},
    tx::{Performed, perform, twin},
};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::Duration,
};
use tokio::sync::oneshot;

type BoxedWork = Box<dyn Fn(&mut Tx<'_>) -> Result<StoredAnswer, Failure> + Send>;
type Reply = oneshot::Sender<Result<Answered, Failure>>;

/// A unit of work that waits for its turn.
pub(super) struct Unit {
    pub request: Request,
    pub work: BoxedWork,
    pub reply: Reply,
    /// Whether it is done again and changes master data: then it locks the marks before it looks.
    pub moves_master: bool,
}

/// How often a unit is done again when rows moved under it.
const ATTEMPTS_MAX: u32 = 12;

pub(super) struct Writer {
    queue: Sender<Unit>,
}

impl Writer {
    pub fn start(shared: &Arc<Shared>, connections: &Connections, threads: u32) -> Result<Self, Failure> {
        let (queue, units) = bounded::<Unit>(shared.waiting_max);
        let threads = if shared.kind == EngineKind::Sqlite { 1 } else { threads };
        for index in 0..threads {
            let (shared, units, connections) = (shared.clone(), units.clone(), connections.clone());
            thread::Builder::new()
                .name(format!("writer-{index}"))
                .spawn(move || write_in_groups(&shared, &units, &connections))
                .map_err(Failure::fault)?;
        }
        Ok(Self { queue })
    }

    pub fn submit(&self, unit: Unit) -> Result<(), Failure> {
        self.queue.try_send(unit).map_err(|error| match error {
            TrySendError::Full(_) => Failure::Overloaded,
            TrySendError::Disconnected(_) => Failure::fault("the writer has ended"),
        })
    }
}

fn write_in_groups(shared: &Shared, units: &Receiver<Unit>, connections: &Connections) {
    let group_max = Connection::group_max(shared.kind);
    while let Ok(first) = units.recv() {
        let mut group = vec![first];
        group.extend(units.try_iter().take(group_max - 1));
        until_it_stands(connections, shared, group);
    }
}

/// What is left of a group after a commit.
#[derive(Default)]
struct Left {
    /// Units under which rows moved.
    moved: Vec<Unit>,
    /// Units that were not done, the first of which had a fault: that it was not let wait for a lock, most likely.
    behind: Vec<Unit>,
}

/// Commits a group, in as many transactions as it takes. Units under which rows moved are done again, one at a time.
fn until_it_stands(connections: &Connections, shared: &Shared, mut group: Vec<Unit>) {
    while !group.is_empty() {
        let whole = group.len();
        let mut left = commit(connections, shared, group, true);
        // The transaction itself met one of another writer: together they know now what it left.
        if whole > 1 && left.moved.len() == whole {
            left = commit(connections, shared, left.moved, true);
        }
        left.moved.into_iter().for_each(|unit| again(connections, shared, unit));
        group = left.behind;
    }
}

/// Does a unit under which rows moved until it stands, or has moved too often.
fn again(connections: &Connections, shared: &Shared, unit: Unit) {
    let mut moved = vec![unit];
    for attempt in 2..=ATTEMPTS_MAX {
        thread::sleep(Duration::from_millis(u64::from(attempt)));
        moved = commit(connections, shared, moved, attempt < ATTEMPTS_MAX).moved;
        if moved.is_empty() {
            break;
        }
    }
}

/// Commits a group and answers; returns what is left of it: units are done again only if they `may_move`.
fn commit(connections: &Connections, shared: &Shared, mut group: Vec<Unit>, may_move: bool) -> Left {
    shared.health.begins();
    let begun = begun(connections, &shared.health, Connection::begin_write);
    shared.health.begun(begun.is_ok());
    // Whoever gave up while it waited was told that it was not done: so it never is.
    group.retain(|unit| !unit.reply.is_closed());
    let mut connection = match begun {
        Ok(connection) => connection,
        Err(failure) => {
            log::warn!("no transaction could be begun for {} units of work: {failure:?}", group.len());
            let is_away = matches!(failure, Failure::Unavailable);
            let told = || if is_away { Failure::Unavailable } else { Failure::Overloaded };
            group.into_iter().for_each(|unit| answer(shared, unit, Err(told())));
            return Left::default();
        }
    };
    let outcomes = match in_one_transaction(&mut connection, shared, &group) {
        Ok(outcomes) => outcomes,
        Err(failure) => {
            connection.rollback();
            connection.suspect();
            shared.health.begun(false);
            if may_move && matches!(failure, Failure::Moved) {
                return Left { moved: group, ..Left::default() };
            }
            log::error!("a group of units could not be committed: {failure:?}");
            let is_away = matches!(failure, Failure::Unavailable);
            if is_away {
                shared.health.suspect();
            }
            // Without the commit nobody may build on what any unit of the group saw or did.
            let told = || if is_away { Failure::Unavailable } else { Failure::Overloaded };
            group.into_iter().for_each(|unit| answer(shared, unit, Err(told())));
            return Left::default();
        }
    };
    shared.health.begun(false);
    shared.health.answers();
    let moves_master = connection.master_moved;
    let mut left = Left { behind: group.split_off(outcomes.len()), ..Left::default() };
    for (unit, outcome) in group.into_iter().zip(outcomes) {
        match outcome {
            Err(Failure::Moved) if may_move => left.moved.push(Unit { moves_master, ..unit }),
            outcome => answer(shared, unit, outcome),
        }
    }
    left
}

/// Does a group of units in the open transaction and ends it; fewer outcomes than units, where one may have failed
/// because it was not let wait. An error is one of the transaction itself.
fn in_one_transaction(
    connection: &mut Connection,
    shared: &Shared,
    group: &[Unit],
) -> Result<Vec<Result<Performed, Failure>>, Failure> {
    if group.iter().any(|unit| unit.moves_master) {
        access::lock(connection)?;
    }
    let mut outset = Outset::of(connection, group.iter().map(|unit| &unit.request))?;
    let mut outcomes = Vec::with_capacity(group.len());
    let mut keys = HashSet::new();
    for (place, unit) in (1..).zip(group) {
        // Answers are kept at the end: a second unit with the key of an earlier one comes after the commit.
        let caller = unit.request.principal.actor.user;
        let is_twin = unit.request.key().is_some_and(|sent| !keys.insert((caller, sent.key.as_str())));
        let another_follows = place < group.len();
        let outcome = if is_twin {
            Err(Failure::Moved)
        } else {
            isolated(connection, shared, unit, &mut outset, another_follows)?
        };
        // Its fault may be that it was not let wait: it is done again where nothing was done before it.
        if connection.hastens() && matches!(outcome, Err(Failure::Fault(_) | Failure::Overloaded)) {
            break;
        }
        let raised = outcome.as_ref().ok().filter(|performed| performed.keep);
        outset.marks = raised.and_then(|performed| performed.raised).unwrap_or(outset.marks);
        outcomes.push(outcome);
    }
    let (mut any, mut deeds): (bool, Vec<Deeds>) = (false, Vec::new());
    for performed in outcomes.iter_mut().flatten().filter(|performed| performed.keep) {
        any = true;
        deeds.extend(performed.deeds.take());
    }
    if any {
        connection.take_time()?;
        number::settle(connection)?;
        idempotency::keep(connection, kept(group, &outcomes))?;
        ledger::seal(connection, shared.ids.as_ref(), &deeds)?;
        connection.commit()?;
    } else {
        connection.rollback();
    }
    Ok(outcomes)
}

/// The answers that are kept with the keys of their requests.
fn kept<'a>(group: &'a [Unit], outcomes: &'a [Result<Performed, Failure>]) -> Vec<Kept<'a>> {
    let units = group.iter().zip(outcomes);
    units.filter_map(|(unit, outcome)| outcome.as_ref().ok()?.kept(&unit.request)).collect()
}

/// Does a unit in its savepoint, which is undone unless its effect is to be kept. The outer error means that
/// the savepoint itself failed: then the whole group is lost.
fn isolated(
    connection: &mut Connection,
    shared: &Shared,
    unit: &Unit,
    outset: &mut Outset,
    another_follows: bool,
) -> Result<Result<Performed, Failure>, Failure> {
    let mut outcome = attempt(connection, shared, unit, outset);
    if outcome.as_ref().is_ok_and(|performed| performed.keep) {
        match connection.keep_unit(another_follows) {
            Ok(()) => return Ok(outcome),
            Err(error) => outcome = Err(error.into()),
        }
    }
    connection.undo_unit()?;
    let may_have_a_twin = shared.kind == EngineKind::Postgres && unit.request.key().is_some();
    if may_have_a_twin && !matches!(outcome, Err(Failure::Moved)) && outcome.is_err() {
        match twin(connection, shared, &unit.request) {
            Ok(Some(replayed)) => return Ok(Ok(replayed)),
            Ok(None) => {}
            // What the unit was refused for stands, whoever it is now.
            Err(_) => connection.undo_unit()?,
        }
    }
    Ok(outcome)
}

/// Does a unit's work; a panic is that unit's fault alone.
fn attempt(
    connection: &mut Connection,
    shared: &Shared,
    unit: &Unit,
    outset: &mut Outset,
) -> Result<Performed, Failure> {
    catch_unwind(AssertUnwindSafe(|| perform(connection, shared, &unit.request, &unit.work, outset)))
        .unwrap_or_else(|_| Err(Failure::fault("a unit of work panicked")))
}

fn answer(shared: &Shared, unit: Unit, outcome: Result<Performed, Failure>) {
    let answer = outcome.map(|performed| {
        if let Some(marks) = performed.raised.filter(|_| performed.keep) {
            shared.epoch_is(marks.epoch);
        }
        performed.answered
    });
    // The client may have gone; what was committed stands all the same.
    let _gone = unit.reply.send(answer);
}
