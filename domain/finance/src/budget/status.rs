//! Where a budget stands, with what belongs to each state. Only the actions of this folder move it. `[BUD-3]`

use super::*;

/// Where a budget stands, with what belongs to that state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BudgetStatus {
    /// Being compiled.
    Draft,
    /// Waits for its approvers.
    InApproval {
        /// Since when.
        since: Timestamp,
    },
    /// Sent back to be mended.
    Returned {
        /// When.
        at: Timestamp,
        /// What is to be mended.
        reason: String,
    },
    /// Refused for good; may only be voided, or copied.
    Rejected {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Taken back while it waited; may be changed and submitted again.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// Every approver agreed: it can be activated.
    Approved {
        /// When.
        at: Timestamp,
    },
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
    /// Given up; the number stays taken.
    Void {
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

impl BudgetState {
    /// Whether whoever compiled it may change and submit it.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned | Self::Withdrawn)
    }
}

crate::status! { BudgetStatus as BudgetState:
    Draft; InApproval since; Returned at reason; Rejected at reason; Withdrawn at; Approved at; Active at;
    Closed at reason; Void at reason;
}
