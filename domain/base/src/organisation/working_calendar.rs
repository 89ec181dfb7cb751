//! The working calendar (工作日历): which days are worked. Weekends by rule, statutory holidays and the days
//! worked in their stead as they are announced each year. `[DUT-3]`
//!
//! A year nobody has announced yet knows weekends alone. Which hours of a day are worked stands beside:
//! [`hours`]; what is reckoned by both is [`crate::working_time`].

/// The hours of a working day.
pub mod hours;

pub use hours::{Segment, TimeOfDay, WorkingHours};

use crate::spine::{BusinessDate, Finding, Findings, PolicyContent, codes};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The code under which the company's working calendar is kept.
pub const WORKING_CALENDAR_CODE: &str = "working-calendar/company";

/// The calendar as shipped: the statutory holidays announced for 2026.
pub const SHIPPED_WORKING_CALENDAR: &str = include_str!("shipped/working_calendar.json");

crate::refusals! { WORKING_CALENDAR_REFUSALS:
    DAY_OUTSIDE_YEAR = "working_calendar.outside_year", Invalid, "{date} 不在 {year} 年内", "{date} does not lie in {year}";
    HOLIDAY_BACKWARDS = "working_calendar.backwards", Invalid, "假期的最后一天早于第一天", "The holiday ends before it begins";
    DAY_TWICE = "working_calendar.day_twice", Invalid, "{date} 出现两次", "{date} stands twice";
    YEAR_TWICE = "working_calendar.year_twice", Invalid, "{year} 年出现两次", "The year {year} stands twice";
    SPAN_UNFIT = "working_calendar.span_unfit", Invalid, "日期须由早到晚，一次不超过 {max} 天", "The days must run from the earlier to the later, {max} at once at most";
    NEVER_WORKED = "working_calendar.never_worked", Invalid, "至少须有一个工作日", "At least one day of the week must be worked";
}

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

crate::labels! { DayOfWeek = "DayOfWeek":
    Monday = "monday", "星期一", "Monday";
    Tuesday = "tuesday", "星期二", "Tuesday";
    Wednesday = "wednesday", "星期三", "Wednesday";
    Thursday = "thursday", "星期四", "Thursday";
    Friday = "friday", "星期五", "Friday";
    Saturday = "saturday", "星期六", "Saturday";
    Sunday = "sunday", "星期日", "Sunday";
}

impl DayOfWeek {
    /// Of a day in the calendar.
    pub const fn of(day: chrono::Weekday) -> Self {
        match day {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

/// A statutory holiday (法定节假日) with all days off that belong to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The Chinese name.
    pub zh: String,
    /// The English name.
    pub en: String,
    /// The first day off.
    pub from: NaiveDate,
    /// The last day off.
    pub to: NaiveDate,
}

/// What was announced for a year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    /// The year.
    pub year: i32,
    /// Days off.
    pub holidays: Vec<Holiday>,
    /// 调休上班: rest days that are worked.
    pub make_up_days: Vec<NaiveDate>,
}

/// What sort of day it is, as a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WorkingDayKind)]
pub enum DayCode {
    /// Worked as usual.
    Working,
    /// A rest day that is worked in a holiday's stead.
    MakeUp,
    /// A rest day of the week.
    Rest,
    /// A statutory holiday.
    Holiday,
}

crate::labels! { DayCode = "WorkingDayKind":
    Working = "working", "工作日", "Working day";
    MakeUp = "make_up", "调休上班日", "Make-up working day";
    Rest = "rest", "休息日", "Rest day";
    Holiday = "holiday", "法定节假日", "Statutory holiday";
}

/// What sort of day it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayKind<'a> {
    /// Worked as usual.
    Working,
    /// A rest day that is worked in a holiday's stead.
    MakeUp,
    /// A rest day of the week.
    Rest,
    /// A statutory holiday.
    Holiday(&'a Holiday),
}

impl DayKind<'_> {
    /// Whether nobody works.
    pub const fn is_off(self) -> bool {
        matches!(self, Self::Rest | Self::Holiday(_))
    }
    /// Its code.
    pub const fn code(self) -> DayCode {
        match self {
            Self::Working => DayCode::Working,
            Self::MakeUp => DayCode::MakeUp,
            Self::Rest => DayCode::Rest,
            Self::Holiday(_) => DayCode::Holiday,
        }
    }
    /// The names, Chinese and English.
    pub fn names(&self) -> (&str, &str) {
        match self {
            Self::Working => ("工作日", "working day"),
            Self::MakeUp => ("调休上班日", "make-up working day"),
            Self::Rest => ("休息日", "rest day"),
            Self::Holiday(holiday) => (&holiday.zh, &holiday.en),
        }
    }
}

