//! What this caller may do with a change now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;

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
            ChangeAction::Void => self.may_void(by),
        };
        ChangeAction::ALL.into_iter().map(|action| (action, foreseen(action))).collect()
    }

    /// Whether a caller may rewrite it now.
    pub fn may_revise(&self, by: &Actor) -> Result<(), Refusal> {
        self.when_editable(by, NOT_EDITABLE)
    }
    /// Whether a caller may submit it now, as far as its state goes.
    pub fn may_submit(&self, by: &Actor) -> Result<(), Refusal> {
        self.when_editable(by, NOT_SUBMITTABLE)
    }
    /// Whether a caller may take it back now.
    pub fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        let waits = matches!(self.status, ChangeStatus::InApproval { .. });
        if waits { Ok(()) } else { Err(self.wrong_state(NOT_IN_APPROVAL)) }
    }
    /// Whether a caller may give it up now.
    pub fn may_void(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        let state = self.status.state();
        let open = state.is_editable() || state == ChangeState::Rejected;
        if open { Ok(()) } else { Err(self.wrong_state(NOT_VOIDABLE)) }
    }

    fn when_editable(&self, by: &Actor, otherwise: &'static RefusalCode) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if self.status.state().is_editable() { Ok(()) } else { Err(self.wrong_state(otherwise)) }
    }

    fn refuse_stranger(&self, by: &Actor) -> Result<(), Refusal> {
        if self.creator == by.user || by.is(self.submitter) { Ok(()) } else { Err(Refusal::new(NOT_YOURS)) }
    }
}
