//! Years of a budget ledger, the same at every run, written past the product for speed but so that it proves
//! it; and the report on how budgets are executed, against the one aggregate that the bare engine would run.

use crate::{
    Outcome,
    bare::Bare,
    company::Company,
    fill::scramble,
    load::{once, request},
    report::median,
    rows::{Held, LedgerEntry, LedgerLine, Moved},
    server,
};
use chrono::Datelike;
use diesel::prelude::*;
use domain::finance::period::Period;
use persistence::spine::Key;
use serde::Serialize;
use std::{net::SocketAddr, time::Instant};
use tables::{budget_entries, budget_holdings, budget_lines};
use uuid::Uuid;

/// What lines are for.
const CATEGORIES: [&str; 10] = [
    "promotion.advertising",
    "promotion.publicity",
    "promotion.event_planning",
    "entertainment.client",
    "entertainment.meeting",
    "entertainment.travel",
    "commission.agent",
    "commission.channel",
    "other.software",
    "other.training",
];

/// The report over one ledger.
#[derive(Serialize)]
pub struct Execution {
    /// Entries of the ledger.
    pub entries: u64,
    /// Lines they stand on, of two years.
    pub lines: u64,
    /// By what it is grouped.
    pub by: &'static str,
    /// Median milliseconds of the bare engine's one aggregate over the entries.
    pub bare: f64,
    /// Median milliseconds of the product's first page of 200 rows, compared with the year before.
    pub product: f64,
    /// Seconds in which `ledger verify` rebuilt every balance.
    pub verified_seconds: f64,
}

/// How many lines and entries were filled in.
#[derive(Clone, Copy)]
pub struct Filled {
    pub lines: u64,
    pub entries: u64,
}

/// Fills in about so many entries: this year's and last year's lines of every department, with documents that
/// were reserved, committed and paid.
pub fn fill(url: &str, company: &Company, entries: u64) -> Outcome<Filled> {
    let mut bare = Bare::unhindered(url)?;
    let year = chrono::Local::now().date_naive().year();
    let months: Vec<Period> =
        [year - 1, year].into_iter().filter_map(Period::year).flat_map(Period::months).collect();
    let lines = u64::try_from(company.bearing.len() * CATEGORIES.len() * months.len())?;
    // A line is given its money by one entry; each of its documents makes three.
    let documents = (entries / lines).saturating_sub(1).div_ceil(3).max(1);
    let mut number = 0;
    for (department, people) in &company.bearing {
        bare.execute("BEGIN")?;
        for category in CATEGORIES {
            for month in &months {
                number += 1;
                let line = Line { company, number, department: Key(*department), category, month: *month };
                line.fill(&mut bare, people, documents)?;
            }
        }
        bare.execute("COMMIT")?;
    }
    bare.execute(USES)?;
    Ok(Filled { lines, entries: lines * (1 + 3 * documents) })
}

/// What the product keeps beside the entries: what of each line is used in whose name.
const USES: &str =
    "INSERT INTO budget_uses (line_id, employee_id, reserved_minor, committed_minor, spent_minor)
    SELECT line_id, employee_id, CAST(SUM(reserved_minor) AS BIGINT), CAST(SUM(committed_minor) AS BIGINT),
        CAST(SUM(spent_minor) AS BIGINT)
    FROM budget_entries WHERE employee_id IS NOT NULL GROUP BY line_id, employee_id";

struct Line<'a> {
    company: &'a Company,
    number: u64,
    department: Key,
    category: &'static str,
    month: Period,
}

impl Line<'_> {
    fn id(&self) -> Key {
        Key(Uuid::from_u128(0x0190_0000_0000_7000 << 64 | 0x8000_0000_0000_0000 | u128::from(self.number)))
    }

    /// The line, its entries, and what its documents hold of it.
    fn fill(&self, bare: &mut Bare, people: &[Uuid], documents: u64) -> Outcome<()> {
        /// What a line is given for each document, in fen; a document takes at most as much.
        const GIVEN: i64 = 600_000;
        let given = GIVEN * i64::try_from(documents)?;
        let mut after = Moved { allocated: given, ..Moved::default() };
        let mut entries = vec![self.entry(1, "allocate", after, after, None)];
        let mut holdings = Vec::new();
        for turn in 0..documents {
            let chance = scramble(self.number << 20 | turn);
            let amount = i64::try_from(chance % GIVEN.unsigned_abs())? + 1;
            let person = people.get(usize::try_from(chance >> 32)? % people.len().max(1)).copied();
            let document = Key(Uuid::from_u128(u128::from(self.number) << 64 | u128::from(turn) | 1 << 63));
            let moves = [
                ("reserve", Moved { reserved: amount, ..Moved::default() }),
                ("commit", Moved { reserved: -amount, committed: amount, ..Moved::default() }),
                ("spend", Moved { committed: -amount, spent: amount, ..Moved::default() }),
            ];
            for (kind, delta) in moves {
                after += delta;
                let position = i64::try_from(entries.len())? + 1;
                entries.push(self.entry(position, kind, delta, after, Some((document, person.map(Key)))));
            }
            holdings.push(Held::spent(document, self.id(), amount));
        }
        let line = LedgerLine::of(self.id(), self, after, i64::try_from(entries.len())?);
        match bare {
            Bare::Sqlite(c) => {
                diesel::insert_into(budget_lines::table).values(&line).execute(c)?;
                for entry in &entries {
                    diesel::insert_into(budget_entries::table).values(entry).execute(c)?;
                }
                for held in &holdings {
                    diesel::insert_into(budget_holdings::table).values(held).execute(c)?;
                }
            }
            Bare::Postgres(c) => {
                diesel::insert_into(budget_lines::table).values(&line).execute(c)?;
                diesel::copy_from(budget_entries::table).from_insertable(&entries).execute(c)?;
                diesel::copy_from(budget_holdings::table).from_insertable(&holdings).execute(c)?;
            }
        }
        Ok(())
    }

    fn entry(
        &self,
        position: i64,
        kind: &'static str,
        delta: Moved,
        after: Moved,
        document: Option<(Key, Option<Key>)>,
    ) -> LedgerEntry {
        let at = (self.id(), position, self.month.to_string());
        LedgerEntry::of(at, kind, delta, after, document, Key(self.company.compiler))
    }
}

