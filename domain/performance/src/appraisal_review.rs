//! Reviews (评分): one's own, the superior's, those of peers. What peers say is anonymous to the person, and to
//! everybody else: a review is read by who gives it, and the feed tells nothing of it. `[KPI-4]`

use crate::{
    appraisal::Appraisal,
    appraisal_period::{AppraisalPeriod, Stage},
    spine::{
        Actor, Change, Citation, EmployeeId, Entity, Findings, Id, Refusal, Timestamp, Version, codes,
        wording,
    },
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { REVIEW_REFUSALS:
    NOT_NOW = "appraisal_review.not_now", Conflict, "现处于“{stage}”阶段，不能提交“{kind}”", "The period is in the stage \"{stage}\": a review of the kind \"{kind}\" is not given now";
    PEER_COMMENT = "appraisal_review.peer_comment", Invalid, "互评只打分，不写评语，以免暴露身份", "Peers give a score and no words, so that nobody is known by them";
    NOT_REVIEWER = "appraisal_review.not_reviewer", Forbidden, "只有指定的评分人可以评分", "Only who was asked for a review gives it";
}

crate::events! { REVIEW_EVENTS:
    ASKED = "appraisal_review.asked", "已指定评分人", "Somebody was asked for a review";
    GIVEN = "appraisal_review.given", "评分已提交", "A review was given";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[REVIEW_REFUSALS],
    events: &[REVIEW_EVENTS],
    enums: &[ReviewKind::LABELS],
};

/// Who reviews.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppraisalReviewKind)]
pub enum ReviewKind {
    /// The person.
    Own,
    /// A peer.
    Peer,
    /// The superior.
    Superior,
}

crate::labels! { ReviewKind = "AppraisalReviewKind":
    Own = "own", "自评", "Self-review";
    Peer = "peer", "同事互评", "Peer review";
    Superior = "superior", "上级评分", "Superior's review";
}

impl ReviewKind {
    /// The stage in which it is given.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Own => Stage::SelfReview,
            Self::Peer => Stage::PeerReview,
            Self::Superior => Stage::SuperiorReview,
        }
    }
}

/// What is said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Given {
    /// 0 to 100, at most two decimal places.
    pub score: Decimal,
    /// In words; up to 2,000 characters.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A review that somebody is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppraisalReview {
    /// Identity.
    pub id: Id<Self>,
    /// Of which appraisal.
    pub appraisal: Id<Appraisal>,
    /// Of which period.
    pub period: Id<AppraisalPeriod>,
    /// About whom.
    pub employee: EmployeeId,
    /// By whom.
    pub reviewer: EmployeeId,
    /// As what.
    pub kind: ReviewKind,
    /// Of a superior, the days of the period for which they were it.
    pub days: u32,
    /// What was said.
    pub given: Option<Given>,
    /// Counts its states.
    pub version: Version,
}

/// What the audit keeps of a review: of a peer's that there is one and whether it was given; neither about whom, nor by whom,
/// nor what. Whoever reads the trail learns no more of it than anybody else.
#[derive(Serialize)]
struct Audited<'a> {
    id: Id<AppraisalReview>,
    period: Id<AppraisalPeriod>,
    kind: ReviewKind,
    appraisal: Option<Id<Appraisal>>,
    employee: Option<EmployeeId>,
    reviewer: Option<EmployeeId>,
    days: u32,
    is_given: bool,
    given: Option<&'a Given>,
    version: Version,
}

impl Serialize for AppraisalReview {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, appraisal, period, employee, reviewer, kind, days, given, version } = self;
        let is_told = *kind != ReviewKind::Peer;
        let audited = Audited {
            id: *id,
            period: *period,
            kind: *kind,
            appraisal: is_told.then_some(*appraisal),
            employee: is_told.then_some(*employee),
            reviewer: is_told.then_some(*reviewer),
            days: *days,
            is_given: given.is_some(),
            given: given.as_ref().filter(|_| is_told),
            version: *version,
        };
        audited.serialize(serializer)
    }
}

impl Entity for AppraisalReview {
    const KIND: &'static str = "appraisal_review";
    /// Times and ids in the feed would tell who said what.
    const IS_PUBLISHED: bool = false;
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

impl AppraisalReview {
    /// Asks for it.
    pub fn ask(self) -> Change<Self> {
        Change::created(self, ASKED, json!({}))
    }

    /// Whether a caller may give it now. What a result waits for may also be given while results are
    /// calibrated:
    /// `is_awaited` says so.
    ///
    /// # Errors
    /// `appraisal_review.not_reviewer`, `appraisal_review.not_now`.
    pub fn may_give(&self, stage: Stage, is_awaited: bool, by: &Actor) -> Result<(), Refusal> {
        let refused = |code| Refusal::new(code).citing(Citation::rule("KPI-4"));
        if !by.is(self.reviewer) {
            return Err(refused(NOT_REVIEWER));
        }
        let is_late = is_awaited && self.given.is_none() && stage == Stage::Calibration;
        if stage != self.kind.stage() && !is_late {
            return Err(refused(NOT_NOW).with_label("stage", stage).with_label("kind", self.kind));
        }
        Ok(())
    }

    /// Gives it, or gives another as long as the stage lasts.
    ///
    /// # Errors
    /// As [`Self::may_give`]; a score or comment that is not well formed; a comment of a peer.
    pub fn give(
        self,
        score: Decimal,
        comment: Option<String>,
        (stage, is_awaited): (Stage, bool),
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_give(stage, is_awaited, by)?;
        let mut findings = Findings::new();
        let within =
            (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&score) && score.normalize().scale() <= 2;
        if !within {
            findings.add_with("/score", codes::OUT_OF_RANGE, [("min", json!(0)), ("max", json!(100))]);
        }
        wording::check_optional(&mut findings, "/comment", comment.as_deref(), 2_000);
        if self.kind == ReviewKind::Peer && comment.is_some() {
            findings.add("/comment", PEER_COMMENT);
        }
        findings.into_result()?;
        let after = Self { given: Some(Given { score, comment, at: now }), ..self.clone() };
        Ok(Change::updated(self, after, GIVEN, json!({})))
    }
}
