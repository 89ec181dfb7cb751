//! A duty is let go: waived or given more time by a superior, excused by rule, cancelled with its cause.
//! `[DUT-2b, DUT-2j]`

use super::actions::Line;
use super::{
    CancelCause, DUTY_CANCELLED, DUTY_EXCUSED, DUTY_EXTENDED, DUTY_SETTLED, DUTY_WAIVED, Duty, DutyState,
    DutyStatus, EXTENSION_TOO_SHORT, Excuse, NO_DUE, NOT_SUPERIOR, OWN_DUTY, Proof, Retiming, RetimingCause,
    SUPERIOR_RULE, refused,
};
use crate::{
    approval::check_reason,
    spine::{Change, Explanation, Refusal, Timestamp},
    working_time::WorkingTime,
};
use serde_json::json;

impl Duty {
    /// Waives it for a reason of 1 to 500 characters: also one that was missed or done too late.
    ///
    /// # Errors
    /// `duty.settled`, `duty.not_superior`, `duty.own`; a reason that is missing or too long.
    pub fn waive(self, reason: String, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let proof = self.to_waive(now)?.cloned();
        self.ensure_superior(line)?;
        check_reason(&reason)?;
        let facts = json!({"rule": self.rule.code, "occasion": self.occasion, "was": self.state(now).code()});
        let status = DutyStatus::Waived { reason, by: line.by.user, at: now, proof };
        let after = Self { status, ..self.clone() };
        Ok(Change::updated(self, after, DUTY_WAIVED, facts))
    }

    /// Gives more time, for a reason of 1 to 500 characters: another due, with the grace's working length
    /// behind it. The old one is kept.
    ///
    /// # Errors
    /// `duty.settled`, `duty.no_due`, `duty.not_superior`, `duty.own`, `duty.extension_too_short`; a reason
    /// that is missing or too long.
    pub fn extend(
        self,
        due: Timestamp,
        reason: String,
        line: Line<'_>,
        now: Timestamp,
        time: WorkingTime<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let old = self.to_extend(now)?;
        self.ensure_superior(line)?;
        check_reason(&reason)?;
        if due <= old || due <= now {
            return Err(refused(EXTENSION_TOO_SHORT, SUPERIOR_RULE).at("/due_at"));
        }
        let facts = json!({"rule": self.rule.code, "occasion": self.occasion, "old_due": old, "due": due});
        let mut after = Self { times: self.times.due_at(due, time), ..self.clone() };
        after.retimings.push(Retiming {
            before: self.times,
            cause: RetimingCause::Extended,
            reason: Some(reason),
            by: Some(line.by.user),
            at: now,
        });
        Ok(Change::updated(self, after, DUTY_EXTENDED, facts))
    }

    /// Excuses it by rule: on leave throughout, or without a server. Also one that was missed or done too
    /// late, for leave is granted afterwards too.
    ///
    /// # Errors
    /// `duty.settled`.
    pub fn excuse(self, excuse: Excuse, at: Timestamp) -> Result<Change<Self>, Refusal> {
        let proof = self.to_let_off(at)?.cloned();
        let facts = json!({"rule": self.rule.code, "occasion": self.occasion, "excuse": excuse.code()});
        let rule = match excuse {
            Excuse::Leave => "DUT-2f",
            Excuse::Outage => "DUT-2h",
        };
        let explanation = Explanation::new("duty_excused", self.citation(rule), facts.clone());
        let after = Self { status: DutyStatus::Excused { excuse, at, proof }, ..self.clone() };
        Ok(Change::updated(self, after, DUTY_EXCUSED, facts).explained([explanation]))
    }

    /// Cancels it: its cause is gone.
    ///
    /// # Errors
    /// `duty.settled`.
    pub fn cancel(self, cause: CancelCause, at: Timestamp) -> Result<Change<Self>, Refusal> {
        match self.status {
            DutyStatus::Reported { .. } => {}
            _ => self.ensure_pending(at)?,
        }
        let facts = json!({"rule": self.rule.code, "occasion": self.occasion, "cause": cause.code()});
        let after = Self { status: DutyStatus::Cancelled { cause, at }, ..self.clone() };
        Ok(Change::updated(self, after, DUTY_CANCELLED, facts))
    }

    /// Whether a rule that is repealed at an instant takes it away: what is due later, or has no due.
    /// `[DUT-2e]`
    pub fn ends_with_rule(&self, repealed: Timestamp) -> bool {
        self.is_pending() && self.times.due.is_none_or(|due| due > repealed)
    }

    /// What was done too late, of a duty that may be waived.
    pub(super) fn to_waive(&self, now: Timestamp) -> Result<Option<&Proof>, Refusal> {
        match &self.status {
            DutyStatus::Pending {} => Ok(None),
            DutyStatus::Fulfilled { proof } if self.state(now) != DutyState::OnTime => Ok(Some(proof)),
            _ => Err(refused(DUTY_SETTLED, SUPERIOR_RULE).with_label("state", self.state(now))),
        }
    }

    /// What was done too late, of a duty that a rule may let off: also while that waits for confirmation.
    pub(super) fn to_let_off(&self, now: Timestamp) -> Result<Option<&Proof>, Refusal> {
        match &self.status {
            DutyStatus::Reported { proof } if self.timeliness(proof.counted) != DutyState::OnTime => {
                Ok(Some(proof))
            }
            _ => self.to_waive(now),
        }
    }

    /// The due of a duty that may be given more time.
    pub(super) fn to_extend(&self, now: Timestamp) -> Result<Timestamp, Refusal> {
        self.ensure_pending(now)?;
        self.times.due.ok_or_else(|| refused(NO_DUE, SUPERIOR_RULE))
    }

    /// Refuses who is no superior of who is responsible, and whoever the duty would be charged to.
    pub(super) fn ensure_superior(&self, line: Line<'_>) -> Result<(), Refusal> {
        if self.holdings.iter().any(|holding| line.by.is(holding.employee)) {
            return Err(refused(OWN_DUTY, SUPERIOR_RULE));
        }
        self.ensure_in_line(line)
    }

    /// Refuses who is no superior of who is responsible.
    pub(super) fn ensure_in_line(&self, line: Line<'_>) -> Result<(), Refusal> {
        if line.superiors.iter().any(|superior| line.by.is(*superior)) {
            return Ok(());
        }
        Err(refused(NOT_SUPERIOR, SUPERIOR_RULE))
    }
}
