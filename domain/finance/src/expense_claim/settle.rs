//! What the approval chain decides: the engine calls one of these in the transaction of the decision. `[EXP-3]`

use super::*;

impl ExpenseClaim {
    /// The last step approved it: its journal entry is made under the policies of its business date. An
    /// entry that cannot be made does not undo the decision; the claim then says why it is not ready for the
    /// books.
    pub fn approve(
        self,
        approval: Id<Approval>,
        now: Timestamp,
        rules: ClaimRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        let facts = json!({
            "number": self.number, "state": ClaimState::Approved.code(),
            "claimed": self.content.claimed()?, "approved": self.content.approved()?, "payable": self.payable()?,
        });
        let (entry, not_ready) = match JournalEntry::of(&self.content, rules) {
            Ok(entry) => (Some(entry), None),
            Err(refusal) => (None, Some(NotReady::because_of(refusal))),
        };
        let after = Self { status: ClaimStatus::Approved { at: now }, entry, not_ready, ..self.clone() };
        Ok(Change::updated(self, after, APPROVED, facts))
    }

    /// An approver sent it back to its submitter.
    pub fn send_back(
        self,
        approval: Id<Approval>,
        reason: String,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        let status = ClaimStatus::Returned { at: now, because: Return::Approver { reason } };
        Ok(self.moved(status, RETURNED))
    }

    /// An approver refused it for good.
    pub fn reject(
        self,
        approval: Id<Approval>,
        reason: String,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        Ok(self.moved(ClaimStatus::Rejected { at: now, reason }, REJECTED))
    }

    /// Its submitter took it back while it waited.
    pub fn withdraw(self, approval: Id<Approval>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect_in_approval(approval)?;
        Ok(self.moved(ClaimStatus::Withdrawn { at: now }, WITHDRAWN))
    }

    /// Whether a caller may take it back now: who made or submits it, while it waits.
    pub fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if matches!(self.status, ClaimStatus::InApproval { .. }) {
            return Ok(());
        }
        Err(self.wrong_state(NOT_IN_APPROVAL))
    }

    fn expect_in_approval(&self, approval: Id<Approval>) -> Result<(), Refusal> {
        if !matches!(self.status, ClaimStatus::InApproval { .. }) {
            return Err(self.wrong_state(NOT_IN_APPROVAL));
        }
        if self.approval == Some(approval) { Ok(()) } else { Err(Refusal::new(OTHER_APPROVAL)) }
    }
}
