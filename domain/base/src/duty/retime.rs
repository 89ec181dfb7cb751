//! The due of a duty moves: by leave, an outage, an easier rule, another calendar.
//! `[DUT-2e, DUT-2i]`

use super::{DUTY_RETIMED, Duty, DutyRule, DutySettings, DutyState, Occasion, TIGHTER, Times, refused};
use crate::{
    spine::{Change, Explanation, Id, Refusal, Timestamp, User},
    working_time::WorkingTime,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Why a due moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyRetimingCause)]
pub enum RetimingCause {
    /// A superior gave more time.
    Extended,
    /// It fell into leave.
    Leave,
    /// It fell into an outage.
    Outage,
    /// A newer version of the rule is easier.
    Eased,
    /// The calendar was published anew.
    Calendar,
}

crate::labels! { RetimingCause = "DutyRetimingCause":
    Extended = "extended", "上级延期", "More time given";
    Leave = "leave", "请假顺延", "Leave";
    Outage = "outage", "系统停机顺延", "Outage";
    Eased = "eased", "规则放宽", "Rule eased";
    Calendar = "calendar", "工作日历调整", "Calendar published anew";
}

/// How the times of a duty moved once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Retiming {
    /// The times before.
    pub before: Times,
    /// Why they moved.
    pub cause: RetimingCause,
    /// What who moved them said.
    pub reason: Option<String>,
    /// Who moved them; none where a rule did.
    pub by: Option<Id<User>>,
    /// When.
    pub at: Timestamp,
}

impl Times {
    /// These times once the calendar is published anew: none where nothing moves. A due that has passed never
    /// moves; one ahead becomes earlier only with the settings' notice. `[DUT-2i]`
    pub fn by_new_calendar(
        self,
        anew: Self,
        now: Timestamp,
        settings: &DutySettings,
        time: WorkingTime<'_>,
    ) -> Option<Self> {
        let (due, mut moved) = (self.due?, anew);
        let wanted = anew.due?;
        if due <= now {
            return None;
        }
        if wanted < due {
            let notice = time.plus_working_days(now, settings.earlier_notice_working_days).value;
            let due = wanted.max(notice).min(due);
            if due != wanted {
                moved = anew.due_at(due, time);
            }
        }
        let moved = Self { opens: self.opens, ..moved };
        (moved != self).then_some(moved)
    }
}

impl Duty {
    /// Its times once the calendar is published anew, by the version of its rule: none where nothing moves,
    /// as where a person, leave, an outage or a clock set its due. `[DUT-2i]`
    pub fn by_new_calendar(
        &self,
        rule: &DutyRule,
        now: Timestamp,
        settings: &DutySettings,
        time: WorkingTime<'_>,
    ) -> Option<Times> {
        let follows_rule =
            |retiming: &Retiming| matches!(retiming.cause, RetimingCause::Eased | RetimingCause::Calendar);
        if self.ensure_pending(now).is_err() || !self.retimings.iter().all(follows_rule) {
            return None;
        }
        self.times.by_new_calendar(self.times_by(rule, time)?, now, settings, time)
    }

    /// Is due at other times, by leave, an outage or a new calendar; by leave also once it is done too late, for
    /// leave is granted afterwards too.
    ///
    /// # Errors
    /// `duty.settled`.
    pub fn retime(self, times: Times, cause: RetimingCause, at: Timestamp) -> Result<Change<Self>, Refusal> {
        match cause {
            RetimingCause::Leave => self.to_let_off(at).map(drop)?,
            _ => self.ensure_pending(at)?,
        }
        let rule = match cause {
            RetimingCause::Extended => "DUT-2j",
            RetimingCause::Leave => "DUT-2f",
            RetimingCause::Outage => "DUT-2h",
            RetimingCause::Eased => "DUT-2e",
            RetimingCause::Calendar => "DUT-2i",
        };
        let facts = json!({
            "rule": self.rule.code, "occasion": self.occasion, "old_due": self.times.due, "due": times.due,
            "cause": cause.code(),
        });
        let explanation = Explanation::new("duty_retimed", self.citation(rule), facts.clone());
        let mut after = Self { times, ..self.clone() };
        after.retimings.push(Retiming { before: self.times, cause, reason: None, by: None, at });
        Ok(Change::updated(self, after, DUTY_RETIMED, facts).explained([explanation]))
    }

    /// Is due as a newer version of its rule says, which was named at publication to hold for open duties
    /// too.
    ///
    /// # Errors
    /// `duty.settled`; `duty.tighter` where the newer version is stricter.
    pub fn ease(self, times: Times, at: Timestamp) -> Result<Change<Self>, Refusal> {
        if !times.are_as_easy_as(self.times) {
            return Err(refused(TIGHTER, "DUT-2e"));
        }
        self.retime(times, RetimingCause::Eased, at)
    }

    /// Its times by a newer version of its rule that was published to ease what is open: none where that is nowhere
    /// easier, where it is missed already, and where the event itself named the day. `[DUT-2e]`
    pub fn eased_by(&self, newer: &DutyRule, now: Timestamp, time: WorkingTime<'_>) -> Option<Times> {
        if !matches!(self.state(now), DutyState::Scheduled | DutyState::Open | DutyState::Overdue) {
            return None;
        }
        let times = self.times_by(newer, time)?;
        let is_easier = times.are_as_easy_as(self.times) && !self.times.are_as_easy_as(times);
        is_easier.then_some(times)
    }

    /// Whether a newer version of its rule moved its due.
    pub fn was_eased(&self) -> bool {
        self.retimings.iter().any(|retiming| retiming.cause == RetimingCause::Eased)
    }

    /// Its times as a version of its rule reckons them anew; it opens when it did.
    fn times_by(&self, rule: &DutyRule, time: WorkingTime<'_>) -> Option<Times> {
        let anew = match self.occasion {
            Occasion::Period(period) => rule.times_of_period(period, time),
            // A day that the event itself named is no calendar's.
            Occasion::Event(_) if rule.names_due() => None,
            Occasion::Event(_) => rule.times_of_event(self.times.opens, None, time),
        };
        anew.map(|anew| Times { opens: self.times.opens, ..anew })
    }
}
