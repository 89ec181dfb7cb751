//! The clock (时限) of whatever must be done within working hours: first answers, resolutions, stages. `[CLK]`
//!
//! It is a log that is only added to: started, paused for a reason, resumed, given another allowance, stopped
//! — each with the server's instant. Everything else is reckoned from it
//! ([`reading`](WorkingClock::reading)), so that no total can be wrong. Handing over, absence and leaving do
//! not touch it.

mod reading;
mod rule;
#[cfg(test)]
mod tests;

use super::WorkingTime;
use crate::spine::{Citation, EnumLabels, Findings, Refusal, RefusalCode, Timestamp};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use reading::{ClockReading, ClockState, ClockVerdict};
pub use rule::{CLOCK_RULE_CODE, ClockMark, ClockParty, ClockRule, PauseReason, SHIPPED_CLOCK_RULE};

crate::refusals! { CLOCK_REFUSALS:
    CLOCK_STOPPED = "clock.stopped", Conflict, "计时已停止", "The clock has stopped";
    CLOCK_NOT_STOPPED = "clock.not_stopped", Conflict, "计时尚未停止，不能重新开始", "The clock has not stopped, so it cannot begin anew";
    CLOCK_PAUSED = "clock.paused", Conflict, "计时已处于暂停", "The clock is paused already";
    CLOCK_NOT_PAUSED = "clock.not_paused", Conflict, "计时并未暂停", "The clock is not paused";
    PAUSE_REASON_UNKNOWN = "clock.pause_reason_unknown", Invalid, "该时限不得以此原因暂停", "This clock cannot be paused for that reason";
    PAUSE_SPENT = "clock.pause_spent", Conflict, "暂停时间合计已达 {limit_hours} 个工作小时，再次暂停须经上级同意", "Pauses have taken {limit_hours} working hours already; another one needs the superior's consent";
    PAUSE_REASON_TWICE = "clock.pause_reason_twice", Invalid, "暂停原因“{reason}”重复", "The reason \"{reason}\" for a pause stands twice";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[CLOCK_REFUSALS], events: &[], enums: &[] };

/// What it brings besides once the first view shows it: labels are listed only for what clients see.
pub const SHOWN: &[&EnumLabels] = &[ClockState::LABELS, ClockVerdict::LABELS];

/// The longest allowance, in working minutes: about three years.
const ALLOWANCE_MAX_MINUTES: u32 = 300_000;

/// What happened to a clock.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClockEvent {
    /// It began, or began anew.
    Start {
        /// How many working minutes it may run.
        allowance_minutes: u32,
        /// The rule that says so.
        rule: String,
    },
    /// It stands while somebody else has to act.
    Pause {
        /// The code of the reason.
        reason: String,
        /// How many working minutes all pauses of the cycle may take, then it runs again by itself; none
        /// where the superior agreed to more.
        limit_minutes: Option<u32>,
    },
    /// It runs again.
    Resume {},
    /// It was given another allowance; what has elapsed stays.
    Retarget {
        /// How many working minutes it may run in all.
        allowance_minutes: u32,
        /// How many working minutes remain at least, unless it had run out before.
        least_left_minutes: u32,
        /// The rule that says so.
        rule: String,
    },
    /// What was to be done is done.
    Stop {
        /// When it was due as the calendar stood then; none where it was paused with time left. Kept, so that
        /// a calendar that is announced later moves no verdict.
        due: Option<Timestamp>,
    },
}

/// One line of the log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClockEntry {
    /// The server's instant.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: ClockEvent,
}

/// A clock, as the log of what happened to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkingClock {
    entries: Vec<ClockEntry>,
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("CLK"))
}

/// Minutes as hours, as people read them: 35, or 2.5.
fn hours(minutes: u32) -> serde_json::Value {
    if minutes.is_multiple_of(60) {
        json!(minutes / 60)
    } else {
        json!((f64::from(minutes) / 6.0).round() / 10.0)
    }
}

fn check_allowance(allowance_minutes: u32) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    findings.within("/allowance_minutes", allowance_minutes, 1..=ALLOWANCE_MAX_MINUTES);
    findings.into_result()
}

impl WorkingClock {
    /// Starts a clock that may run so many working minutes, 1 to 300000, by a rule.
    ///
    /// # Errors
    /// An allowance out of range.
    pub fn start(at: Timestamp, allowance_minutes: u32, rule: &str) -> Result<Self, Refusal> {
        check_allowance(allowance_minutes)?;
        let event = ClockEvent::Start { allowance_minutes, rule: rule.to_owned() };
        Ok(Self { entries: vec![ClockEntry { at, event }] })
    }

