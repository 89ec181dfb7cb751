//! Where a contract stands: on its way through its review, then approved, signed or cancelled. `[CON-1]`

use super::*;
use serde::Deserialize;
use utoipa::ToSchema;

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesContractStatus)]
pub enum SalesContractState {
    /// Being written.
    Draft,
    /// Waits for its reviewers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// May be signed.
    Approved,
    /// Signed.
    Signed,
    /// Terminated after it was signed.
    Terminated,
    /// All of it was performed.
    Completed,
    /// Its time was over.
    Expired,
    /// Given up after its approval, unsigned.
    Cancelled,
    /// Given up.
    Void,
}

crate::labels! { SalesContractState = "SalesContractStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "评审中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "待签署", "Approved";
    Signed = "signed", "已签署", "Signed";
    Terminated = "terminated", "已终止", "Terminated";
    Completed = "completed", "已完成", "Completed";
    Expired = "expired", "已到期", "Expired";
    Cancelled = "cancelled", "已取消", "Cancelled";
    Void = "void", "已作废", "Void";
}

impl SalesContract {
    /// The name of its state.
    pub fn state(&self) -> SalesContractState {
        match self.ended.map(|ended| ended.how) {
            Some(Ending::Terminated) => return SalesContractState::Terminated,
            Some(Ending::Completed) => return SalesContractState::Completed,
            Some(Ending::Expired) => return SalesContractState::Expired,
            None => {}
        }
        if self.signature.is_some() {
            return SalesContractState::Signed;
        }
        match self.petition.state() {
            StandingState::Draft => SalesContractState::Draft,
            StandingState::InApproval => SalesContractState::InApproval,
            StandingState::Returned => SalesContractState::Returned,
            StandingState::Rejected => SalesContractState::Rejected,
            StandingState::Withdrawn => SalesContractState::Withdrawn,
            StandingState::Approved => SalesContractState::Approved,
            StandingState::Revoked => SalesContractState::Cancelled,
            // None is closed.
            StandingState::Void | StandingState::Closed => SalesContractState::Void,
        }
    }

    /// Whether money may be allocated to it: from its approval on, unless it was cancelled; also what is still owed of one that
    /// ended.
    ///
    /// # Errors
    /// `sales_contract.not_collecting`.
    pub fn check_collecting(&self) -> Result<(), Refusal> {
        match self.state() {
            SalesContractState::Approved | SalesContractState::Signed if self.is_own_sale() => Ok(()),
            _ if self.ended.is_some() && self.is_own_sale() => Ok(()),
            _ => Err(self.refuse(NOT_COLLECTING)),
        }
    }

    /// Whether it is a sale itself; the orders under a framework are sales of their own.
    pub const fn is_own_sale(&self) -> bool {
        !matches!(self.content.kind, ContractKind::Framework)
    }

    pub(super) fn refuse(&self, code: &'static crate::spine::RefusalCode) -> Refusal {
        let refusal = Refusal::new(code).with("number", self.petition.number.clone());
        cite(refusal.with_label("state", self.state()))
    }
}
