//! The end of an approved claim that is not payment: it is taken back before finance has it.

use super::*;

impl ExpenseClaim {
    /// Takes an approved claim back, by its submitter or by finance, before it is acknowledged. A reversing
    /// document takes money from its submitter: only finance revokes it.
    pub fn revoke(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.refuse_revoker(by)?;
        if self.state() != ClaimState::Approved {
            return Err(self.wrong_state(NOT_REVOCABLE).citing(Citation::rule("EXP-9")));
        }
        check_reason(&reason)?;
        let named = self.in_whose_name(by);
        Ok(self.moved(Standing::Revoked { at: now, reason }, REVOKED).in_the_name_of(named))
    }

    /// Refuses whoever may not revoke it.
    pub(super) fn refuse_revoker(&self, by: &Actor) -> Result<(), Refusal> {
        if by.may(Permission::AccountExpenseClaims) {
            return Ok(());
        }
        self.refuse_fixed()?;
        self.petition.refuse_stranger(by)
    }
}
