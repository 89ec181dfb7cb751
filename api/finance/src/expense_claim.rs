//! Expense claims over HTTP. `[EXP-4, EXP-9, EXP-10]`

pub(super) mod act;
pub(super) mod body;
mod erp;
pub(super) mod find;
mod write;

use crate::spine::{Routes, routes};

use act::*;
use erp::*;
use find::*;
use write::*;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "expense-claims",
        [
            list_expense_claims,
            create_expense_claim,
            show_expense_claim,
            list_expense_claim_explanations,
            revise_expense_claim,
            mirror_expense_claim,
            preview_expense_claim_approval,
            submit_expense_claim,
            withdraw_expense_claim,
            reduce_expense_claim,
            void_expense_claim,
            revoke_expense_claim,
            prepare_expense_claim,
            reverse_expense_claim,
        ]
    );
    routes!(
        into,
        "expense-claims",
        [
            take_expense_claims,
            acknowledge_expense_claims,
            confirm_expense_claim_postings,
            refuse_expense_claim_postings,
            confirm_expense_claim_payments,
            return_expense_claim_payments,
            reconcile_expense_claims,
        ]
    );
}