/// Which days are worked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkingCalendar {
    /// The days of the week that are not worked.
    pub rest_days: BTreeSet<DayOfWeek>,
    /// What was announced, year by year.
    pub years: Vec<CalendarYear>,
    /// The hours of working days: the first entry that holds on a day says them, the last holds on every day.
    /// A calendar from before hours were known has those that ship. `[002 §8]`
    #[serde(default = "shipped_hours")]
    pub hours: Vec<WorkingHours>,
}

/// The hours as they ship, for calendars that were published before they said any.
fn shipped_hours() -> Vec<WorkingHours> {
    let shipped = serde_json::from_str::<WorkingCalendar>(SHIPPED_WORKING_CALENDAR);
    shipped.map(|calendar| calendar.hours).unwrap_or_default()
}

impl WorkingCalendar {
    /// Whether it is known which days of a day's year are worked; else only weekends are. `[DUT-3a]`
    pub fn is_announced(&self, day: BusinessDate) -> bool {
        self.years.iter().any(|year| year.year == day.year())
    }

    /// The hours of a day, ascending; none on a day off.
    pub fn segments_on(&self, day: BusinessDate) -> &[Segment] {
        if self.kind_of(day).is_off() {
            return &[];
        }
        let hours = self.hours.iter().find(|hours| hours.hold_on(day));
        hours.map(|hours| hours.segments.as_slice()).unwrap_or_default()
    }

    /// What sort of day it is. A holiday may be announced with the year before or after it.
    pub fn kind_of(&self, day: BusinessDate) -> DayKind<'_> {
        let holiday = |year: &'_ CalendarYear| -> Option<usize> {
            year.holidays.iter().position(|holiday| holiday.from <= day && day <= holiday.to)
        };
        for year in &self.years {
            if let Some(holiday) = holiday(year).and_then(|index| year.holidays.get(index)) {
                return DayKind::Holiday(holiday);
            }
            if year.make_up_days.contains(&day) {
                return DayKind::MakeUp;
            }
        }
        if self.rest_days.contains(&DayOfWeek::of(day.weekday())) { DayKind::Rest } else { DayKind::Working }
    }
}

fn check_year(year: &CalendarYear, pointer: &str, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    let mut note = |day: NaiveDate, pointer: String, findings: &mut Findings| {
        let date = ("date", json!(day));
        // Days off around New Year may lie in the next year or the one before.
        if (day.year() - year.year).abs() > 1 {
            findings.add_with(pointer, DAY_OUTSIDE_YEAR, [date, ("year", json!(year.year))]);
        } else if !seen.insert(day) {
            findings.add_with(pointer, DAY_TWICE, [date]);
        }
    };
    for (index, holiday) in year.holidays.iter().enumerate() {
        let pointer = format!("{pointer}/holidays/{index}");
        if holiday.to < holiday.from {
            findings.add(format!("{pointer}/to"), HOLIDAY_BACKWARDS);
        } else if (holiday.to - holiday.from).num_days() > 31 {
            let range = [("min", json!(1)), ("max", json!(31))];
            findings.add_with(format!("{pointer}/to"), codes::OUT_OF_RANGE, range);
        } else {
            let days = holiday.from.iter_days().take_while(|day| *day <= holiday.to);
            days.for_each(|day| note(day, pointer.clone(), findings));
        }
    }
    for (index, day) in year.make_up_days.iter().enumerate() {
        note(*day, format!("{pointer}/make_up_days/{index}"), findings);
    }
}

