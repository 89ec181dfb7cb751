//! What this caller may do with an advance now, and if not why. `[ACT-1]`

use super::*;
use crate::approval::Owner;

/// A named action on an advance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CashAdvanceActionName)]
pub enum AdvanceAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Take it back after approval.
    Revoke,
    /// Say that it was paid out.
    ConfirmPayout,
    /// Say that cash came back.
    Repay,
    /// Undo a pay-out that was recorded by mistake.
    ReversePayout,
    /// Undo a repayment that was recorded by mistake.
    ReverseRepayment,
}

crate::labels! { AdvanceAction = "CashAdvanceActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Revoke = "revoke", "撤销", "Revoke";
    ConfirmPayout = "confirm_payout", "确认付款", "Confirm pay-out";
    Repay = "repay", "登记还款", "Record repayment";
    ReversePayout = "reverse_payout", "冲销付款", "Reverse pay-out";
    ReverseRepayment = "reverse_repayment", "冲销还款", "Reverse repayment";
}

impl AdvanceAction {
    /// The permission the action's call demands.
    pub const fn permission(self) -> Permission {
        match self {
            Self::ConfirmPayout | Self::Repay | Self::ReversePayout | Self::ReverseRepayment => {
                Permission::AccountCashAdvances
            }
            _ => Permission::SubmitCashAdvances,
        }
    }
}

impl CashAdvance {
    /// Every action of which the caller holds the permission, with the refusal it would meet. `payout` is what
    /// [`Self::check_payout`] says of it now.
    pub fn actions(
        &self,
        by: &Actor,
        payout: Result<(), Refusal>,
    ) -> Vec<(AdvanceAction, Result<(), Refusal>)> {
        let foreseen = |action| match action {
            AdvanceAction::Revise => self.may_revise(by),
            AdvanceAction::Submit => self.may_submit(by),
            AdvanceAction::Withdraw => self.may_withdraw(by),
            AdvanceAction::Void => self.may_void(Owner::Here, by),
            AdvanceAction::Revoke => self.may_revoke(by),
            AdvanceAction::ConfirmPayout => payout.clone(),
            AdvanceAction::Repay => {
                self.expect_outstanding()?;
                self.petition.expect_approved()
            }
            AdvanceAction::ReversePayout => self.may_reverse_payout(),
            AdvanceAction::ReverseRepayment => self.may_reverse_a_repayment(),
        };
        AdvanceAction::ALL
            .into_iter()
            .filter(|action| by.may(action.permission()))
            .map(|action| (action, foreseen(action)))
            .collect()
    }
}
