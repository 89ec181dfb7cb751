//! Where a plan stands: on its way through approval, in force, superseded by its next revision. `[SAL-1b]`

use super::SalesPlan;
use crate::approval::StandingState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesPlanStatus)]
pub enum SalesPlanState {
    /// Being drawn up.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// It holds.
    InForce,
    /// A later revision holds.
    Superseded,
    /// Given up.
    Void,
}

crate::labels! { SalesPlanState = "SalesPlanStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    InForce = "in_force", "执行中", "In force";
    Superseded = "superseded", "已被修订取代", "Superseded";
    Void = "void", "已作废", "Void";
}

impl SalesPlan {
    /// The name of its state.
    pub const fn state(&self) -> SalesPlanState {
        match self.petition.state() {
            StandingState::Draft => SalesPlanState::Draft,
            StandingState::InApproval => SalesPlanState::InApproval,
            StandingState::Returned => SalesPlanState::Returned,
            StandingState::Rejected => SalesPlanState::Rejected,
            StandingState::Withdrawn => SalesPlanState::Withdrawn,
            StandingState::Approved => SalesPlanState::InForce,
            StandingState::Closed => SalesPlanState::Superseded,
            // None is revoked.
            StandingState::Void | StandingState::Revoked => SalesPlanState::Void,
        }
    }
}
