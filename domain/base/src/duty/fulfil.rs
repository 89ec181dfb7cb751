//! A duty is done: by the record its rule names, or by hand with evidence. `[DUT-1a, DUT-2j]`

use super::actions::Line;
use super::rule::{FulfilledBy, MANUAL};
use super::{
    DUTY_FULFILLED, DUTY_NOT_REPORTED, DUTY_REPORTED, DUTY_RETURNED, Duty, DutySettings, DutyStatus,
    EVIDENCE_REQUIRED, NOT_RESPONSIBLE, OCCASION_RULE, OTHER_OCCASION, OTHER_SOURCE, OWN_CONFIRMATION,
    Occasion, Proof, SUPERIOR_RULE, UndoneBy, refused,
};
use crate::{
    approval::check_reason,
    file::File,
    spine::{Change, Findings, Id, Refusal, Timestamp, wording},
    working_time::WorkingTime,
};
use serde_json::json;

impl Duty {
    /// Is fulfilled by a record of the source its rule names, filed for an occasion. The instant at which the
    /// server received it decides how timely it is; filed again in time after another returned it, the first
    /// does.
    ///
    /// # Errors
    /// `duty.other_occasion`, `duty.other_source`, `duty.settled`.
    pub fn fulfil(
        self,
        proof: Proof,
        filed_for: Occasion,
        rule: &FulfilledBy,
    ) -> Result<Change<Self>, Refusal> {
        if filed_for != self.occasion {
            return Err(refused(OTHER_OCCASION, OCCASION_RULE));
        }
        if proof.source != rule.source || proof.source == MANUAL {
            return Err(refused(OTHER_SOURCE, "DUT-1a"));
        }
        self.ensure_pending(proof.received)?;
        let proof = self.counted(proof);
        Ok(self.done(proof))
    }

    /// Is reported done by who is responsible, with a note of up to 2000 characters or files as evidence;
    /// fulfilled at once unless the rule wants it confirmed.
    ///
    /// # Errors
    /// `duty.other_source`, `duty.not_responsible`, `duty.settled`, `duty.evidence_required`; a note that is
    /// too long.
    pub fn report(
        self,
        note: Option<String>,
        files: Vec<Id<File>>,
        rule: &FulfilledBy,
        line: Line<'_>,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        if rule.source != MANUAL {
            return Err(refused(OTHER_SOURCE, "DUT-1a"));
        }
        self.ensure_responsible(line)?;
        self.ensure_pending(now)?;
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/note", note.as_deref(), 2_000);
        if note.is_none() && files.is_empty() {
            findings.add("/files", EVIDENCE_REQUIRED);
        }
        findings.into_result()?;
        let by = Some(line.by.user);
        let (source, record, confirmed) = (MANUAL.to_owned(), None, None);
        let proof = Proof { source, record, note, files, by, received: now, counted: now, confirmed };
        let proof = self.counted(proof);
        if !rule.is_confirmed {
            return Ok(self.done(proof));
        }
        let facts = json!({"rule": self.rule.code, "occasion": self.occasion});
        let after = Self { status: DutyStatus::Reported { proof }, ..self.clone() };
        Ok(Change::updated(self, after, DUTY_REPORTED, facts))
    }

    /// Confirms what was reported: a superior did not do it themselves.
    ///
    /// # Errors
    /// `duty.not_reported`, `duty.not_superior`, `duty.own`, `duty.own_confirmation`.
    pub fn confirm(self, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let proof = self.to_confirm(line, now)?.clone();
        let proof = Proof { confirmed: Some((line.by.user, now)), ..proof };
        Ok(self.done(proof))
    }

    /// Returns what was reported: it does not do. Reported again in time, it counts from the first instant.
    ///
    /// # Errors
    /// As [`Duty::confirm`]; a reason that is missing or longer than 500 characters.
    pub fn return_report(
        self,
        reason: String,
        line: Line<'_>,
        now: Timestamp,
        settings: &DutySettings,
        time: WorkingTime<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let undone = UndoneBy::by_another(self.to_confirm(line, now)?, now, settings, time);
        check_reason(&reason)?;
        let facts = json!({"rule": self.rule.code, "occasion": self.occasion, "reason": reason});
        let after = Self { status: DutyStatus::Pending {}, undone: Some(undone), ..self.clone() };
        Ok(Change::updated(self, after, DUTY_RETURNED, facts))
    }

    /// Refuses who is not responsible.
    pub(super) fn ensure_responsible(&self, line: Line<'_>) -> Result<(), Refusal> {
        if self.responsible().is_some_and(|responsible| line.by.is(responsible)) {
            return Ok(());
        }
        Err(refused(NOT_RESPONSIBLE, SUPERIOR_RULE))
    }

    /// What waits for confirmation by somebody.
    pub(super) fn to_confirm(&self, line: Line<'_>, now: Timestamp) -> Result<&Proof, Refusal> {
        let DutyStatus::Reported { proof } = &self.status else {
            return Err(refused(DUTY_NOT_REPORTED, SUPERIOR_RULE).with_label("state", self.state(now)));
        };
        self.ensure_superior(line)?;
        if proof.by == Some(line.by.user) {
            return Err(refused(OWN_CONFIRMATION, SUPERIOR_RULE));
        }
        Ok(proof)
    }

    fn counted(&self, proof: Proof) -> Proof {
        let counted = self.undone.map_or(proof.received, |undone| undone.counts_from(proof.received));
        Proof { counted, ..proof }
    }

    fn done(self, proof: Proof) -> Change<Self> {
        let timeliness = self.timeliness(proof.counted);
        let facts = json!({
            "rule": self.rule.code, "occasion": self.occasion, "record": proof.record,
            "timeliness": timeliness.code(),
        });
        let after = Self { status: DutyStatus::Fulfilled { proof }, ..self.clone() };
        Change::updated(self, after, DUTY_FULFILLED, facts)
    }
}
