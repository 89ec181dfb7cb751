//! The days of a span as people look them up: worked or not, in which hours, and what the lunar calendar calls them.
//! `[DUT-3a, DUT-3c]`

use crate::{
    policy,
    spine::{Failure, Reader, View},
};
use chrono::NaiveDate;
use domain::{
    organisation::working_calendar::{DayCode, DayKind, Holiday, SPAN_UNFIT, WorkingCalendar},
    spine::{BusinessDate, Citation, Refusal},
    working_time::lunar::{LunarDate, festival_on, lunar_date},
};
use serde::Serialize;
use utoipa::ToSchema;

/// So many days at once: a leap year.
pub const DAYS_MAX: i64 = 366;

/// A stretch of hours that are worked, half-open.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WorkingHoursOfDay)]
pub struct SegmentView {
    /// When it begins, of the company's clock.
    #[schema(max_length = 5, example = "08:30")]
    pub from: String,
    /// When it ends.
    #[schema(max_length = 5, example = "12:00")]
    pub to: String,
}

/// What the lunar calendar calls a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LunarDay)]
pub struct LunarView {
    /// The lunar year, by the year in which it began.
    #[schema(minimum = 1899, maximum = 2100, example = 2025)]
    pub year: i32,
    /// The month, 1 (正月) to 12 (腊月).
    #[schema(minimum = 1, maximum = 12)]
    pub month: u8,
    /// Whether it is a leap month, which is not the month of its number.
    pub is_leap_month: bool,
    /// The day.
    #[schema(minimum = 1, maximum = 30)]
    pub day: u8,
    /// As calendars print it.
    #[schema(max_length = 10, example = "腊月廿九")]
    pub name_zh: String,
    /// The festival of the day, in Chinese.
    #[schema(max_length = 20, example = "除夕")]
    pub festival_zh: Option<String>,
    /// The festival of the day, in English.
    #[schema(max_length = 40, example = "Lunar New Year's Eve")]
    pub festival_en: Option<String>,
}

/// A day of the working calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WorkingDay)]
pub struct WorkingDayView {
    /// Which day.
    pub date: NaiveDate,
    /// What sort of day it is.
    pub kind: DayCode,
    /// The holiday, in Chinese.
    #[schema(max_length = 60, example = "春节")]
    pub holiday_zh: Option<String>,
    /// The holiday, in English.
    #[schema(max_length = 60, example = "Spring Festival")]
    pub holiday_en: Option<String>,
    /// The hours that are worked, in order; none on a day off.
    #[schema(max_items = 6)]
    pub hours: Vec<SegmentView>,
    /// Whether the holidays of its year are announced; else only weekends are known, and what is reckoned with it may move.
    pub is_announced: bool,
    /// What the lunar calendar calls it; null outside its years 1900 to 2100.
    pub lunar: Option<LunarView>,
}

/// The days of a span.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WorkingDays)]
pub struct WorkingDaysView {
    /// The days, in order.
    #[schema(max_items = 366)]
    pub data: Vec<WorkingDayView>,
}

impl View for WorkingDaysView {}

/// The days from one to another, both included, by the calendar in force today.
///
/// # Errors
/// `working_calendar.span_unfit`.
pub fn working_days(
    reader: &mut Reader<'_>,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<WorkingDaysView, Failure> {
    if to < from || (to - from).num_days() >= DAYS_MAX {
        let refusal = Refusal::new(SPAN_UNFIT).with("max", DAYS_MAX).at("to");
        return Err(refusal.citing(Citation::rule("DUT-3")).into());
    }
    let today = reader.today();
    let calendar = policy::in_force::<WorkingCalendar>(reader, "company", today)?;
    let days = from.iter_days().take_while(|day| *day <= to);
    Ok(WorkingDaysView { data: days.map(|day| shown(&calendar.content, day)).collect() })
}

fn shown(calendar: &WorkingCalendar, date: BusinessDate) -> WorkingDayView {
    let kind = calendar.kind_of(date);
    let (holiday_zh, holiday_en) = match kind {
        DayKind::Holiday(Holiday { zh, en, .. }) => (Some(zh.clone()), Some(en.clone())),
        DayKind::Working | DayKind::MakeUp | DayKind::Rest => (None, None),
    };
    let hours = calendar.segments_on(date).iter();
    WorkingDayView {
        date,
        kind: kind.code(),
        holiday_zh,
        holiday_en,
        hours: hours.map(|one| SegmentView { from: one.from.into(), to: one.to.into() }).collect(),
        is_announced: calendar.is_announced(date),
        lunar: lunar_date(date).map(|lunar| named(lunar, date)),
    }
}

fn named(lunar: LunarDate, date: BusinessDate) -> LunarView {
    let LunarDate { year, month, is_leap_month, day } = lunar;
    let (festival_zh, festival_en) = festival_on(date).unzip();
    LunarView {
        year,
        month,
        is_leap_month,
        day,
        name_zh: lunar.name_zh(),
        festival_zh: festival_zh.map(str::to_owned),
        festival_en: festival_en.map(str::to_owned),
    }
}
