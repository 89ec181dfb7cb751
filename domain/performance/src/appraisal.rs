//! Appraisals (考核): one person's sheet of a period. Targets, frozen values, the computation line by line,
//! calibration, objection; after it is final nothing moves, and what is opened again is a revision of its
//! own. `[KPI-4 … KPI-7]`

/// What may be done with an appraisal now, and if not why. `[ACT-1]`
mod actions;
/// Results are changed by hand, each change with its reason.
mod calibrate;
/// Somebody is exempt by decision.
mod exempt;
/// The computation in words.
mod explained;
/// What was measured, and from what; kept for good.
mod frozen;
/// The person objects, somebody rules.
mod objection;
/// The stretches of a period in which somebody was measured alike.
mod parts;
/// What is final is opened again, by two people, as a revision.
mod reopen;
/// From what is frozen and said to a result.
mod score;
/// What a person is to reach.
mod targets;

pub use actions::AppraisalAction;
pub use calibrate::{Calibration, CalibrationKind, Recalibrated, Verdict};
pub use exempt::Exemption;
pub use explained::{Named, Said};
pub use frozen::{Adjustment, Frozen, FrozenPoints, FrozenValue};
pub use objection::{Objection, Ruling};
pub use parts::{PartRules, Stay, parts};
pub use reopen::Reopening;
pub use score::{DirectionOf, SchemeOfPart, Scored};

