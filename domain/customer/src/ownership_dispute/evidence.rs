//! What the parties of a dispute say, and by what they prove it. `[OWN-14]`

use super::{EVIDENCE_CLOSED, FACT_UNKNOWN, FactId, NOT_A_PARTY, OwnershipDispute, STATED, check, cite};
use crate::{
    file::File,
    spine::{Actor, Change, EmployeeId, Id, Refusal, Timestamp},
};
use serde::{Deserialize, Serialize};

/// What a party said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// Which party.
    pub by: EmployeeId,
    /// When.
    pub at: Timestamp,
    /// What: 1 to 4,000 characters.
    pub content: String,
    /// Facts of ownership that prove it.
    pub facts: Vec<FactId>,
    /// Files that prove it.
    pub files: Vec<Id<File>>,
}

impl OwnershipDispute {
    /// Gives evidence: a statement, with facts the product knows and files.
    ///
    /// # Errors
    /// `ownership_dispute.not_a_party`, `ownership_dispute.ended`, `ownership_dispute.evidence_closed`,
    /// `ownership_dispute.fact_unknown`.
    pub fn state_evidence(
        self,
        content: String,
        (facts, files): (Vec<FactId>, Vec<Id<File>>),
        known: &[FactId],
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let party = by.employee.filter(|_| self.is_party(by)).ok_or_else(|| cite(NOT_A_PARTY))?;
        self.ensure_open()?;
        if now >= self.evidence_until {
            return Err(cite(EVIDENCE_CLOSED).with("until", self.evidence_until.to_string()));
        }
        check(&content, "/content", 4_000)?;
        if let Some(index) = facts.iter().position(|fact| !known.contains(fact)) {
            return Err(cite(FACT_UNKNOWN).at(format!("/fact_ids/{index}")));
        }
        let mut after = self.clone();
        after.statements.push(Statement { by: party, at: now, content, facts, files });
        Ok(self.moved(after, STATED))
    }

    /// Whether nothing more need be heard: the time is over, or every party has spoken.
    pub fn is_heard(&self, now: Timestamp) -> bool {
        let spoke = |party| self.statements.iter().any(|statement| statement.by == party);
        now >= self.evidence_until || self.parties().all(spoke)
    }
}
