//! The hours of a working day (工作时间): segments by season and by day of the week. `[DUT-3a]`

use super::DayOfWeek;
use crate::spine::{BusinessDate, Findings, codes};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeSet, fmt, str::FromStr};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, schema::Type},
};

crate::refusals! { WORKING_HOURS_REFUSALS:
    SEGMENT_BACKWARDS = "working_hours.backwards", Invalid, "时段的结束须晚于开始", "A stretch of hours must end after it begins";
    SEGMENTS_OVERLAP = "working_hours.overlap", Invalid, "时段须按先后排列，且不得重叠", "Stretches of hours must stand in their order and must not overlap";
    HOURS_INCOMPLETE = "working_hours.incomplete", Invalid, "最后一项工作时间须适用于全年每一天", "The last of the working hours must hold for every day of the year";
    HOURS_UNREACHED = "working_hours.unreached", Invalid, "前面的工作时间已适用于全年每一天，本项不会生效", "Hours before it hold for every day of the year, so these never would";
}

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;
/// How many kinds of hours a calendar may know, and how many segments a day may have.
const HOURS_MAX: usize = 50;
const SEGMENTS_MAX: usize = 6;

/// A text that is no time of day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time such as 08:30, nor a day such as 05-01")
    }
}
impl std::error::Error for NotATime {}

/// Two numbers of two digits each, parted by a sign.
fn pair(text: &str, sign: char) -> Option<(u16, u16)> {
    let number = |text: &str| {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse().ok()).flatten()
    };
    let (first, second) = text.split_once(sign)?;
    Some((number(first)?, number(second)?))
}

/// A time of the local day, to the minute: `00:00` to `24:00`, which is the midnight that ends the day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// The midnight that begins a day.
    pub const START: Self = Self(0);
    /// The midnight that ends a day.
    pub const END: Self = Self(DAY_MINUTES);

    /// So many minutes after midnight, 0 to 1440.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= DAY_MINUTES).then_some(Self(minutes))
    }
    /// Minutes after midnight, 0 to 1440.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        let (hour, minute) = pair(text, ':').filter(|(_, minute)| *minute < 60).ok_or(NotATime)?;
        Self::from_minutes(hour * 60 + minute).ok_or(NotATime)
    }
}
impl TryFrom<String> for TimeOfDay {
    type Error = NotATime;
    fn try_from(text: String) -> Result<Self, NotATime> {
        text.parse()
    }
}
impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}
impl utoipa::PartialSchema for TimeOfDay {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        said(
            "A time of the local day: `24:00` is the midnight that ends it.",
            "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
            "08:30",
        )
    }
}
impl ToSchema for TimeOfDay {}
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A day of any year: `05-01`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: u16,
    day: u16,
}

impl MonthDay {
    /// The month and day of a date.
    pub fn of(date: BusinessDate) -> Self {
        let short = |number: u32| u16::try_from(number).unwrap_or_default();
        Self { month: short(date.month()), day: short(date.day()) }
    }
}

impl TryFrom<String> for MonthDay {
    type Error = NotATime;
    fn try_from(text: String) -> Result<Self, NotATime> {
        let (month, day) = pair(&text, '-').ok_or(NotATime)?;
        // In a leap year, so that 29 February may be named.
        BusinessDate::from_ymd_opt(2024, month.into(), day.into()).ok_or(NotATime)?;
        Ok(Self { month, day })
    }
}
impl From<MonthDay> for String {
    fn from(day: MonthDay) -> Self {
        format!("{:02}-{:02}", day.month, day.day)
    }
}

impl utoipa::PartialSchema for MonthDay {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        said("A day of any year, month and day.", "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "05-01")
    }
}
impl ToSchema for MonthDay {}

/// How a text of a fixed form stands in the document.
fn said(about: &str, pattern: &str, example: &str) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    text.max_length(Some(example.len())).pattern(Some(pattern)).examples([example]).into()
}

/// A part of every year, both days included. One that ends before it begins goes over New Year.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkingSeason)]
pub struct Season {
    /// The first day.
    pub from: MonthDay,
    /// The last day.
    pub to: MonthDay,
}

impl Season {
    /// Whether a day lies in it.
    pub fn contains(self, date: BusinessDate) -> bool {
        let day = MonthDay::of(date);
        if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        }
    }
}

