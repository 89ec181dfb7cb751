//! What claims move that other documents move as well, and its locking for a whole batch: the claims themselves where
//! the hand-over moves them, requests, advances and budget lines. `[EXP-9, APR-7]`

use crate::{
    finance::budget_line,
    schema::{expense_claim_advances as advances, expense_claims as claims},
    shared::{BUDGET_LINES, CASH_ADVANCES, EXPENSE_CLAIMS, EXPENSE_REQUESTS},
    spine::{Failure, Key, Reader, Shared, Tx, db, in_order, several},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget_line::DocumentKind,
        expense_claim::{ClaimState, ExpenseClaim},
    },
    spine::Id,
};

/// Locks these claims, and the budget lines on which they and the requests they draw on hold something: what payments
/// move.
pub fn lines(tx: &mut Tx<'_>, batch: &[Id<ExpenseClaim>]) -> Result<(), Failure> {
    let Some(claims) = several(tx, batch) else { return Ok(()) };
    in_order(tx, |tx, table| match table {
        EXPENSE_CLAIMS => with_finance(tx, &claims),
        BUDGET_LINES => moved(tx, &claims, table),
        _ => Ok(Vec::new()),
    })
}

/// Locks as well the requests and advances of which these claims took something: what their return gives back.
pub fn taken(tx: &mut Tx<'_>, batch: &[Id<ExpenseClaim>]) -> Result<(), Failure> {
    let Some(claims) = several(tx, batch) else { return Ok(()) };
    in_order(tx, |tx, table| match table {
        EXPENSE_CLAIMS => with_finance(tx, &claims),
        _ => moved(tx, &claims, table),
    })
}

/// Locks these claims, and the same of those that they reverse: what posting a counter-document gives back.
pub fn reversed(tx: &mut Tx<'_>, batch: &[Id<ExpenseClaim>]) -> Result<(), Failure> {
    let Some(reversals) = several(tx, batch) else { return Ok(()) };
    let originals: Vec<Option<Key>> = db!(tx, |c| claims::table
        .filter(claims::id.eq_any(&reversals).and(claims::reverses_id.is_not_null()))
        .select(claims::reverses_id)
        .load(c))?;
    let originals: Vec<Key> = originals.into_iter().flatten().collect();
    in_order(tx, |tx, table| match table {
        EXPENSE_CLAIMS => with_finance(tx, &reversals),
        _ => moved(tx, &originals, table),
    })
}

/// Those of the claims that finance has taken. The hand-over moves no others, and they may be handed in again in this
/// instant: who does that comes to the claim last.
fn with_finance(reader: &mut Reader<'_>, claims_of: &[Key]) -> Result<Vec<Key>, Failure> {
    let taken = [ClaimState::Acknowledged, ClaimState::Posted].map(ClaimState::code);
    Ok(db!(reader, |c| claims::table
        .filter(claims::id.eq_any(claims_of).and(claims::status.eq_any(taken)))
        .select(claims::id)
        .load(c))?)
}

/// The rows of a table that these claims move beside themselves as they are approved, come to nothing or are paid.
pub(super) fn moved(reader: &mut Reader<'_>, claims_of: &[Key], table: Shared) -> Result<Vec<Key>, Failure> {
    match table {
        EXPENSE_REQUESTS => requests(reader, claims_of),
        CASH_ADVANCES => Ok(db!(reader, |c| advances::table
            .filter(advances::claim_id.eq_any(claims_of))
            .select(advances::advance_id)
            .load(c))?),
        BUDGET_LINES => {
            let documents = [claims_of, &requests(reader, claims_of)?].concat();
            let kinds = [DocumentKind::ExpenseClaim, DocumentKind::ExpenseRequest];
            budget_line::held_by(reader, &kinds, &documents)
        }
        _ => Ok(Vec::new()),
    }
}

fn requests(reader: &mut Reader<'_>, claims_of: &[Key]) -> Result<Vec<Key>, Failure> {
    let drawn: Vec<Option<Key>> = db!(reader, |c| claims::table
        .filter(claims::id.eq_any(claims_of).and(claims::request_id.is_not_null()))
        .select(claims::request_id)
        .load(c))?;
    Ok(drawn.into_iter().flatten().collect())
}
