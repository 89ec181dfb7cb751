//! What a batch of claims will move is locked before the first of them moves: requests, advances and budget lines,
//! each in the order of their ids. Two batches that come to the same lines by different claims would else wait for each
//! other in a circle until the engine breaks it, a second later. `[EXP-9]`

use crate::{
    schema::{budget_holdings as holdings, expense_claim_advances as advances, expense_claims as claims},
    spine::{Failure, Key, Tx, db},
};
use diesel::prelude::*;
use domain::{
    finance::{budget_line::DocumentKind, expense_claim::ExpenseClaim},
    spine::Id,
};

/// Locks the budget lines on which these claims, and the requests they draw on, hold something: what payments move.
pub fn lines(tx: &mut Tx<'_>, batch: &[Id<ExpenseClaim>]) -> Result<(), Failure> {
    let Some(claims) = several(tx, batch) else { return Ok(()) };
    let requests = requests(tx, &claims)?;
    lines_of(tx, claims, requests)
}

/// Locks as well the requests and advances of which these claims took something: what their return gives back.
pub fn taken(tx: &mut Tx<'_>, batch: &[Id<ExpenseClaim>]) -> Result<(), Failure> {
    let Some(claims) = several(tx, batch) else { return Ok(()) };
    let requests = requests(tx, &claims)?;
    lock(tx, "expense_requests", &requests)?;
    let settled: Vec<Key> = db!(tx, |c| advances::table
        .filter(advances::claim_id.eq_any(&claims))
        .select(advances::advance_id)
        .load(c))?;
    lock(tx, "cash_advances", &settled)?;
    lines_of(tx, claims, requests)
}

/// The same of the claims that these reverse: what posting a counter-document gives back.
pub fn reversed(tx: &mut Tx<'_>, batch: &[Id<ExpenseClaim>]) -> Result<(), Failure> {
    let Some(reversals) = several(tx, batch) else { return Ok(()) };
    let originals: Vec<Option<Key>> = db!(tx, |c| claims::table
        .filter(claims::id.eq_any(&reversals).and(claims::reverses_id.is_not_null()))
        .select(claims::reverses_id)
        .load(c))?;
    let originals: Vec<Id<ExpenseClaim>> = originals.into_iter().flatten().map(Into::into).collect();
    taken(tx, &originals)
}

/// The claims of a batch that may meet another one; none where nothing need be locked beforehand: who waits for nobody
/// needs nothing, and a single claim locks what it moves in that order by itself.
fn several(tx: &mut Tx<'_>, batch: &[Id<ExpenseClaim>]) -> Option<Vec<Key>> {
    let may_meet = batch.len() > 1 && tx.connection().locks_rows();
    may_meet.then(|| batch.iter().copied().map(Key::from).collect())
}

fn lines_of(tx: &mut Tx<'_>, claims: Vec<Key>, requests: Vec<Key>) -> Result<(), Failure> {
    tx.hold_books()?;
    let documents = [claims, requests].concat();
    let kinds = [DocumentKind::ExpenseClaim.code(), DocumentKind::ExpenseRequest.code()];
    let held: Vec<Key> = db!(tx, |c| holdings::table
        .filter(holdings::document_kind.eq_any(kinds).and(holdings::document.eq_any(&documents)))
        .select(holdings::line_id)
        .load(c))?;
    lock(tx, "budget_lines", &held)
}

fn requests(tx: &mut Tx<'_>, claims_of: &[Key]) -> Result<Vec<Key>, Failure> {
    let drawn: Vec<Option<Key>> = db!(tx, |c| claims::table
        .filter(claims::id.eq_any(claims_of).and(claims::request_id.is_not_null()))
        .select(claims::request_id)
        .load(c))?;
    Ok(drawn.into_iter().flatten().collect())
}

fn lock(tx: &mut Tx<'_>, table: &'static str, rows: &[Key]) -> Result<(), Failure> {
    if rows.is_empty() { Ok(()) } else { Ok(tx.connection().lock_rows(table, rows)?) }
}
