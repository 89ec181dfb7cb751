//! The person objects within the days that the settings say; somebody rules who is neither the person nor a
//! superior who gave a score. `[KPI-7]`

use super::{
    Appraisal, AppraisalState, CalibrationKind, NOT_PERSON, NOTHING_OBJECTED, OBJECTED, OBJECTED_ALREADY,
    OBJECTION_LATE, OWN_APPRAISAL, RULED, RULER_IS_SUPERIOR, Recalibrated, refused,
};
use crate::{
    approval::check_reason,
    scheme::Scheme,
    spine::{Actor, BusinessDate, Change, Findings, Id, Refusal, Timestamp, User, wording},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What the person says against a result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Objection {
    /// What: 1 to 2,000 characters.
    pub grounds: String,
    /// When.
    pub at: Timestamp,
    /// What was said to it.
    pub ruling: Option<Ruling>,
}

/// A ruling on an objection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ruling {
    /// Whether the result was changed.
    pub upheld: bool,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// By whom.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

impl Appraisal {
    /// Whether a caller may object now; `until` is the last day for it.
    ///
    /// # Errors
    /// `appraisal.not_person`, `appraisal.objected_already`, `appraisal.objection_late`,
    /// `appraisal.wrong_state`.
    pub fn may_object(&self, until: BusinessDate, by: &Actor, today: BusinessDate) -> Result<(), Refusal> {
        if !by.is(self.employee) {
            return Err(refused(NOT_PERSON));
        }
        self.ensure(&[AppraisalState::Scored])?;
        if self.objection.is_some() {
            return Err(refused(OBJECTED_ALREADY));
        }
        if today > until {
            return Err(refused(OBJECTION_LATE).with("date", until.to_string()));
        }
        Ok(())
    }

    /// Objects.
    ///
    /// # Errors
    /// As [`Self::may_object`]; grounds that are not well formed.
    pub fn object(
        self,
        grounds: String,
        until: BusinessDate,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_object(until, by, today)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/grounds", &grounds, 2_000);
        findings.into_result()?;
        let objection = Some(Objection { grounds, at: now, ruling: None });
        let after = Self { objection, ..self.clone() };
        Ok(self.moved(after, OBJECTED))
    }

    /// Whether a caller may rule on the objection.
    ///
    /// # Errors
    /// `appraisal.own`, `appraisal.ruler_is_superior`, `appraisal.nothing_objected`, `appraisal.wrong_state`.
    pub fn may_rule(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_APPRAISAL));
        }
        if self.is_superior(by) {
            return Err(refused(RULER_IS_SUPERIOR));
        }
        self.ensure(&[AppraisalState::Scored])?;
        match &self.objection {
            Some(Objection { ruling: None, .. }) => Ok(()),
            _ => Err(refused(NOTHING_OBJECTED)),
        }
    }

    /// Rules on the objection: with another result it is upheld, without one it is not.
    ///
    /// # Errors
    /// As [`Self::may_rule`] and [`Self::calibrate`].
    pub fn rule(
        self,
        result: Option<Decimal>,
        reason: String,
        scheme: &Scheme,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_rule(by)?;
        check_reason(&reason)?;
        let mut after = self.clone();
        if result.is_some() {
            let to = Recalibrated { result, grade: None, reason: reason.clone() };
            after = after.recalibrated(to, CalibrationKind::Ruling, scheme, by, now)?;
        }
        if let Some(objection) = &mut after.objection {
            objection.ruling = Some(Ruling { upheld: result.is_some(), reason, by: by.user, at: now });
        }
        Ok(self.moved(after, RULED))
    }
}
