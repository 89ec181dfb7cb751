//! A few threads that own the blocking work: few beat many, and their queue is bounded, so that overload
//! is answered at once instead of being piled up.

use super::{Connection, Failure, engine::Location, failure::is_absence, health::Health};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use r2d2::ManageConnection;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

pub(super) type Connections = r2d2::Pool<Location>;

/// Whoever gets no connection for so long is turned away.
const CONNECTED_WITHIN: Duration = Duration::from_secs(1);
/// When a database is opened, it may take longer: it may be starting, too.
const OPENED_WITHIN: Duration = Duration::from_secs(10);

/// Opens up to `size` connections. A broken one is replaced when it shows, not tested at each use:
/// testing costs almost half of the reads.
pub(super) fn connections(location: &Location, size: u32) -> Result<Connections, Failure> {
    wait_for(location)?;
    Ok(r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(CONNECTED_WITHIN)
        .error_handler(Box::new(r2d2::LoggingErrorHandler))
        .build(location.clone())?)
}

/// Waits until the database can be connected to, but not for ever.
fn wait_for(location: &Location) -> Result<(), Failure> {
    let patience = Instant::now() + OPENED_WITHIN;
    loop {
        match location.connect() {
            Ok(_) => return Ok(()),
            Err(error) if Instant::now() >= patience => return Err(Failure::fault(error)),
            Err(_) => thread::sleep(Duration::from_millis(200)),
        }
    }
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
    running: Vec<thread::JoinHandle<()>>,
}

impl Pool {
    /// Starts `threads` threads over these connections; `waiting` jobs may queue up.
    pub fn start(
        name: &str,
        connections: &Connections,
        threads: u32,
        waiting: usize,
        health: &Arc<Health>,
    ) -> Result<Self, Failure> {
        let (queue, jobs) = bounded(waiting);
        let arrivals = Arc::new(AtomicU64::new(0));
        let mut running = Vec::new();
        for index in 0..threads {
            let (jobs, connections, arrivals) = (jobs.clone(), connections.clone(), arrivals.clone());
            let health = health.clone();
            let thread = thread::Builder::new().name(format!("{name}-{index}"));
            let work = move || work(&jobs, &connections, &arrivals, &health);
            running.push(thread.spawn(work).map_err(Failure::fault)?);
        }
        Ok(Self { queue, arrivals, running })
    }

    /// Whether a thread is left that does jobs.
    pub fn is_alive(&self) -> bool {
        self.running.iter().any(|thread| !thread.is_finished())
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
fn work(jobs: &Receiver<Waiting>, connections: &Connections, arrivals: &AtomicU64, health: &Health) {
    let mut put_off = None;
    while let Some(Waiting { job, .. }) = put_off.take().or_else(|| jobs.recv().ok()) {
        let mut arrived = arrivals.load(Ordering::SeqCst);
        let mut connection = match begun(connections, health, Connection::begin_read) {
            Ok(connection) => connection,
            Err(failure) => {
                job(Err(failure));
                continue;
            }
        };
        health.answers();
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
            if goes_on {
                health.answers();
            }
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
    health: &Health,
    begin: fn(&mut Connection) -> diesel::QueryResult<()>,
) -> Result<r2d2::PooledConnection<Location>, Failure> {
    let mut tries = connections.max_size();
    loop {
        if health.is_away() {
            return Err(Failure::Unavailable);
        }
        let mut connection = connections.get().inspect_err(|_| health.give_up())?;
        match begin(&mut connection) {
            Ok(()) => return Ok(connection),
            // Another connection would not get the lock either.
            Err(error) if tries == 0 || !is_absence(&error) => return Err(error.into()),
            Err(error) => log::warn!("a connection could not begin a transaction: {error}"),
        }
        connection.suspect();
        tries -= 1;
    }
}
