//! What may be done with a contract now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::approval::Owner;
use serde::Deserialize;
use utoipa::ToSchema;

/// A named action on a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesContractActionName)]
pub enum SalesContractAction {
    /// Change what it says.
    Revise,
    /// Hand it to its reviewers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Sign it as it was approved.
    Sign,
    /// Give it up after its approval.
    Cancel,
    /// Say until which day it runs.
    SetExpiry,
    /// Say that it was performed, or expired.
    Conclude,
}

crate::labels! { SalesContractAction = "SalesContractActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交评审", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Sign = "sign", "签署", "Sign";
    Cancel = "cancel", "取消", "Cancel";
    SetExpiry = "set_expiry", "登记到期日", "Say until when it runs";
    Conclude = "conclude", "办结", "Conclude";
}

impl SalesContract {
    /// Every action, with the refusal it would meet; none for who may not draw up contracts.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(SalesContractAction, Result<(), Refusal>)> {
        if !by.may(Permission::SubmitContracts) {
            return Vec::new();
        }
        SalesContractAction::ALL
            .into_iter()
            .map(|action| {
                let allowed = match action {
                    SalesContractAction::Revise => self.may_revise(by),
                    SalesContractAction::Submit => self.check_submission(by),
                    SalesContractAction::Withdraw => self.may_withdraw(by),
                    SalesContractAction::Void => self.may_void(owner, by),
                    SalesContractAction::Sign | SalesContractAction::Cancel => self.may_sign(by),
                    SalesContractAction::SetExpiry | SalesContractAction::Conclude => self.expect_running(by),
                };
                (action, allowed)
            })
            .collect()
    }
}
