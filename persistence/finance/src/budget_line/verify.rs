//! `ledger verify`: every balance is rebuilt from the entries and proved equal. `[BUD-4]`

use super::{
    row::{HoldingRow, Row},
    usage,
};
use crate::{
    schema::{
        budget_entries as entries, budget_holdings as holdings, budget_lines as lines,
        expense_claims as claims, expense_request_amendments as amendments, expense_requests as requests,
    },
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::finance::budget_line::{Balance, BudgetLine, DocumentKind};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// At most so many differences are told.
const DIFFERENCES_MAX: usize = 1_000;
/// So many lines are read at a time.
const LINES_AT_ONCE: i64 = 500;
/// So many entries are read at a time: of several lines at once, of a line with more in pieces.
const ENTRIES_AT_ONCE: i64 = 10_000;

/// What rebuilding the ledger found.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct LedgerReport {
    /// How many lines were rebuilt.
    #[schema(minimum = 0)]
    pub lines: u64,
    /// How many entries they have.
    #[schema(minimum = 0)]
    pub entries: u64,
    /// How many holdings of documents were rebuilt.
    #[schema(minimum = 0)]
    pub holdings: u64,
    /// Where a kept figure is not the sum of its entries; empty if all is well.
    #[schema(max_items = 1000)]
    pub differences: Vec<LedgerDifference>,
}

/// A figure that is not the sum of its entries.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LedgerDifference {
    /// The line, or the document and its line.
    #[schema(max_length = 200)]
    pub of: String,
    /// Which figure.
    #[schema(max_length = 40)]
    pub figure: &'static str,
    /// What is kept, in minor units.
    pub kept: i64,
    /// What the entries add up to.
    pub rebuilt: i64,
}

/// Rebuilds every line, and every holding of it, from the entries. How many queries that takes grows with the
/// entries, not with the lines.
pub fn verify(reader: &mut Reader<'_>) -> Result<LedgerReport, Failure> {
    let mut report = LedgerReport::default();
    let mut after: Option<Key> = None;
    loop {
        let rows: Vec<Row> = db!(reader, |c| {
            let mut query = lines::table.order(lines::id).limit(LINES_AT_ONCE).into_boxed();
            if let Some(after) = after {
                query = query.filter(lines::id.gt(after));
            }
            query.select(Row::as_select()).load(c)
        })?;
        let Some(last) = rows.last() else { return Ok(report) };
        after = Some(last.id);
        let lines = rows.into_iter().map(TryInto::try_into).collect::<Result<Vec<BudgetLine>, _>>()?;
        for batch in batches(&lines) {
            verify_lines(reader, batch, &mut report)?;
        }
    }
}

/// Neighbouring lines, as many as have so many entries together as are read at a time; a line with more
/// stands alone.
fn batches(mut lines: &[BudgetLine]) -> impl Iterator<Item = &[BudgetLine]> {
    std::iter::from_fn(move || {
        let mut entries = 0;
        let fits = |line: &&BudgetLine| {
            entries += line.entries;
            entries <= ENTRIES_AT_ONCE
        };
        let many = lines.iter().take_while(fits).count().max(1);
        let (batch, rest) = lines.split_at_checked(many)?;
        lines = rest;
        Some(batch)
    })
}

/// What the entries of a line add up to.
#[derive(Default)]
struct Rebuilt {
    /// How many there are: the position of the last.
    entries: i64,
    balance: Balance,
    held: HashMap<HeldBy, Balance>,
    used: HashMap<Key, Balance>,
    named: HashMap<(HeldBy, Key), Balance>,
}

impl Rebuilt {
    /// Adds the next entry, and compares what it says of itself.
    fn add(&mut self, entry: &ProvedEntry, report: &mut LedgerReport) {
        report.entries += 1;
        self.balance += entry.delta();
        let line = entry.line_id.0;
        let name = || format!("budget_line {line} entry {}", entry.position);
        report.compare(name, "position", entry.position, self.entries + 1);
        report.compare_balance(name, entry.after(), self.balance);
        self.entries = entry.position;
        if let Some(key) = entry.held_by() {
            *self.held.entry(key).or_default() += entry.delta();
        }
        if let Some(employee) = entry.employee_id {
            *self.used.entry(employee).or_default() += usage::used(entry.delta());
            if let Some(key) = entry.held_by() {
                *self.named.entry((key, employee)).or_default() += usage::used(entry.delta());
            }
        }
    }
}

