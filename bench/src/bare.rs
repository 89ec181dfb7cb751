//! The bare engine: diesel, the fewest queries, the settings of the product, and nothing around it.
//!
//! It is given what the product uses to be fast: prepared statements, a few threads with a connection
//! each, and on SQLite one writer that groups waiting writes into a commit.

use crate::{
    Outcome,
    rows::{Claim, Entry, Event, HandOver, Line, Paper, Person, Place, Summary},
    work::Writes,
};
use diesel::{
    PgConnection, SqliteConnection,
    connection::SimpleConnection,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use persistence::spine::Key;
use serde::Serialize;
use tables::{
    audit_entries, departments, employees, events, expense_claim_hand_overs, expense_claim_lines,
    expense_claims, invoices,
};
use uuid::Uuid;

/// A connection to one of the engines.
pub enum Bare {
    /// SQLite in a file.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}

/// One query text on whichever engine it is.
macro_rules! on {
    ($bare:expr, |$c:ident| $body:expr) => {
        match $bare {
            $crate::bare::Bare::Sqlite($c) => $body,
            $crate::bare::Bare::Postgres($c) => $body,
        }
    };
}
pub(crate) use on;

/// A claim with its lines and invoices.
#[derive(Serialize)]
pub struct Document {
    #[serde(flatten)]
    pub head: Claim,
    #[serde(flatten)]
    pub hand_over: Option<HandOver>,
    pub lines: Vec<Line>,
    pub invoices: Vec<Paper>,
}

/// What was written for one claim, as a pattern for more.
#[derive(Clone)]
pub struct Pattern {
    pub head: Claim,
    pub hand_over: Option<HandOver>,
    pub lines: Vec<Line>,
    pub invoices: Vec<Paper>,
    trail: Trail,
}

/// What was written of something into the audit trail and the feed, as a pattern for more.
#[derive(Clone)]
pub struct Trail {
    entry: Entry,
    event: Event,
}

impl Trail {
    /// Of a record that was made.
    pub fn of(bare: &mut Bare, id: Key) -> QueryResult<Self> {
        on!(bare, |c| Ok(Self {
            entry: audit_entries::table
                .filter(audit_entries::entity.eq(id))
                .order(audit_entries::sequence)
                .select(Entry::as_select())
                .first(c)?,
            event: events::table
                .filter(events::entity.eq(id))
                .order(events::sequence)
                .select(Event::as_select())
                .first(c)?,
        }))
    }

    /// The same of another record: of those that one unit of work writes under a number, the one at a place.
    pub fn numbered(&self, number: i64, place: i64, id: Key) -> Self {
        let mut copy = self.clone();
        let sequence = LEDGER_BEHIND + number * TRAILS_MAX + place;
        (copy.entry.entity, copy.event.entity) = (id, id);
        (copy.entry.sequence, copy.event.sequence) = (sequence, sequence);
        copy.event.id = offset(self.event.id, number);
        copy
    }

    /// Writes both.
    pub fn insert(&self, bare: &mut Bare) -> QueryResult<()> {
        on!(bare, |c| {
            diesel::insert_into(audit_entries::table).values(&self.entry).execute(c)?;
            diesel::insert_into(events::table).values(&self.event).execute(c)?;
        });
        Ok(())
    }
}

/// An id that stands apart from another by a number.
pub fn offset(id: Key, number: i64) -> Key {
    Key(Uuid::from_u128(id.0.as_u128().wrapping_add(u128::from(number.unsigned_abs()) << 16)))
}

impl Pattern {
    /// The same with identities of its own.
    pub fn numbered(&self, number: i64) -> Self {
        let mut copy = self.clone();
        let id = offset(self.head.id, number);
        copy.head.id = id;
        copy.head.number = format!("{}-{number}", self.head.number);
        copy.lines.iter_mut().for_each(|line| line.claim_id = id);
        copy.invoices.iter_mut().for_each(|paper| paper.claim_id = id);
        copy.trail = self.trail.numbered(number, 0, id);
        copy
    }
}

/// The bare engine's entries stand far behind the product's, out of its way.
const LEDGER_BEHIND: i64 = 1_000_000_000_000;
/// Numbers of the measurement without HTTP stand so far apart from those of the bare server.
pub const NUMBERS_APART: i64 = 500_000_000_000;
/// At most so many of them are written under one number.
const TRAILS_MAX: i64 = 4;

impl Bare {
    /// Opens a connection with the settings of the product.
    pub fn open(url: &str) -> Outcome<Self> {
        let Some(path) = url.strip_prefix("sqlite:") else {
            let mut connection = PgConnection::establish(url)?;
            connection.batch_execute("SET random_page_cost = 1.1")?;
            return Ok(Self::Postgres(connection));
        };
        let mut connection = SqliteConnection::establish(path)?;
        connection.batch_execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
        )?;
        Ok(Self::Sqlite(connection))
    }

    /// Whether it is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Lets rows be written that refer to what is not there yet, and waits for no disk: to fill in, never to measure.
    pub fn unhindered(url: &str) -> Outcome<Self> {
        let mut bare = Self::open(url)?;
        bare.execute(if bare.is_sqlite() {
            "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -800000;"
        } else {
            "SET session_replication_role = replica; SET synchronous_commit = off;"
        })?;
        Ok(bare)
    }

    /// Leaves what was filled in as a database that has been at work for long.
    pub fn settle(&mut self) -> QueryResult<()> {
        if self.is_sqlite() {
            return self.execute("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);");
        }
        self.execute("VACUUM ANALYZE")?;
        self.execute("CHECKPOINT")
    }

    /// The columns of a table.
    pub fn columns(&mut self, table: &str) -> QueryResult<Vec<String>> {
        #[derive(QueryableByName)]
        struct Column {
            #[diesel(sql_type = Text)]
            name: String,
        }
        let sql = if self.is_sqlite() {
            format!("SELECT name FROM pragma_table_info('{table}')")
        } else {
            format!(
                "SELECT CAST(column_name AS TEXT) AS name FROM information_schema.columns
                 WHERE table_name = '{table}' AND table_schema = current_schema() ORDER BY ordinal_position"
            )
        };
        let columns: Vec<Column> = on!(self, |c| sql_query(sql).load(c))?;
        Ok(columns.into_iter().map(|column| column.name).collect())
    }

    /// Runs statements.
    pub fn execute(&mut self, sql: &str) -> QueryResult<()> {
        on!(self, |c| c.batch_execute(sql))
    }

    /// A claim by its id.
    pub fn document(&mut self, id: Key) -> QueryResult<Document> {
        on!(self, |c| {
            let (head, hand_over) = expense_claims::table
                .left_join(expense_claim_hand_overs::table)
                .filter(expense_claims::id.eq(id))
                .select((Claim::as_select(), Option::<HandOver>::as_select()))
                .first(c)?;
            let lines = expense_claim_lines::table
                .filter(expense_claim_lines::claim_id.eq(id))
                .order(expense_claim_lines::line)
                .select(Line::as_select())
                .load(c)?;
            let invoices = invoices::table
                .filter(invoices::claim_id.eq(id))
                .order((invoices::line, invoices::position))
                .select(Paper::as_select())
                .load(c)?;
            Ok(Document { head, hand_over, lines, invoices })
        })
    }

    /// The fifty approved claims that changed last.
    pub fn list(&mut self) -> QueryResult<Vec<(Summary, Place, Person, Person)>> {
        let (submitter, beneficiary) = diesel::alias!(employees as submitters, employees as beneficiaries);
        let person = (employees::id, employees::number, employees::name);
        on!(self, |c| expense_claims::table
            .inner_join(departments::table)
            .inner_join(submitter.on(submitter.field(employees::id).eq(expense_claims::submitter_id)))
            .inner_join(beneficiary.on(beneficiary.field(employees::id).eq(expense_claims::beneficiary_id)))
            .filter(expense_claims::status.eq("approved"))
            .order((expense_claims::changed_at.desc(), expense_claims::id.desc()))
            .limit(50)
            .select((
                Summary::as_select(),
                Place::as_select(),
                submitter.fields(person),
                beneficiary.fields(person)
            ))
            .load(c))
    }

    /// Everything that was written for one new claim.
    pub fn pattern(&mut self, id: Key) -> QueryResult<Pattern> {
        let Document { head, hand_over, lines, invoices } = self.document(id)?;
        Ok(Pattern { head, hand_over, lines, invoices, trail: Trail::of(self, id)? })
    }

    /// Writes the rows of one claim, with its audit entry and event.
    pub fn insert(&mut self, claim: &Pattern) -> QueryResult<()> {
        on!(self, |c| {
            diesel::insert_into(expense_claims::table).values(&claim.head).execute(c)?;
            for line in &claim.lines {
                diesel::insert_into(expense_claim_lines::table).values(line).execute(c)?;
            }
            for paper in &claim.invoices {
                diesel::insert_into(invoices::table).values(paper).execute(c)?;
            }
        });
        claim.trail.insert(self)
    }

    /// Writes a group in one transaction.
    pub fn insert_group<'a>(
        &mut self,
        group: impl IntoIterator<Item = (&'a Writes, i64)>,
    ) -> QueryResult<()> {
        let begin = if self.is_sqlite() { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.execute(begin)?;
        for (write, number) in group {
            if let Err(error) = write(self, number) {
                self.execute("ROLLBACK")?;
                return Err(error);
            }
        }
        self.execute("COMMIT")
    }

    /// Runs the aggregate of a report; returns how many rows it has.
    pub fn aggregate(&mut self, sql: &str) -> QueryResult<usize> {
        /// Read whole, so that the engine computes all of it.
        #[derive(QueryableByName)]
        #[expect(dead_code, reason = "what is read is not looked at")]
        struct Sums {
            #[diesel(sql_type = BigInt)]
            reserved: i64,
            #[diesel(sql_type = BigInt)]
            committed: i64,
            #[diesel(sql_type = BigInt)]
            spent: i64,
        }
        let rows: Vec<Sums> = on!(self, |c| sql_query(sql).load(c))?;
        Ok(rows.len())
    }

    /// The number behind the last one used by [`Trail::numbered`].
    pub fn next_number(&mut self) -> QueryResult<i64> {
        #[derive(QueryableByName)]
        struct Last {
            #[diesel(sql_type = BigInt)]
            last: i64,
        }
        let sql = format!("SELECT coalesce(max(sequence), {LEDGER_BEHIND}) AS last FROM events");
        let last = on!(self, |c| sql_query(sql).get_result::<Last>(c))?.last;
        Ok((last.max(LEDGER_BEHIND) - LEDGER_BEHIND) / TRAILS_MAX + 1)
    }
}
