//! The dialect: the only file that asks which engine it is. Everything else says `db!` and gets one
//! query text, compiled once per engine.

use super::{Failure, Key, SqlId, Unready, access::Marks, gate::Gates, number::Numbers};
use diesel::{
    Connection as _, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    migration::MigrationSource,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use std::collections::BTreeSet;

/// Which engine a database runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EngineKind {
    /// SQLite in a file: the embedded default.
    Sqlite,
    /// PostgreSQL: where users grow.
    Postgres,
}

/// One of the two engines, connected.
pub enum Engine {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// An open connection. One that failed is suspect, and is asked whether it still lives before the pool
/// gives it out again.
pub struct Connection {
    pub engine: Engine,
    suspect: bool,
    /// The marks as a transaction that reads sees them, from its first reading on.
    pub(super) marks: Option<Marks>,
    /// Whether the transaction under way has changed master data.
    pub(super) master_moved: bool,
    /// The document numbers the transaction under way has taken.
    pub(super) numbers: Numbers,
    /// The gates that the transaction under way shares.
    pub(super) gates: Gates,
    /// Whether the transaction under way waits for locks but briefly.
    hastens: bool,
}

/// Runs one query text on whichever engine it is: `db!(reader, |c| table.load(c))`.
#[macro_export]
macro_rules! db {
    ($on:expr, |$c:ident| $body:expr) => {
        match &mut $on.connection().engine {
            $crate::spine::Engine::Sqlite($c) => $body,
            $crate::spine::Engine::Postgres($c) => $body,
        }
    };
}

/// Inserts rows, however many: `insert_all!(tx, table, &rows)`. SQLite has no round trips to save and
/// keeps the insert of one row prepared; PostgreSQL gets pieces of a few lengths, each kept prepared.
#[macro_export]
macro_rules! insert_all {
    ($on:expr, $table:expr, $rows:expr) => {
        match &mut $on.connection().engine {
            $crate::spine::Engine::Sqlite(c) => {
                for row in $rows {
                    let insert = $crate::spine::cached(::diesel::insert_into($table).values(row));
                    ::diesel::RunQueryDsl::execute(insert, c)?;
                }
            }
            $crate::spine::Engine::Postgres(c) => {
                for piece in $crate::spine::pieces($rows) {
                    let insert = $crate::spine::cached(::diesel::insert_into($table).values(piece));
                    ::diesel::RunQueryDsl::execute(insert, c)?;
                }
            }
        }
    };
}

/// Inserts those of the rows whose keys are not taken: `insert_missing!(tx, table, &rows)`, as
/// [`insert_all`]. Says how many it inserted. Waits for other transactions that hold one of the keys.
#[macro_export]
macro_rules! insert_missing {
    ($on:expr, $table:expr, $rows:expr) => {{
        let mut inserted = 0;
        match &mut $on.connection().engine {
            $crate::spine::Engine::Sqlite(c) => {
                for row in $rows {
                    let insert = ::diesel::insert_into($table).values(row).on_conflict_do_nothing();
                    inserted += ::diesel::RunQueryDsl::execute($crate::spine::cached(insert), c)?;
                }
            }
            $crate::spine::Engine::Postgres(c) => {
                for piece in $crate::spine::pieces($rows) {
                    let insert = ::diesel::insert_into($table).values(piece).on_conflict_do_nothing();
                    inserted += ::diesel::RunQueryDsl::execute($crate::spine::cached(insert), c)?;
                }
            }
        }
        inserted
    }};
}

/// Loads rows and locks them until the transaction ends, in the order in which they are loaded. They are what they
/// were when the lock was got. SQLite has one writer at a time and needs no such lock.
#[macro_export]
macro_rules! load_locked {
    ($on:expr, $query:expr) => {
        match &mut $on.connection().engine {
            $crate::spine::Engine::Sqlite(c) => ::diesel::RunQueryDsl::load($query, c),
            $crate::spine::Engine::Postgres(c) => ::diesel::RunQueryDsl::load($query.for_update(), c),
        }
    };
}

/// Where the database is; the scheme of the URL chooses the engine, once.
#[derive(Clone, Debug)]
pub struct Location {
    pub kind: EngineKind,
    url: String,
    /// SQLite's `synchronous`: FULL survives a power cut, NORMAL a crash of the process.
    full_durability: bool,
    /// PostgreSQL gives up a statement after so many seconds; 0: never.
    statement_seconds_max: u64,
}

/// How long SQLite waits for another process, in milliseconds.
const BUSY_MILLIS_MAX: u32 = 5_000;
/// How long anything waits for a lock on PostgreSQL, in milliseconds.
const LOCK_MILLIS_MAX: u32 = 10_000;

impl Location {
    pub fn parse(url: &str, full_durability: bool, statement_seconds_max: u64) -> Result<Self, Failure> {
        let (kind, url) = match url.split_once(':') {
            Some(("sqlite", path)) => (EngineKind::Sqlite, path.trim_start_matches("//").to_owned()),
            Some(("postgres" | "postgresql", _)) => (EngineKind::Postgres, url.to_owned()),
            _ => return Err(Failure::fault("the database URL must begin with sqlite: or postgres://")),
        };
        if url.is_empty() {
            return Err(Failure::fault("the database URL names no file"));
        }
        Ok(Self { kind, url, full_durability, statement_seconds_max })
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
                connection
                    .batch_execute(&format!(
                        "PRAGMA busy_timeout = {BUSY_MILLIS_MAX}; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous};
                         PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;"
                    ))
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(Engine::Sqlite(connection))
            }
            EngineKind::Postgres => {
                let mut connection = PgConnection::establish(&self.patient_url())?;
                // Priced as on a spinning disk, its default, an index that gives just the wanted rows in their order
                // looks dearer than walking past all the others in the order of the table.
                connection
                    .batch_execute(&format!(
                        "SET random_page_cost = 1.1; SET statement_timeout = {}; SET lock_timeout = {LOCK_MILLIS_MAX}",
                        self.statement_seconds_max * 1_000
                    ))
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(Engine::Postgres(connection))
            }
        }
    }
}

