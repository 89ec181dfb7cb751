//! The whole product, listening on a port of its own.

use crate::{
    Caller, Engine,
    engines::{Home, Model},
    ledger::Ledger,
};
use api::Settings;
use clap::Parser;
use domain::spine::{Clock, IdSource, Timestamp, UserId};
use persistence::spine::{Database, Request, SequentialIds, TestClock, verify_audit};
use std::{
    net::SocketAddr,
    ops::Deref,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};
use ureq::Agent;
use uuid::Uuid;

/// The application of one story: a database of its own, a clock that stands at Thursday 2026-03-05 09:30 in
/// Shanghai until it is moved, ids that count. It is started when the story first does something with it, so that a
/// story that begins with a company begins with a copy of one.
pub struct App {
    /// Which engine it runs on.
    pub engine: Engine,
    settings: Settings,
    /// Whether the story chose any of the settings.
    is_adjusted: bool,
    running: OnceLock<Running>,
}

/// What runs of an application once it is started.
pub struct Running {
    /// The clock.
    pub clock: TestClock,
    /// The one door, for looking behind the scenes.
    pub database: Database,
    /// Where it listens.
    pub address: SocketAddr,
    server: Server,
    others: Mutex<Vec<Server>>,
    home: Arc<Home>,
    ledger: Ledger,
    agent: Agent,
    ids: Arc<CountedIds>,
}

/// A server in a thread of its own.
struct Server {
    handle: actix_web::dev::ServerHandle,
    thread: thread::JoinHandle<()>,
}

impl Deref for App {
    type Target = Running;

    fn deref(&self) -> &Running {
        self.running.get_or_init(|| Running::start(self.settings.clone(), self.engine.fresh(), 0))
    }
}

/// Ids that count, from where those of a copied database end.
#[derive(Debug, Default)]
struct CountedIds {
    source: SequentialIds,
    taken: AtomicU64,
}

impl CountedIds {
    fn after(taken: u64) -> Self {
        let ids = Self::default();
        for _ in 0..taken {
            ids.fresh();
        }
        ids
    }
}

impl IdSource for CountedIds {
    fn fresh(&self) -> Uuid {
        self.taken.fetch_add(1, Ordering::SeqCst);
        self.source.fresh()
    }
}

/// The settings of stories.
pub(crate) trait ForStories {
    /// The defaults, with password hashing that costs little: what it costs is no rule of the business. What falls due
    /// does so when the story says, not by a clock that runs faster on a slow machine.
    fn for_stories() -> Settings;
}

impl ForStories for Settings {
    fn for_stories() -> Settings {
        let mut settings = Defaults::parse_from(["stories"]).settings;
        settings.identity.password_memory_kib = 64;
        settings.identity.password_passes = 1;
        settings.identity.password_concurrency = 2;
        settings.chores = false;
        settings
    }
}

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    settings: Settings,
}

/// How many threads write to PostgreSQL.
pub const WRITERS: u32 = 4;

/// 2026-03-05T09:30:00+08:00.
pub(crate) const NOW_MICROS: i64 = 1_772_674_200_000_000;

impl Running {
    fn start(mut settings: Settings, home: Home, ids: u64) -> Self {
        crate::queries::listen();
        settings.database_url.clone_from(&home.url);
        settings.files_directory = home.directory.path().join("files");
        let clock = TestClock::at(Timestamp::from_micros(NOW_MICROS).expect("an instant"));
        let ids = Arc::new(CountedIds::after(ids));
        let database = api::open_database(&settings, |options| {
            options.clock = Arc::new(clock.clone());
            options.ids = ids.clone();
        })
        .expect("a database");
        let (address, server) = serve(settings, database.clone());
        Self {
            clock,
            database,
            address,
            server,
            others: Mutex::default(),
            home: Arc::new(home),
            ledger: Ledger::default(),
            agent: Caller::agent(),
            ids,
        }
    }
}

impl App {
    /// The product on a fresh database.
    pub fn start(engine: Engine) -> Self {
        Self { engine, settings: Self::usual(), is_adjusted: false, running: OnceLock::new() }
    }

    /// The product with other settings.
    pub fn start_with(engine: Engine, adjust: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Self::usual();
        adjust(&mut settings);
        Self { engine, settings, is_adjusted: true, running: OnceLock::new() }
    }

    fn usual() -> Settings {
        let mut settings = Settings::for_stories();
        settings.listen = "127.0.0.1:0".to_owned();
        settings.http_threads = 1;
        settings.reader_threads = 2;
        settings.writer_threads = WRITERS;
        settings.relaxed_durability = true;
        settings.requests_per_minute = 1_000_000;
        // A story says when long operations are worked on.
        settings.operation_workers = 0;
        settings
    }

