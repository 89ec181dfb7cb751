//! Working time (工作时间): hours and days reckoned by the working calendar, in the company's time zone.
//! `[DUT-3b]`
//!
//! An instant outside the hours counts as the next beginning; the end of a stretch of hours still belongs to
//! what was added (17:30, not 8:30 of the next day). Elapsed time is the overlap with the hours, never a
//! running total. What rests on a year that nobody has announced says so, and is reckoned anew once it is.

/// One clock for whatever must be done within working hours, with pauses.
pub mod clock;
mod local;
/// Days of the lunar calendar.
pub mod lunar;
/// When an unread notice is worth a strong reminder.
pub mod notice;
/// Days, weeks, months, quarters, half years, years.
pub mod period;
#[cfg(test)]
pub(crate) mod tests;

use crate::{
    organisation::working_calendar::WorkingCalendar,
    spine::{BusinessDate, Timestamp},
};
use chrono::Duration;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use period::{Period, Span};

pub use crate::organisation::working_calendar::{DayOfWeek, Segment, TimeOfDay};

/// How many days are looked at before a reckoning gives up; only a calendar without a working day comes so
/// far.
const LOOKAHEAD_DAYS: usize = 366 * 20;

/// What was reckoned, and whether it rests on a year that nobody has announced yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reckoned<T> {
    /// What was reckoned.
    pub value: T,
    /// Whether it may change once the year is announced: holidays are not known, only weekends. `[DUT-2i]`
    pub provisional: bool,
}

impl<T> Reckoned<T> {
    /// The same, turned into something else.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Reckoned<U> {
        Reckoned { value: turn(self.value), provisional: self.provisional }
    }
}

/// The midnight that begins a day in a zone.
pub fn midnight(day: BusinessDate, zone: Tz) -> Timestamp {
    local::instant(day, TimeOfDay::START, zone)
}

/// A calendar in a time zone.
#[derive(Clone, Copy, Debug)]
pub struct WorkingTime<'a> {
    calendar: &'a WorkingCalendar,
    zone: Tz,
}

impl<'a> WorkingTime<'a> {
    /// By a calendar — the company's, or a desk's own — in the company's zone.
    pub const fn new(calendar: &'a WorkingCalendar, zone: Tz) -> Self {
        Self { calendar, zone }
    }

