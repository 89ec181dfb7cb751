//! Budget lines and their ledger in the database. Lines and what documents hold of them are locked in the order of
//! their ids, laid on the domain's desk, and written back with their entries — in the transaction that moves the
//! document. `[BUD-4]`

mod asking;
mod choose;
mod held;
pub mod ledger;
/// Lines and their ledger, as they are shown.
pub mod list;
mod name;
mod overlap;
mod replay;
mod row;
mod run_rate;
mod usage;
mod verify;

pub(crate) use asking::{Ask, Asking, Verdict, foresee, reserve};
pub use choose::{Charge, Charged, charge};
pub use held::{EffectView, HeldView, held};
pub use list::BUDGET_LINE;
pub(crate) use overlap::open_lines_like;
pub(crate) use replay::{Controlled, DECISION};
pub(crate) use usage::of_year as used_in_year;
pub use verify::{LedgerReport, verify};

use self::row::{EntryRow, HoldingRow, Row};
use crate::{
    finance::accounting_period,
    policy,
    schema::{budget_entries as entries, budget_holdings as holdings, budget_lines as lines},
    shared::BOOKS,
    spine::{
        Failure, Key, Reader, Stored, Tx, cached, db, guard, insert_all, is_taken, load_locked, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget_line::{
            BudgetEntry, BudgetLine, Desk, DocumentKind, DocumentLine, DocumentRef, Holding, Posted,
        },
        budget_policy::BudgetPolicy,
        period::Period,
    },
    spine::{BusinessDate, EmployeeId, Id, PolicyVersion},
};
use std::{collections::BTreeSet, sync::Arc};

/// The settings for budgets in force on a day.
pub fn settings(
    reader: &mut Reader<'_>,
    on: BusinessDate,
) -> Result<Arc<PolicyVersion<BudgetPolicy>>, Failure> {
    policy::in_force(reader, "standard", on)
}

/// Locks lines, and whatever these documents hold, and lays them on a desk, where they can be moved. Entries are
/// posted in the month of `date`, or in the first one after it that is open; it stays open until the unit of work
/// ends. `[BUD-9]`
///
/// Documents come with those they draw on: a claim with its request.
pub fn desk(
    tx: &mut Tx<'_>,
    documents: &[DocumentRef],
    budget_lines: &[Id<BudgetLine>],
    date: BusinessDate,
) -> Result<Desk, Failure> {
    tx.share(BOOKS)?;
    let held = holdings_of(tx, documents)?;
    let wanted = laid(&held, budget_lines);
    let lines = lock_many(tx, &wanted)?;
    if wanted.is_empty() || !tx.connection().locks_rows() {
        return laid_out(tx, lines, held, date);
    }
    // What is held may have moved while the lock was waited for: it is read again.
    let held = holdings_of(tx, documents)?;
    // Onto other lines, which are not locked: then all of it is done again.
    if laid(&held, budget_lines) != wanted {
        return Err(Failure::Moved);
    }
    laid_out(tx, lines, held, date)
}

/// The same desk without locks, to try out what a document would meet.
pub fn look(
    reader: &mut Reader<'_>,
    documents: &[DocumentRef],
    budget_lines: &[Id<BudgetLine>],
    date: BusinessDate,
) -> Result<Desk, Failure> {
    let held = holdings_of(reader, documents)?;
    let lines = find_many(reader, &laid(&held, budget_lines))?;
    laid_out(reader, lines, held, date)
}

fn laid_out(
    reader: &mut Reader<'_>,
    lines: Vec<BudgetLine>,
    held: Vec<Holding>,
    date: BusinessDate,
) -> Result<Desk, Failure> {
    let alerts = settings(reader, date)?.content.alerts_percent.clone();
    let month = accounting_period::open_month(reader, Period::month_of(date))?;
    Ok(Desk::new(lines, held, month, alerts))
}

