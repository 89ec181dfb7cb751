//! The ends of an approved request: revoke takes back what nobody claimed
//! yet, close lets go of the rest.

use super::*;

impl ExpenseRequest {
    /// Takes an approved request back while nothing was claimed on it.
    pub fn revoke(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_revoke(by)?;
        check_reason(&reason)?;
        let named = self.in_whose_name(by);
        Ok(self.moved(Standing::Revoked { at: now, reason }, REVOKED).in_the_name_of(named))
    }

    /// Whether a caller may revoke it now.
    pub fn may_revoke(&self, by: &Actor) -> Result<(), Refusal> {
        self.petition.refuse_stranger(by)?;
        self.petition.expect_approved()?;
        if self.draws.is_empty() {
            Ok(())
        } else {
            Err(Refusal::new(NOT_REVOCABLE).citing(Citation::rule("EXP-4")))
        }
    }

    /// Closes an approved request: what was not claimed is free again. By its owner, or by finance.
    pub fn close(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_close(by)?;
        check_reason(&reason)?;
        let named = self.in_whose_name(by);
        Ok(self.moved(Standing::Closed { at: now, reason: Some(reason) }, CLOSED).in_the_name_of(named))
    }

    /// Whether a caller may close it now.
    pub fn may_close(&self, by: &Actor) -> Result<(), Refusal> {
        if !self.petition.is_own(by) && !by.may(Permission::CloseExpenseRequests) {
            return Err(Refusal::new(NOT_CLOSABLE));
        }
        self.petition.expect_approved()
    }

    /// The request after claims moved what they draw: closed where nothing is left and every claim on it is
    /// approved. `[EXP-4]`
    pub(super) fn closed_if_used_up(mut self, now: Timestamp) -> Result<Self, Refusal> {
        let used_up = self.petition.state() == StandingState::Approved
            && !self.draws.is_empty()
            && self.draws.iter().all(|draw| draw.approved)
            && self.remaining()?.values().all(|left| *left == 0);
        if !used_up {
            return Ok(self);
        }
        self.petition.standing = Standing::Closed { at: now, reason: None };
        Ok(self)
    }

    /// The request after a claim gave back what it took: approved again where it had closed itself. What somebody
    /// closed stays closed.
    pub(super) fn opened_again(mut self, now: Timestamp) -> Self {
        if matches!(self.petition.standing, Standing::Closed { reason: None, .. }) {
            self.petition.standing = Standing::Approved { at: now };
        }
        self
    }
}