use crate::{
    appraisal_period::AppraisalPeriod,
    scoring::{Computation, Target, YearSum},
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Id, Policy, Refusal,
        RefusalCode, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { APPRAISAL_REFUSALS:
    APPRAISAL_WRONG_STATE = "appraisal.wrong_state", Conflict, "该考核当前为“{state}”，不能进行此操作", "The appraisal is \"{state}\"; this cannot be done now";
    TARGET_UNKNOWN = "appraisal.target_unknown", Invalid, "该考核的方案中没有指标“{indicator}”，或其不设目标", "The scheme has no indicator \"{indicator}\", or it takes no target";
    TARGET_NEGATIVE = "appraisal.target_negative", Invalid, "目标不能小于零", "A target is not less than nothing";
    NOT_SUPERIOR = "appraisal.not_superior", Forbidden, "只有其上级或考核管理人员可以设定目标", "Only a superior, or who manages appraisals, sets targets";
    OWN_APPRAISAL = "appraisal.own", Forbidden, "不能处理本人的考核", "Nobody decides about their own appraisal";
    COHORT_TOO_SMALL = "appraisal.cohort_too_small", Conflict, "该群体只有 {size} 人，少于 {least} 人不适用强制分布；可逐人校准", "The cohort has {size} people; forced distribution needs {least}. Single changes remain possible";
    NO_DISTRIBUTION = "appraisal.no_distribution", Conflict, "考核方案没有设定强制分布", "The scheme knows no forced distribution";
    NOTHING_CHANGES = "appraisal.nothing_changes", Invalid, "结果和等级都没有变化", "Neither result nor grade changes";
    APPRAISAL_GRADE_UNKNOWN = "appraisal.grade_unknown", Invalid, "考核方案中没有等级“{grade}”", "The scheme has no grade \"{grade}\"";
    OBJECTION_LATE = "appraisal.objection_late", Conflict, "异议期已于 {date} 届满", "The time to object ended on {date}";
    OBJECTED_ALREADY = "appraisal.objected_already", Conflict, "已对本次结果提出过异议", "There is an objection to this result already";
    NOTHING_OBJECTED = "appraisal.nothing_objected", Conflict, "没有待裁定的异议", "There is no objection to rule on";
    NOT_PERSON = "appraisal.not_person", Forbidden, "只有被考核人本人可以提出异议", "Only the person objects";
    RULER_IS_SUPERIOR = "appraisal.ruler_is_superior", Forbidden, "评分的上级不能裁定该异议，须由他人裁定", "The superior who gave a score does not rule on the objection; somebody else does";
    APPROVES_OWN = "appraisal.approves_own_reopening", Forbidden, "提出重新打开的人不能批准，须由另一人批准", "Who asks to open it again does not approve it; somebody else does";
    REOPENED_ALREADY = "appraisal.reopened_already", Conflict, "该考核已有后续修订", "There is a later revision of the appraisal";
}

crate::events! { APPRAISAL_EVENTS:
    OPENED = "appraisal.opened", "考核表已建立", "An appraisal was opened";
    TARGETS_SET = "appraisal.targets_set", "考核目标已设定", "Targets of an appraisal were set";
    SCORED = "appraisal.scored", "考核已计分", "An appraisal was scored";
    BLOCKED = "appraisal.blocked", "考核缺少评分或数据，未能计分", "An appraisal could not be scored: a review or a value is missing";
    EXEMPTED = "appraisal.exempted", "免予考核", "Somebody was exempted from an appraisal";
    COVERED = "appraisal.covered", "考核适用方案已更新", "By what somebody is appraised was brought up to date";
    CALIBRATED = "appraisal.calibrated", "考核结果已校准", "The result of an appraisal was calibrated";
    OBJECTED = "appraisal.objected", "被考核人提出异议", "Somebody objected to the result of their appraisal";
    RULED = "appraisal.ruled", "异议已裁定", "An objection was ruled on";
    FINAL = "appraisal.final", "考核结果已定档", "The result of an appraisal is final";
    REOPENING_ASKED = "appraisal.reopening_asked", "申请重新打开考核", "Somebody asked to open an appraisal again";
    REOPENED = "appraisal.reopened", "考核已重新打开", "An appraisal was opened again, as a revision";
    REOPENING_REFUSED = "appraisal.reopening_refused", "重新打开未获批准", "An appraisal is not opened again";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[APPRAISAL_REFUSALS],
    events: &[APPRAISAL_EVENTS],
    enums: &[AppraisalState::LABELS, AppraisalAction::LABELS, CalibrationKind::LABELS, Unscorable::LABELS],
};

/// Where an appraisal stands; how far its period has come says the rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppraisalStatus)]
pub enum AppraisalState {
    /// Not scored yet.
    Open,
    /// Could not be scored: something is missing.
    Blocked,
    /// Has a result.
    Scored,
    /// Is not scored: away, or here too short.
    Exempt,
    /// Nothing moves any more.
    Final,
    /// A revision that somebody else has still to agree to.
    ReopeningAsked,
    /// A revision that nobody agreed to.
    ReopeningRefused,
    /// A revision that is being worked on.
    Reopened,
}

crate::labels! { AppraisalState = "AppraisalStatus":
    Open = "open", "进行中", "Open";
    Blocked = "blocked", "缺少数据", "Blocked";
    Scored = "scored", "已计分", "Scored";
    Exempt = "exempt", "免考核", "Exempt";
    Final = "final", "已定档", "Final";
    ReopeningAsked = "reopening_asked", "待批准重新打开", "Reopening asked for";
    ReopeningRefused = "reopening_refused", "未批准重新打开", "Reopening refused";
    Reopened = "reopened", "已重新打开", "Reopened";
}

/// Why an appraisal, or a part of one, is not scored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppraisalUnscorable)]
pub enum Unscorable {
    /// No scheme applies to the position.
    NoScheme,
    /// Too few working days.
    TooShort,
    /// Away for long.
    LongLeave,
    /// A review is missing, and the scheme waits for it.
    ReviewMissing,
    /// A value is missing, and the scheme waits for it.
    ValueMissing,
    /// Neither indicators nor reviews apply.
    NothingApplies,
    /// Somebody decided so.
    Decided,
}

crate::labels! { Unscorable = "AppraisalUnscorable":
    NoScheme = "no_scheme", "岗位没有考核方案", "No scheme for the position";
    TooShort = "too_short", "在岗工作日不足", "Too few working days";
    LongLeave = "long_leave", "长期请假", "Long leave";
    ReviewMissing = "review_missing", "缺少评分", "A review is missing";
    ValueMissing = "value_missing", "缺少指标数据", "A value is missing";
    NothingApplies = "nothing_applies", "没有可计分的内容", "Nothing applies";
    Decided = "decided", "经决定免予考核", "Exempt by decision";
}

/// A scheme by its version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SchemeReference {
    /// The id of the version.
    pub id: Id<Policy>,
    /// The code of the policy.
    pub code: String,
    /// The number of the version.
    pub number: i32,
    /// The clause it enforces.
    pub clause: String,
}

impl SchemeReference {
    /// What a decision by it rests on.
    pub fn cite(&self, rule: &str) -> Citation {
        Citation::clause(rule, &self.clause).by_policy(&self.code, self.number)
    }
}

/// A stretch of the period in which position, department and superior were the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SheetPart {
    /// Its first day.
    pub from: BusinessDate,
    /// Its last day.
    pub until: BusinessDate,
    /// The department.
    pub department: DepartmentId,
    /// The code of the position.
    pub position: Option<String>,
    /// The superior.
    pub superior: Option<EmployeeId>,
    /// The scheme that applies.
    pub scheme: Option<SchemeReference>,
    /// Its calendar days, less those that are exempt.
    pub days: u32,
    /// Its working days, less those that are exempt.
    pub working_days: u32,
    /// Why it is not scored.
    pub unscored: Option<Unscorable>,
}

