//! Budget lines and their ledger over HTTP. `[BUD-4, BUD-8]`

use crate::spine::{Can, List, PathId, Reading, Reply, Routes, Wanted, routes};
use domain::{finance::budget_line::BudgetLine, spine::perm};
use persistence::finance::budget_line::{
    ledger::{self, BudgetEntryView, EntryFilter},
    list::{self as lines, BudgetLineView, LineFilter},
};

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "budgets", [list_budget_lines, show_budget_line, list_budget_entries]);
}

/// List budget lines with what stands on them. `[BUD-4, BUD-8]`
///
/// Those of departments in reach. `used_percent[gte]` finds what is running low.
#[utoipa::path(get, path = "/api/v1/budget-lines")]
async fn list_budget_lines(
    who: Can<perm::ReadBudgets>,
    wanted: Wanted<LineFilter>,
    reading: Reading,
) -> List<BudgetLineView> {
    reading.list(who, wanted, lines::list).await
}

/// Show a budget line with what stands on it. `[BUD-4]`
#[utoipa::path(get, path = "/api/v1/budget-lines/{id}")]
async fn show_budget_line(
    who: Can<perm::ReadBudgets>,
    id: PathId<BudgetLine>,
    reading: Reading,
) -> Reply<BudgetLineView> {
    reading.read(who, move |reader| lines::view(reader, *id)).await
}

/// List the ledger of a budget line, the first entry first. `[BUD-4]`
///
/// Everything that moved its money. Nothing here is ever changed or removed; the line's figures are the sum.
#[utoipa::path(get, path = "/api/v1/budget-lines/{id}/entries")]
async fn list_budget_entries(
    who: Can<perm::ReadBudgets>,
    id: PathId<BudgetLine>,
    wanted: Wanted<EntryFilter>,
    reading: Reading,
) -> List<BudgetEntryView> {
    let id = *id;
    reading.list(who, wanted, move |reader, filter, page| ledger::ledger(reader, id, filter, page)).await
}
