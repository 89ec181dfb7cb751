//! When a duty opens, is due and is missed: reckoned from its rule for a period or an event. `[DUT-1a]`

use super::{
    cadence::{Cadence, DueDay, Grace, Opening, RestDay},
    rule::DutyRule,
};
use crate::{
    spine::{BusinessDate, Timestamp},
    working_time::{DayOfWeek, Period, Reckoned, TimeOfDay, WorkingTime},
};
use chrono::{Datelike, Duration};
use serde::{Deserialize, Serialize};

/// When a duty opens, is due, and is no longer late but missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Times {
    /// From when on it shows.
    pub opens: Timestamp,
    /// When it is due; none while the clock it follows is paused.
    pub due: Option<Timestamp>,
    /// Until when late is late; the due where there is no grace.
    pub grace_until: Option<Timestamp>,
    /// Whether it rests on a year nobody has announced. `[DUT-2i]`
    pub provisional: bool,
}

impl Times {
    /// Due and grace at known instants.
    pub const fn fixed(opens: Timestamp, due: Timestamp, grace_until: Timestamp) -> Self {
        Self { opens, due: Some(due), grace_until: Some(grace_until), provisional: false }
    }

    /// The same, due at a later instant with the working length of its grace behind it, which never ends
    /// earlier than it did. `[DUT-2h]`
    #[must_use]
    pub fn due_at(self, due: Timestamp, time: WorkingTime<'_>) -> Self {
        let length = self.grace_length(time);
        // A grace of no working length ends with the due, it does not wait for the next morning.
        let grace = if length.value.is_zero() {
            Reckoned { value: due, provisional: false }
        } else {
            time.plus(due, length.value)
        };
        let provisional = self.provisional || length.provisional || grace.provisional;
        let grace_until = self.grace_until.max(Some(grace.value));
        Self { opens: self.opens, due: Some(due), grace_until, provisional }
    }

    /// How much working time the grace has.
    pub fn grace_length(self, time: WorkingTime<'_>) -> Reckoned<Duration> {
        match (self.due, self.grace_until) {
            (Some(due), Some(grace_until)) => time.elapsed(due, grace_until),
            _ => Reckoned { value: Duration::zero(), provisional: false },
        }
    }

    /// Whether these are nowhere stricter than others. `[DUT-2e]`
    pub fn are_as_easy_as(self, others: Self) -> bool {
        let late_enough = |mine: Option<Timestamp>, other: Option<Timestamp>| match (mine, other) {
            (None, _) => true,
            (Some(mine), Some(other)) => mine >= other,
            (Some(_), None) => false,
        };
        late_enough(self.due, others.due) && late_enough(self.grace_until, others.grace_until)
    }
}

impl DueDay {
    /// The day within a period, and whether it rests on a year nobody has announced.
    fn within(self, period: Period, time: WorkingTime<'_>) -> BusinessDate {
        let (first, last) = (period.first(), period.last());
        let index = |n: u32| n.saturating_sub(1) as usize;
        match self {
            Self::Day(n) => first.iter_days().nth(index(n)).map_or(last, |day| day.min(last)),
            Self::Weekday(weekday) => {
                let mut days = first.iter_days().take_while(|day| *day <= last);
                days.find(|day| DayOfWeek::of(day.weekday()) == weekday).unwrap_or(last)
            }
            Self::WorkingDay(n) => {
                let days = || time.working_days(first, last);
                days().nth(index(n)).or_else(|| days().last()).unwrap_or(last)
            }
            Self::WorkingDayFromEnd(n) => {
                let days: Vec<_> = time.working_days(first, last).collect();
                let wanted = days.iter().rev().nth(index(n)).or(days.first());
                wanted.copied().unwrap_or(last)
            }
        }
    }

    /// Whether the calendar has a say in it.
    const fn counts_working_days(self) -> bool {
        matches!(self, Self::WorkingDay(_) | Self::WorkingDayFromEnd(_))
    }
}

