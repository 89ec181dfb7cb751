//! Databases of PostgreSQL that go from story to story. Each is emptied and filled again before it is lent, and lent
//! only when nobody of the story before is connected any more; one with whose schema a story did something is never
//! lent again.

use diesel::{
    Connection, PgConnection, QueryResult, QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

/// What stands in a database: the statements that empty one of the same schema and fill it with the same rows.
pub(crate) struct Content(String);

/// A database that is lent to a story.
pub(crate) struct Lent {
    pub url: String,
    /// Kept open, since it knows all tables: opening another costs as much as emptying them.
    connection: PgConnection,
    times: u32,
}

/// Those that are lent to nobody, the one that has rested longest first.
#[derive(Default)]
pub(crate) struct Reused(Mutex<VecDeque<Lent>>);

/// How often one is lent: what was deleted stays in its files.
const TIMES_MAX: u32 = 40;

/// The bytes from which on emptying one takes longer than making another.
const BYTES_MAX: i64 = 40 << 20;

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    columns: String,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = Text)]
    rows: String,
}

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = BigInt)]
    others: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// The tables, with their columns but those that the database itself writes.
fn tables(connection: &mut PgConnection) -> Vec<Table> {
    sql_query(
        "SELECT table_name::text AS name, string_agg(quote_ident(column_name), ', ') AS columns \
         FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) \
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' \
         GROUP BY table_name ORDER BY table_name",
    )
    .load(connection)
    .expect("tables")
}

impl Content {
    /// What stands in a database now.
    pub fn of(url: &str) -> Self {
        let mut connection = PgConnection::establish(url).expect("a database");
        let tables = tables(&mut connection);
        // Whatever refers to whatever: triggers, which hold references, are at rest.
        let mut statements = "BEGIN; SET LOCAL session_replication_role = replica;\n".to_owned();
        for Table { name, .. } in &tables {
            statements += &format!("DELETE FROM {name};\n");
        }
        for Table { name, columns } in &tables {
            let rows = format!(
                "SELECT COALESCE(json_agg(t), '[]')::text AS rows FROM (SELECT {columns} FROM {name}) t"
            );
            let Rows { rows } = sql_query(rows).get_result(&mut connection).expect("rows");
            if rows != "[]" {
                assert!(!rows.contains("$rows$"), "the rows of {name} can be quoted");
                statements += &format!(
                    "INSERT INTO {name} ({columns}) SELECT {columns} \
                     FROM json_populate_recordset(NULL::{name}, $rows${rows}$rows$);\n"
                );
            }
        }
        Self(statements + "COMMIT; SELECT pg_stat_reset();")
    }
}

impl Lent {
    /// One that was just made.
    pub fn new(url: String) -> Self {
        let connection = PgConnection::establish(&url).expect("a database");
        Self { url, connection, times: 0 }
    }

    /// Lets this stand in it, and nothing else.
    pub fn fill(&mut self, content: &Content) -> QueryResult<()> {
        self.connection.batch_execute(&content.0)
    }

    /// Whether nobody else is connected, after a while in which they may go, and it has not grown too large.
    fn is_free(&mut self) -> bool {
        for _ in 0..200 {
            let standing = sql_query(
                "SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND pid <> pg_backend_pid()) AS others, pg_database_size(current_database()) AS bytes",
            );
            match standing.get_result(&mut self.connection) {
                Ok(Standing { others: 0, bytes }) => return bytes < BYTES_MAX,
                Ok(_) => thread::sleep(Duration::from_millis(10)),
                Err(_) => return false,
            }
        }
        false
    }
}

impl Reused {
    /// One that was used before, with this content; `None` if there is none that is fit.
    pub fn lend(&self, content: &Content) -> Option<Lent> {
        loop {
            let mut lent = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
            lent.times += 1;
            if lent.times < TIMES_MAX && lent.is_free() && lent.fill(content).is_ok() {
                return Some(lent);
            }
        }
    }

    /// A story is over.
    pub fn take_back(&self, lent: Lent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(lent);
    }
}

/// Fails unless a database in which everything was changed holds the same as before when it is filled again.
pub(crate) fn prove(url: &str) {
    let (content, before) = (Content::of(url), rows(url));
    let mut lent = Lent::new(url.to_owned());
    let changed = "SET session_replication_role = replica; UPDATE roles SET version = version + 1; \
                   DELETE FROM policies; \
                   INSERT INTO role_permissions SELECT role_id, permission || '!' FROM role_permissions; \
                   RESET session_replication_role";
    lent.connection.batch_execute(changed).expect("a change");
    assert!(rows(url) != before, "something was changed");
    lent.fill(&content).expect("rows");
    assert!(rows(url) == before, "a database that was used is not as good as new");
}

/// Every row of every table, with all its columns.
fn rows(url: &str) -> Vec<String> {
    let mut connection = PgConnection::establish(url).expect("a database");
    let mut all = Vec::new();
    for Table { name, .. } in tables(&mut connection) {
        let query = format!("SELECT '{name} ' || row_to_json(t)::text AS rows FROM {name} t ORDER BY 1");
        let rows: Vec<Rows> = sql_query(query).load(&mut connection).expect("rows");
        all.extend(rows.into_iter().map(|row| row.rows));
    }
    all
}