    /// What happened to it, in order.
    pub fn entries(&self) -> &[ClockEntry] {
        &self.entries
    }

    /// Lets it stand for one of the reasons the rule lists; `is_agreed` says that the superior agreed to more
    /// than the rule allows for all pauses together.
    ///
    /// # Errors
    /// `clock.pause_reason_unknown`, `clock.paused`, `clock.stopped`; `clock.pause_spent` where the pauses so
    /// far have taken what the rule allows.
    pub fn pause(
        self,
        at: Timestamp,
        reason: &str,
        is_agreed: bool,
        rule: &ClockRule,
        time: WorkingTime<'_>,
    ) -> Result<Self, Refusal> {
        if !rule.pause_reasons.iter().any(|known| known.code == reason) {
            return Err(refused(PAUSE_REASON_UNKNOWN).at("/reason"));
        }
        self.ensure_live()?;
        let run = self.run_until(self.not_before(at), time);
        if run.is_paused() {
            return Err(refused(CLOCK_PAUSED));
        }
        let limit = rule.pause_limit_minutes;
        if !is_agreed && run.pause_spent() >= Duration::minutes(limit.into()) {
            return Err(refused(PAUSE_SPENT).with("limit_hours", hours(limit)));
        }
        let limit_minutes = (!is_agreed).then_some(limit);
        Ok(self.and(at, ClockEvent::Pause { reason: reason.to_owned(), limit_minutes }))
    }

    /// Lets it run again.
    ///
    /// # Errors
    /// `clock.not_paused`, also where it runs again by itself since its pauses are spent; `clock.stopped`.
    pub fn resume(self, at: Timestamp, time: WorkingTime<'_>) -> Result<Self, Refusal> {
        self.ensure_live()?;
        if !self.run_until(self.not_before(at), time).is_paused() {
            return Err(refused(CLOCK_NOT_PAUSED));
        }
        Ok(self.and(at, ClockEvent::Resume {}))
    }

    /// Gives it another allowance, 1 to 300000 working minutes: what has elapsed and the pauses stay, and the
    /// rule's least time remains. One that had run out gains nothing but a longer allowance.
    ///
    /// # Errors
    /// `clock.stopped`; an allowance out of range.
    pub fn retarget(
        self,
        at: Timestamp,
        allowance_minutes: u32,
        by: &str,
        rule: &ClockRule,
    ) -> Result<Self, Refusal> {
        self.ensure_live()?;
        check_allowance(allowance_minutes)?;
        let least_left_minutes = rule.least_after_retarget_minutes;
        let event = ClockEvent::Retarget { allowance_minutes, least_left_minutes, rule: by.to_owned() };
        Ok(self.and(at, event))
    }

    /// Stops it: what was to be done is done. The due of this moment is kept.
    ///
    /// # Errors
    /// `clock.stopped`.
    pub fn stop(self, at: Timestamp, time: WorkingTime<'_>) -> Result<Self, Refusal> {
        self.ensure_live()?;
        let due = self.run_until(self.not_before(at), time).due();
        Ok(self.and(at, ClockEvent::Stop { due }))
    }

    /// Begins a new cycle with its own allowance; the verdict on those before it stays.
    ///
    /// # Errors
    /// `clock.not_stopped`; an allowance out of range.
    pub fn reopen(self, at: Timestamp, allowance_minutes: u32, rule: &str) -> Result<Self, Refusal> {
        check_allowance(allowance_minutes)?;
        if self.ensure_live().is_ok() {
            return Err(refused(CLOCK_NOT_STOPPED));
        }
        Ok(self.and(at, ClockEvent::Start { allowance_minutes, rule: rule.to_owned() }))
    }

    fn ensure_live(&self) -> Result<(), Refusal> {
        match self.entries.last().map(|entry| &entry.event) {
            Some(ClockEvent::Stop { .. }) | None => Err(refused(CLOCK_STOPPED)),
            Some(_) => Ok(()),
        }
    }

    /// Servers' clocks differ a little: nothing happens before what happened already.
    fn not_before(&self, at: Timestamp) -> Timestamp {
        self.entries.last().map_or(at, |entry| entry.at.max(at))
    }

    fn and(mut self, at: Timestamp, event: ClockEvent) -> Self {
        let at = self.not_before(at);
        self.entries.push(ClockEntry { at, event });
        self
    }
}
