//! The database as the edge sees it: read, write, nothing else.

use super::{
    Answered, Connection, EngineKind, Failure, House, Principal, Reader, Request, StoredAnswer, Tx,
    access::{self, Credential},
    engine::Location,
    health::Health,
    idempotency,
    master::Memory,
    pool::{Connections, Pool, connections},
    tx::open,
    writer::{Unit, Writer},
};
use chrono_tz::Tz;
use domain::spine::{Clock, IdSource, Timestamp};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration;
use tokio::sync::oneshot;

/// How to open a database.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// What is built on this spine.
    pub house: &'static House,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids.
    pub ids: Arc<dyn IdSource>,
    /// The company's time zone.
    pub zone: Tz,
    /// Threads that read.
    pub readers: u32,
    /// Threads that write, on PostgreSQL; SQLite has one.
    pub writers: u32,
    /// How many units of work may wait; more are turned away.
    pub waiting_max: usize,
    /// PostgreSQL: a statement is given up after so many seconds; 0: never.
    pub statement_seconds_max: u64,
    /// PostgreSQL: whether a pooler in transaction mode stands before it.
    pub behind_pooler: bool,
    /// SQLite: whether an answered write survives a power cut (it always survives a crash).
    pub full_durability: bool,
    /// What seals the keys of what is sealed at rest; it is nowhere in the database. None: nothing can be sealed.
    pub secret: Option<Arc<str>>,
}

impl Options {
    /// The defaults for a database at a URL.
    pub fn at(url: &str, house: &'static House) -> Self {
        Self {
            url: url.to_owned(),
            house,
            clock: Arc::new(super::SystemClock),
            ids: Arc::new(super::TimeOrderedIds),
            zone: chrono_tz::Asia::Shanghai,
            readers: 3,
            writers: 2,
            waiting_max: 2_048,
            statement_seconds_max: 0,
            behind_pooler: false,
            full_durability: true,
            secret: None,
        }
    }
}

/// Why a database cannot serve now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unready {
    /// It does not answer.
    Away,
    /// SQLite: another process has it to itself.
    Locked,
    /// Migrations are missing.
    SchemaBehind,
    /// A later version of this program has migrated it.
    SchemaAhead,
    /// No thread is left that reads.
    NoReaders,
}

/// SQLite: a writer that waits for longer than this waits for another process.
const TURN_COMES_WITHIN: Duration = Duration::from_secs(1);

/// What every thread of the database shares.
pub(super) struct Shared {
    pub kind: EngineKind,
    pub house: &'static House,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub zone: Tz,
    pub waiting_max: usize,
    pub secret: Option<Arc<str>>,
    pub memory: Memory,
    pub health: Arc<Health>,
    epoch: AtomicI64,
}

impl Shared {
    pub fn epoch_is(&self, epoch: i64) {
        self.epoch.fetch_max(epoch, Ordering::SeqCst);
    }
}

/// The one door. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
    readers: Arc<Pool>,
    writer: Arc<Writer>,
    connections: Connections,
}

impl Database {
    /// Opens the database. It is not migrated by this; see [`Database::migrate`].
    pub fn open(options: Options) -> Result<Self, Failure> {
        let location = Location::parse(
            &options.url,
            options.full_durability,
            options.statement_seconds_max,
            options.behind_pooler,
        )?;
        let writers = if location.kind == EngineKind::Sqlite { 1 } else { options.writers };
        let shared = Arc::new(Shared {
            kind: location.kind,
            house: options.house,
            clock: options.clock,
            ids: options.ids,
            zone: options.zone,
            waiting_max: options.waiting_max,
            secret: options.secret,
            memory: Memory::default(),
            health: Arc::new(Health::new()),
            epoch: AtomicI64::new(0),
        });
        // One connection more than threads: for migrations, readiness and other rare work.
        let connections = connections(&location, options.readers + writers + 1)?;
        let (most, health) = (options.waiting_max, &shared.health);
        let readers = Pool::start("reader", &connections, options.readers, most, health)?;
        Health::watch(health, &location)?;
        let writer = Writer::start(&shared, &connections, writers)?;
        Ok(Self { shared, readers: Arc::new(readers), writer: Arc::new(writer), connections })
    }

