//! Whether the database answers. The first who finds that it does not has it looked at, and what is found is known to
//! all at once: so nobody waits for it in turn, and whoever waits already is answered. A probe on a connection of its
//! own looks several times a second, and finds out when it answers again.

use super::{EngineKind, Failure, engine::Location};
use r2d2::ManageConnection;
use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// How long the probe waits between two looks, unless somebody asks it to hurry.
const LOOKS_EVERY: Duration = Duration::from_millis(200);
/// A database that answers neither the probe nor anybody else for so long is away: it may be stopped, and never say so.
const ANSWERS_WITHIN: Duration = Duration::from_millis(750);
/// How often somebody looks whether the probe is answered.
const WATCHED_EVERY: Duration = Duration::from_millis(100);

/// What is known of the database.
pub(super) struct Health {
    away: watch::Sender<bool>,
    /// Since when the probe waits for its answer.
    asked: Mutex<Option<Instant>>,
    /// When it last answered anybody else.
    answered: Mutex<Instant>,
    /// Whether the probe is to look now.
    hurry: Mutex<bool>,
    hurried: Condvar,
    /// Since when a writer waits for its turn to write, which on SQLite another process may have.
    begins: Mutex<Option<Instant>>,
    is_watched: AtomicBool,
    /// Whether a writer has its turn.
    writes: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Health {
    /// Of a database that answered of late.
    pub fn new() -> Self {
        Self {
            away: watch::Sender::new(false),
            asked: Mutex::new(None),
            answered: Mutex::new(Instant::now()),
            hurry: Mutex::new(false),
            hurried: Condvar::new(),
            begins: Mutex::new(None),
            is_watched: AtomicBool::new(false),
            writes: AtomicBool::new(false),
        }
    }

    /// Whether the database is known not to answer.
    pub fn is_away(&self) -> bool {
        *self.away.borrow()
    }

    /// Ends as soon as the database is known not to answer.
    pub async fn is_lost(&self) {
        // Its other half is beside it, so this is never the end of an error.
        let mut told = self.away.subscribe();
        let _lost = told.wait_for(|away| *away).await;
    }

    /// Somebody has found that it does not answer: the probe looks at once.
    pub fn suspect(&self) {
        *locked(&self.hurry) = true;
        self.hurried.notify_one();
    }

    /// Somebody waited for a connection and got none.
    pub fn give_up(&self) {
        if self.is_watched.load(Ordering::SeqCst) {
            self.suspect();
        }
    }

    fn found(&self, answers: bool) {
        let was_away = self.away.send_replace(!answers);
        match (was_away, answers) {
            (false, false) => log::error!("the database does not answer: whoever asks for it is turned away"),
            (true, true) => log::warn!("the database answers again"),
            _ => {}
        }
    }

    /// It has answered somebody: busy as it may be, it is not away.
    pub fn answers(&self) {
        *locked(&self.answered) = Instant::now();
    }

    /// A writer begins a transaction, until [`Health::begun`].
    pub fn begins(&self) {
        locked(&self.begins).get_or_insert_with(Instant::now);
    }

    /// It has begun one, or has given up.
    pub fn begun(&self, writes: bool) {
        *locked(&self.begins) = None;
        self.writes.store(writes, Ordering::SeqCst);
    }

    /// Whether a writer has its turn.
    pub fn is_writing(&self) -> bool {
        self.writes.load(Ordering::SeqCst)
    }

    /// For how long a writer has waited for its turn; nothing where none waits.
    pub fn waits_to_write(&self) -> Option<Duration> {
        locked(&self.begins).map(|since| since.elapsed())
    }

    /// Starts looking, where the database is another machine's; ends with the database.
    pub fn watch(health: &Arc<Self>, location: &Location) -> Result<(), Failure> {
        if location.kind == EngineKind::Sqlite {
            return Ok(());
        }
        health.is_watched.store(true, Ordering::SeqCst);
        let (probed, location) = (Arc::downgrade(health), location.clone());
        let probe = thread::Builder::new().name("probe".to_owned());
        probe.spawn(move || look(&probed, &location)).map_err(Failure::fault)?;
        let watched = Arc::downgrade(health);
        let watch = thread::Builder::new().name("watch".to_owned());
        watch.spawn(move || wait_for_answers(&watched)).map(drop).map_err(Failure::fault)
    }
}

/// Asks the database again and again for no more than an answer.
fn look(health: &Weak<Health>, location: &Location) {
    let mut connection = None;
    while let Some(health) = health.upgrade() {
        *locked(&health.asked) = Some(Instant::now());
        let known = connection.take().map_or_else(|| location.connect(), Ok);
        let asked = known.and_then(|mut known| location.is_valid(&mut known).map(|()| known));
        *locked(&health.asked) = None;
        match asked {
            Ok(answering) => {
                connection = Some(answering);
                health.found(true);
            }
            // It answers, though not us: others hold all the connections it has.
            Err(error) if has_no_room(&error) => health.found(true),
            Err(error) => {
                log::debug!("probe: {error}");
                health.found(false);
            }
        }
        let pause = locked(&health.hurry);
        let waited = health.hurried.wait_timeout_while(pause, LOOKS_EVERY, |hurry| !*hurry);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

fn has_no_room(error: &diesel::r2d2::Error) -> bool {
    let text = error.to_string();
    text.contains("too many clients") || text.contains("remaining connection slots")
}

/// Says that the database is away where the probe waits for too long: it cannot say so itself while it waits.
fn wait_for_answers(health: &Weak<Health>) {
    while let Some(health) = health.upgrade() {
        let (asked, answered) = (*locked(&health.asked), *locked(&health.answered));
        let is_silent =
            |since: Instant| since.elapsed() > ANSWERS_WITHIN && answered.elapsed() > ANSWERS_WITHIN;
        if asked.is_some_and(is_silent) && !health.is_away() {
            health.found(false);
        }
        drop(health);
        thread::sleep(WATCHED_EVERY);
    }
}
