//! Where a change stands, as clients read it.

use super::*;

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

impl From<StandingState> for ChangeState {
    /// What is approved is in effect. No change is closed or revoked: another one undoes it.
    fn from(state: StandingState) -> Self {
        match state {
            StandingState::Draft => Self::Draft,
            StandingState::InApproval => Self::InApproval,
            StandingState::Returned => Self::Returned,
            StandingState::Rejected => Self::Rejected,
            StandingState::Withdrawn => Self::Withdrawn,
            StandingState::Approved | StandingState::Closed | StandingState::Revoked => Self::Effective,
            StandingState::Void => Self::Void,
        }
    }
}

impl From<ChangeState> for StandingState {
    fn from(state: ChangeState) -> Self {
        match state {
            ChangeState::Draft => Self::Draft,
            ChangeState::InApproval => Self::InApproval,
            ChangeState::Returned => Self::Returned,
            ChangeState::Rejected => Self::Rejected,
            ChangeState::Withdrawn => Self::Withdrawn,
            ChangeState::Effective => Self::Approved,
            ChangeState::Void => Self::Void,
        }
    }
}

impl BudgetChange {
    /// The name of its state.
    pub fn state(&self) -> ChangeState {
        self.petition.state().into()
    }
}
