//! `ledger verify`: every balance is rebuilt from the entries and proved equal. `[BUD-4]`

use super::row::{EntryRow, HoldingRow, Row};
use crate::{
    schema::{budget_entries as entries, budget_holdings as holdings, budget_lines as lines},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::finance::budget_line::{Balance, BudgetLine};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// At most so many differences are told.
const DIFFERENCES_MAX: usize = 1_000;
/// So many lines are read at a time.
const LINES_AT_ONCE: i64 = 500;
/// So many entries of a line are read at a time.
const ENTRIES_AT_ONCE: i64 = 5_000;

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

/// Rebuilds every line, and every holding of it, from the entries.
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
        for row in rows {
            verify_line(reader, &row.try_into()?, &mut report)?;
        }
    }
}

fn verify_line(reader: &mut Reader<'_>, line: &BudgetLine, report: &mut LedgerReport) -> Result<(), Failure> {
    let mut rebuilt = Balance::default();
    let mut held: HashMap<(String, Key, i32), Balance> = HashMap::new();
    let mut position = 0;
    loop {
        let piece = entries_after(reader, line.id.into(), position)?;
        if piece.is_empty() {
            break;
        }
        for entry in piece {
            position += 1;
            report.entries += 1;
            rebuilt += entry.delta();
            let name = || format!("budget_line {} entry {position}", line.id);
            report.compare(name(), "position", entry.position, position);
            report.compare_balance(name(), entry.after(), rebuilt);
            position = entry.position;
            if let Some(key) = entry.document() {
                *held.entry(key).or_default() += entry.delta();
            }
        }
    }
    report.lines += 1;
    report.compare(format!("budget_line {}", line.id), "entries", line.entries, position);
    report.compare_balance(format!("budget_line {}", line.id), line.balance, rebuilt);
    verify_holdings(reader, line.id.into(), held, report)
}

fn entries_after(reader: &mut Reader<'_>, line: Key, position: i64) -> Result<Vec<EntryRow>, Failure> {
    Ok(db!(reader, |c| entries::table
        .filter(entries::line_id.eq(line).and(entries::position.gt(position)))
        .order(entries::position)
        .limit(ENTRIES_AT_ONCE)
        .select(EntryRow::as_select())
        .load(c))?)
}

/// What documents hold of a line is what its entries for them add up to.
fn verify_holdings(
    reader: &mut Reader<'_>,
    line: Key,
    mut rebuilt: HashMap<(String, Key, i32), Balance>,
    report: &mut LedgerReport,
) -> Result<(), Failure> {
    let rows: Vec<HoldingRow> = db!(reader, |c| holdings::table
        .filter(holdings::line_id.eq(line))
        .select(HoldingRow::as_select())
        .load(c))?;
    for row in rows {
        report.holdings += 1;
        let key = (row.document_kind.clone(), row.document, row.document_line);
        let name = format!("{} {} line {}", key.0, key.1.0, key.2);
        let sum = rebuilt.remove(&key).unwrap_or_default();
        let held = row.holding()?;
        report.compare(name.clone(), "reserved", held.reserved, sum.reserved);
        report.compare(name.clone(), "committed", held.committed, sum.committed);
        report.compare(name.clone(), "spent", held.spent, sum.spent);
        report.compare(name, "granted", held.granted, sum.beyond);
    }
    for ((kind, document, document_line), sum) in rebuilt {
        let name = format!("{kind} {} line {document_line}", document.0);
        report.compare(name, "held", 0, sum.used());
    }
    Ok(())
}

impl LedgerReport {
    fn compare(&mut self, of: String, figure: &'static str, kept: i64, rebuilt: i64) {
        if kept != rebuilt && self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(LedgerDifference { of, figure, kept, rebuilt });
        }
    }

    fn compare_balance(&mut self, of: String, kept: Balance, rebuilt: Balance) {
        if kept == rebuilt {
            return;
        }
        let parts = [
            ("allocated", kept.allocated, rebuilt.allocated),
            ("beyond", kept.beyond, rebuilt.beyond),
            ("reserved", kept.reserved, rebuilt.reserved),
            ("committed", kept.committed, rebuilt.committed),
            ("spent", kept.spent, rebuilt.spent),
        ];
        for (figure, kept, rebuilt) in parts {
            self.compare(of.clone(), figure, kept, rebuilt);
        }
    }
}