    /// The calendar.
    pub const fn calendar(self) -> &'a WorkingCalendar {
        self.calendar
    }

    /// The day it is at an instant.
    pub fn day_of(self, at: Timestamp) -> BusinessDate {
        at.date_in(self.zone)
    }

    /// The last day before an instant ends it: that of a due at 24:00 is the day that ends then.
    pub fn day_until(self, at: Timestamp) -> BusinessDate {
        at.plus(-Duration::microseconds(1)).date_in(self.zone)
    }

    /// The instant of a time on a day; one that does not exist there is the next instant, a doubled one the
    /// first.
    pub fn instant(self, day: BusinessDate, time: TimeOfDay) -> Timestamp {
        local::instant(day, time, self.zone)
    }

    /// From the beginning of the first day to the end of the last.
    pub fn span(self, first: BusinessDate, last: BusinessDate) -> (Timestamp, Timestamp) {
        (self.instant(first, TimeOfDay::START), self.instant(last, TimeOfDay::END))
    }

    /// Whether people work on a day.
    pub fn is_working_day(self, day: BusinessDate) -> bool {
        !self.calendar.kind_of(day).is_off()
    }

    /// The hours of a day as instants, ascending.
    fn hours_on(
        self,
        day: BusinessDate,
    ) -> impl DoubleEndedIterator<Item = (Timestamp, Timestamp)> + use<'a> {
        let instant = move |time| self.instant(day, time);
        let segments = self.calendar.segments_on(day).iter();
        segments
            .map(move |segment| (instant(segment.from), instant(segment.to)))
            .filter(|(from, to)| from < to)
    }

    /// The instant so much working time after another. Nothing added to an instant outside the hours is the
    /// next beginning of them.
    pub fn plus(self, at: Timestamp, work: Duration) -> Reckoned<Timestamp> {
        let mut left = work.max(Duration::zero());
        let mut provisional = false;
        let mut last = at;
        for day in self.day_of(at).iter_days().take(LOOKAHEAD_DAYS) {
            provisional |= !self.calendar.is_announced(day);
            for (from, to) in self.hours_on(day).filter(|(_, to)| *to > at) {
                let from = from.max(at);
                let room = to.since(from);
                if left <= room {
                    return Reckoned { value: from.plus(left), provisional };
                }
                left -= room;
                last = to;
            }
        }
        Reckoned { value: last, provisional: true }
    }

    /// The instant so many working minutes after another.
    pub fn plus_working_minutes(self, at: Timestamp, minutes: u32) -> Reckoned<Timestamp> {
        self.plus(at, Duration::minutes(minutes.into()))
    }

    /// The instant so many working hours after another.
    pub fn plus_working_hours(self, at: Timestamp, hours: u32) -> Reckoned<Timestamp> {
        self.plus(at, Duration::hours(hours.into()))
    }

    /// The instant so much working time before another. Nothing taken from an instant outside the hours is
    /// the end of those before it.
    pub fn minus(self, at: Timestamp, work: Duration) -> Reckoned<Timestamp> {
        let mut left = work.max(Duration::zero());
        let mut provisional = false;
        let mut last = at;
        let mut day = Some(self.day_of(at));
        for _ in 0..LOOKAHEAD_DAYS {
            let Some(here) = day else { break };
            provisional |= !self.calendar.is_announced(here);
            for (from, to) in self.hours_on(here).rev().filter(|(from, _)| *from < at) {
                let to = to.min(at);
                let room = to.since(from);
                if left <= room {
                    return Reckoned { value: to.plus(-left), provisional };
                }
                left -= room;
                last = from;
            }
            day = here.pred_opt();
        }
        Reckoned { value: last, provisional: true }
    }

    /// 24:00 of the n-th working day after that of an instant; of its own day where n is 0.
    pub fn plus_working_days(self, at: Timestamp, days: u32) -> Reckoned<Timestamp> {
        let day = self.working_day_after(self.day_of(at), days);
        day.map(|day| self.instant(day, TimeOfDay::END))
    }

    /// The n-th working day after a day; the day itself where n is 0.
    pub fn working_day_after(self, day: BusinessDate, days: u32) -> Reckoned<BusinessDate> {
        self.nth_working_day(day, day.iter_days().skip(1), days)
    }

    /// The n-th working day before a day; the day itself where n is 0.
    pub fn working_day_before(self, day: BusinessDate, days: u32) -> Reckoned<BusinessDate> {
        self.nth_working_day(day, day.iter_days().rev().skip(1), days)
    }

    fn nth_working_day(
        self,
        day: BusinessDate,
        others: impl Iterator<Item = BusinessDate>,
        days: u32,
    ) -> Reckoned<BusinessDate> {
        let mut reached = Reckoned { value: day, provisional: false };
        let mut left = days;
        for day in others.take(LOOKAHEAD_DAYS) {
            if left == 0 {
                break;
            }
            reached.provisional |= !self.calendar.is_announced(day);
            if self.is_working_day(day) {
                left -= 1;
                reached.value = day;
            }
        }
        reached
    }

    /// The working days from a day to another, both included, ascending.
    pub fn working_days(
        self,
        first: BusinessDate,
        last: BusinessDate,
    ) -> impl Iterator<Item = BusinessDate> + use<'a> {
        first.iter_days().take_while(move |day| *day <= last).filter(move |day| self.is_working_day(*day))
    }

    /// How much working time lies between two instants; none where the second does not come later.
    pub fn elapsed(self, from: Timestamp, until: Timestamp) -> Reckoned<Duration> {
        let mut total = Reckoned { value: Duration::zero(), provisional: false };
        if until <= from {
            return total;
        }
        let last = self.day_until(until);
        for day in self.day_of(from).iter_days().take_while(|day| *day <= last) {
            total.provisional |= !self.calendar.is_announced(day);
            for (start, end) in self.hours_on(day) {
                let overlap = end.min(until).since(start.max(from));
                total.value += overlap.max(Duration::zero());
            }
        }
        total
    }
}
