//! Days of the lunar calendar (农历) in the years 1900 to 2100. `[DUT-3c]`
//!
//! 除夕 is the day before 正月初一, be it the 29th or the 30th of the twelfth month. A leap month is not its month:
//! what falls into a month falls into the ordinary one.

use crate::spine::BusinessDate;
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use tyme4rs::tyme::{
    lunar::{LunarDay, LunarMonth},
    solar::SolarDay,
};

/// The lunar years that are known.
pub const LUNAR_YEARS: RangeInclusive<i32> = 1900..=2100;

/// Days of a long month.
const LONG_MONTH: u8 = 30;

/// A day that comes back every lunar year.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LunarOccasion {
    /// A day of an ordinary month; the 30th of a month that has only 29 days is its last.
    Day {
        /// 1 (正月) to 12 (腊月).
        month: u8,
        /// 1 (初一) to 30.
        day: u8,
    },
    /// 除夕: the day before 正月初一 of the next year.
    NewYearsEve {},
}

/// A day as the lunar calendar names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LunarDate {
    /// The lunar year, by the year in which it began.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// Whether the month is a leap month (闰月).
    pub is_leap_month: bool,
    /// 1 to 30.
    pub day: u8,
}

impl LunarOccasion {
    /// 春节: 正月初一.
    pub const SPRING_FESTIVAL: Self = Self::Day { month: 1, day: 1 };
    /// 中秋: 八月十五.
    pub const MID_AUTUMN: Self = Self::Day { month: 8, day: 15 };

    /// Whether there is such a day.
    pub fn is_sound(self) -> bool {
        match self {
            Self::Day { month, day } => (1..=12).contains(&month) && (1..=LONG_MONTH).contains(&day),
            Self::NewYearsEve {} => true,
        }
    }

    /// The day it falls on in a lunar year; none outside 1900 to 2100, or where there is no such day.
    pub fn in_year(self, year: i32) -> Option<BusinessDate> {
        if !self.is_sound() || !LUNAR_YEARS.contains(&year) {
            return None;
        }
        match self {
            Self::Day { month, day } => date_of(year, month, day),
            Self::NewYearsEve {} => date_of(year + 1, 1, 1)?.pred_opt(),
        }
    }

    /// Every day it falls on from a day to another, both included, ascending.
    pub fn between(self, first: BusinessDate, last: BusinessDate) -> impl Iterator<Item = BusinessDate> {
        // The last days of a lunar year lie in the next year of the calendar.
        let years = first.year() - 1..=last.year();
        years.filter_map(move |year| self.in_year(year)).filter(move |day| first <= *day && *day <= last)
    }
}

/// The festivals that people keep by the lunar calendar, each with its Chinese and its English name.
const FESTIVALS: &[(LunarOccasion, &str, &str)] = &[
    (LunarOccasion::NewYearsEve {}, "除夕", "Lunar New Year's Eve"),
    (LunarOccasion::SPRING_FESTIVAL, "春节", "Spring Festival"),
    (LunarOccasion::Day { month: 1, day: 15 }, "元宵节", "Lantern Festival"),
    (LunarOccasion::Day { month: 5, day: 5 }, "端午节", "Dragon Boat Festival"),
    (LunarOccasion::Day { month: 7, day: 7 }, "七夕", "Qixi Festival"),
    (LunarOccasion::MID_AUTUMN, "中秋节", "Mid-Autumn Festival"),
    (LunarOccasion::Day { month: 9, day: 9 }, "重阳节", "Double Ninth Festival"),
    (LunarOccasion::Day { month: 12, day: 8 }, "腊八节", "Laba Festival"),
];

/// The lunar festival of a day, Chinese and English; none on other days, and outside the years that are known.
pub fn festival_on(day: BusinessDate) -> Option<(&'static str, &'static str)> {
    let falls = |occasion: LunarOccasion| occasion.between(day, day).next().is_some();
    let found = FESTIVALS.iter().find(|(occasion, ..)| falls(*occasion));
    found.map(|(_, zh, en)| (*zh, *en))
}

impl LunarDate {
    /// Its name, as calendars print it: 腊月三十, 闰六月初一.
    pub fn name_zh(self) -> String {
        const MONTHS: [&str; 12] = ["正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"];
        const ONES: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
        let ones = |day: u8| ONES.get(usize::from(day).wrapping_sub(1)).copied().unwrap_or_default();
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).copied().unwrap_or_default();
        let day = match self.day {
            0..=10 => format!("初{}", ones(self.day)),
            11..=19 => format!("十{}", ones(self.day - 10)),
            20 => "二十".to_owned(),
            21..=29 => format!("廿{}", ones(self.day - 20)),
            _ => "三十".to_owned(),
        };
        format!("{}{month}月{day}", if self.is_leap_month { "闰" } else { "" })
    }
}

fn date_of(year: i32, month: u8, day: u8) -> Option<BusinessDate> {
    let (year, month) = (isize::try_from(year).ok()?, isize::from(month));
    let days = LunarMonth::new(year, month).ok()?.get_day_count();
    let solar = LunarDay::new(year, month, usize::from(day).min(days)).ok()?.get_solar_day();
    let number = |number: usize| u32::try_from(number).ok();
    BusinessDate::from_ymd_opt(
        i32::try_from(solar.get_year()).ok()?,
        number(solar.get_month())?,
        number(solar.get_day())?,
    )
}