/// Proves lines that follow each other in the order of their ids.
fn verify_lines(
    reader: &mut Reader<'_>,
    batch: &[BudgetLine],
    report: &mut LedgerReport,
) -> Result<(), Failure> {
    let [first, ..] = batch else { return Ok(()) };
    let ids = (Key::from(first.id), Key::from(batch.last().unwrap_or(first).id));
    let mut rebuilt = rebuild(reader, ids, report)?;
    let mut holdings = holdings_of(reader, ids)?.into_iter().peekable();
    let mut uses = usage::of_lines(reader, ids)?.into_iter().peekable();
    for line in batch {
        let id = Key::from(line.id);
        let Rebuilt { entries, balance, held, used, named } = rebuilt.remove(&id).unwrap_or_default();
        report.lines += 1;
        let name = || format!("budget_line {}", line.id);
        report.compare(name, "entries", line.entries, entries);
        report.compare_balance(name, line.balance, balance);
        let mine = std::iter::from_fn(|| holdings.next_if(|(row, ..)| row.line_id == id));
        let holders = verify_holdings(mine, held, report)?;
        verify_names(named, &holders, report);
        let mine = std::iter::from_fn(|| uses.next_if(|(line, ..)| *line == id));
        verify_uses(id, mine, used, report);
    }
    Ok(())
}

/// What the entries of lines add up to: read at once where there are several lines, else piece by piece.
fn rebuild(
    reader: &mut Reader<'_>,
    (first, last): (Key, Key),
    report: &mut LedgerReport,
) -> Result<HashMap<Key, Rebuilt>, Failure> {
    let mut rebuilt: HashMap<Key, Rebuilt> = HashMap::new();
    let mut add = |entry: &ProvedEntry| rebuilt.entry(entry.line_id).or_default().add(entry, report);
    if first != last {
        entries_of(reader, first, last)?.iter().for_each(add);
        return Ok(rebuilt);
    }
    let mut position = 0;
    loop {
        let piece = entries_after(reader, first, position)?;
        let Some(end) = piece.last() else { return Ok(rebuilt) };
        position = end.position;
        piece.iter().for_each(&mut add);
    }
}

/// A document's line that holds money: of what kind, which, and its line.
type HeldBy = (DocumentKind, Key, i32);

/// What of an entry is proved: of a ledger of millions nothing else is read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = entries)]
struct ProvedEntry {
    line_id: Key,
    position: i64,
    allocated_minor: i64,
    beyond_minor: i64,
    reserved_minor: i64,
    committed_minor: i64,
    spent_minor: i64,
    after_allocated_minor: i64,
    after_beyond_minor: i64,
    after_reserved_minor: i64,
    after_committed_minor: i64,
    after_spent_minor: i64,
    document_kind: Option<String>,
    document: Option<Key>,
    document_line: Option<i32>,
    employee_id: Option<Key>,
}

impl ProvedEntry {
    /// By how much each part moved.
    const fn delta(&self) -> Balance {
        Balance {
            allocated: self.allocated_minor,
            beyond: self.beyond_minor,
            reserved: self.reserved_minor,
            committed: self.committed_minor,
            spent: self.spent_minor,
        }
    }

    /// What stood on the line afterwards.
    const fn after(&self) -> Balance {
        Balance {
            allocated: self.after_allocated_minor,
            beyond: self.after_beyond_minor,
            reserved: self.after_reserved_minor,
            committed: self.after_committed_minor,
            spent: self.after_spent_minor,
        }
    }

    /// The document line that holds what it moved; none where a budget itself moved.
    fn held_by(&self) -> Option<HeldBy> {
        let kind = DocumentKind::from_code(self.document_kind.as_deref()?)?;
        (!kind.is_funding()).then_some((kind, self.document?, self.document_line?))
    }
}

/// Every entry of lines from one to another.
fn entries_of(reader: &mut Reader<'_>, first: Key, last: Key) -> Result<Vec<ProvedEntry>, Failure> {
    Ok(db!(reader, |c| entries::table
        .filter(entries::line_id.ge(first).and(entries::line_id.le(last)))
        .order((entries::line_id, entries::position))
        .select(ProvedEntry::as_select())
        .load(c))?)
}

/// The next entries of a line.
fn entries_after(reader: &mut Reader<'_>, line: Key, position: i64) -> Result<Vec<ProvedEntry>, Failure> {
    Ok(db!(reader, |c| entries::table
        .filter(entries::line_id.eq(line).and(entries::position.gt(position)))
        .order(entries::position)
        .limit(ENTRIES_AT_ONCE)
        .select(ProvedEntry::as_select())
        .load(c))?)
}

