//! What a batch will move is locked before its first item moves. Two batches that come to the same rows by different
//! items would else wait for each other in a circle until PostgreSQL breaks it, a second later.

use super::{Failure, Key, Tx};
use domain::spine::Id;

/// A table of which different documents move the same rows. In this order they are locked, by a single document as it
/// moves and by a batch beforehand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shared {
    /// Approvals: the same one stands in two batches.
    Approvals,
    /// Claims that finance has: the same one stands in two calls of the hand-over.
    ExpenseClaims,
    /// Budgets in which lines are opened.
    Budgets,
    /// Requests that claims draw on and amendments change.
    ExpenseRequests,
    /// Advances that claims settle.
    CashAdvances,
    /// Budget lines.
    BudgetLines,
}

impl Shared {
    const IN_ORDER: [Self; 6] = [
        Self::Approvals,
        Self::ExpenseClaims,
        Self::Budgets,
        Self::ExpenseRequests,
        Self::CashAdvances,
        Self::BudgetLines,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Approvals => "approvals",
            Self::ExpenseClaims => "expense_claims",
            Self::Budgets => "budgets",
            Self::ExpenseRequests => "expense_requests",
            Self::CashAdvances => "cash_advances",
            Self::BudgetLines => "budget_lines",
        }
    }
}

/// The items of a batch that may meet another one; none where nothing need be locked beforehand: who waits for nobody
/// needs nothing, and a single item locks what it moves in that order by itself.
pub(crate) fn several<T>(tx: &mut Tx<'_>, batch: &[Id<T>]) -> Option<Vec<Key>> {
    let may_meet = batch.len() > 1 && tx.connection().locks_rows();
    may_meet.then(|| batch.iter().copied().map(Key::from).collect())
}

/// Locks what a batch will move, table by table, each in the order of the ids. `rows` names those of a table when all
/// before it are locked: what documents hold may have moved until then.
pub(crate) fn in_order(
    tx: &mut Tx<'_>,
    rows: impl Fn(&mut Tx<'_>, Shared) -> Result<Vec<Key>, Failure>,
) -> Result<(), Failure> {
    for table in Shared::IN_ORDER {
        let rows = rows(tx, table)?;
        if rows.is_empty() {
            continue;
        }
        // Whoever moves lines posts entries, and holds the books before the lines.
        if table == Shared::BudgetLines {
            tx.hold_books()?;
        }
        let connection = tx.connection();
        match table {
            // What a request gave to one claim is written anew with what it gave to the others, which that refers to.
            Shared::ExpenseClaims => connection.hold_rows(table.name(), &rows)?,
            _ => connection.lock_rows(table.name(), &rows)?,
        }
    }
    Ok(())
}