impl PolicyContent for WorkingCalendar {
    const KIND: &'static str = "working-calendar";
    const EXAMPLE: &'static str = SHIPPED_WORKING_CALENDAR;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        if self.rest_days.len() == 7 {
            findings.add("/content/rest_days", NEVER_WORKED);
        }
        let mut seen = BTreeSet::new();
        for (index, year) in self.years.iter().enumerate() {
            let pointer = format!("/content/years/{index}");
            if !seen.insert(year.year) {
                findings.add_with(format!("{pointer}/year"), YEAR_TWICE, [("year", json!(year.year))]);
            }
            check_year(year, &pointer, &mut findings);
        }
        hours::check(&self.hours, "/content/hours", &mut findings);
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> WorkingCalendar {
        serde_json::from_str(SHIPPED_WORKING_CALENDAR).expect("it reads")
    }

    fn day(text: &str) -> BusinessDate {
        text.parse().expect("a day")
    }

    #[test]
    fn the_year_2026_is_shipped_as_it_was_announced() {
        let calendar = shipped();
        assert_eq!(calendar.findings(), []);
        let off = |from: &str| {
            day(from)
                .iter_days()
                .take_while(|d| d.year() == 2026)
                .filter(|d| calendar.kind_of(*d).is_off())
                .count()
        };
        // 104 days of weekends, of which 6 are worked, and 33 days off of which 14 are weekends.
        assert_eq!(off("2026-01-01"), 104 - 6 + 33 - 14);
        for (date, kind) in [
            ("2026-01-01", "元旦"),
            ("2026-01-04", "调休上班日"),
            ("2026-02-23", "春节"),
            ("2026-02-28", "调休上班日"),
            ("2026-03-05", "工作日"),
            ("2026-03-07", "休息日"),
            ("2026-09-20", "调休上班日"),
            ("2026-10-07", "国庆节"),
            ("2027-10-01", "工作日"),
        ] {
            assert_eq!(calendar.kind_of(day(date)).names().0, kind, "{date}");
        }
    }

    #[test]
    fn a_calendar_from_before_hours_were_known_has_those_that_ship() {
        let mut old: serde_json::Value = serde_json::from_str(SHIPPED_WORKING_CALENDAR).expect("it reads");
        old.as_object_mut().expect("an object").remove("hours");
        let old: WorkingCalendar = serde_json::from_value(old).expect("it reads");
        assert_eq!(old, shipped());
        let worked = |date: &str| -> Vec<String> {
            let segments = old.segments_on(day(date));
            segments.iter().map(|segment| format!("{}-{}", segment.from, segment.to)).collect()
        };
        assert_eq!(worked("2026-05-09"), ["08:30-12:00", "14:00-17:30"], "worked in a holiday's stead");
        assert_eq!(worked("2026-05-04"), Vec::<String>::new(), "a holiday");
        assert!(old.is_announced(day("2026-12-31")) && !old.is_announced(day("2027-01-01")));
    }

    #[test]
    fn an_unsound_calendar_is_told_everything_at_once() {
        let mut calendar = shipped();
        let year = &mut calendar.years[0];
        year.holidays[0].to = day("2025-12-31");
        year.holidays[1].from = day("2023-02-15");
        year.holidays[1].to = day("2023-02-16");
        year.make_up_days[0] = day("2026-05-01");
        let copy = CalendarYear { year: 2026, holidays: Vec::new(), make_up_days: Vec::new() };
        calendar.years.push(copy);
        let codes: Vec<&str> = calendar.findings().iter().map(|finding| finding.code.code).collect();
        let outside = DAY_OUTSIDE_YEAR.code;
        assert_eq!(codes, [HOLIDAY_BACKWARDS.code, outside, outside, DAY_TWICE.code, YEAR_TWICE.code]);
    }
}
