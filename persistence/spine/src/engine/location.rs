//! Where a database is, how it is connected to, and how long anything there is waited for.

use super::{Connection, Engine, EngineKind, Failure};
use diesel::{
    Connection as _, PgConnection, SqliteConnection,
    connection::{CacheSize, SimpleConnection},
};

/// Where the database is; the scheme of the URL chooses the engine, once.
#[derive(Clone, Debug)]
pub struct Location {
    pub kind: EngineKind,
    url: String,
    /// SQLite's `synchronous`: FULL survives a power cut, NORMAL a crash of the process.
    full_durability: bool,
    /// PostgreSQL gives up a statement after so many seconds; 0: never.
    statement_seconds_max: u64,
    /// A pooler gives each transaction another session: nothing is set for a session, and nothing prepared in one.
    behind_pooler: bool,
}

/// How long SQLite waits for another process, in milliseconds.
pub(super) const BUSY_MILLIS_MAX: u32 = 5_000;
/// How long anything waits for a lock on PostgreSQL, in milliseconds.
pub(super) const LOCK_MILLIS_MAX: u32 = 10_000;
/// For how long a server that writes may be silent in its transaction: one that stands still, as its machine is moved or it is
/// stopped, gives its locks back before those who wait for them give up.
pub(super) const IDLE_MILLIS_MAX: u32 = 8_000;

impl Location {
    pub fn parse(
        url: &str,
        full_durability: bool,
        statement_seconds_max: u64,
        behind_pooler: bool,
    ) -> Result<Self, Failure> {
        let (kind, url) = match url.split_once(':') {
            Some(("sqlite", path)) => (EngineKind::Sqlite, path.trim_start_matches("//").to_owned()),
            Some(("postgres" | "postgresql", _)) => (EngineKind::Postgres, url.to_owned()),
            _ => return Err(Failure::fault("the database URL must begin with sqlite: or postgres://")),
        };
        if url.is_empty() {
            return Err(Failure::fault("the database URL names no file"));
        }
        Ok(Self { kind, url, full_durability, statement_seconds_max, behind_pooler })
    }

    /// The URL with what makes libpq notice a server that is gone and never said so, as far as it says nothing of that
    /// itself.
    fn patient_url(&self) -> String {
        const PATIENCE: [(&str, &str); 5] = [
            ("connect_timeout", "3"),
            ("keepalives_idle", "10"),
            ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
        ];
        let mut url = self.url.clone();
        for (name, value) in PATIENCE {
            if !url.contains(&format!("{name}=")) {
                url.push(if url.contains('?') { '&' } else { '?' });
                url.push_str(&format!("{name}={value}"));
            }
        }
        url
    }

    fn open(&self) -> Result<Engine, diesel::ConnectionError> {
        match self.kind {
            EngineKind::Sqlite => {
                let mut connection = SqliteConnection::establish(&self.url)?;
                let synchronous = if self.full_durability { "FULL" } else { "NORMAL" };
                // What is erased is overwritten, not only forgotten.
                connection
                    .batch_execute(&format!(
                        "PRAGMA busy_timeout = {BUSY_MILLIS_MAX}; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous};
                         PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;"
                    ))
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(Engine::Sqlite(connection))
            }
            EngineKind::Postgres => {
                let mut connection = PgConnection::establish(&self.patient_url())?;
                if self.behind_pooler {
                    connection.set_prepared_statement_cache_size(CacheSize::Disabled);
                } else {
                    let limits = self.limits("SET");
                    connection
                        .batch_execute(&limits)
                        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                }
                Ok(Engine::Postgres(connection))
            }
        }
    }

    /// What PostgreSQL is told of time and cost, by `SET` for a session or by `SET LOCAL` for a transaction.
    fn limits(&self, set: &str) -> String {
        // Priced as on a spinning disk, its default, an index that gives just the wanted rows in their order
        // looks dearer than walking past all the others in the order of the table.
        let statement_millis_max = self.statement_seconds_max * 1_000;
        format!(
            "{set} random_page_cost = 1.1; {set} statement_timeout = {statement_millis_max}; \
             {set} lock_timeout = {LOCK_MILLIS_MAX}; "
        )
    }
}

impl r2d2::ManageConnection for Location {
    type Connection = Connection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Connection, Self::Error> {
        let engine = self.open().map_err(diesel::r2d2::Error::ConnectionError)?;
        let is_pooled = self.behind_pooler && self.kind == EngineKind::Postgres;
        Ok(Connection::on(engine, if is_pooled { self.limits("SET LOCAL") } else { String::new() }))
    }
    fn is_valid(&self, connection: &mut Connection) -> Result<(), Self::Error> {
        connection.execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }
    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || (connection.is_suspect() && self.is_valid(connection).is_err())
    }
}
