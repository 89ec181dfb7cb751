//! The dialect: the only place that asks which engine it is. Everything else says `db!` and gets one
//! query text, compiled once per engine.

mod location;
mod schema;

use super::{Failure, Key, SqlId, access::Marks, gate::Gates, number::Numbers};
use diesel::{PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection};
use location::{BUSY_MILLIS_MAX, IDLE_MILLIS_MAX, LOCK_MILLIS_MAX};

pub use location::Location;

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
    /// What each transaction begins with, where the session is no more than the transaction's.
    limits: String,
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

/// A transaction of PostgreSQL in which all reads see the same state.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

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

impl Connection {
    fn on(engine: Engine, limits: String) -> Self {
        Self {
            engine,
            suspect: false,
            limits,
            marks: None,
            master_moved: false,
            numbers: Numbers::default(),
            gates: Gates::default(),
            hastens: false,
        }
    }

    fn is_suspect(&self) -> bool {
        self.suspect
    }

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
            Engine::Postgres(c) => c.batch_execute(&format!(
                "BEGIN; {}SET LOCAL idle_in_transaction_session_timeout = {IDLE_MILLIS_MAX}; SAVEPOINT unit",
                self.limits
            )),
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
            Engine::Postgres(c) => c.batch_execute(&format!("{BEGIN_READ}; {}", self.limits)),
        }
    }

    /// Ends a reading and begins the next, which sees the state of its own time.
    pub fn begin_next_read(&mut self) -> diesel::QueryResult<()> {
        self.marks = None;
        match &mut self.engine {
            Engine::Sqlite(c) => c.batch_execute("ROLLBACK; BEGIN DEFERRED"),
            Engine::Postgres(c) => c.batch_execute(&format!("ROLLBACK; {BEGIN_READ}; {}", self.limits)),
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

    /// Forgets the answers kept with idempotency keys that name something: it is to be forgotten altogether.
    pub fn forget_answers_naming(&mut self, id: uuid::Uuid) -> diesel::QueryResult<()> {
        let id = id.hyphenated();
        match &mut self.engine {
            Engine::Sqlite(c) => c.batch_execute(&format!(
                "DELETE FROM idempotency_keys WHERE instr(body, CAST('{id}' AS BLOB)) > 0"
            )),
            Engine::Postgres(c) => c.batch_execute(&format!(
                "DELETE FROM idempotency_keys WHERE position(convert_to('{id}', 'UTF8') IN body) > 0"
            )),
        }
    }

    /// Empties the log of what has gone into the file.
    pub(super) fn scrub(&mut self) -> diesel::QueryResult<()> {
        if let Engine::Sqlite(c) = &mut self.engine {
            c.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
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
