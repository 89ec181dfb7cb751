//! The tables of finance of which different documents move the same rows, in the order in which they are locked.

use crate::spine::{Gate, Lock, Part, Shared};

/// The books: shared by whoever posts, held alone by whoever closes a month. `[BUD-9]`
pub(crate) const BOOKS: Gate = Gate { key: 7_221_054_002 };

/// Claims that finance has: the same one stands in two calls of the hand-over. What a request gave to one claim is
/// written anew with what it gave to the others, which that refers to.
pub(crate) const EXPENSE_CLAIMS: Shared =
    Shared { table: "expense_claims", lock: Lock::NoKeyUpdate, gate: None };
/// Budgets in which lines are opened.
pub(crate) const BUDGETS: Shared = Shared { table: "budgets", lock: Lock::Update, gate: None };
/// Requests that claims draw on and amendments change.
pub(crate) const EXPENSE_REQUESTS: Shared =
    Shared { table: "expense_requests", lock: Lock::Update, gate: None };
/// Advances that claims settle.
pub(crate) const CASH_ADVANCES: Shared = Shared { table: "cash_advances", lock: Lock::Update, gate: None };
/// Budget lines. Whoever moves them posts entries, and shares the books before the lines.
pub(crate) const BUDGET_LINES: Shared =
    Shared { table: "budget_lines", lock: Lock::Update, gate: Some(BOOKS) };

/// In this order they are locked.
pub(crate) const IN_ORDER: &[Part] =
    &[&EXPENSE_CLAIMS, &BUDGETS, &EXPENSE_REQUESTS, &CASH_ADVANCES, &BUDGET_LINES];