impl LedgerLine {
    fn of(id: Key, line: &Line<'_>, after: Moved, entries: i64) -> Self {
        Self {
            id,
            budget_id: Key(line.company.budget),
            department_id: line.department,
            category: line.category.to_owned(),
            period: line.month.to_string(),
            fiscal_year: line.month.fiscal_year(),
            first_day: line.month.first_day(),
            last_day: line.month.last_day(),
            purpose: "ordinary".to_owned(),
            control: "hard".to_owned(),
            currency: "CNY".to_owned(),
            allocated_minor: after.allocated,
            beyond_minor: 0,
            reserved_minor: after.reserved,
            committed_minor: after.committed,
            spent_minor: after.spent,
            entries,
            is_open: true,
            version: 1,
        }
    }
}

/// How a report is grouped, and the bare engine's aggregate for it.
const REPORTS: [(&str, &str); 2] = [
    (
        "department,category",
        "SELECT CAST(SUM(e.reserved_minor) AS BIGINT) AS reserved, CAST(SUM(e.committed_minor) AS BIGINT) AS committed,
            CAST(SUM(e.spent_minor) AS BIGINT) AS spent
        FROM budget_entries e JOIN budget_lines l ON l.id = e.line_id
        WHERE l.purpose = 'ordinary' AND l.fiscal_year IN ({year}, {year} - 1)
        GROUP BY l.fiscal_year, l.department_id, l.category ORDER BY l.fiscal_year, l.department_id, l.category",
    ),
    (
        "person",
        "SELECT CAST(SUM(e.reserved_minor) AS BIGINT) AS reserved, CAST(SUM(e.committed_minor) AS BIGINT) AS committed,
            CAST(SUM(e.spent_minor) AS BIGINT) AS spent
        FROM budget_entries e JOIN budget_lines l ON l.id = e.line_id
        WHERE l.purpose = 'ordinary' AND l.fiscal_year IN ({year}, {year} - 1) AND e.employee_id IS NOT NULL
        GROUP BY l.fiscal_year, e.employee_id ORDER BY l.fiscal_year, e.employee_id",
    ),
];

/// Measures the report in turns: the bare engine's aggregate, then the product over HTTP.
pub fn measure(
    url: &str,
    address: SocketAddr,
    token: &str,
    filled: Filled,
    turns: u32,
) -> Outcome<Vec<Execution>> {
    let started = Instant::now();
    server::command(&["--database-url", url, "ledger", "verify"], "")?;
    let verified_seconds = started.elapsed().as_secs_f64();
    let mut bare = Bare::open(url)?;
    let year = chrono::Local::now().date_naive().year();
    let mut found = Vec::new();
    for (by, sql) in REPORTS {
        let sql = sql.replace("{year}", &year.to_string());
        let path = format!("/api/v1/budget-execution?fiscal_year={year}&group_by={by}&limit=200");
        let (mut engine, mut product) = (Vec::new(), Vec::new());
        for _ in 0..turns.max(1) {
            let started = Instant::now();
            let rows = bare.aggregate(&sql)?;
            engine.push(started.elapsed().as_secs_f64() * 1_000.0);
            let mut bytes = Vec::new();
            request("GET", &path, &[("Authorization", token)], "", &mut bytes);
            let started = Instant::now();
            let answer = once(address, bytes)?;
            product.push(started.elapsed().as_secs_f64() * 1_000.0);
            if answer.status != 200 || rows == 0 {
                return Err(
                    format!("{by}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)).into()
                );
            }
        }
        let (bare, product) = (median(engine), median(product));
        found.push(Execution {
            entries: filled.entries,
            lines: filled.lines,
            by,
            bare,
            product,
            verified_seconds,
        });
    }
    Ok(found)
}
