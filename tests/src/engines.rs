//! A database per story: a copy of a file on SQLite; on PostgreSQL one that is emptied after each story and filled
//! again, which costs a tenth of a new one.
//!
//! PostgreSQL is taken from `TEST_POSTGRES_URL`, or started from the `initdb` and `postgres` on the PATH
//! in a directory of our own (as an unprivileged user, since it refuses to run as root).

use crate::{
    PrivatePostgres,
    reuse::{Content, Lent, Reused},
};
use diesel::{Connection, PgConnection, RunQueryDsl};
use domain::spine::Timestamp;
use persistence::spine::{Database, Options, TestClock};
use std::{
    fmt,
    path::PathBuf,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;

/// Which engine a story is told on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// SQLite in a file.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// A database of a story's own; it goes with this value.
pub struct Home {
    /// Its URL.
    pub url: String,
    /// A directory that goes with it.
    pub directory: TempDir,
    /// A database of PostgreSQL that others use afterwards.
    lent: Mutex<Option<Lent>>,
    spoilt: AtomicBool,
}

impl Home {
    /// Does something to the database behind the product's back.
    pub fn execute(&self, engine: Engine, statement: &str) {
        self.spoil();
        crate::ledger::execute(engine, &self.url, statement);
    }

    /// A number from behind the scenes: what a query calls `number`, a BIGINT.
    pub fn number(&self, engine: Engine, query: &str) -> i64 {
        crate::ledger::number(engine, &self.url, query)
    }

    /// Says that more is done here than what the product does with rows: nobody will use it afterwards.
    pub(crate) fn spoil(&self) {
        self.spoilt.store(true, Ordering::SeqCst);
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let is_sound = !self.spoilt.load(Ordering::SeqCst) && !std::thread::panicking();
        let lent = self.lent.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(lent), true, Some(cluster)) = (lent, is_sound, postgres()) {
            cluster.reused.take_back(lent);
        }
    }
}

/// A database as it stood once, to begin with.
pub(crate) enum Model {
    /// A file of SQLite.
    File(PathBuf),
    /// The rows of a database of PostgreSQL.
    Content(Content),
}

impl Model {
    /// A database as it stands.
    pub fn of(engine: Engine, database: &Database, home: &Home) -> Self {
        match engine {
            Engine::Sqlite => {
                static MADE: AtomicU32 = AtomicU32::new(0);
                let name = format!("model-{}.db", MADE.fetch_add(1, Ordering::SeqCst));
                let file = models().join(name);
                database.back_up(&file.display().to_string()).expect("a copy of the database");
                Self::File(file)
            }
            Engine::Postgres => Self::Content(Content::of(&home.url)),
        }
    }

    /// A database that begins as this one stood.
    pub fn copy(&self) -> Home {
        match self {
            Self::File(file) => {
                let directory = tempfile::tempdir().expect("a directory");
                let copy = directory.path().join("story.db");
                std::fs::copy(file, &copy).expect("a copy");
                Home::at(format!("sqlite:{}", copy.display()), directory, None)
            }
            Self::Content(content) => postgres().expect("a PostgreSQL").lend(content),
        }
    }
}

impl Home {
    /// Another with a directory of its own; with a database of its own, not made yet, where that is a file.
    pub fn beside(other: &Self, engine: Engine) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", directory.path().join("data").join("fresh.db").display()),
            Engine::Postgres => other.url.clone(),
        };
        Self::at(url, directory, None)
    }

    /// A directory for a program on a database that somebody else keeps.
    pub fn of(url: String) -> Self {
        Self::at(url, tempfile::tempdir().expect("a directory"), None)
    }

    fn at(url: String, directory: TempDir, lent: Option<Lent>) -> Self {
        Self { url, directory, lent: Mutex::new(lent), spoilt: AtomicBool::new(false) }
    }
}

/// Where the models of SQLite lie.
static MODELS: Mutex<Option<TempDir>> = Mutex::new(None);

fn models() -> PathBuf {
    let mut models = MODELS.lock().unwrap_or_else(PoisonError::into_inner);
    models.get_or_insert_with(|| tempfile::tempdir().expect("a directory")).path().to_owned()
}

impl Engine {
    /// A fresh database with the current schema and what ships with the product.
    pub fn fresh(self) -> Home {
        match self {
            Self::Sqlite => {
                static SHIPPED: OnceLock<Model> = OnceLock::new();
                let shipped = SHIPPED.get_or_init(|| {
                    let file = models().join("shipped.db");
                    let made = models().join("made.db");
                    let database = prepare(&format!("sqlite:{}", made.display()));
                    database.back_up(&file.display().to_string()).expect("a copy of the database");
                    Model::File(file)
                });
                shipped.copy()
            }
            Self::Postgres => postgres().expect("a PostgreSQL").fresh(),
        }
    }

    /// Whether databases can begin as others stood.
    pub(crate) fn has_models(self) -> bool {
        match self {
            Self::Sqlite => true,
            Self::Postgres => postgres().is_some_and(|cluster| cluster.reuses),
        }
    }
}

