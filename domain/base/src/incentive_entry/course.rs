//! An entry goes its course: told to the person, answered, confirmed, carried out. `[INC-1, INC-2a]`

use super::{
    ALREADY_ANSWERED, ANSWER_OPEN, ANSWER_TOO_LATE, APPROVAL_REQUIRED, Answer, Confirmation, ENTRY_ANSWERED,
    ENTRY_CONFIRMED, ENTRY_EXECUTED, ENTRY_NOT_CONFIRMED, ENTRY_NOT_NOTIFIED, ENTRY_NOT_PROPOSED,
    ENTRY_NOTIFIED, Execution, IncentiveEntry, IncentivePolicy, IncentiveStatus, NOT_YOUR_ENTRY,
    OBJECTION_UNANSWERED, OWN_ENTRY, PROPOSER_CONFIRMS, refused,
};
use crate::{
    approval::Approval,
    spine::{Actor, Change, Findings, Id, Refusal, Timestamp, wording},
    working_time::WorkingTime,
};
use serde_json::{Value, json};

impl IncentiveEntry {
    /// Tells the person, who may answer within the policy's working days.
    ///
    /// # Errors
    /// `incentive_entry.not_proposed`, `incentive_entry.in_approval`.
    pub fn notify(
        self,
        policy: &IncentivePolicy,
        now: Timestamp,
        time: WorkingTime<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_proposed()?;
        let answer_until = time.plus_working_days(now, policy.answer_working_days).value;
        let mut facts = self.facts();
        facts["answer_until"] = json!(answer_until);
        let status = IncentiveStatus::Notified { at: now, answer_until, answer: None };
        let after = Self { status, ..self.clone() };
        Ok(Change::updated(self, after, ENTRY_NOTIFIED, facts))
    }

    /// Takes the person's answer: an objection of 1 to 2000 characters, or none if they accept it.
    ///
    /// # Errors
    /// `incentive_entry.not_yours`, `incentive_entry.not_notified`, `incentive_entry.already_answered`,
    /// `incentive_entry.answer_too_late`, `incentive_entry.in_approval`; an objection that is empty or too long.
    pub fn answer(
        self,
        objection: Option<String>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let (at, answer_until) = self.to_answer(by, now)?;
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/objection", objection.as_deref(), 2_000);
        findings.into_result()?;
        let mut facts = self.facts();
        facts["objects"] = json!(objection.is_some());
        let answer = Some(match objection {
            Some(text) => Answer::Objected { at: now, text },
            None => Answer::Accepted { at: now },
        });
        let after = Self { status: IncentiveStatus::Notified { at, answer_until, answer }, ..self.clone() };
        Ok(Change::updated(self, after, ENTRY_ANSWERED, facts))
    }

    /// Confirms it: it counts from now on. A penalty only once the person has answered or the time for it is
    /// over; an objection is answered with a ruling of 1 to 500 characters.
    ///
    /// # Errors
    /// `incentive_entry.proposer_confirms`, `incentive_entry.own`, `incentive_entry.approval_required`,
    /// `incentive_entry.not_notified`, `incentive_entry.answer_open`, `incentive_entry.objection_unanswered`.
    pub fn confirm(
        self,
        approval: Option<Id<Approval>>,
        ruling: Option<String>,
        policy: &IncentivePolicy,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_independent(by)?;
        if approval.is_none() && policy.approved_kinds.contains(&self.incident.kind) {
            return Err(refused(APPROVAL_REQUIRED));
        }
        let objects = self.to_confirm(now)?;
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/ruling", ruling.as_deref(), 500);
        if objects && ruling.is_none() {
            findings.add("/ruling", OBJECTION_UNANSWERED);
        }
        findings.into_result()?;
        let facts = self.facts();
        let confirmation = Confirmation { at: now, by: Some(by.user), approval, ruling };
        let after = Self { status: IncentiveStatus::Confirmed { confirmation }, ..self.clone() };
        Ok(Change::updated(self, after, ENTRY_CONFIRMED, facts))
    }

    /// Goes with a batch of the payroll. One that was countered before goes too, as its counter-entry does.
    ///
    /// # Errors
    /// `incentive_entry.not_confirmed`, also where it went already; a batch without a name.
    pub fn execute(self, batch: String, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/batch", &batch, 60);
        findings.into_result()?;
        let mut facts = self.facts();
        facts["batch"] = json!(batch);
        let execution = Execution { at: now, batch };
        let status = match self.status.clone() {
            IncentiveStatus::Confirmed { confirmation } => {
                IncentiveStatus::Executed { confirmation, execution }
            }
            IncentiveStatus::Reversed { confirmation, execution: None, undone, counter } => {
                IncentiveStatus::Reversed { confirmation, execution: Some(execution), undone, counter }
            }
            _ => return Err(self.wrong_state(ENTRY_NOT_CONFIRMED)),
        };
        let after = Self { status, ..self.clone() };
        Ok(Change::updated(self, after, ENTRY_EXECUTED, facts))
    }

    pub(super) fn facts(&self) -> Value {
        let Self { number, employee, month, amount, .. } = self;
        json!({"number": number, "employee_id": employee, "month": month, "amount": amount})
    }

    pub(super) fn ensure_proposed(&self) -> Result<(), Refusal> {
        match self.status {
            IncentiveStatus::Proposed {} => self.ensure_not_in_approval(),
            _ => Err(self.wrong_state(ENTRY_NOT_PROPOSED)),
        }
    }

    /// Since when and until when somebody may answer.
    pub(super) fn to_answer(&self, by: &Actor, now: Timestamp) -> Result<(Timestamp, Timestamp), Refusal> {
        if !by.is(self.employee) {
            return Err(refused(NOT_YOUR_ENTRY));
        }
        match &self.status {
            IncentiveStatus::Notified { answer: Some(_), .. } => Err(refused(ALREADY_ANSWERED)),
            IncentiveStatus::Notified { answer_until, .. } if *answer_until <= now => {
                Err(refused(ANSWER_TOO_LATE))
            }
            IncentiveStatus::Notified { at, answer_until, .. } => {
                self.ensure_not_in_approval()?;
                Ok((*at, *answer_until))
            }
            _ => Err(self.wrong_state(ENTRY_NOT_NOTIFIED)),
        }
    }

    /// Whether the person objects, of an entry that may be confirmed now.
    pub(super) fn to_confirm(&self, now: Timestamp) -> Result<bool, Refusal> {
        match &self.status {
            // Nobody need wait for a reward.
            IncentiveStatus::Proposed {} if !self.uncapped.is_penalty() => Ok(false),
            IncentiveStatus::Notified { answer_until, answer: None, .. }
                if now < *answer_until && self.uncapped.is_penalty() =>
            {
                Err(refused(ANSWER_OPEN))
            }
            IncentiveStatus::Notified { answer, .. } => Ok(matches!(answer, Some(Answer::Objected { .. }))),
            _ => Err(self.wrong_state(ENTRY_NOT_NOTIFIED)),
        }
    }

    /// Refuses who proposed it, and whom it concerns.
    pub(super) fn ensure_independent(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_ENTRY));
        }
        if self.proposed_by == Some(by.user) {
            return Err(refused(PROPOSER_CONFIRMS));
        }
        Ok(())
    }
}
