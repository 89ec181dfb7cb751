//! Where a change stands, with what belongs to each state.

use super::*;

/// Where a change stands, with what belongs to that state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChangeStatus {
    /// Being written.
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
    /// Refused for good; may only be voided.
    Rejected {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Taken back while it waited.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// Agreed to, and made on the lines.
    Effective {
        /// When.
        at: Timestamp,
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
#[schema(as = BudgetChangeStatus)]
pub enum ChangeState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// Made on the lines.
    Effective,
    /// Given up.
    Void,
}

crate::labels! { ChangeState = "BudgetChangeStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Effective = "effective", "已生效", "In effect";
    Void = "void", "已作废", "Void";
}

impl ChangeState {
    /// Whether whoever made it may change and submit it.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned | Self::Withdrawn)
    }
}

crate::status! { ChangeStatus as ChangeState:
    Draft; InApproval since; Returned at reason; Rejected at reason; Withdrawn at; Effective at;
    Void at reason;
}
