//! Periods of appraisal (考核期): targets are set, people review, results are calibrated, published, objected
//! to, final.
//! `[KPI-3, KPI-7]`

use crate::{
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, Entity, Finding, Findings, Id, PolicyContent,
        Refusal, RefusalCode, Timestamp, User, Version,
    },
    working_time::Period,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The settings as shipped. `[004 §9]`
pub const SHIPPED_APPRAISAL_SETTINGS: &str = include_str!("appraisal_period/settings.json");
/// The code under which they are kept.
pub const APPRAISAL_SETTINGS_CODE: &str = "appraisal-settings/company";

crate::refusals! { PERIOD_REFUSALS:
    PERIOD_OPEN = "appraisal_period.opened_already", Conflict, "考核期 {period} 已建立", "The period {period} has been opened";
    NOBODY_COVERED = "appraisal_period.nobody_covered", Conflict, "没有考核方案适用于 {period} 的任何在岗员工", "No scheme applies to anybody in {period}";
    WRONG_STAGE = "appraisal_period.wrong_stage", Conflict, "考核期处于“{stage}”阶段，不能进行此操作", "The period is in the stage \"{stage}\"; this cannot be done now";
    NOT_OVER = "appraisal_period.not_over", Conflict, "考核期 {period} 尚未结束，不能计分", "The period {period} is not over, so nothing is scored yet";
    UNSCORED_LEFT = "appraisal_period.unscored_left", Conflict, "还有 {count} 人没有结果，不能公布", "{count} people have no result yet, so nothing is published";
    OBJECTIONS_OPEN = "appraisal_period.objections_open", Conflict, "还有 {count} 项异议未裁定", "{count} objections are not ruled on";
    PASS_UNDER_WAY = "appraisal_period.pass_under_way", Conflict, "系统正在“{pass}”，已处理 {done} 人，完成后再进行此操作", "The period is in the midst of \"{pass}\", {done} people so far; this can be done once that is complete";
    OBJECTION_TIME = "appraisal_period.objection_time", Conflict, "异议期至 {date} 届满，届满前不能定档", "People may object until {date}; nothing is final before";
}

crate::events! { PERIOD_EVENTS:
    OPENED = "appraisal_period.opened", "考核期已建立", "A period of appraisal was opened";
    PASSED = "appraisal_period.passed", "考核批量处理有进展", "People of a period of appraisal were gone through";
    SCORING = "appraisal_period.scoring", "考核开始计分", "The scoring of a period of appraisal began";
    DISTRIBUTED = "appraisal_period.distributed", "已按强制分布调整等级", "The grades of a cohort were distributed";
    ADVANCED = "appraisal_period.advanced", "考核进入下一阶段", "A period of appraisal went to its next stage";
    PUBLISHED = "appraisal_period.published", "考核结果已公布", "The results of a period were published";
    FINALISED = "appraisal_period.finalised", "考核结果已定档", "The results of a period are final";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PERIOD_REFUSALS],
    events: &[PERIOD_EVENTS],
    enums: &[Stage::LABELS, PassKind::LABELS],
};

/// How far a period has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppraisalStage)]
pub enum Stage {
    /// Superiors set targets.
    Targets,
    /// People review themselves.
    SelfReview,
    /// Peers review.
    PeerReview,
    /// Superiors review.
    SuperiorReview,
    /// Results are computed and calibrated.
    Calibration,
    /// Everybody sees their own and may object.
    Published,
    /// Nothing moves any more.
    Final,
}

crate::labels! { Stage = "AppraisalStage":
    Targets = "targets", "目标设定", "Targets";
    SelfReview = "self_review", "自评", "Self-review";
    PeerReview = "peer_review", "同事互评", "Peer review";
    SuperiorReview = "superior_review", "上级评分", "Superior's review";
    Calibration = "calibration", "校准", "Calibration";
    Published = "published", "公布与异议", "Published";
    Final = "final", "已定档", "Final";
}

impl Stage {
    /// Whether it ends behind its last day by itself. To calibrate and publish is decided by people.
    pub const fn ends_by_clock(self) -> bool {
        !matches!(self, Self::Calibration | Self::Final)
    }

    /// The stage that follows.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| *stage > self)
    }
}

/// Working days that a stage lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppraisalStageDays)]
pub struct StageDays {
    /// Setting targets.
    pub targets: u32,
    /// Reviewing oneself.
    pub self_review: u32,
    /// Reviewing peers.
    pub peer_review: u32,
    /// Reviewing people below one.
    pub superior_review: u32,
    /// Calibrating.
    pub calibration: u32,
    /// Objecting, counted from the day after the publication.
    pub objection: u32,
}