    /// Whether nothing is started yet, and no setting is out of the common.
    pub(crate) fn is_new(&self) -> bool {
        !self.is_adjusted && self.running.get().is_none()
    }

    /// Starts on a copied database, whose ids go on after so many.
    pub(crate) fn start_on(&self, home: Home, ids: u64) {
        self.running.get_or_init(|| Running::start(self.settings.clone(), home, ids));
    }

    /// What a copy of its database needs.
    pub(crate) fn model(&self) -> Model {
        Model::of(self.engine, &self.database, &self.home)
    }

    /// How many ids have been given out.
    pub(crate) fn ids_taken(&self) -> u64 {
        self.ids.taken.load(Ordering::SeqCst)
    }

    /// Does something to the database behind the product's back.
    pub fn execute(&self, statement: &str) {
        self.home.spoil();
        crate::ledger::execute(self.engine, self.database_url(), statement);
    }

    /// How many rows a table has.
    pub fn count_rows(&self, table: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) AS number FROM {table}"))
    }

    /// A number from behind the scenes: what a query calls `number`, a BIGINT.
    pub fn number(&self, query: &str) -> i64 {
        crate::ledger::number(self.engine, self.database_url(), query)
    }

    /// Fails the story where PostgreSQL had to break a circle of transactions that waited for each other.
    pub fn prove_no_circle(&self) {
        if self.engine == Engine::Postgres {
            // The victim of a deadlock has waited for a second, and so tells of it as soon as it is undone.
            std::thread::sleep(std::time::Duration::from_millis(1_500));
            let deadlocks =
                "SELECT deadlocks AS number FROM pg_stat_database WHERE datname = current_database()";
            assert_eq!(self.number(deadlocks), 0, "transactions waited for each other in a circle");
        }
    }

    /// Where the bytes of its attachments lie.
    pub fn files_directory(&self) -> std::path::PathBuf {
        self.home.directory.path().join("files")
    }

    /// The URL of its database.
    pub fn database_url(&self) -> &str {
        &self.home.url
    }

    /// Its database and files, for who goes on with them when the story's own server is gone.
    pub fn home(&self) -> Arc<Home> {
        self.home.spoil();
        self.home.clone()
    }

    /// A caller without a token.
    pub fn anonymous(&self) -> Caller {
        Caller::new(self.address, None, self.ledger.clone(), self.agent.clone())
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: chrono::Duration) {
        assert!(self.clock.advance(by), "the clock of a story moves");
    }

    /// A caller without a token at another server on the same database, which knows nothing yet.
    pub fn anonymous_elsewhere(&self) -> Caller {
        self.elsewhere(|_| {})
    }

    /// The same at a server with other settings.
    pub fn elsewhere(&self, adjust: impl FnOnce(&mut Settings)) -> Caller {
        let mut settings = Settings::for_stories();
        settings.listen = "127.0.0.1:0".to_owned();
        settings.files_directory = self.files_directory();
        settings.requests_per_minute = 1_000_000;
        settings.operation_workers = 0;
        adjust(&mut settings);
        let (address, server) = serve(settings, self.database.clone());
        self.others.lock().expect("the other servers").push(server);
        Caller::new(address, None, self.ledger.clone(), self.agent.clone())
    }

    /// A caller with a token.
    pub fn with_token(&self, token: &str) -> Caller {
        Caller::new(self.address, Some(token.to_owned()), self.ledger.clone(), self.agent.clone())
    }

    /// The nobody of this story: a user id that was never given out.
    pub fn stranger(&self) -> UserId {
        UserId::from_uuid(uuid::Uuid::max())
    }
}

/// Starts a server in a thread of its own.
fn serve(settings: Settings, database: Database) -> (SocketAddr, Server) {
    let (told, hear) = std::sync::mpsc::channel();
    let thread = thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let running = api::start(settings, database).expect("a server");
            told.send((running.address, running.handle.clone())).expect("somebody listens");
            running.server.await.expect("an orderly end");
        });
    });
    let (address, handle) = hear.recv().expect("the server started");
    (address, Server { handle, thread })
}

impl Drop for App {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let Running { database, server, others, home, ledger, .. } = running;
        let others = others.into_inner().expect("the other servers");
        for Server { handle, thread } in others.into_iter().chain([server]) {
            block_on(handle.stop(false));
            let _panicked_already = thread.join();
        }
        if !thread::panicking() {
            let verdict = block_on(database.read(Request::system("story"), verify_audit));
            let verdict = verdict.expect("a verdict");
            assert!(verdict.is_sound(), "the audit trail is broken: {verdict:?}");
            if let Err(objection) = ledger.audit(self.engine, &home.url) {
                panic!("{objection}");
            }
        }
    }
}

/// Runs a future of the product to its end.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
