//! What a duty is owed for: a period, or an event; and which of them a rule calls for, by the version in
//! force. `[DUT-2a, DUT-2e]`

use super::{
    cadence::Cadence,
    rule::{DutyRule, Member},
    times::Times,
};
use crate::{
    spine::{BusinessDate, EmployeeId, PolicyVersion, Timestamp},
    working_time::{Period, WorkingTime},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// How many periods a preview looks ahead for one in which something is owed.
const PREVIEW_PERIODS: usize = 60;
/// How many periods are gone through at once; more only after decades without a server.
const PERIODS_MAX: usize = 10_000;

/// What a duty is owed for. Once for each: unique with the code of the rule and the subject. In text
/// `2026-W20`, `2026-05`, or the id of the event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Occasion {
    /// A period.
    Period(Period),
    /// An event, by its id.
    Event(Uuid),
}

/// A text that is no occasion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAnOccasion;

impl fmt::Display for NotAnOccasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither a period nor the id of an event")
    }
}
impl std::error::Error for NotAnOccasion {}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Period(period) => period.fmt(f),
            Self::Event(event) => event.hyphenated().fmt(f),
        }
    }
}
impl FromStr for Occasion {
    type Err = NotAnOccasion;
    fn from_str(text: &str) -> Result<Self, NotAnOccasion> {
        let event = || Uuid::try_parse(text).map(Self::Event).map_err(|_| NotAnOccasion);
        text.parse().map(Self::Period).or_else(|_| event())
    }
}
impl TryFrom<String> for Occasion {
    type Error = NotAnOccasion;
    fn try_from(text: String) -> Result<Self, NotAnOccasion> {
        text.parse()
    }
}
impl From<Occasion> for String {
    fn from(occasion: Occasion) -> Self {
        occasion.to_string()
    }
}

/// A version of a rule, and from which day on it is in force.
#[derive(Clone, Debug)]
pub struct DatedRule {
    /// The first day.
    pub from: BusinessDate,
    /// The version.
    pub rule: PolicyVersion<DutyRule>,
}

/// All versions of a rule that were published.
#[derive(Clone, Copy, Debug)]
pub struct RuleVersions<'a> {
    /// The versions, in any order.
    pub versions: &'a [DatedRule],
}

/// A period that calls for duties, by which version, and when they are due.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    /// The period.
    pub period: Period,
    /// The version in force at its first instant.
    pub rule: &'a PolicyVersion<DutyRule>,
    /// When the duties open, are due and are missed.
    pub times: Times,
}

/// Who would owe what in the next period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// The period.
    pub period: Period,
    /// When it would open, be due and be missed.
    pub times: Times,
    /// Who would owe it.
    pub owed_by: Vec<EmployeeId>,
}

impl DutyRule {
    /// Who of these would owe what in the first period that begins after a day; none for a rule that events
    /// call for. `[DUT-1b]`
    pub fn preview(&self, members: &[Member], after: BusinessDate, time: WorkingTime<'_>) -> Option<Preview> {
        let Cadence::Period { every, .. } = self.cadence else { return None };
        let first = Period::containing(every, after).next();
        let periods = std::iter::successors(Some(first), |period| Some(period.next())).take(PREVIEW_PERIODS);
        let mut owed = periods.filter_map(|period| Some((period, self.times_of_period(period, time)?)));
        let (period, times) = owed.next()?;
        let meant = members.iter().filter(|member| self.scope.covers(member));
        Some(Preview { period, times, owed_by: meant.map(|member| member.employee).collect() })
    }
}

impl<'a> RuleVersions<'a> {
    /// The version in force on a day.
    pub fn on(&self, day: BusinessDate) -> Option<&'a DatedRule> {
        self.last_on(day).filter(|version| !version.rule.content.is_repealed)
    }

    /// The day from which on the rule is repealed, where it is on a day.
    pub fn repealed_on(&self, day: BusinessDate) -> Option<BusinessDate> {
        self.last_on(day).filter(|version| version.rule.content.is_repealed).map(|version| version.from)
    }

    fn last_on(&self, day: BusinessDate) -> Option<&'a DatedRule> {
        let begun = self.versions.iter().filter(|version| version.from <= day);
        begun.max_by_key(|version| (version.from, version.rule.number))
    }

    /// The version that governs an event: that of its instant.
    pub fn of_event(&self, at: Timestamp, time: WorkingTime<'_>) -> Option<&'a PolicyVersion<DutyRule>> {
        let rule = &self.on(time.day_of(at))?.rule;
        matches!(rule.content.cadence, Cadence::Event { .. }).then_some(rule)
    }

    /// Every period behind the rule's watermark — the last that was raised — whose duties have opened by now,
    /// in order. A period follows the version in force on its first day, so a first version begins with the
    /// next whole one.
    pub fn called(
        &self,
        watermark: Option<Period>,
        now: Timestamp,
        time: WorkingTime<'_>,
    ) -> Vec<Called<'a>> {
        let mut called = Vec::new();
        let behind = watermark.and_then(|raised| raised.last().succ_opt());
        let Some(mut day) = behind.or_else(|| self.starts_after(BusinessDate::MIN)) else { return called };
        for _ in 0..PERIODS_MAX {
            let Some(DatedRule { rule, .. }) = self.on(day) else {
                match self.starts_after(day) {
                    Some(start) => day = start,
                    None => break,
                }
                continue;
            };
            let Cadence::Period { every, .. } = rule.content.cadence else {
                match self.starts_after(day) {
                    Some(start) => day = start,
                    None => break,
                }
                continue;
            };
            let period = Period::containing(every, day);
            if period.first() == day {
                match rule.content.times_of_period(period, time) {
                    Some(times) if times.opens > now => break,
                    Some(times) => called.push(Called { period, rule, times }),
                    // Nothing is owed for it; but nothing ahead is gone through for ever.
                    None if time.day_of(now) < period.first() => break,
                    None => {}
                }
            }
            day = period.next().first();
        }
        called
    }

    /// The first day after one on which a version comes into force.
    fn starts_after(&self, day: BusinessDate) -> Option<BusinessDate> {
        self.versions.iter().map(|version| version.from).filter(|from| *from > day).min()
    }
}
