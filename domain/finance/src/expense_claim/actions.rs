//! What this caller may do with a claim now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::finance::expense_claim::hand_over::Stage;

/// A named action on a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseClaimActionName)]
pub enum ClaimAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Approve less on some lines.
    Reduce,
    /// Take it back after approval.
    Revoke,
    /// Make the journal entry that could not be made at its approval.
    Prepare,
    /// Take it into the books.
    Acknowledge,
    /// Say under which voucher it is posted.
    ConfirmPosting,
    /// Say why it cannot be posted.
    RefusePosting,
    /// Say what was paid.
    ConfirmPayment,
    /// Say that the bank returned a payment.
    ReturnPayment,
    /// Undo it by a counter-document.
    Reverse,
}

// In the order of a claim's life.
crate::labels! { ClaimAction = "ExpenseClaimActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Reduce = "reduce", "核减", "Reduce";
    Revoke = "revoke", "撤销", "Revoke";
    Prepare = "prepare", "生成分录", "Prepare";
    Acknowledge = "acknowledge", "接收", "Acknowledge";
    ConfirmPosting = "confirm_posting", "确认入账", "Confirm posting";
    RefusePosting = "refuse_posting", "拒绝入账", "Refuse posting";
    ConfirmPayment = "confirm_payment", "确认付款", "Confirm payment";
    ReturnPayment = "return_payment", "登记退汇", "Record a returned payment";
    Reverse = "reverse", "冲销", "Reverse";
}

impl ClaimAction {
    /// Whether it takes a claim into the books, or moves its money: nobody's own.
    pub const fn is_of_the_books(self) -> bool {
        matches!(
            self,
            Self::Acknowledge
                | Self::ConfirmPosting
                | Self::RefusePosting
                | Self::ConfirmPayment
                | Self::ReturnPayment
                | Self::Reverse
        )
    }
    /// The permission the action's call demands.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Revise | Self::Submit | Self::Withdraw | Self::Void | Self::Revoke => {
                Permission::SubmitExpenseClaims
            }
            Self::Reduce => Permission::UseApprovals,
            Self::Prepare
            | Self::Acknowledge
            | Self::ConfirmPosting
            | Self::RefusePosting
            | Self::ConfirmPayment
            | Self::ReturnPayment
            | Self::Reverse => Permission::AccountExpenseClaims,
        }
    }
}

impl ExpenseClaim {
    /// Every action of which the caller holds the permission, with the refusal it would meet. What only
    /// the body can break (a missing reason, a limit) is not foreseen. `decides`: whether an open approval
    /// task of this claim waits for the caller. `owner`: whether its submitter still works here.
    pub fn actions(
        &self,
        by: &Actor,
        decides: bool,
        owner: Owner,
    ) -> Vec<(ClaimAction, Result<(), Refusal>)> {
        let granted = |action: &ClaimAction| {
            by.may(action.permission())
                || (*action == ClaimAction::Revoke && by.may(Permission::AccountExpenseClaims))
        };
        ClaimAction::ALL
            .into_iter()
            .filter(granted)
            .map(|action| (action, self.foresee(action, by, decides, owner)))
            .collect()
    }

    fn foresee(&self, action: ClaimAction, by: &Actor, decides: bool, owner: Owner) -> Result<(), Refusal> {
        let state = self.state();
        let when = |allowed: bool, code| if allowed { Ok(()) } else { Err(self.wrong_state(code)) };
        match action {
            ClaimAction::Revise => self.may_revise(by),
            ClaimAction::Submit => self.may_submit(by),
            ClaimAction::Withdraw => self.may_withdraw(by),
            ClaimAction::Void => self.may_void(owner, by),
            ClaimAction::Reduce => {
                when(state == ClaimState::InApproval, NOT_IN_APPROVAL)?;
                if self.is_own(by) {
                    return Err(Refusal::new(OWN_REDUCTION).citing(Citation::rule("APR-4")));
                }
                if decides { Ok(()) } else { Err(Refusal::new(NOT_DECIDING)) }
            }
            ClaimAction::Revoke => {
                self.refuse_revoker(by)?;
                when(state == ClaimState::Approved, NOT_REVOCABLE)
            }
            ClaimAction::Prepare => self.may_prepare(),
            ClaimAction::Acknowledge => {
                self.hand_over_stage(Stage::Ready)?;
                self.has_an_entry()
            }
            ClaimAction::ConfirmPosting | ClaimAction::RefusePosting => {
                self.hand_over_stage(Stage::Acknowledged)
            }
            ClaimAction::ConfirmPayment => self.may_confirm_payment(),
            ClaimAction::ReturnPayment => self.may_return_payment(),
            ClaimAction::Reverse => {
                self.refuse_fixed()?;
                when(state == ClaimState::Posted && self.reversal.is_none(), NOT_REVERSIBLE)
            }
        }
    }
}
