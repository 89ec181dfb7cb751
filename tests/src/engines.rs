//! A database per story: a copy of a file on SQLite, of a template on PostgreSQL.
//!
//! PostgreSQL is taken from `TEST_POSTGRES_URL`, or started from the `initdb` and `postgres` on the PATH
//! in a directory of our own (as an unprivileged user, since it refuses to run as root).

use crate::PrivatePostgres;
use diesel::{Connection, PgConnection, RunQueryDsl};
use persistence::spine::{Database, Options};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
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
}

impl Engine {
    /// A fresh database with the current schema and what ships with the product.
    pub fn fresh(self) -> Home {
        let directory = tempfile::tempdir().expect("a directory");
        let url = match self {
            Self::Sqlite => {
                static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
                let template = TEMPLATE.get_or_init(|| {
                    let directory = tempfile::tempdir().expect("a directory");
                    prepare(&format!("sqlite:{}", directory.path().join("template.db").display()));
                    directory
                });
                let file = directory.path().join("story.db");
                copy_sqlite(&template.path().join("template.db"), &file);
                format!("sqlite:{}", file.display())
            }
            Self::Postgres => postgres().expect("a PostgreSQL").fresh(),
        };
        Home { url, directory }
    }
}

fn prepare(url: &str) {
    let mut options = Options::at(url, &persistence::HOUSE);
    options.readers = 1;
    options.writers = 1;
    let database = Database::open(options).expect("a database");
    database.migrate().expect("the migrations");
    crate::app::block_on(api::first_start(&database)).expect("what ships with the product");
}

fn copy_sqlite(from: &Path, to: &Path) {
    std::fs::copy(from, to).expect("a copy");
    for suffix in ["-wal", "-shm"] {
        let with = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        if with(from).exists() {
            std::fs::copy(with(from), with(to)).expect("a copy");
        }
    }
}

/// Whether stories can be told on PostgreSQL here.
pub fn postgres_is_available() -> bool {
    postgres().is_some()
}

/// Stops the PostgreSQL that was started for the stories.
pub fn stop_postgres() {
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
    template: OnceLock<()>,
    made: AtomicU32,
    /// Copying a template needs nobody else connected to it.
    copying: Mutex<()>,
}

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
                // The stories do not pull the plug on PostgreSQL itself, so it need not wait for the disk.
                let own =
                    PrivatePostgres::start(&["fsync=off", "max_connections=400", "shared_buffers=64MB"])?;
                (own.url("{}"), Some(own))
            }
        };
        let (template, made) = (OnceLock::new(), AtomicU32::new(0));
        Some(Self { url, own: Mutex::new(own), template, made, copying: Mutex::new(()) })
    }

    fn fresh(&self) -> String {
        let _alone = self.copying.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.template.get_or_init(|| {
            self.create("stories_template", "template0");
            prepare(&self.url.replace("{}", "stories_template"));
        });
        let name = format!("story_{}_{}", std::process::id(), self.made.fetch_add(1, Ordering::SeqCst));
        self.create(&name, "stories_template");
        self.url.replace("{}", &name)
    }

    fn create(&self, name: &str, template: &str) {
        let mut connection =
            PgConnection::establish(&self.url.replace("{}", "postgres")).expect("PostgreSQL");
        // The pool that prepared the template closes its connections in its own time.
        for patience in 0..100 {
            let drop = diesel::sql_query(format!("DROP DATABASE IF EXISTS {name}")).execute(&mut connection);
            let made = drop.and_then(|_| {
                diesel::sql_query(format!("CREATE DATABASE {name} TEMPLATE {template}"))
                    .execute(&mut connection)
            });
            match made {
                Ok(_) => return,
                Err(error) if patience == 99 => panic!("{error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn stop(&self) {
        drop(self.own.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take());
    }
}
