//! Where a claim stands: on its way through approval as any document, and then in the books. Only the actions of this
//! folder move it.

use super::*;

/// What finance made of an approved claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Books {
    /// Finance or the ERP has taken it: immutable here from now on.
    Acknowledged {
        /// What was said when it was taken.
        acknowledgement: Acknowledgement,
    },
    /// In the ledger. How far it is paid follows from its payments.
    Posted {
        /// What was said when it was taken.
        acknowledgement: Acknowledgement,
        /// Where it stands in the ledger.
        voucher: Voucher,
    },
    /// Undone in the ledger by a counter-document.
    Reversed {
        /// When.
        at: Timestamp,
        /// What was said when it was taken.
        acknowledgement: Acknowledgement,
        /// Where the claim itself stands in the ledger.
        voucher: Voucher,
        /// The counter-document.
        by: Id<ExpenseClaim>,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseClaimStatus)]
pub enum ClaimState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back by its submitter.
    Withdrawn,
    /// Ready for finance.
    Approved,
    /// Taken by finance.
    Acknowledged,
    /// In the ledger.
    Posted,
    /// Given up.
    Void,
    /// Taken back after approval.
    Revoked,
    /// Undone by a counter-document.
    Reversed,
}

crate::labels! { ClaimState = "ExpenseClaimStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "已批准", "Approved";
    Acknowledged = "acknowledged", "财务已接收", "Acknowledged";
    Posted = "posted", "已入账", "Posted";
    Void = "void", "已作废", "Void";
    Revoked = "revoked", "已撤销", "Revoked";
    Reversed = "reversed", "已冲销", "Reversed";
}

impl ClaimState {
    /// Whether the claim still holds its invoices: from submission until it ends without payment.
    /// A claim that was never submitted holds none yet.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Draft | Self::Rejected | Self::Void | Self::Revoked | Self::Reversed)
    }
    /// Whether it takes of its request: from submission until it comes to nothing, goes back, or is reversed. `[EXP-4]`
    pub const fn takes_of_request(self) -> bool {
        matches!(self, Self::InApproval | Self::Approved | Self::Acknowledged | Self::Posted)
    }
    /// Whether no action leads out of it.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Void | Self::Revoked | Self::Reversed)
    }
    /// Whether its submitter may change and submit it.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned | Self::Withdrawn)
    }
}

impl Books {
    /// What was said when finance took it.
    pub const fn acknowledgement(&self) -> &Acknowledgement {
        match self {
            Self::Acknowledged { acknowledgement }
            | Self::Posted { acknowledgement, .. }
            | Self::Reversed { acknowledgement, .. } => acknowledgement,
        }
    }
    /// Where it stands in the ledger, once it is posted.
    pub const fn voucher(&self) -> Option<&Voucher> {
        match self {
            Self::Acknowledged { .. } => None,
            Self::Posted { voucher, .. } | Self::Reversed { voucher, .. } => Some(voucher),
        }
    }
}

impl ExpenseClaim {
    /// The name of its state.
    pub const fn state(&self) -> ClaimState {
        match (&self.books, self.petition.state()) {
            (Some(Books::Acknowledged { .. }), _) => ClaimState::Acknowledged,
            (Some(Books::Posted { .. }), _) => ClaimState::Posted,
            (Some(Books::Reversed { .. }), _) => ClaimState::Reversed,
            (None, StandingState::Draft) => ClaimState::Draft,
            (None, StandingState::InApproval) => ClaimState::InApproval,
            (None, StandingState::Returned) => ClaimState::Returned,
            (None, StandingState::Rejected) => ClaimState::Rejected,
            (None, StandingState::Withdrawn) => ClaimState::Withdrawn,
            (None, StandingState::Approved) => ClaimState::Approved,
            // A claim ends in the books; it is never closed.
            (None, StandingState::Void | StandingState::Closed) => ClaimState::Void,
            (None, StandingState::Revoked) => ClaimState::Revoked,
        }
    }
    /// What was said when finance took it, from then on.
    pub fn acknowledgement(&self) -> Option<&Acknowledgement> {
        self.books.as_ref().map(Books::acknowledgement)
    }
    /// Where it stands in the ledger, once it is posted.
    pub fn voucher(&self) -> Option<&Voucher> {
        self.books.as_ref().and_then(Books::voucher)
    }
}