/// How appraisals are run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppraisalSettings {
    /// How long stages last.
    pub stage_working_days: StageDays,
    /// Somebody who is away on at least so many calendar days of a period is exempt for them.
    pub long_leave_days: u32,
}

impl PolicyContent for AppraisalSettings {
    const KIND: &'static str = "appraisal-settings";
    const EXAMPLE: &'static str = SHIPPED_APPRAISAL_SETTINGS;
    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let StageDays { targets, self_review, peer_review, superior_review, calibration, objection } =
            self.stage_working_days;
        for (member, days) in [
            ("stage_working_days/targets", targets),
            ("stage_working_days/self_review", self_review),
            ("stage_working_days/peer_review", peer_review),
            ("stage_working_days/superior_review", superior_review),
            ("stage_working_days/calibration", calibration),
            ("stage_working_days/objection", objection),
            ("long_leave_days", self.long_leave_days),
        ] {
            findings.within(format!("/content/{member}"), days, 1..=60);
        }
        findings.into_vec()
    }
}

impl StageDays {
    /// How many a stage has; none where it has no end.
    pub const fn of(self, stage: Stage) -> Option<u32> {
        match stage {
            Stage::Targets => Some(self.targets),
            Stage::SelfReview => Some(self.self_review),
            Stage::PeerReview => Some(self.peer_review),
            Stage::SuperiorReview => Some(self.superior_review),
            Stage::Calibration => Some(self.calibration),
            Stage::Published => Some(self.objection),
            Stage::Final => None,
        }
    }
}

/// A stage that began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StageBegun {
    /// Which.
    pub stage: Stage,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
    /// Its last day.
    pub due_on: Option<BusinessDate>,
}

/// What is done with everybody of a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppraisalPassKind)]
pub enum PassKind {
    /// Who is appraised by what, and who is asked to review: again at each stage, for people come and move.
    Covering,
    /// Results are computed.
    Scoring,
    /// Results become final, and what follows from them follows.
    Finalising,
}

crate::labels! { PassKind = "AppraisalPassKind":
    Covering = "covering", "确定考核人员", "Finding who is appraised";
    Scoring = "scoring", "计分", "Scoring";
    Finalising = "finalising", "定档", "Making results final";
}

/// Everybody of a period is gone through, a few hundred in a unit of work: what is kept is how far it has
/// come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pass {
    /// What is done.
    pub kind: PassKind,
    /// The last employee who was gone through.
    pub behind: Option<Uuid>,
    /// How many were.
    pub done: i64,
}

impl Pass {
    const fn begin(kind: PassKind) -> Self {
        Self { kind, behind: None, done: 0 }
    }
}

/// A period of appraisal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AppraisalPeriod {
    /// Identity.
    pub id: Id<Self>,
    /// Which period.
    pub period: Period,
    /// The stages it came through, at least one: in the last it is.
    pub stages: Vec<StageBegun>,
    /// What is being done with everybody.
    pub pass: Option<Pass>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for AppraisalPeriod {
    const KIND: &'static str = "appraisal_period";
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

/// What has still to be done before a period goes on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Outstanding {
    /// People without a result.
    pub unscored: i64,
    /// Objections without a ruling.
    pub objections: i64,
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("KPI-7"))
}

impl AppraisalPeriod {
    /// Opens a period.
    ///
    /// # Errors
    /// A period that is not of months.
    pub fn open(
        id: Id<Self>,
        period: Period,
        due_on: Option<BusinessDate>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        if period.span().months().is_none() {
            return Err(refused(crate::scheme::NOT_A_PERIOD).at("/period"));
        }
        let stages = vec![StageBegun { stage: Stage::Targets, at: now, by: by.user, due_on }];
        let facts = json!({"period": period});
        let pass = Some(Pass::begin(PassKind::Covering));
        Ok(Change::created(Self { id, period, stages, pass, version: 0 }, OPENED, facts))
    }

    /// The stage it is in.
    pub fn stage(&self) -> Stage {
        self.stages.last().map_or(Stage::Targets, |begun| begun.stage)
    }

    /// The last day of its stage.
    pub fn due_on(&self) -> Option<BusinessDate> {
        self.stages.last().and_then(|begun| begun.due_on)
    }