impl r2d2::ManageConnection for Location {
    type Connection = Connection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Connection, Self::Error> {
        let engine = self.open().map_err(diesel::r2d2::Error::ConnectionError)?;
        Ok(Connection {
            engine,
            suspect: false,
            marks: None,
            master_moved: false,
            numbers: Numbers::default(),
            gates: Gates::default(),
            hastens: false,
        })
    }
    fn is_valid(&self, connection: &mut Connection) -> Result<(), Self::Error> {
        connection.execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }
    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || (connection.suspect && self.is_valid(connection).is_err())
    }
}

impl Connection {
    /// So that `db!` works on a bare connection too.
    pub fn connection(&mut self) -> &mut Self {
        self
    }

    pub fn execute(&mut self, sql: &str) -> diesel::QueryResult<()> {
        match &mut self.engine {
            Engine::Sqlite(c) => c.batch_execute(sql),
            Engine::Postgres(c) => c.batch_execute(sql),
        }
    }

    /// Begins a transaction that will write, and in it the first unit of work. SQLite takes the write lock
    /// at once: a deferred transaction that reads first could never wait for it.
    pub fn begin_write(&mut self) -> diesel::QueryResult<()> {
        self.master_moved = false;
        self.gates = Gates::default();
        self.hastens = false;
        self.numbers.clear();
        match &mut self.engine {
            Engine::Sqlite(c) => c.batch_execute("BEGIN IMMEDIATE; SAVEPOINT unit"),
            Engine::Postgres(c) => c.batch_execute("BEGIN; SAVEPOINT unit"),
        }
    }

    /// Keeps what the current unit of work wrote, and begins the next one, if there is one. Fails where an error of
    /// the database was swallowed, which on PostgreSQL has spoilt the unit.
    ///
    /// Units take their locks in one order, but for a few of many parts, so they do not wait for each other; but what
    /// is behind a unit that is kept takes them in any. So from there on nothing waits for a lock for long: who would
    /// have to, fails, and begins the next transaction.
    pub fn keep_unit(&mut self, another_follows: bool) -> diesel::QueryResult<()> {
        let hastens = another_follows && self.locks_rows() && !self.hastens;
        self.execute(match (another_follows, hastens) {
            (true, true) => "RELEASE unit; SET LOCAL lock_timeout = '5ms'; SAVEPOINT unit",
            (true, false) => "RELEASE unit; SAVEPOINT unit",
            (false, _) => "RELEASE unit",
        })?;
        self.hastens |= hastens;
        self.numbers.keep();
        self.gates.keep();
        Ok(())
    }

