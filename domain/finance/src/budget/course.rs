//! Activating an approved budget, closing an active one, and giving one up. `[BUD-3]`

use super::*;

impl Budget {
    /// Puts an approved budget into effect; its lines are opened in the same unit of work.
    pub fn activate(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_activate(by)?;
        Ok(self.moved(BudgetStatus::Active { at: now }, ACTIVATED))
    }

    /// Whether a caller may activate it now.
    pub fn may_activate(&self, by: &Actor) -> Result<(), Refusal> {
        refuse_unless_managing(by)?;
        if matches!(self.status, BudgetStatus::Approved { .. }) {
            return Ok(());
        }
        Err(self.wrong_state(NOT_ACTIVATABLE))
    }

    /// Ends an active budget; its lines are closed in the same unit of work, and what documents hold of them
    /// runs its course.
    pub fn close(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_close(by)?;
        check_reason(&reason)?;
        Ok(self.moved(BudgetStatus::Closed { at: now, reason }, CLOSED))
    }

    /// Whether a caller may close it now.
    pub fn may_close(&self, by: &Actor) -> Result<(), Refusal> {
        refuse_unless_managing(by)?;
        if matches!(self.status, BudgetStatus::Active { .. }) {
            return Ok(());
        }
        Err(self.wrong_state(NOT_CLOSABLE))
    }

    /// Gives it up: by whoever compiled it before it is approved, by finance as long as it is not active.
    pub fn void(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_void(by)?;
        check_reason(&reason)?;
        Ok(self.moved(BudgetStatus::Void { at: now, reason }, VOIDED))
    }

    /// Whether a caller may give it up now.
    pub fn may_void(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.may(Permission::ManageBudgets) {
            self.refuse_stranger(by)?;
        }
        let state = self.status.state();
        let approved = state == BudgetState::Approved && by.may(Permission::ManageBudgets);
        if state.is_editable() || state == BudgetState::Rejected || approved {
            return Ok(());
        }
        Err(self.wrong_state(NOT_VOIDABLE))
    }
}

fn refuse_unless_managing(by: &Actor) -> Result<(), Refusal> {
    if by.may(Permission::ManageBudgets) { Ok(()) } else { Err(Refusal::new(NOT_IN_MANAGEMENT)) }
}