    /// Which engine it runs on.
    pub fn kind(&self) -> EngineKind {
        self.shared.kind
    }
    /// The one clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }
    /// The one source of ids.
    pub fn ids(&self) -> &Arc<dyn IdSource> {
        &self.shared.ids
    }
    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }
    /// The company's time zone.
    pub fn zone(&self) -> Tz {
        self.shared.zone
    }
    /// The highest access epoch this process has seen: a cached principal of an earlier one is stale.
    pub fn known_epoch(&self) -> i64 {
        self.shared.epoch.load(Ordering::SeqCst)
    }

    /// Applies pending migrations; returns their names.
    pub fn migrate(&self) -> Result<Vec<String>, Failure> {
        let migrations = (self.shared.house.migrations)(self.shared.kind);
        self.connections.get()?.migrate(migrations)
    }

    /// SQLite: lets nothing of what was deleted stand in the file any longer: what the log holds goes into the file, which
    /// keeps nothing of what it no longer holds (`secure_delete`), and the log is emptied. PostgreSQL does that by itself.
    ///
    /// # Errors
    /// Where the database does not answer. While others read, what they read stays until they are done.
    pub fn scrub(&self) -> Result<(), Failure> {
        Ok(self.connections.get()?.scrub()?)
    }

    /// Ends as soon as the database is known not to answer.
    pub async fn is_lost(&self) {
        self.shared.health.is_lost().await;
    }

    /// Why the database cannot serve, if it cannot. Takes no longer than a connection is waited for.
    pub fn unready(&self) -> Option<Unready> {
        if self.shared.health.is_away() {
            return Some(Unready::Away);
        }
        if !self.readers.is_alive() {
            return Some(Unready::NoReaders);
        }
        let waits = self.shared.health.waits_to_write();
        if waits.is_some_and(|waits| waits > TURN_COMES_WITHIN) {
            return Some(if self.shared.kind == EngineKind::Sqlite {
                Unready::Locked
            } else {
                Unready::Away
            });
        }
        match self.judged() {
            Ok((None, mut connection)) => {
                // Our own writer may have its turn just now; if none has, nobody should.
                let is_locked =
                    waits.is_none() && !connection.may_write() && !self.shared.health.is_writing();
                is_locked.then_some(Unready::Locked)
            }
            Ok((verdict, _)) => verdict,
            Err(unready) => Some(unready),
        }
    }

    /// Why the schema is not the one of this version, if it is not. Asked by reading alone: whoever only reads waits for no
    /// writer, and holds none up.
    pub fn schema_unready(&self) -> Option<Unready> {
        match self.judged() {
            Ok((verdict, _)) => verdict,
            Err(unready) => Some(unready),
        }
    }

    fn judged(&self) -> Result<(Option<Unready>, r2d2::PooledConnection<Location>), Unready> {
        let migrations = (self.shared.house.migrations)(self.shared.kind);
        let mut connection = self.connections.get().map_err(|_| Unready::Away)?;
        match connection.judge_schema(migrations) {
            Ok(verdict) => Ok((verdict, connection)),
            Err(failure) => {
                log::warn!("the schema cannot be judged: {failure:?}");
                connection.suspect();
                Err(Unready::Away)
            }
        }
    }

    /// Reads with the eyes of the request's actor; all queries of `work` see one state.
    pub async fn read<T: Send + 'static>(
        &self,
        request: Request,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let shared = self.shared.clone();
        self.on_reader(move |connection| work(&mut open(connection, &shared, &request)?)).await
    }

    /// Does a unit of work; answers after the commit. `work` may run more than once.
    pub async fn write(
        &self,
        request: Request,
        work: impl Fn(&mut Tx<'_>) -> Result<StoredAnswer, Failure> + Send + 'static,
    ) -> Result<Answered, Failure> {
        let (reply, answer) = oneshot::channel();
        self.present()?;
        self.writer.submit(Unit { request, work: Box::new(work), reply, moves_master: false })?;
        self.unless_lost(answer).await
    }

    /// Fails where the database is known to be away.
    fn present(&self) -> Result<(), Failure> {
        if self.shared.health.is_away() { Err(Failure::Unavailable) } else { Ok(()) }
    }

    /// An answer, if the database is not lost before it comes.
    async fn unless_lost<T>(&self, answer: oneshot::Receiver<Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            answer = answer => answer.map_err(|_| Failure::fault("a unit of work ended without an answer"))?,
            () = self.shared.health.is_lost() => Err(Failure::Unavailable),
        }
    }

    /// Resolves a credential to who it stands for now; `None` if it has ended.
    pub async fn resolve(&self, credential: Credential) -> Result<Option<Principal>, Failure> {
        let shared = self.shared.clone();
        self.on_reader(move |connection| {
            let mut reader = open(connection, &shared, &Request::system("resolve"))?;
            let found = access::resolve(&mut reader, credential)?;
            if let Some(principal) = &found {
                shared.epoch_is(principal.epoch);
            }
            Ok(found)
        })
        .await
    }

    /// Forgets answers kept with idempotency keys longer than this; returns how many.
    pub async fn forget_answers(&self, older_than_hours: i64) -> Result<(), Failure> {
        self.write(Request::system("forget-answers"), move |tx| {
            let before = tx.now().plus(chrono::Duration::hours(-older_than_hours));
            let forgotten = idempotency::forget(tx, before)?;
            log::debug!("forgot {forgotten} answers");
            Ok(StoredAnswer::default())
        })
        .await
        .map(drop)
    }

    /// Writes a consistent copy of a SQLite database into a file that does not exist yet.
    pub fn back_up(&self, to: &str) -> Result<(), Failure> {
        self.connections.get()?.back_up(to)
    }

    async fn on_reader<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        self.present()?;
        let health = self.shared.health.clone();
        self.readers.submit(Box::new(move |connection| {
            if reply.is_closed() {
                // Nobody waits for it any more.
                return true;
            }
            let read = connection.and_then(work);
            if matches!(read, Err(Failure::Unavailable)) {
                health.suspect();
            }
            let goes_on = !matches!(
                read,
                Err(Failure::Fault(_) | Failure::Moved | Failure::Overloaded | Failure::Unavailable)
            );
            let _gone = reply.send(read);
            goes_on
        }))?;
        self.unless_lost(answer).await
    }
}
