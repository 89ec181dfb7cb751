//! Expense requests over HTTP. `[EXP-2, EXP-5, EXP-7]`

mod act;
pub(super) mod body;
mod find;

use crate::spine::{Routes, routes};
use act::*;
use find::*;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "expense-requests",
        [
            list_expense_requests,
            create_expense_request,
            show_expense_request,
            revise_expense_request,
            list_expense_request_revisions,
            preview_expense_request_approval,
            submit_expense_request,
            withdraw_expense_request,
            void_expense_request,
            revoke_expense_request,
            close_expense_request,
        ]
    );
}