    /// Whether the unit of work under way may not wait for locks for long.
    pub fn hastens(&self) -> bool {
        self.hastens
    }

    /// From here on locks are waited for again: those at the end of a transaction are taken in one order.
    pub fn take_time(&mut self) -> diesel::QueryResult<()> {
        if std::mem::take(&mut self.hastens) {
            self.execute(&format!("SET LOCAL lock_timeout = {LOCK_MILLIS_MAX}"))
        } else {
            Ok(())
        }
    }

    /// Undoes what the current unit of work wrote; the next one begins.
    pub fn undo_unit(&mut self) -> diesel::QueryResult<()> {
        self.numbers.give_back(0);
        self.gates.undo();
        self.execute("ROLLBACK TO unit")
    }

    /// Begins a transaction in which all reads see the same state.
    pub fn begin_read(&mut self) -> diesel::QueryResult<()> {
        self.master_moved = false;
        self.marks = None;
        match &mut self.engine {
            Engine::Sqlite(c) => c.batch_execute("BEGIN DEFERRED"),
            Engine::Postgres(c) => c.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
        }
    }

    /// Ends a reading and begins the next, which sees the state of its own time.
    pub fn begin_next_read(&mut self) -> diesel::QueryResult<()> {
        self.marks = None;
        match &mut self.engine {
            Engine::Sqlite(c) => c.batch_execute("ROLLBACK; BEGIN DEFERRED"),
            Engine::Postgres(c) => {
                c.batch_execute("ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            }
        }
    }

    /// Locks a row until the transaction ends, against updates and against rows that refer to it. SQLite has
    /// one writer at a time and needs no such lock.
    pub fn lock_row(&mut self, table: &'static str, id: Key) -> diesel::QueryResult<()> {
        if let Engine::Postgres(c) = &mut self.engine {
            let lock = diesel::sql_query(format!("SELECT id FROM {table} WHERE id = $1 FOR UPDATE"));
            lock.bind::<SqlId, _>(id).execute(c)?;
        }
        Ok(())
    }

    /// Locks rows until the transaction ends, in the order of their ids, so that two units never wait for each
    /// other.
    pub fn lock_rows(&mut self, table: &'static str, ids: &[Key]) -> diesel::QueryResult<()> {
        self.lock_rows_for("UPDATE", table, ids)
    }

    /// The same against updates alone: rows that refer to these may be written meanwhile.
    pub fn hold_rows(&mut self, table: &'static str, ids: &[Key]) -> diesel::QueryResult<()> {
        self.lock_rows_for("NO KEY UPDATE", table, ids)
    }

    fn lock_rows_for(
        &mut self,
        what: &'static str,
        table: &'static str,
        ids: &[Key],
    ) -> diesel::QueryResult<()> {
        if let Engine::Postgres(c) = &mut self.engine {
            let lock = format!("SELECT id FROM {table} WHERE id = ANY($1) ORDER BY id FOR {what}");
            diesel::sql_query(lock).bind::<diesel::sql_types::Array<SqlId>, _>(ids).execute(c)?;
        }
        Ok(())
    }

    /// Shares a gate until the transaction ends. SQLite has one writer at a time and needs no such lock.
    pub(super) fn share_gate(&mut self, key: i64) -> diesel::QueryResult<()> {
        if let Engine::Postgres(c) = &mut self.engine {
            c.batch_execute(&format!("SELECT pg_advisory_xact_lock_shared({key})"))?;
        }
        Ok(())
    }

    /// Holds a gate alone until the transaction ends.
    pub(super) fn hold_gate(&mut self, key: i64) -> diesel::QueryResult<()> {
        if let Engine::Postgres(c) = &mut self.engine {
            c.batch_execute(&format!("SELECT pg_advisory_xact_lock({key})"))?;
        }
        Ok(())
    }

    /// Whether a lock may have been waited for, so that what was read before it may have changed.
    pub fn locks_rows(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    pub fn commit(&mut self) -> diesel::QueryResult<()> {
        self.execute("COMMIT")
    }

    /// Ends a transaction without effect. Also called where none is open any more.
    pub fn rollback(&mut self) {
        if let Err(error) = self.execute("ROLLBACK") {
            log::debug!("rollback: {error}");
            self.suspect();
        }
    }

    /// Something failed on this connection that is not a refusal of one statement.
    pub fn suspect(&mut self) {
        self.suspect = true;
    }

    /// Writes a consistent copy of a SQLite database into a file that does not exist yet.
    pub fn back_up(&mut self, to: &str) -> Result<(), Failure> {
        match &mut self.engine {
            Engine::Sqlite(c) => {
                diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(to).execute(c)?;
                Ok(())
            }
            Engine::Postgres(_) => Err(Failure::fault("use pg_dump for PostgreSQL")),
        }
    }

    /// How many waiting units of work may share a transaction. On PostgreSQL several threads share the
    /// waiting units among them, and a unit may wait for rows of another server's.
    pub fn group_max(kind: EngineKind) -> usize {
        match kind {
            EngineKind::Sqlite => 256,
            EngineKind::Postgres => 32,
        }
    }

    /// Brings the schema up to date; safe when several servers start at once.
    pub fn migrate(&mut self, migrations: EmbeddedMigrations) -> Result<Vec<String>, Failure> {
        match &mut self.engine {
            // All in one transaction, begun before anybody looks which are missing: of several servers one does it.
            Engine::Sqlite(c) => {
                let migrate = |c: &mut SqliteConnection| {
                    let applied = c.run_pending_migrations(migrations).map_err(Failure::fault)?;
                    Ok::<_, Failure>(applied.iter().map(ToString::to_string).collect())
                };
                return c.immediate_transaction(migrate);
            }
            Engine::Postgres(c) => {
                // Another server may be at it, and a table may be long.
                c.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
                c.batch_execute("SELECT pg_advisory_lock(7221054001)")?;
                let applied = c
                    .run_pending_migrations(migrations)
                    .map(|applied| applied.iter().map(ToString::to_string).collect())
                    .map_err(Failure::fault);
                c.batch_execute("SELECT pg_advisory_unlock(7221054001)")?;
                // Its time-outs are no longer those of the others.
                self.suspect = true;
                applied
            }
        }
    }

    /// Whether the schema is the one this program knows; else what of it is not.
    pub fn judge_schema(&mut self, migrations: EmbeddedMigrations) -> Result<Option<Unready>, Failure> {
        let (known, applied) = match &mut self.engine {
            Engine::Sqlite(c) => (versions::<diesel::sqlite::Sqlite>(&migrations), c.applied_migrations()),
            Engine::Postgres(c) => (versions::<diesel::pg::Pg>(&migrations), c.applied_migrations()),
        };
        let applied = applied.map_err(Failure::fault)?.into_iter().map(|version| version.to_string());
        let (known, applied): (BTreeSet<String>, BTreeSet<String>) = (known?, applied.collect());
        if !applied.is_subset(&known) {
            return Ok(Some(Unready::SchemaAhead));
        }
        Ok((applied.len() < known.len()).then_some(Unready::SchemaBehind))
    }

    /// Whether a transaction that writes could begin now: on SQLite only while no other process has one.
    pub fn may_write(&mut self) -> bool {
        match &mut self.engine {
            Engine::Sqlite(c) => {
                let told = c.batch_execute("PRAGMA busy_timeout = 1000; BEGIN IMMEDIATE; ROLLBACK");
                let as_before = c.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_MILLIS_MAX}"));
                told.and(as_before).is_ok()
            }
            Engine::Postgres(_) => true,
        }
    }
}

/// The versions of the migrations that this program has.
fn versions<B: diesel::backend::Backend>(
    migrations: &EmbeddedMigrations,
) -> Result<BTreeSet<String>, Failure> {
    let all = MigrationSource::<B>::migrations(migrations).map_err(Failure::fault)?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}
