//! Where a document stands whose life is its approval: drafted, approved, and then frozen.

use crate::{
    approval::Outcome,
    spine::{Refusal, RefusalCode, Timestamp, codes},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[], events: &[], enums: &[ReviewState::LABELS] };

/// Where such a document stands, with what belongs to each state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Review {
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
    /// Refused for good.
    Rejected {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Taken back; may be changed and submitted again.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// Every approver agreed: nothing changes any more.
    Approved {
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

/// The name of such a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewStatus)]
pub enum ReviewState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back.
    Withdrawn,
    /// Every approver agreed.
    Approved,
    /// Given up.
    Void,
}

crate::labels! { ReviewState = "ReviewStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "已批准", "Approved";
    Void = "void", "已作废", "Void";
}

impl ReviewState {
    /// Whether what the document says may be changed, and the document submitted.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned | Self::Withdrawn)
    }
    /// Whether an approval of an earlier submission is taken up again.
    pub const fn goes_on(self) -> bool {
        matches!(self, Self::Returned | Self::Withdrawn)
    }
}

crate::status! { Review as ReviewState:
    Draft; InApproval since; Returned at reason; Rejected at reason; Withdrawn at; Approved at;
    Void at reason;
}

impl Review {
    /// What an outcome of the approval makes of it; `None` while nothing is settled.
    pub fn settled(outcome: &Outcome, now: Timestamp) -> Option<Self> {
        Some(match outcome.clone() {
            Outcome::Pending => return None,
            Outcome::Approved { .. } => Self::Approved { at: now },
            Outcome::Rejected { reason, .. } => Self::Rejected { at: now, reason },
            Outcome::Returned { reason, .. } => Self::Returned { at: now, reason },
            Outcome::Withdrawn { .. } => Self::Withdrawn { at: now },
        })
    }

    /// Refuses unless it may be changed and submitted.
    pub fn expect_editable(&self) -> Result<(), Refusal> {
        self.expect(self.state().is_editable(), codes::WRONG_STATE)
    }

    /// Refuses unless it waits for its approvers.
    pub fn expect_in_approval(&self) -> Result<(), Refusal> {
        self.expect(self.state() == ReviewState::InApproval, codes::WRONG_STATE)
    }

    fn expect(&self, holds: bool, code: &'static RefusalCode) -> Result<(), Refusal> {
        if holds { Ok(()) } else { Err(Refusal::new(code).with("state", self.state().code())) }
    }
}
