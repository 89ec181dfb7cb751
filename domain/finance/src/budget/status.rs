//! Where a budget stands: on its way through approval as any document, and then in what became of it. Only the actions
//! of this folder move it. `[BUD-3]`

use super::*;

/// What became of an approved budget.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Execution {
    /// Its lines are open: it can be spent.
    Active {
        /// Since when.
        at: Timestamp,
    },
    /// Nothing more is charged to it; what documents hold of it runs its course.
    Closed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetStatus)]
pub enum BudgetState {
    /// Being compiled.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// Can be activated.
    Approved,
    /// Can be spent.
    Active,
    /// Nothing more is charged to it.
    Closed,
    /// Given up.
    Void,
}

crate::labels! { BudgetState = "BudgetStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "已批准", "Approved";
    Active = "active", "执行中", "Active";
    Closed = "closed", "已关闭", "Closed";
    Void = "void", "已作废", "Void";
}

impl Budget {
    /// The name of its state.
    pub const fn state(&self) -> BudgetState {
        match (&self.execution, self.petition.state()) {
            (Some(Execution::Active { .. }), _) => BudgetState::Active,
            (Some(Execution::Closed { .. }), _) => BudgetState::Closed,
            (None, StandingState::Draft) => BudgetState::Draft,
            (None, StandingState::InApproval) => BudgetState::InApproval,
            (None, StandingState::Returned) => BudgetState::Returned,
            (None, StandingState::Rejected) => BudgetState::Rejected,
            (None, StandingState::Withdrawn) => BudgetState::Withdrawn,
            (None, StandingState::Approved) => BudgetState::Approved,
            // A budget is closed in its execution, and no approved one is revoked.
            (None, StandingState::Void | StandingState::Closed | StandingState::Revoked) => BudgetState::Void,
        }
    }

    /// Since when it stands there and, where somebody had to say it, why.
    pub fn told(&self) -> (Option<Timestamp>, Option<&str>) {
        match &self.execution {
            Some(Execution::Active { at }) => (Some(*at), None),
            Some(Execution::Closed { at, reason }) => (Some(*at), Some(reason)),
            None => self.petition.standing.told(),
        }
    }
}
