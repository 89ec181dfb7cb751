//! Writing. On SQLite one thread writes and groups the waiting units of work into one commit, a
//! savepoint each: full durability at a multiple of the throughput, and a unit that fails or panics
//! rolls back alone. On PostgreSQL several threads write, a transaction each, done again when rows moved.

use super::{
    Answered, Connection, EngineKind, Failure, Request, StoredAnswer, Tx,
    database::Shared,
    pool::{Connections, begun},
    tx::{Performed, perform},
};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::{
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
}

/// At most this many units share a commit.
const GROUP_MAX: usize = 256;
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
                .spawn(move || match shared.kind {
                    EngineKind::Sqlite => write_in_groups(&shared, &units, &connections),
                    EngineKind::Postgres => write_singly(&shared, &units, &connections),
                })
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

/// Does a unit's work; a panic is that unit's fault alone.
fn attempt(connection: &mut Connection, shared: &Shared, unit: &Unit) -> Result<Performed, Failure> {
    catch_unwind(AssertUnwindSafe(|| perform(connection, shared, &unit.request, &unit.work)))
        .unwrap_or_else(|_| Err(Failure::fault("a unit of work panicked")))
}

fn finish(shared: &Shared, reply: Reply, outcome: Result<Performed, Failure>) {
    let answer = outcome.map(|performed| {
        if let Some(epoch) = performed.epoch.filter(|_| performed.keep) {
            shared.epoch_is(epoch);
        }
        performed.answered
    });
    // The client may have gone; what was committed stands all the same.
    let _gone = reply.send(answer);
}

fn write_in_groups(shared: &Shared, units: &Receiver<Unit>, connections: &Connections) {
    while let Ok(first) = units.recv() {
        let mut group = vec![first];
        group.extend(units.try_iter().take(GROUP_MAX - 1));
        match begun(connections, Connection::begin_write) {
            Ok(mut connection) => commit_group(&mut connection, shared, group),
            Err(failure) => {
                let message = format!("{failure:?}");
                group.into_iter().for_each(|unit| finish(shared, unit.reply, Err(Failure::fault(&message))));
            }
        }
    }
}

fn commit_group(connection: &mut Connection, shared: &Shared, group: Vec<Unit>) {
    let mut broken = None;
    let outcomes: Vec<_> = group
        .into_iter()
        .map(|unit| {
            let outcome = match &broken {
                None => in_savepoint(connection, |connection| attempt(connection, shared, &unit)),
                Some(_) => Ok(Err(Failure::Overloaded)),
            };
            let outcome = outcome.unwrap_or_else(|error| {
                broken = Some(error.to_string());
                Err(Failure::Overloaded)
            });
            (unit.reply, outcome)
        })
        .collect();
    let committed = match broken {
        None => connection.commit().map_err(|error| error.to_string()),
        Some(error) => Err(error),
    };
    if let Err(error) = &committed {
        log::error!("a group of units could not be committed: {error}");
        connection.rollback();
        connection.suspect();
    }
    for (reply, outcome) in outcomes {
        // Without the commit nobody may build on what any unit of the group saw or did.
        finish(shared, reply, if committed.is_ok() { outcome } else { Err(Failure::Overloaded) });
    }
}

/// Runs a unit in a savepoint of its own and undoes it unless its effect is to be kept. The outer error
/// means that the savepoint itself failed: then the whole group is lost.
fn in_savepoint(
    connection: &mut Connection,
    run: impl FnOnce(&mut Connection) -> Result<Performed, Failure>,
) -> diesel::QueryResult<Result<Performed, Failure>> {
    connection.execute("SAVEPOINT unit")?;
    let outcome = run(connection);
    if !outcome.as_ref().is_ok_and(|performed| performed.keep) {
        connection.execute("ROLLBACK TO unit")?;
    }
    connection.execute("RELEASE unit")?;
    Ok(outcome)
}

fn write_singly(shared: &Shared, units: &Receiver<Unit>, connections: &Connections) {
    for unit in units {
        let outcome = until_it_stands(connections, shared, &unit);
        finish(shared, unit.reply, outcome);
    }
}

fn until_it_stands(connections: &Connections, shared: &Shared, unit: &Unit) -> Result<Performed, Failure> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match in_transaction(connections, shared, unit) {
            Err(Failure::Moved) if attempts < ATTEMPTS_MAX => {
                thread::sleep(Duration::from_millis(u64::from(attempts)));
            }
            outcome => return outcome,
        }
    }
}

fn in_transaction(connections: &Connections, shared: &Shared, unit: &Unit) -> Result<Performed, Failure> {
    let mut connection = begun(connections, Connection::begin_write)?;
    let outcome = attempt(&mut connection, shared, unit);
    if !outcome.as_ref().is_ok_and(|performed| performed.keep) {
        connection.rollback();
        return outcome;
    }
    if let Err(error) = connection.commit() {
        connection.rollback();
        connection.suspect();
        return Err(error.into());
    }
    outcome
}
