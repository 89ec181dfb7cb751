//! A duty of a post or a record goes to somebody else. `[DUT-2f, DUT-2j]`

use super::actions::Line;
use super::{
    ALREADY_HOLDS, DUTY_HANDED_OVER, Duty, DutySubject, Hold, Holding, PERSONAL_DUTY, SUPERIOR_RULE, refused,
};
use crate::spine::{Change, EmployeeId, Refusal, Timestamp};
use serde_json::json;

impl Duty {
    /// Hands it to somebody else, with the consent of a superior, who says so.
    ///
    /// # Errors
    /// `duty.settled`, `duty.personal`, `duty.not_superior`, `duty.already_holds`.
    pub fn hand_over(self, to: EmployeeId, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_pending(now)?;
        self.ensure_transferable()?;
        self.ensure_in_line(line)?;
        if self.responsible() == Some(to) {
            return Err(refused(ALREADY_HOLDS, SUPERIOR_RULE).at("/employee_id"));
        }
        Ok(self.held_by(to, Hold::HandedOver, now))
    }

    /// Goes to whoever came to hold the post or to own the record, stands in for who does, or is the superior
    /// of an empty post. Nothing where they are responsible already, where a superior handed it to somebody who
    /// still works here, or where nothing is to be done any more.
    ///
    /// # Errors
    /// `duty.personal`.
    pub fn pass_to(
        self,
        to: EmployeeId,
        hold: Hold,
        works_here: impl FnOnce(EmployeeId) -> bool,
        at: Timestamp,
    ) -> Result<Option<Change<Self>>, Refusal> {
        self.ensure_transferable()?;
        if self.responsible() == Some(to) || self.ensure_pending(at).is_err() {
            return Ok(None);
        }
        match self.handed_to(to) {
            Some(holder) if works_here(holder) => Ok(None),
            _ => Ok(Some(self.held_by(to, hold, at))),
        }
    }

    /// To whom a superior handed it, where that still stands against who would answer for it by the post or the
    /// record. A post changes hands without a word about its duties; a record that is given to another owner is
    /// given with what is owed for it.
    fn handed_to(&self, by_rule: EmployeeId) -> Option<EmployeeId> {
        let last = self.holdings.last().filter(|holding| holding.hold == Hold::HandedOver)?;
        let before = self.holdings.iter().rev().find(|holding| holding.hold != Hold::HandedOver);
        let stands = match self.subject {
            DutySubject::Post { .. } => true,
            DutySubject::Record { .. } => before.is_some_and(|holding| holding.employee == by_rule),
            DutySubject::Person { .. } => false,
        };
        stands.then_some(last.employee)
    }

    pub(super) fn ensure_transferable(&self) -> Result<(), Refusal> {
        match self.subject {
            DutySubject::Person { .. } => Err(refused(PERSONAL_DUTY, "DUT-2f")),
            DutySubject::Post { .. } | DutySubject::Record { .. } => Ok(()),
        }
    }

    fn held_by(self, employee: EmployeeId, hold: Hold, from: Timestamp) -> Change<Self> {
        let facts = json!({
            "rule": self.rule.code, "occasion": self.occasion, "from_id": self.responsible(),
            "to_id": employee, "how": hold.code(),
        });
        let mut after = self.clone();
        after.holdings.push(Holding { employee, from, hold });
        Change::updated(self, after, DUTY_HANDED_OVER, facts)
    }
}
