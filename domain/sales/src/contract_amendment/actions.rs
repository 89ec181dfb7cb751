//! What may be done with an amendment now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::approval::Owner;

/// A named action on an amendment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContractAmendmentActionName)]
pub enum ContractAmendmentAction {
    /// Change what it says.
    Revise,
    /// Hand it to its reviewers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { ContractAmendmentAction = "ContractAmendmentActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交评审", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

impl ContractAmendment {
    /// Every action, with the refusal it would meet; none for who may not draw up contracts.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(ContractAmendmentAction, Result<(), Refusal>)> {
        if !by.may(Permission::SubmitContracts) {
            return Vec::new();
        }
        let allowed = |action| match action {
            ContractAmendmentAction::Revise => self.may_revise(by),
            ContractAmendmentAction::Submit => self.may_submit(by),
            ContractAmendmentAction::Withdraw => self.may_withdraw(by),
            ContractAmendmentAction::Void => self.may_void(owner, by),
        };
        ContractAmendmentAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }
}