fn prepare(url: &str) -> Database {
    let mut options = Options::at(url, &persistence::HOUSE);
    options.readers = 1;
    options.writers = 1;
    // What ships is published when the stories begin.
    let now = Timestamp::from_micros(crate::app::NOW_MICROS).expect("an instant");
    options.clock = std::sync::Arc::new(TestClock::at(now));
    let database = Database::open(options).expect("a database");
    database.migrate().expect("the migrations");
    crate::app::block_on(api::first_start(&database)).expect("what ships with the product");
    database
}

/// Fails unless a database of PostgreSQL that was used is lent as good as new.
pub fn prove_reuse() {
    if Engine::Postgres.has_models() {
        let home = Engine::Postgres.fresh();
        home.spoil();
        crate::reuse::prove(&home.url);
    }
}

/// Whether stories can be told on PostgreSQL here.
pub fn postgres_is_available() -> bool {
    postgres().is_some()
}

/// Stops the PostgreSQL that was started for the stories, and removes what all of them began with.
pub fn tidy_up() {
    drop(MODELS.lock().unwrap_or_else(PoisonError::into_inner).take());
    if let Some(Some(cluster)) = CLUSTER.get() {
        cluster.stop();
    }
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();

fn postgres() -> Option<&'static Cluster> {
    CLUSTER.get_or_init(Cluster::find).as_ref()
}

struct Cluster {
    /// The URL of a database, with `{}` for its name.
    url: String,
    own: Mutex<Option<PrivatePostgres>>,
    /// What ships with the product, in the template.
    shipped: OnceLock<Content>,
    made: AtomicU32,
    /// Copying a template needs nobody else connected to it.
    copying: Mutex<()>,
    /// Whether we may empty and fill tables regardless of what refers to what.
    reuses: bool,
    reused: Reused,
}

/// The stories do not pull the plug on PostgreSQL itself, so it need not wait for the disk, nor keep what only a crash
/// would need; and its databases do not live long enough to be vacuumed.
const SETTINGS: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "checkpoint_timeout=1h",
    "max_wal_size=4GB",
    "max_connections=400",
    "shared_buffers=128MB",
];

const TEMPLATE: &str = "stories_template";

impl Cluster {
    fn find() -> Option<Self> {
        let (url, own) = match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) => {
                let (head, tail) =
                    url.split_once('?').map_or((url.as_str(), String::new()), |(h, t)| (h, format!("?{t}")));
                let (server, _) = head.rsplit_once('/')?;
                (format!("{server}/{{}}{tail}"), None)
            }
            Err(_) => {
                let own = PrivatePostgres::start(SETTINGS)?;
                (own.url("{}"), Some(own))
            }
        };
        let mut connection = PgConnection::establish(&url.replace("{}", "postgres")).ok()?;
        let may_disregard = diesel::sql_query("SET session_replication_role = replica");
        Some(Self {
            url,
            own: Mutex::new(own),
            shipped: OnceLock::new(),
            made: AtomicU32::new(0),
            copying: Mutex::new(()),
            reuses: may_disregard.execute(&mut connection).is_ok(),
            reused: Reused::default(),
        })
    }

    /// What every database begins with; makes the template.
    fn shipped(&self) -> &Content {
        self.shipped.get_or_init(|| {
            self.create(TEMPLATE, "template0");
            let url = self.url.replace("{}", TEMPLATE);
            drop(prepare(&url));
            Content::of(&url)
        })
    }

    fn fresh(&self) -> Home {
        self.lend(self.shipped())
    }

    /// A database with this content: one that was used before, if there is one.
    fn lend(&self, content: &Content) -> Home {
        let directory = tempfile::tempdir().expect("a directory");
        if let Some(lent) = self.reused.lend(content) {
            return Home::at(lent.url.clone(), directory, Some(lent));
        }
        let shipped = self.shipped();
        let name = format!("story_{}_{}", std::process::id(), self.made.fetch_add(1, Ordering::SeqCst));
        {
            let _alone = self.copying.lock().unwrap_or_else(PoisonError::into_inner);
            self.create(&name, TEMPLATE);
        }
        let url = self.url.replace("{}", &name);
        if !self.reuses {
            return Home::at(url, directory, None);
        }
        let mut lent = Lent::new(url.clone());
        if !std::ptr::eq(content, shipped) {
            lent.fill(content).expect("rows in a new database");
        }
        Home::at(url, directory, Some(lent))
    }

    fn create(&self, name: &str, template: &str) {
        let mut connection =
            PgConnection::establish(&self.url.replace("{}", "postgres")).expect("PostgreSQL");
        // The pool that prepared the template closes its connections in its own time.
        for patience in 0..1_200 {
            let drop = diesel::sql_query(format!("DROP DATABASE IF EXISTS {name}")).execute(&mut connection);
            let made = drop.and_then(|_| {
                diesel::sql_query(format!("CREATE DATABASE {name} TEMPLATE {template}"))
                    .execute(&mut connection)
            });
            match made {
                Ok(_) => return,
                Err(error) if patience == 1_199 => panic!("{error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn stop(&self) {
        drop(self.own.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
