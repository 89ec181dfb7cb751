//! When a duty comes back, or what calls for it: cadence, due, opening, grace, as a rule says them.
//! `[DUT-1a]`

use super::rule::FieldIs;
use crate::working_time::{DayOfWeek, Span, TimeOfDay, WorkingTime};
use crate::{spine::Timestamp, working_time::Reckoned};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a length of time is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyLapseUnit)]
pub enum LapseUnit {
    /// Hours of the clock.
    Hours,
    /// Days of the calendar.
    Days,
    /// Working hours.
    WorkingHours,
    /// Working days.
    WorkingDays,
}

crate::labels! { LapseUnit = "DutyLapseUnit":
    Hours = "hours", "小时", "Hours";
    Days = "days", "天", "Days";
    WorkingHours = "working_hours", "工作小时", "Working hours";
    WorkingDays = "working_days", "工作日", "Working days";
}

/// A length of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyLapse)]
pub struct Lapse {
    /// How many, 0 to 10000.
    pub amount: u32,
    /// Of what.
    pub unit: LapseUnit,
}

/// Which way from an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyOffsetDirection)]
pub enum Direction {
    /// Earlier.
    Before,
    /// Later.
    After,
}

crate::labels! { Direction = "DutyOffsetDirection":
    Before = "before", "之前", "Before";
    After = "after", "之后", "After";
}

impl Lapse {
    /// By when something is due that must be done within this time of an instant: days end at 24:00.
    pub fn deadline(self, from: Timestamp, time: WorkingTime<'_>) -> Reckoned<Timestamp> {
        match self.unit {
            LapseUnit::Days => {
                let day = time.day_of(from).iter_days().nth(self.amount as usize);
                let day = day.unwrap_or_else(|| time.day_of(from));
                Reckoned { value: time.instant(day, TimeOfDay::END), provisional: false }
            }
            LapseUnit::WorkingDays => time.plus_working_days(from, self.amount),
            LapseUnit::Hours | LapseUnit::WorkingHours => self.shift(from, Direction::After, time),
        }
    }

    /// The instant so long before or after another: days keep the time of day, a due at 24:00 that of the day
    /// it ends.
    pub fn shift(self, at: Timestamp, direction: Direction, time: WorkingTime<'_>) -> Reckoned<Timestamp> {
        let is_after = direction == Direction::After;
        match self.unit {
            LapseUnit::Hours => {
                let hours = Duration::hours(self.amount.into());
                let value = at.plus(if is_after { hours } else { -hours });
                Reckoned { value, provisional: false }
            }
            LapseUnit::WorkingHours if self.amount == 0 => Reckoned { value: at, provisional: false },
            LapseUnit::WorkingHours if is_after => time.plus_working_hours(at, self.amount),
            LapseUnit::WorkingHours => time.minus(at, Duration::hours(self.amount.into())),
            LapseUnit::Days | LapseUnit::WorkingDays => {
                let day = time.day_until(at);
                let of_day = at.since(time.instant(day, TimeOfDay::START));
                let moved = match (self.unit, is_after) {
                    (LapseUnit::WorkingDays, true) => time.working_day_after(day, self.amount),
                    (LapseUnit::WorkingDays, false) => time.working_day_before(day, self.amount),
                    (_, true) => known(day.iter_days().nth(self.amount as usize).unwrap_or(day)),
                    (_, false) => known(day.iter_days().rev().nth(self.amount as usize).unwrap_or(day)),
                };
                moved.map(|day| time.instant(day, TimeOfDay::START).plus(of_day))
            }
        }
    }
}

fn known<T>(value: T) -> Reckoned<T> {
    Reckoned { value, provisional: false }
}

/// A length of time before or after the due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyOffset)]
pub struct Offset {
    /// Which way.
    pub direction: Direction,
    /// How many, 0 to 10000.
    pub amount: u32,
    /// Of what.
    pub unit: LapseUnit,
}

impl Offset {
    /// The instant so far from another.
    pub fn from(self, at: Timestamp, time: WorkingTime<'_>) -> Reckoned<Timestamp> {
        Lapse { amount: self.amount, unit: self.unit }.shift(at, self.direction, time)
    }
}

/// The day of a period on which something is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyDueDay)]
pub enum DueDay {
    /// The n-th day, from 1; the last where there are fewer: the 31st of April is the 30th.
    Day(u32),
    /// A day of an ISO week.
    Weekday(DayOfWeek),
    /// The n-th working day, from 1; the last where there are fewer.
    WorkingDay(u32),
    /// The n-th working day from the end: 1 is the last.
    WorkingDayFromEnd(u32),
}

/// What calls for a duty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = DutyCadence)]
pub enum Cadence {
    /// Every period calls for one.
    Period {
        /// How long the period is.
        every: Span,
        /// The month of the quarter, half or year that has the due day; absent: it is counted in the whole
        /// period.
        #[serde(default)]
        month: Option<u32>,
        /// On which day it is due.
        on: DueDay,
        /// At what time.
        at: TimeOfDay,
        /// In which period after the one it is owed for the due day lies: 0 in itself, 1 in the next; up to
        /// 12.
        #[serde(default)]
        periods_later: u32,
    },
    /// Every event of a kind calls for one.
    Event {
        /// The kind of event, such as `complaint.accepted`.
        kind: String,
        /// Which of them; empty: all.
        #[serde(default)]
        only: Vec<FieldIs>,
        /// Within what time.
        within: Lapse,
        /// The fact of the event that names the day by whose end it is due, such as `settle_on`; where the event names
        /// none, the lapse counts.
        #[serde(default)]
        due_on: Option<String>,
    },
}

crate::labels! { tagged Cadence = "DutyCadence":
    Period = "period", "按周期", "Every period";
    Event = "event", "按事件", "Every event";
}

/// Where a due goes whose day is a rest day or a holiday.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyRestDay)]
pub enum RestDay {
    /// It stays.
    #[default]
    Keep,
    /// To the working day before.
    Before,
    /// To the working day after.
    After,
}

crate::labels! { RestDay = "DutyRestDay":
    Keep = "keep", "不变", "It stays";
    Before = "before", "提前到前一工作日", "The working day before";
    After = "after", "顺延到后一工作日", "The working day after";
}

/// When a duty shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = DutyOpening)]
pub enum Opening {
    /// With its period, or with the event that calls for it.
    #[default]
    Start,
    /// So long before it is due. What an event calls for shows at once.
    BeforeDue {
        /// How long.
        lapse: Lapse,
    },
}

crate::labels! { tagged Opening = "DutyOpening":
    Start = "start", "周期或事件开始时", "With its period or event";
    BeforeDue = "before_due", "到期前", "Before it is due";
}

/// How long late is still late, not missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "until", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = DutyGrace)]
pub enum Grace {
    /// What is not done by its due is missed.
    #[default]
    Due,
    /// So long after the due.
    Lapse {
        /// How long.
        lapse: Lapse,
    },
    /// A time on the first such day of the week after the due's day.
    Weekday {
        /// Which day.
        day: DayOfWeek,
        /// At what time.
        at: TimeOfDay,
    },
    /// A time on the n-th working day after the due's day.
    WorkingDay {
        /// Which, from 1.
        nth: u32,
        /// At what time.
        at: TimeOfDay,
    },
}

crate::labels! { tagged Grace = "DutyGrace":
    Due = "due", "无宽限", "None";
    Lapse = "lapse", "到期后一段时间", "A time after the due";
    Weekday = "weekday", "到期后的星期几", "A day of the week";
    WorkingDay = "working_day", "到期后第几个工作日", "A working day after the due";
}