/// The lines that belong on a desk, in the order of their ids.
fn laid(held: &[Holding], budget_lines: &[Id<BudgetLine>]) -> Vec<Key> {
    let wanted = budget_lines.iter().copied().chain(held.iter().map(|holding| holding.line));
    wanted.map(Key::from).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Writes what comes off a desk. `own` is the document that moved, and in whose name; what others hold that moved
/// with it — the request that a claim draws on — is held in the name of their own submitters.
pub fn post(tx: &mut Tx<'_>, mut desk: Desk, own: Option<(DocumentRef, EmployeeId)>) -> Result<(), Failure> {
    run_rate::watch(tx, &mut desk)?;
    let Posted { lines, entries: posted, holdings, forgotten } = desk.close();
    for change in lines {
        tx.apply(change)?;
    }
    let names = name::of_all(tx, &posted, own)?;
    let named = |entry: &BudgetEntry| names.get(&entry.document?.document).copied();
    let rows = posted.iter().map(|entry| EntryRow::of(entry, named(entry), tx)).collect::<Vec<_>>();
    insert_all!(tx, entries::table, &rows);
    usage::add(tx, &posted, named)?;
    for holding in holdings {
        save_holding(tx, &holding)?;
    }
    for at in forgotten {
        forget_holding(tx, at)?;
    }
    Ok(())
}

fn forget_holding(tx: &mut Tx<'_>, at: DocumentLine) -> Result<(), Failure> {
    let mine = holdings::document_kind
        .eq(at.document.kind.code())
        .and(holdings::document.eq(Key(at.document.id)))
        .and(holdings::document_line.eq(at.line));
    db!(tx, |c| diesel::delete(holdings::table.filter(mine)).execute(c))?;
    Ok(())
}

fn save_holding(tx: &mut Tx<'_>, holding: &Holding) -> Result<(), Failure> {
    let row = HoldingRow::of(holding);
    db!(tx, |c| cached(
        diesel::insert_into(holdings::table)
            .values(&row)
            .on_conflict((holdings::document_kind, holdings::document, holdings::document_line))
            .do_update()
            .set(&row)
    )
    .execute(c))?;
    Ok(())
}

/// What documents hold, line by line.
pub fn holdings_of(reader: &mut Reader<'_>, documents: &[DocumentRef]) -> Result<Vec<Holding>, Failure> {
    let mut found = Vec::new();
    for document in documents {
        let mine =
            holdings::document_kind.eq(document.kind.code()).and(holdings::document.eq(Key(document.id)));
        let rows: Vec<HoldingRow> = db!(reader, |c| cached(
            holdings::table.filter(mine).order(holdings::document_line).select(HoldingRow::as_select())
        )
        .load(c))?;
        for row in rows {
            found.push(row.holding()?);
        }
    }
    Ok(found)
}

/// The lines on which documents of these kinds hold something.
pub(crate) fn held_by(
    reader: &mut Reader<'_>,
    kinds: &[DocumentKind],
    documents: &[Key],
) -> Result<Vec<Key>, Failure> {
    let kinds = kinds.iter().map(|kind| kind.code());
    Ok(db!(reader, |c| holdings::table
        .filter(holdings::document_kind.eq_any(kinds))
        .filter(holdings::document.eq_any(documents))
        .select(holdings::line_id)
        .load(c))?)
}

/// Lines by their ids, in that order, locked in that order until the transaction ends.
fn lock_many(tx: &mut Tx<'_>, ids: &[Key]) -> Result<Vec<BudgetLine>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = load_locked!(
        tx,
        lines::table.filter(lines::id.eq_any(ids)).order(lines::id).select(Row::as_select())
    )?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Lines by their ids, in that order.
pub fn find_many(reader: &mut Reader<'_>, ids: &[Key]) -> Result<Vec<BudgetLine>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = db!(reader, |c| lines::table
        .filter(lines::id.eq_any(ids))
        .order(lines::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

impl Stored<crate::Finance> for BudgetLine {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        match save_row!(tx, lines, &row, before) {
            // Somebody opened the same line in the same instant: looked at again, it can be named.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}
