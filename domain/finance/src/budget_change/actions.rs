//! What this caller may do with a change now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::approval::Owner;

/// A named action on a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetChangeActionName)]
pub enum ChangeAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { ChangeAction = "BudgetChangeActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

impl BudgetChange {
    /// Every action of which the caller holds the permission, with the refusal it would meet. `submission` is what
    /// submitting it would meet now, tried on its lines: also a fund that has too little left. `[BUD-7]`
    pub fn actions(
        &self,
        by: &Actor,
        submission: &Result<(), Refusal>,
    ) -> Vec<(ChangeAction, Result<(), Refusal>)> {
        if !by.may(Permission::CompileBudgets) {
            return Vec::new();
        }
        let foreseen = |action| match action {
            ChangeAction::Revise => self.may_revise(by),
            ChangeAction::Submit => submission.clone(),
            ChangeAction::Withdraw => self.may_withdraw(by),
            ChangeAction::Void => self.may_void(Owner::Here, by),
        };
        ChangeAction::ALL.into_iter().map(|action| (action, foreseen(action))).collect()
    }
}
