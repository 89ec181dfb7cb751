//! What approving a claim makes of it: the engine calls it in the transaction of the decision. `[EXP-3]`

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
        self.expect_settled_by(approval)?;
        let (entry, not_ready) = match JournalEntry::of(&self.content, rules) {
            Ok(entry) => (Some(entry), None),
            Err(refusal) => (None, Some(NotReady::because_of(refusal))),
        };
        let mut after = Self { entry, not_ready, ..self.clone() };
        after.stand(Standing::Approved { at: now });
        let facts = json!({
            "number": after.petition.number, "state": after.state().code(), "claimed": after.content.claimed()?,
            "approved": after.content.approved()?, "payable": after.payable()?,
        });
        Ok(Change::updated(self, after, APPROVED, facts))
    }
}
