//! The ends that are not payment: void keeps the number of what never was approved, revoke takes back
//! what was approved before finance has it.

use super::*;
use crate::finance::leaver::Owner;

impl ExpenseClaim {
    /// Gives the claim up. Its number stays taken. By who made or submits it, or by finance where its submitter has
    /// left.
    pub fn void(
        self,
        reason: String,
        owner: Owner,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_void(owner, by)?;
        check_reason(&reason)?;
        let named = self.in_whose_name(by);
        Ok(self.moved(ClaimStatus::Void { at: now, reason }, VOIDED).in_the_name_of(named))
    }

    /// Whether a caller may give it up now.
    pub fn may_void(&self, owner: Owner, by: &Actor) -> Result<(), Refusal> {
        self.refuse_reversal()?;
        if !owner.is_stood_in_for(by, Permission::AccountExpenseClaims, self.content.department) {
            self.refuse_stranger(by)?;
        }
        let state = self.status.state();
        if state.is_editable() || state == ClaimState::Rejected {
            Ok(())
        } else {
            Err(self.wrong_state(NOT_VOIDABLE))
        }
    }

    /// Takes an approved claim back, by its submitter or by finance, before it is acknowledged. A reversing
    /// document takes money from its submitter: only finance revokes it.
    pub fn revoke(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.refuse_revoker(by)?;
        if !matches!(self.status, ClaimStatus::Approved { .. }) {
            return Err(self.wrong_state(NOT_REVOCABLE).citing(Citation::rule("EXP-9")));
        }
        check_reason(&reason)?;
        // Finance revokes by its own office, not in the submitter's name.
        let named = self.in_whose_name(by).filter(|_| self.refuse_stranger(by).is_ok());
        Ok(self.moved(ClaimStatus::Revoked { at: now, reason }, REVOKED).in_the_name_of(named))
    }

    /// Refuses whoever may not revoke it.
    pub(super) fn refuse_revoker(&self, by: &Actor) -> Result<(), Refusal> {
        if by.may(Permission::AccountExpenseClaims) {
            return Ok(());
        }
        self.refuse_reversal()?;
        self.refuse_stranger(by)
    }
}
