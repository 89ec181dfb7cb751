//! Budgets over HTTP. `[BUD-1 … BUD-3, BUD-8]`

mod act;
mod body;
mod find;
mod import;
mod row;

use crate::spine::{Routes, routes};
use act::*;
use find::*;
use import::*;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "budgets",
        [
            list_budgets,
            create_budget,
            show_budget,
            revise_budget,
            preview_budget_approval,
            submit_budget,
            withdraw_budget,
            void_budget,
            activate_budget,
            close_budget,
            copy_budget,
            show_budget_line_template,
            import_budget_lines,
        ]
    );
}