/// A target that a person was set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetTarget {
    /// The part, from 1.
    pub part: usize,
    /// The code of the indicator.
    pub indicator: String,
    /// The target for the whole period; none where there is to be none.
    pub target: Option<Target>,
}

/// What an appraisal is opened with.
#[derive(Clone, Debug)]
pub struct NewAppraisal {
    /// Identity.
    pub id: Id<Appraisal>,
    /// Of which period.
    pub period: Id<AppraisalPeriod>,
    /// Of whom.
    pub employee: EmployeeId,
    /// The parts, at least one, in order of time.
    pub parts: Vec<SheetPart>,
}

/// One person's appraisal of a period.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Appraisal {
    /// Identity.
    pub id: Id<Self>,
    /// Of which period.
    pub period: Id<AppraisalPeriod>,
    /// Of whom.
    pub employee: EmployeeId,
    /// Where they work at the end of the period.
    pub department: DepartmentId,
    /// The scheme at the end of the period, which says how reviews, result and grade come about.
    pub scheme: Option<SchemeReference>,
    /// The parts of the period.
    pub parts: Vec<SheetPart>,
    /// What was set apart from the scheme.
    pub targets: Vec<SetTarget>,
    /// What was measured.
    pub frozen: Option<Frozen>,
    /// How the result came about.
    pub computation: Option<Computation>,
    /// How that of a year came about.
    pub year: Option<YearSum>,
    /// What it comes to now.
    pub verdict: Option<Verdict>,
    /// How it was changed by hand.
    pub calibrations: Vec<Calibration>,
    /// What the person says against it.
    pub objection: Option<Objection>,
    /// Why it is not scored.
    pub unscored: Option<Unscorable>,
    /// Who decided that it is not, and why.
    pub exemption: Option<Exemption>,
    /// Where it stands.
    pub state: AppraisalState,
    /// From 1; more where it was opened again.
    pub revision: i32,
    /// The revision before, and why there is another.
    pub reopening: Option<Reopening>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Appraisal {
    const KIND: &'static str = "appraisal";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("KPI-7"))
}

impl Appraisal {
    /// Opens the appraisal of a person; exempt where none of its parts is scored.
    pub fn open(new: NewAppraisal) -> Change<Self> {
        let NewAppraisal { id, period, employee, parts } = new;
        let mut appraisal = Self {
            id,
            period,
            employee,
            department: Id::from_uuid(Uuid::nil()),
            scheme: None,
            parts: Vec::new(),
            targets: Vec::new(),
            frozen: None,
            computation: None,
            year: None,
            verdict: None,
            calibrations: Vec::new(),
            objection: None,
            unscored: None,
            exemption: None,
            state: AppraisalState::Open,
            revision: 1,
            reopening: None,
            version: 0,
        };
        appraisal.lay_out(parts);
        let facts = appraisal.facts();
        Change::created(appraisal, OPENED, facts)
    }

    /// Takes parts, and what follows from the last of them that is scored.
    fn lay_out(&mut self, parts: Vec<SheetPart>) {
        let scored = parts.iter().rev().find(|part| part.unscored.is_none());
        let last = scored.or(parts.last());
        self.unscored = match scored {
            Some(_) => None,
            None => Some(last.and_then(|part| part.unscored).unwrap_or(Unscorable::NoScheme)),
        };
        self.state = if self.unscored.is_some() { AppraisalState::Exempt } else { AppraisalState::Open };
        if let Some(last) = last {
            self.department = last.department;
            self.scheme = last.scheme.clone();
        }
        self.parts = parts;
    }

    /// What its events tell; no result, which is the person's.
    fn facts(&self) -> serde_json::Value {
        json!({"appraisal_period_id": self.period, "employee_id": self.employee, "state": self.state,
            "revision": self.revision})
    }

    fn moved(self, after: Self, kind: &'static crate::spine::EventKind) -> Change<Self> {
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }

    fn ensure(&self, allowed: &[AppraisalState]) -> Result<(), Refusal> {
        if allowed.contains(&self.state) {
            return Ok(());
        }
        Err(refused(APPRAISAL_WRONG_STATE).with_label("state", self.state))
    }

    /// Whether somebody is a superior of a part.
    pub fn is_superior(&self, by: &Actor) -> bool {
        self.parts.iter().filter_map(|part| part.superior).any(|superior| by.is(superior))
    }

    /// Ends it: nothing moves any more. What is exempt stays so.
    ///
    /// # Errors
    /// `appraisal.wrong_state`.
    pub fn finalise(self) -> Result<Change<Self>, Refusal> {
        self.ensure(&[AppraisalState::Scored])?;
        let after = Self { state: AppraisalState::Final, ..self.clone() };
        Ok(self.moved(after, FINAL))
    }
}

#[cfg(test)]
mod tests;