    /// Refuses in another stage.
    ///
    /// # Errors
    /// `appraisal_period.wrong_stage`.
    pub fn ensure(&self, stage: Stage) -> Result<(), Refusal> {
        if self.stage() == stage {
            return Ok(());
        }
        Err(refused(WRONG_STAGE).with_label("stage", self.stage()))
    }

    /// Refuses while people are gone through.
    ///
    /// # Errors
    /// `appraisal_period.pass_under_way`.
    pub fn ensure_at_rest(&self) -> Result<(), Refusal> {
        match self.pass {
            None => Ok(()),
            Some(pass) => Err(refused(PASS_UNDER_WAY).with_label("pass", pass.kind).with("done", pass.done)),
        }
    }

    /// Whether it may be scored.
    ///
    /// # Errors
    /// `appraisal_period.wrong_stage`, `appraisal_period.not_over`, `appraisal_period.pass_under_way`.
    pub fn may_score(&self, today: BusinessDate) -> Result<(), Refusal> {
        self.ensure(Stage::Calibration)?;
        if self.period.last() >= today {
            return Err(refused(NOT_OVER).with("period", self.period.to_string()));
        }
        self.ensure_at_rest()
    }

    /// Begins to score everybody who has no result yet.
    ///
    /// # Errors
    /// As [`Self::may_score`].
    pub fn score(self, today: BusinessDate) -> Result<Change<Self>, Refusal> {
        self.may_score(today)?;
        let after = Self { pass: Some(Pass::begin(PassKind::Scoring)), ..self.clone() };
        let facts = json!({"period": self.period});
        Ok(Change::updated(self, after, SCORING, facts))
    }

    /// The grades of a cohort were distributed: of so many people they are others now.
    pub fn distributed(self, department: DepartmentId, scheme: &str, changed: usize) -> Change<Self> {
        let facts = json!({"period": self.period, "department_id": department, "scheme": scheme,
            "changed": changed});
        Change::updated(self.clone(), self, DISTRIBUTED, facts)
    }

    /// Some more people were gone through, the last of them `behind`; nobody is left where that is none.
    pub fn went_on(self, behind: Option<Uuid>, done: i64) -> Change<Self> {
        let mut after = self.clone();
        after.pass = match (self.pass, behind) {
            (Some(pass), Some(_)) => Some(Pass { behind, done: pass.done + done, ..pass }),
            _ => None,
        };
        let facts = json!({"period": self.period, "is_complete": after.pass.is_none()});
        Change::updated(self, after, PASSED, facts)
    }

    /// Whether it may go on to its next stage, and which that is.
    ///
    /// # Errors
    /// `appraisal_period.wrong_stage` of one that is final; `appraisal_period.pass_under_way`; what is still
    /// to be done before.
    pub fn may_advance(&self, outstanding: Outstanding, today: BusinessDate) -> Result<Stage, Refusal> {
        let next =
            self.stage().next().ok_or_else(|| refused(WRONG_STAGE).with_label("stage", self.stage()))?;
        self.ensure_at_rest()?;
        if next == Stage::Published && outstanding.unscored > 0 {
            return Err(refused(UNSCORED_LEFT).with("count", outstanding.unscored));
        }
        if next == Stage::Final {
            if outstanding.objections > 0 {
                return Err(refused(OBJECTIONS_OPEN).with("count", outstanding.objections));
            }
            if let Some(due_on) = self.due_on().filter(|due_on| *due_on >= today) {
                return Err(refused(OBJECTION_TIME).with("date", due_on.to_string()));
            }
        }
        Ok(next)
    }

    /// Goes on to its next stage, which ends on a day.
    ///
    /// # Errors
    /// As [`Self::may_advance`].
    pub fn advance(
        self,
        outstanding: Outstanding,
        due_on: Option<BusinessDate>,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let stage = self.may_advance(outstanding, today)?;
        let mut after = self.clone();
        after.stages.push(StageBegun { stage, at: now, by: by.user, due_on });
        after.pass = match stage {
            Stage::Targets | Stage::SelfReview | Stage::PeerReview | Stage::SuperiorReview => {
                Some(Pass::begin(PassKind::Covering))
            }
            Stage::Calibration | Stage::Published => None,
            Stage::Final => Some(Pass::begin(PassKind::Finalising)),
        };
        let kind = match stage {
            Stage::Published => PUBLISHED,
            Stage::Final => FINALISED,
            _ => ADVANCED,
        };
        let facts = json!({"period": self.period, "stage": stage, "due_on": due_on});
        Ok(Change::updated(self, after, kind, facts))
    }
}