/// A holding, and the submitter of the claim, request or amendment that holds it.
type HeldRow = (HoldingRow, Option<Key>, Option<Key>, Option<Key>);

/// What documents hold of lines from one to another, line by line.
fn holdings_of(reader: &mut Reader<'_>, (first, last): (Key, Key)) -> Result<Vec<HeldRow>, Failure> {
    Ok(db!(reader, |c| holdings::table
        .left_join(claims::table.on(claims::id.eq(holdings::document)))
        .left_join(requests::table.on(requests::id.eq(holdings::document)))
        .left_join(amendments::table.on(amendments::id.eq(holdings::document)))
        .filter(holdings::line_id.ge(first).and(holdings::line_id.le(last)))
        .order(holdings::line_id)
        .select((
            HoldingRow::as_select(),
            claims::submitter_id.nullable(),
            requests::submitter_id.nullable(),
            amendments::submitter_id.nullable(),
        ))
        .load(c))?)
}

/// What documents hold of a line is what its entries for them add up to. Answers in whose name each holds it.
fn verify_holdings(
    kept: impl Iterator<Item = HeldRow>,
    mut rebuilt: HashMap<HeldBy, Balance>,
    report: &mut LedgerReport,
) -> Result<HashMap<HeldBy, Key>, Failure> {
    let mut holders = HashMap::new();
    for (row, of_claim, of_request, of_amendment) in kept {
        report.holdings += 1;
        let held = row.holding()?;
        let key = (held.document.document.kind, Key(held.document.document.id), held.document.line);
        if let Some(holder) = of_claim.or(of_request).or(of_amendment) {
            holders.insert(key, holder);
        }
        let name = || name_of(&key);
        let sum = rebuilt.remove(&key).unwrap_or_default();
        report.compare(name, "reserved", held.reserved, sum.reserved);
        report.compare(name, "committed", held.committed, sum.committed);
        report.compare(name, "spent", held.spent, sum.spent);
        report.compare(name, "granted", held.granted, sum.beyond);
    }
    for (key, sum) in rebuilt {
        report.compare(|| name_of(&key), "held", 0, sum.used());
        report.compare(|| name_of(&key), "granted", 0, sum.beyond);
    }
    Ok(holders)
}

/// What a document holds is entered in the name of its submitter, and in no other. `[BUD-8]`
fn verify_names(
    rebuilt: HashMap<(HeldBy, Key), Balance>,
    holders: &HashMap<HeldBy, Key>,
    report: &mut LedgerReport,
) {
    for ((held_by, employee), sum) in rebuilt {
        if holders.get(&held_by).is_some_and(|holder| *holder != employee) {
            let name = || format!("{} in the name of {}", name_of(&held_by), employee.0);
            report.compare(name, "in_name", 0, sum.used());
        }
    }
}

/// What is used in each name is what the entries in that name add up to.
fn verify_uses(
    line: Key,
    kept: impl Iterator<Item = (Key, Key, Balance)>,
    mut rebuilt: HashMap<Key, Balance>,
    report: &mut LedgerReport,
) {
    let name = |employee: Key| move || format!("budget_line {} used by {}", line.0, employee.0);
    for (_, employee, kept) in kept {
        report.compare_balance(name(employee), kept, rebuilt.remove(&employee).unwrap_or_default());
    }
    for (employee, sum) in rebuilt {
        report.compare_balance(name(employee), Balance::default(), sum);
    }
}

fn name_of((kind, document, line): &HeldBy) -> String {
    format!("{} {} line {line}", kind.code(), document.0)
}

impl LedgerReport {
    /// Notes two figures that differ; what they are of is only told then.
    fn compare(&mut self, of: impl FnOnce() -> String, figure: &'static str, kept: i64, rebuilt: i64) {
        if kept != rebuilt && self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(LedgerDifference { of: of(), figure, kept, rebuilt });
        }
    }

    fn compare_balance(&mut self, of: impl Fn() -> String, kept: Balance, rebuilt: Balance) {
        let parts = [
            ("allocated", kept.allocated, rebuilt.allocated),
            ("beyond", kept.beyond, rebuilt.beyond),
            ("reserved", kept.reserved, rebuilt.reserved),
            ("committed", kept.committed, rebuilt.committed),
            ("spent", kept.spent, rebuilt.spent),
        ];
        for (figure, kept, rebuilt) in parts {
            self.compare(&of, figure, kept, rebuilt);
        }
    }
}
