//! Activating an approved budget, and closing an active one. `[BUD-3]`

use super::*;

impl Budget {
    /// Puts an approved budget into effect; its lines are opened in the same unit of work.
    pub fn activate(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_activate(by)?;
        Ok(self.executed(Execution::Active { at: now }, ACTIVATED))
    }

    /// Whether a caller may activate it now.
    pub fn may_activate(&self, by: &Actor) -> Result<(), Refusal> {
        refuse_unless_managing(by)?;
        if self.state() == BudgetState::Approved {
            return Ok(());
        }
        Err(self.wrong_state(NOT_ACTIVATABLE))
    }

    /// Ends an active budget; its lines are closed in the same unit of work, and what documents hold of them
    /// runs its course.
    pub fn close(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_close(by)?;
        check_reason(&reason)?;
        Ok(self.executed(Execution::Closed { at: now, reason }, CLOSED))
    }

    /// Whether a caller may close it now.
    pub fn may_close(&self, by: &Actor) -> Result<(), Refusal> {
        refuse_unless_managing(by)?;
        if self.state() == BudgetState::Active {
            return Ok(());
        }
        Err(self.wrong_state(NOT_CLOSABLE))
    }

    fn executed(self, execution: Execution, kind: &'static EventKind) -> Change<Self> {
        let after = Self { execution: Some(execution), ..self.clone() };
        let facts = after.all_facts();
        Change::updated(self, after, kind, facts.into())
    }
}

fn refuse_unless_managing(by: &Actor) -> Result<(), Refusal> {
    if by.may(Permission::ManageBudgets) { Ok(()) } else { Err(Refusal::new(NOT_IN_MANAGEMENT)) }
}