impl DutyRule {
    /// When the duty of a period opens, is due and is missed; none where nothing is owed for it, and for a
    /// rule that no period calls for.
    pub fn times_of_period(&self, period: Period, time: WorkingTime<'_>) -> Option<Times> {
        let Cadence::Period { month, on, at, periods_later, .. } = self.cadence else { return None };
        if self.skip_idle_periods && time.working_days(period.first(), period.last()).next().is_none() {
            return None;
        }
        let counted = period.later(periods_later);
        let counted = month.and_then(|month| counted.nth_month(month)).unwrap_or(counted);
        let day = on.within(counted, time);
        let moved = self.off_rest_days(day, time);
        let announced = |day: BusinessDate| time.calendar().is_announced(day);
        let by_calendar =
            on.counts_working_days() || self.skip_idle_periods || self.rest_day != RestDay::Keep;
        let provisional =
            moved.provisional || (by_calendar && !(announced(day) && announced(period.first())));
        let opens = time.instant(period.first(), TimeOfDay::START);
        Some(self.times(opens, time.instant(moved.value, at), provisional, time))
    }

    /// When what an event calls for opens, is due and is missed; none for a rule that no event calls for.
    /// `due_on` is the day that the event itself names, by whose end it is due.
    pub fn times_of_event(
        &self,
        at: Timestamp,
        due_on: Option<BusinessDate>,
        time: WorkingTime<'_>,
    ) -> Option<Times> {
        let Cadence::Event { within, .. } = self.cadence else { return None };
        let due = match due_on {
            Some(day) => Reckoned { value: time.instant(day, TimeOfDay::END), provisional: false },
            None => within.deadline(at, time),
        };
        let day = time.day_until(due.value);
        let moved = self.off_rest_days(day, time);
        // Only a due that is moved to another day keeps its time there.
        let of_day = due.value.since(time.instant(day, TimeOfDay::START));
        let due_at = if moved.value == day {
            due.value
        } else {
            time.instant(moved.value, TimeOfDay::START).plus(of_day)
        };
        let times = self.times(at, due_at, due.provisional || moved.provisional, time);
        Some(Times { opens: at, ..times })
    }

    /// Whether the event that calls for a duty names the day by which it is due.
    pub const fn names_due(&self) -> bool {
        matches!(&self.cadence, Cadence::Event { due_on: Some(_), .. })
    }

    fn off_rest_days(&self, day: BusinessDate, time: WorkingTime<'_>) -> Reckoned<BusinessDate> {
        match self.rest_day {
            _ if time.is_working_day(day) => Reckoned { value: day, provisional: false },
            RestDay::Keep => Reckoned { value: day, provisional: false },
            RestDay::Before => time.working_day_before(day, 1),
            RestDay::After => time.working_day_after(day, 1),
        }
    }

    fn times(&self, start: Timestamp, due: Timestamp, provisional: bool, time: WorkingTime<'_>) -> Times {
        let opens = match self.opens {
            Opening::Start => Reckoned { value: start, provisional: false },
            Opening::BeforeDue { lapse } => lapse.shift(due, super::cadence::Direction::Before, time),
        };
        let grace = self.grace.end(due, time);
        Times {
            opens: opens.value.min(due),
            due: Some(due),
            grace_until: Some(grace.value.max(due)),
            provisional: provisional || opens.provisional || grace.provisional,
        }
    }
}

impl Grace {
    /// When late ends to be late, for what was due at an instant.
    pub fn end(self, due: Timestamp, time: WorkingTime<'_>) -> Reckoned<Timestamp> {
        match self {
            Self::Due => Reckoned { value: due, provisional: false },
            Self::Lapse { lapse } => lapse.shift(due, super::cadence::Direction::After, time),
            Self::Weekday { day: weekday, at } => {
                let after = time.day_until(due).iter_days().skip(1);
                let day = after.take(7).find(|day| DayOfWeek::of(day.weekday()) == weekday);
                let value = day.map_or(due, |day| time.instant(day, at));
                Reckoned { value, provisional: false }
            }
            Self::WorkingDay { nth, at } => {
                let day = time.working_day_after(time.day_until(due), nth);
                day.map(|day| time.instant(day, at))
            }
        }
    }
}
