//! What the approval chain decides: the engine calls one of these in the transaction of the decision. `[BUD-3]`

use super::*;

impl Budget {
    /// The last step approved it.
    pub fn approve(self, approval: Id<Approval>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        Ok(self.moved(BudgetStatus::Approved { at: now }, APPROVED))
    }

    /// An approver sent it back.
    pub fn send_back(
        self,
        approval: Id<Approval>,
        reason: String,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        Ok(self.moved(BudgetStatus::Returned { at: now, reason }, RETURNED))
    }

    /// An approver refused it for good.
    pub fn reject(
        self,
        approval: Id<Approval>,
        reason: String,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        Ok(self.moved(BudgetStatus::Rejected { at: now, reason }, REJECTED))
    }

    /// It was taken back while it waited.
    pub fn withdraw(self, approval: Id<Approval>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        Ok(self.moved(BudgetStatus::Withdrawn { at: now }, WITHDRAWN))
    }

    /// Whether a caller may take it back now.
    pub fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if matches!(self.status, BudgetStatus::InApproval { .. }) {
            return Ok(());
        }
        Err(self.wrong_state(NOT_IN_APPROVAL))
    }

    fn expect_in_approval(&self, approval: Id<Approval>) -> Result<(), Refusal> {
        if !matches!(self.status, BudgetStatus::InApproval { .. }) {
            return Err(self.wrong_state(NOT_IN_APPROVAL));
        }
        if self.approval == Some(approval) { Ok(()) } else { Err(Refusal::new(OTHER_APPROVAL)) }
    }
}
