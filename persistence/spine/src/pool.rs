//! A few threads that own the blocking work: few beat many, and their queue is bounded, so that overload
//! is answered at once instead of being piled up.

use super::{Connection, Failure, engine::Location};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

pub(super) type Connections = r2d2::Pool<Location>;

/// Opens up to `size` connections. A broken one is replaced when it shows, not tested at each use:
/// testing costs almost half of the reads.
pub(super) fn connections(location: &Location, size: u32) -> Result<Connections, Failure> {
    Ok(r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(std::time::Duration::from_secs(5))
        .error_handler(Box::new(r2d2::LoggingErrorHandler))
        .build(location.clone())?)
}

/// A job on a pool: it gets a connection on which all its queries see one state, or learns why there is none. It says
/// whether others may go on reading that state: not where a query failed, which ends a transaction on PostgreSQL.
pub(super) type Job = Box<dyn FnOnce(Result<&mut Connection, Failure>) -> bool + Send>;

/// A job that waits, and how many came before it.
struct Waiting {
    arrival: u64,
    job: Job,
}

/// Threads that run jobs, each with a connection.
pub(super) struct Pool {
    queue: Sender<Waiting>,
    arrivals: Arc<AtomicU64>,
}

impl Pool {
    /// Starts `threads` threads over these connections; `waiting` jobs may queue up.
    pub fn start(
        name: &str,
        connections: &Connections,
        threads: u32,
        waiting: usize,
    ) -> Result<Self, Failure> {
        let (queue, jobs) = bounded(waiting);
        let arrivals = Arc::new(AtomicU64::new(0));
        for index in 0..threads {
            let (jobs, connections, arrivals) = (jobs.clone(), connections.clone(), arrivals.clone());
            thread::Builder::new()
                .name(format!("{name}-{index}"))
                .spawn(move || work(&jobs, &connections, &arrivals))
                .map_err(Failure::fault)?;
        }
        Ok(Self { queue, arrivals })
    }

    /// Queues a job, unless too many wait.
    pub fn submit(&self, job: Job) -> Result<(), Failure> {
        let arrival = self.arrivals.fetch_add(1, Ordering::SeqCst);
        self.queue.try_send(Waiting { arrival, job }).map_err(|error| match error {
            TrySendError::Full(_) => Failure::Overloaded,
            TrySendError::Disconnected(_) => Failure::fault("the database threads have ended"),
        })
    }
}

/// Runs jobs as they come. Those that had arrived before a transaction began may all read in it: each sees whatever
/// was committed before it was asked for, and beginning, ending and the marks are paid once for all of them.
fn work(jobs: &Receiver<Waiting>, connections: &Connections, arrivals: &AtomicU64) {
    let mut put_off = None;
    while let Some(Waiting { job, .. }) = put_off.take().or_else(|| jobs.recv().ok()) {
        let mut arrived = arrivals.load(Ordering::SeqCst);
        let mut connection = match begun(connections, Connection::begin_read) {
            Ok(connection) => connection,
            Err(failure) => {
                job(Err(failure));
                continue;
            }
        };
        let mut goes_on = run(job, &mut connection);
        while let Ok(next) = jobs.try_recv() {
            if !goes_on || next.arrival >= arrived {
                arrived = arrivals.load(Ordering::SeqCst);
                if let Err(error) = connection.begin_next_read() {
                    log::warn!("a connection could not begin a transaction: {error}");
                    connection.suspect();
                    put_off = Some(next);
                    break;
                }
            }
            goes_on = run(next.job, &mut connection);
        }
        connection.rollback();
    }
}

/// A panic drops the job's answer, which its caller sees as a fault; the thread lives on.
fn run(job: Job, connection: &mut Connection) -> bool {
    catch_unwind(AssertUnwindSafe(|| job(Ok(connection)))).unwrap_or_else(|_| {
        log::error!("a unit of reading panicked");
        false
    })
}

/// A connection with a transaction begun. Nothing has happened yet when beginning fails, so a connection
/// that died while it lay in the pool is replaced without anybody noticing.
pub(super) fn begun(
    connections: &Connections,
    begin: fn(&mut Connection) -> diesel::QueryResult<()>,
) -> Result<r2d2::PooledConnection<Location>, Failure> {
    let mut tries = connections.max_size();
    loop {
        let mut connection = connections.get()?;
        match begin(&mut connection) {
            Ok(()) => return Ok(connection),
            Err(error) if tries == 0 => return Err(error.into()),
            Err(error) => log::warn!("a connection could not begin a transaction: {error}"),
        }
        connection.suspect();
        tries -= 1;
    }
}