/// How the lunar calendar names a day; none outside its years 1900 to 2100.
pub fn lunar_date(day: BusinessDate) -> Option<LunarDate> {
    let number = |number: u32| usize::try_from(number).ok();
    let year = isize::try_from(day.year()).ok()?;
    let solar = SolarDay::new(year, number(day.month())?, number(day.day())?).ok()?;
    let lunar = solar.get_lunar_day();
    let month = lunar.get_lunar_month();
    let year = i32::try_from(lunar.get_year()).ok().filter(|year| LUNAR_YEARS.contains(year))?;
    Some(LunarDate {
        year,
        month: u8::try_from(month.get_month()).ok()?,
        is_leap_month: month.is_leap(),
        day: u8::try_from(lunar.get_day()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> BusinessDate {
        text.parse().expect("a day")
    }

    #[test]
    fn festivals_fall_on_the_days_that_are_known() {
        for (year, spring, autumn, eve) in [
            (1900, "1900-01-31", "1900-09-08", "1901-02-18"),
            (2023, "2023-01-22", "2023-09-29", "2024-02-09"),
            (2025, "2025-01-29", "2025-10-06", "2026-02-16"),
            (2026, "2026-02-17", "2026-09-25", "2027-02-05"),
            (2027, "2027-02-06", "2027-09-15", "2028-01-25"),
            (2033, "2033-01-31", "2033-09-08", "2034-02-18"),
            (2100, "2100-02-09", "2100-09-18", "2101-01-28"),
        ] {
            assert_eq!(LunarOccasion::SPRING_FESTIVAL.in_year(year), Some(day(spring)), "{year}");
            assert_eq!(LunarOccasion::MID_AUTUMN.in_year(year), Some(day(autumn)), "{year}");
            assert_eq!(LunarOccasion::NewYearsEve {}.in_year(year), Some(day(eve)), "{year}");
        }
        assert_eq!(LunarOccasion::MID_AUTUMN.in_year(1899), None);
        assert_eq!(LunarOccasion::MID_AUTUMN.in_year(2101), None);
    }

    #[test]
    fn days_are_named_as_calendars_print_them() {
        let name = |text| lunar_date(day(text)).map(LunarDate::name_zh);
        assert_eq!(name("2026-02-16").as_deref(), Some("腊月廿九"));
        assert_eq!(name("2024-02-09").as_deref(), Some("腊月三十"));
        assert_eq!(name("2026-02-17").as_deref(), Some("正月初一"));
        assert_eq!(name("2025-07-25").as_deref(), Some("闰六月初一"));
        assert_eq!(name("2026-03-08").as_deref(), Some("正月二十"));
        assert_eq!(festival_on(day("2026-02-16")).map(|(zh, _)| zh), Some("除夕"));
        assert_eq!(festival_on(day("2024-02-09")).map(|(zh, _)| zh), Some("除夕"));
        assert_eq!(festival_on(day("2026-02-15")), None, "the 28th is no eve");
    }

    #[test]
    fn the_eve_is_the_29th_or_the_30th() {
        let eve = |year| LunarOccasion::NewYearsEve {}.in_year(year).and_then(lunar_date).expect("a day");
        assert_eq!((eve(2025).month, eve(2025).day), (12, 29));
        assert_eq!((eve(2023).month, eve(2023).day), (12, 30));
    }

    #[test]
    fn a_leap_month_is_not_its_month() {
        // 2025 has a sixth month and a leap sixth month, from 25 July on.
        let birthday = LunarOccasion::Day { month: 6, day: 1 };
        assert_eq!(birthday.in_year(2025), Some(day("2025-06-25")));
        let leap = lunar_date(day("2025-07-25")).expect("a day");
        assert_eq!(leap, LunarDate { year: 2025, month: 6, is_leap_month: true, day: 1 });
    }

    #[test]
    fn the_30th_of_a_short_month_is_its_last_day() {
        assert_eq!(LunarOccasion::Day { month: 12, day: 30 }.in_year(2025), Some(day("2026-02-16")));
        assert_eq!(LunarOccasion::Day { month: 13, day: 1 }.in_year(2025), None);
        assert_eq!(LunarOccasion::Day { month: 1, day: 31 }.in_year(2025), None);
    }

    #[test]
    fn occasions_are_found_over_new_year() {
        let found: Vec<_> =
            LunarOccasion::NewYearsEve {}.between(day("2026-01-01"), day("2028-01-25")).collect();
        assert_eq!(found, [day("2026-02-16"), day("2027-02-05"), day("2028-01-25")]);
    }

    #[test]
    fn every_day_of_two_centuries_is_named_and_found_again() {
        let mut before: Option<LunarDate> = None;
        for date in day("1900-02-01").iter_days().take_while(|date| date.year() <= 2100).step_by(7) {
            let lunar = lunar_date(date).expect("a day");
            let occasion = LunarOccasion::Day { month: lunar.month, day: lunar.day };
            if !lunar.is_leap_month {
                assert_eq!(occasion.in_year(lunar.year), Some(date));
            }
            assert!(before.is_none_or(|before| before.year <= lunar.year));
            before = Some(lunar);
        }
    }
}
