//! Cash advances over HTTP. `[EXP-14]`

mod act;
mod body;
mod erp;
mod find;

use crate::spine::{Routes, View, routes};
use act::*;
use domain::spine::Version;
use erp::*;
use find::*;
use persistence::finance::cash_advance::{CashAdvanceView, statement::StatementView};

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "cash-advances",
        [
            list_cash_advances,
            create_cash_advance,
            show_cash_advance,
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
            reconcile_cash_advances,
        ]
    );
}

impl View for CashAdvanceView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/cash-advances/{}", self.id))
    }
}
impl View for StatementView {}