/// A stretch of hours, half-open: its end is outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkingSegment)]
pub struct Segment {
    /// When it begins.
    pub from: TimeOfDay,
    /// When it ends.
    pub to: TimeOfDay,
}

/// The hours of some of the working days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    /// The season they hold in; absent: all year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
    /// The days of the week they hold on; empty: each.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub weekdays: BTreeSet<DayOfWeek>,
    /// 1 to 6 segments, ascending, apart.
    pub segments: Vec<Segment>,
}

impl WorkingHours {
    /// Whether they hold on a day.
    pub fn hold_on(&self, day: BusinessDate) -> bool {
        self.season.is_none_or(|season| season.contains(day))
            && (self.weekdays.is_empty() || self.weekdays.contains(&DayOfWeek::of(day.weekday())))
    }

    fn hold_always(&self) -> bool {
        self.season.is_none() && self.weekdays.is_empty()
    }
}

/// Notes what is unsound in the hours of a calendar.
pub(super) fn check(hours: &[WorkingHours], pointer: &str, findings: &mut Findings) {
    if hours.len() > HOURS_MAX {
        let range = [("min", json!(1)), ("max", json!(HOURS_MAX))];
        findings.add_with(pointer, codes::OUT_OF_RANGE, range);
    }
    if !hours.last().is_some_and(WorkingHours::hold_always) {
        findings.add(pointer, HOURS_INCOMPLETE);
    }
    let whole = hours.iter().position(WorkingHours::hold_always);
    for (index, entry) in hours.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        if whole.is_some_and(|whole| whole < index) {
            findings.add(pointer.as_str(), HOURS_UNREACHED);
        }
        check_segments(&entry.segments, &format!("{pointer}/segments"), findings);
    }
}

fn check_segments(segments: &[Segment], pointer: &str, findings: &mut Findings) {
    findings.within(pointer, segments.len(), 1..=SEGMENTS_MAX);
    let mut end_before = TimeOfDay::START;
    for (index, segment) in segments.iter().enumerate() {
        if segment.to <= segment.from {
            findings.add(format!("{pointer}/{index}/to"), SEGMENT_BACKWARDS);
        }
        if segment.from < end_before {
            findings.add(format!("{pointer}/{index}/from"), SEGMENTS_OVERLAP);
        }
        end_before = end_before.max(segment.to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> TimeOfDay {
        text.parse().expect("a time")
    }

    #[test]
    fn times_and_days_are_read_in_one_spelling() {
        assert_eq!(time("08:30").minutes(), 510);
        assert_eq!(time("24:00"), TimeOfDay::END);
        for text in ["8:30", "24:01", "12:60", "0830", "+1:00", "", "１２:00"] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(NotATime), "{text}");
        }
        assert_eq!(time("07:05").to_string(), "07:05");
        for text in ["02-30", "13-01", "00-01", "2-1"] {
            assert_eq!(MonthDay::try_from(text.to_owned()), Err(NotATime), "{text}");
        }
        assert_eq!(MonthDay::try_from("02-29".to_owned()).map(String::from), Ok("02-29".to_owned()));
    }

    #[test]
    fn a_season_may_go_over_new_year() {
        let winter: Season =
            serde_json::from_value(json!({"from": "10-01", "to": "04-30"})).expect("a season");
        let day = |text: &str| text.parse::<BusinessDate>().expect("a day");
        for (date, inside) in
            [("2026-10-01", true), ("2026-12-31", true), ("2026-04-30", true), ("2026-05-01", false)]
        {
            assert_eq!(winter.contains(day(date)), inside, "{date}");
        }
    }

    #[test]
    fn unsound_hours_are_told_everything_at_once() {
        let hours: Vec<WorkingHours> = serde_json::from_value(json!([
            {"segments": [{"from": "08:30", "to": "12:00"}, {"from": "11:00", "to": "11:00"}]},
            {"weekdays": ["friday"], "segments": []},
        ]))
        .expect("it reads");
        let mut findings = Findings::new();
        check(&hours, "/content/hours", &mut findings);
        let codes: Vec<_> = findings.into_vec().iter().map(|finding| finding.code.code).collect();
        let expected = [
            HOURS_INCOMPLETE.code,
            SEGMENT_BACKWARDS.code,
            SEGMENTS_OVERLAP.code,
            HOURS_UNREACHED.code,
            codes::OUT_OF_RANGE.code,
        ];
        assert_eq!(codes, expected);
    }
}
