//! Results are calibrated by hand: one by one with a reason, or a cohort by its forced distribution. Every
//! change keeps what was, what is, why and by whom. `[KPI-6, KPI-7]`

use super::{
    APPRAISAL_GRADE_UNKNOWN, Appraisal, AppraisalState, CALIBRATED, NOTHING_CHANGES, OWN_APPRAISAL, refused,
};
use crate::{
    approval::check_reason,
    scheme::Scheme,
    scoring::rounded,
    spine::{Actor, Change, Id, Refusal, Timestamp, User},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an appraisal comes to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// The result, two places.
    pub result: Decimal,
    /// The code of the grade.
    pub grade: String,
}

/// How a result came to be changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CalibrationKind)]
pub enum CalibrationKind {
    /// One by one.
    Single,
    /// By the forced distribution of a cohort.
    Distribution,
    /// By the ruling on an objection.
    Ruling,
    /// In a revision.
    Revision,
}

crate::labels! { CalibrationKind = "CalibrationKind":
    Single = "single", "逐人校准", "Single";
    Distribution = "distribution", "强制分布", "Forced distribution";
    Ruling = "ruling", "异议裁定", "Ruling on an objection";
    Revision = "revision", "修订", "Revision";
}

/// A change of a result by hand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Calibration {
    /// How.
    pub kind: CalibrationKind,
    /// What it was.
    pub old: Verdict,
    /// What it is.
    pub new: Verdict,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

/// What a result is changed to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recalibrated {
    /// Another result; its grade follows where none is said.
    pub result: Option<Decimal>,
    /// Another grade.
    pub grade: Option<String>,
    /// Why.
    pub reason: String,
}

impl Appraisal {
    /// Whether a caller may calibrate it: not their own, and only while it has a result that may still move.
    ///
    /// # Errors
    /// `appraisal.own`, `appraisal.wrong_state`.
    pub fn may_calibrate(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_APPRAISAL));
        }
        self.ensure(&[AppraisalState::Scored, AppraisalState::Reopened])
    }

    /// Changes the result or the grade.
    ///
    /// # Errors
    /// As [`Self::may_calibrate`]; `appraisal.nothing_changes`, `appraisal.grade_unknown`; a reason that is
    /// missing or too long.
    pub fn calibrate(
        self,
        to: Recalibrated,
        kind: CalibrationKind,
        scheme: &Scheme,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_calibrate(by)?;
        let after = self.clone().recalibrated(to, kind, scheme, by, now)?;
        Ok(self.moved(after, CALIBRATED))
    }

    pub(super) fn recalibrated(
        self,
        to: Recalibrated,
        kind: CalibrationKind,
        scheme: &Scheme,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let Recalibrated { result, grade, reason } = to;
        check_reason(&reason)?;
        let old = self.verdict.clone().ok_or_else(|| refused(NOTHING_CHANGES))?;
        let result = match result {
            None => old.result,
            Some(result) => rounded(result.max(scheme.result.floor).min(scheme.result.cap)),
        };
        let grade = match grade {
            Some(grade) if scheme.place(&grade).is_none() => {
                return Err(refused(APPRAISAL_GRADE_UNKNOWN).with("grade", grade).at("/grade"));
            }
            Some(grade) => grade,
            None => scheme.grade(result).map(|grade| grade.code.clone()).unwrap_or_default(),
        };
        let new = Verdict { result, grade };
        if new == old {
            return Err(refused(NOTHING_CHANGES));
        }
        let mut after = self;
        after.calibrations.push(Calibration { kind, old, new: new.clone(), reason, by: by.user, at: now });
        after.verdict = Some(new);
        Ok(after)
    }
}
