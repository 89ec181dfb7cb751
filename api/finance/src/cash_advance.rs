//! Cash advances over HTTP. `[EXP-14]`

mod act;
mod body;
mod erp;
mod find;

use crate::spine::{Routes, routes};
use act::*;
use erp::*;
use find::*;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "cash-advances",
        [
            list_cash_advances,
            create_cash_advance,
            show_cash_advance,
            list_cash_advance_explanations,
            revise_cash_advance,
            preview_cash_advance_approval,
            submit_cash_advance,
            withdraw_cash_advance,
            void_cash_advance,
            revoke_cash_advance,
            confirm_cash_advance_payout,
            repay_cash_advance,
            reverse_cash_advance_payout,
            reverse_cash_advance_repayment,
            show_cash_advance_statement,
            take_cash_advances,
            confirm_cash_advance_payouts,
            reconcile_cash_advances,
        ]
    );
}
