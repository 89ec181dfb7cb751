//! Rounds of reviews (评分任务): all that somebody is asked to say as one kind of reviewer in a period. That all of it is given by
//! the last day of the stage is a duty. A round says how much is asked and given, and never about whom: so neither a duty nor
//! its times tell what a single peer said of whom. `[KPI-4, DUT-1a]`

use crate::{
    appraisal_period::{AppraisalPeriod, Stage},
    appraisal_review::ReviewKind,
    spine::{BusinessDate, Change, EmployeeId, Entity, Id, Version},
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The rule that calls for reviews, as shipped.
pub const SHIPPED_REVIEW_RULE: &str = include_str!("review_round/rule.json");

crate::events! { ROUND_EVENTS:
    CALLED = "review_round.called", "已请其评分", "Somebody was asked for reviews";
    WIDENED = "review_round.widened", "评分任务增加", "Somebody was asked for more reviews";
    GIVEN = "review_round.given", "评分任务有进展", "Somebody gave a review";
    DONE = "review_round.done", "评分任务已完成", "Somebody gave all reviews they were asked for";
    CALLED_AGAIN = "review_round.called_again", "评分任务重新打开", "Somebody who had given all was asked for more reviews";
    CLOSED = "review_round.closed", "评分阶段已结束", "The stage of reviews ended before its last day";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[], events: &[ROUND_EVENTS], enums: &[] };

/// All that somebody is asked to say as one kind of reviewer in a period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ReviewRound {
    /// Identity.
    pub id: Id<Self>,
    /// Of which period.
    pub period: Id<AppraisalPeriod>,
    /// By whom.
    pub reviewer: EmployeeId,
    /// As what.
    pub kind: ReviewKind,
    /// How many are asked.
    pub asked: u32,
    /// How many of them were given.
    pub given: u32,
    /// The last day for it.
    pub due_on: Option<BusinessDate>,
    /// Whether the stage ended with some of them not given.
    pub is_closed: bool,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ReviewRound {
    const KIND: &'static str = "review_round";
    /// What reviewers do is nobody's to follow.
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

impl ReviewRound {
    /// Asks somebody for so many reviews.
    pub fn call(self) -> Change<Self> {
        let facts = self.facts();
        Change::created(self, CALLED, facts)
    }

    fn facts(&self) -> Value {
        json!({"due_on": self.due_on})
    }

    /// Whether all is given.
    pub const fn is_done(&self) -> bool {
        self.given >= self.asked
    }

    /// Asks for so many more.
    pub fn widen(self, more: u32) -> Change<Self> {
        let kind = if self.is_done() { CALLED_AGAIN } else { WIDENED };
        let after = Self { asked: self.asked + more, ..self.clone() };
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }

    /// One more was given, for the first time.
    pub fn take(self) -> Change<Self> {
        let after = Self { given: self.given + 1, ..self.clone() };
        let kind = if after.is_done() { DONE } else { GIVEN };
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }

    /// Ends it where its stage ended before its last day had passed: what cannot be given any more is not owed. None where all
    /// is given, the day has passed, or its stage still lasts.
    pub fn close(self, stage: Stage, today: BusinessDate) -> Option<Change<Self>> {
        let is_over = self.kind.stage() < stage;
        let is_early = self.due_on.is_none_or(|due_on| today <= due_on);
        if self.is_closed || self.is_done() || !is_over || !is_early {
            return None;
        }
        let after = Self { is_closed: true, ..self.clone() };
        let facts = after.facts();
        Some(Change::updated(self, after, CLOSED, facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(asked: u32) -> ReviewRound {
        let id = Id::from_uuid(Uuid::from_u128(1));
        let due_on = BusinessDate::from_ymd_opt(2026, 5, 11);
        let period = Id::from_uuid(Uuid::from_u128(2));
        let reviewer = Id::from_uuid(Uuid::from_u128(3));
        let kind = ReviewKind::Peer;
        ReviewRound { id, period, reviewer, kind, asked, given: 0, due_on, is_closed: false, version: 0 }
    }

    fn told(change: &Change<ReviewRound>) -> &'static str {
        change.happened()[0].kind.name
    }

    #[test]
    fn it_is_done_with_the_last_and_owed_again_with_one_more() {
        let one = round(2).take();
        assert_eq!(told(&one), GIVEN.name);
        let all = one.into_after().take();
        assert_eq!(told(&all), DONE.name);
        let more = all.into_after().widen(1);
        assert_eq!(told(&more), CALLED_AGAIN.name);
        assert_eq!(told(&round(2).widen(1)), WIDENED.name);
    }

    #[test]
    fn what_cannot_be_given_any_more_is_not_owed_unless_its_day_had_passed() {
        let day = |n| BusinessDate::from_ymd_opt(2026, 5, n).expect("a day");
        let close = |stage, on| round(2).close(stage, day(on)).is_some();
        assert!(close(Stage::SuperiorReview, 11), "its last day still lasts");
        assert!(!close(Stage::SuperiorReview, 12), "it was late");
        assert!(!close(Stage::PeerReview, 11), "the stage still lasts");
        let done = round(1).take().into_after();
        assert!(done.close(Stage::Calibration, day(11)).is_none());
    }
}
