//! What this caller may do with a budget now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;

/// A named action on a budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetActionName)]
pub enum BudgetAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Put it into effect.
    Activate,
    /// End it.
    Close,
    /// Start next year's draft from it.
    Copy,
}

// In the order of a budget's life.
crate::labels! { BudgetAction = "BudgetActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Activate = "activate", "启用", "Activate";
    Close = "close", "关闭", "Close";
    Copy = "copy", "复制为新年度预算", "Copy";
}

impl BudgetAction {
    /// The permission the action's call demands.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Revise | Self::Submit | Self::Withdraw | Self::Void | Self::Copy => {
                Permission::CompileBudgets
            }
            Self::Activate | Self::Close => Permission::ManageBudgets,
        }
    }
}

impl Budget {
    /// Every action of which the caller holds the permission, with the refusal it would meet. What only the
    /// body can break, or another budget's lines, is not foreseen.
    pub fn actions(&self, by: &Actor) -> Vec<(BudgetAction, Result<(), Refusal>)> {
        let granted = |action: &BudgetAction| by.may(action.permission());
        let foreseen = |action| (action, self.foresee(action, by));
        BudgetAction::ALL.into_iter().filter(granted).map(foreseen).collect()
    }

    fn foresee(&self, action: BudgetAction, by: &Actor) -> Result<(), Refusal> {
        match action {
            BudgetAction::Revise => self.may_revise(by),
            BudgetAction::Submit => self.may_submit(by),
            BudgetAction::Withdraw => self.may_withdraw(by),
            BudgetAction::Void => self.may_void(Owner::Here, by),
            BudgetAction::Activate => self.may_activate(by),
            BudgetAction::Close => self.may_close(by),
            BudgetAction::Copy => Ok(()),
        }
    }
}
