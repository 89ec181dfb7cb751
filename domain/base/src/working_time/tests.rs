//! Working time by the calendar as shipped: what the specification works out, and what must always hold.

use super::*;
use crate::organisation::working_calendar::SHIPPED_WORKING_CALENDAR;
use chrono::NaiveDateTime;
use proptest::prelude::*;

pub fn calendar() -> WorkingCalendar {
    serde_json::from_str(SHIPPED_WORKING_CALENDAR).expect("it reads")
}

pub fn shanghai(calendar: &WorkingCalendar) -> WorkingTime<'_> {
    WorkingTime::new(calendar, Tz::Asia__Shanghai)
}

/// An instant of the clock on the wall in Shanghai, which is 8 hours ahead.
pub fn at(text: &str) -> Timestamp {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a local time");
    Timestamp::new(local.and_utc()).plus(-Duration::hours(8))
}

/// How an instant is written on the wall in Shanghai.
pub fn written(at: Timestamp) -> String {
    at.plus(Duration::hours(8)).instant().format("%Y-%m-%d %H:%M").to_string()
}

pub fn day(text: &str) -> BusinessDate {
    text.parse().expect("a day")
}

fn hours_later(from: &str, hours: u32) -> String {
    written(shanghai(&calendar()).plus_working_hours(at(from), hours).value)
}

#[test]
fn working_hours_are_added_over_nights_lunch_and_holidays() {
    // Worked example 9.
    assert_eq!(hours_later("2026-05-08 16:30", 2), "2026-05-09 09:30");
    assert_eq!(hours_later("2026-02-14 17:00", 1), "2026-02-24 09:00");
    assert_eq!(hours_later("2026-05-11 11:30", 2), "2026-05-11 15:30");
}

#[test]
fn the_end_of_a_segment_belongs_to_it_and_an_instant_outside_moves_on() {
    assert_eq!(hours_later("2026-05-11 16:30", 1), "2026-05-11 17:30");
    assert_eq!(hours_later("2026-05-11 17:30", 0), "2026-05-12 08:30");
    assert_eq!(hours_later("2026-05-11 17:29", 0), "2026-05-11 17:29");
    assert_eq!(hours_later("2026-05-11 23:00", 1), "2026-05-12 09:30");
    assert_eq!(hours_later("2026-05-16 12:00", 0), "2026-05-18 08:30");
}

#[test]
fn working_days_end_at_midnight() {
    // Worked example 10.
    let days_later = |from, days| written(shanghai(&calendar()).plus_working_days(at(from), days).value);
    assert_eq!(days_later("2026-04-30 10:00", 3), "2026-05-09 00:00", "Friday 8 May, 24:00");
    assert_eq!(days_later("2026-05-10 10:00", 1), "2026-05-12 00:00");
    assert_eq!(days_later("2026-05-10 10:00", 0), "2026-05-11 00:00");
}

#[test]
fn a_year_not_announced_knows_weekends_and_says_so() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let plain = time.plus_working_days(at("2026-12-30 10:00"), 1);
    assert_eq!((written(plain.value).as_str(), plain.provisional), ("2027-01-01 00:00", false));
    let beyond = time.plus_working_days(at("2026-12-30 10:00"), 2);
    assert_eq!((written(beyond.value).as_str(), beyond.provisional), ("2027-01-02 00:00", true));
    assert!(time.plus_working_hours(at("2026-12-31 17:00"), 1).provisional);
    assert!(!time.plus(at("2026-12-31 17:00"), Duration::minutes(30)).provisional);
    assert!(time.elapsed(at("2026-12-31 17:00"), at("2027-01-04 09:00")).provisional);
}

#[test]
fn hours_differ_by_season_and_weekday() {
    let mut calendar = calendar();
    let summer = serde_json::json!([
        {"season": {"from": "06-01", "to": "09-30"}, "weekdays": ["friday"],
            "segments": [{"from": "08:30", "to": "12:00"}]},
        {"season": {"from": "06-01", "to": "09-30"},
            "segments": [{"from": "08:30", "to": "12:00"}, {"from": "14:30", "to": "18:00"}]},
    ]);
    let summer: Vec<crate::organisation::working_calendar::WorkingHours> =
        serde_json::from_value(summer).expect("it reads");
    calendar.hours.splice(0..0, summer);
    let time = shanghai(&calendar);
    let later = |from| written(time.plus_working_hours(at(from), 1).value);
    assert_eq!(later("2026-06-01 14:00"), "2026-06-01 15:30");
    assert_eq!(later("2026-06-05 11:30"), "2026-06-08 09:00");
    assert_eq!(later("2026-10-09 14:00"), "2026-10-09 15:00");
}

#[test]
fn the_working_days_before_and_after_a_day_are_found() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    assert_eq!(time.working_day_before(day("2026-05-06"), 1).value, day("2026-04-30"));
    assert_eq!(time.working_day_after(day("2026-04-30"), 1).value, day("2026-05-06"));
    let count = time.working_days(day("2026-05-04"), day("2026-05-10")).count();
    assert_eq!(count, 4, "Wednesday to Friday, and Saturday in a holiday's stead");
    assert_eq!(time.day_until(at("2026-05-17 00:00")), day("2026-05-16"));
}

#[test]
fn a_calendar_without_a_working_day_comes_to_an_end() {
    let mut calendar = calendar();
    calendar.hours.clear();
    let time = shanghai(&calendar);
    assert!(time.plus_working_hours(at("2026-05-11 10:00"), 1).provisional);
    assert!(time.minus(at("2026-05-11 10:00"), Duration::hours(1)).provisional);
}

fn instants() -> impl Strategy<Value = Timestamp> {
    (0_i64..500_000).prop_map(|minutes| at("2026-01-01 00:00").plus(Duration::minutes(minutes)))
}

proptest! {
    #[test]
    fn what_is_added_has_elapsed(from in instants(), minutes in 0_u32..10_000) {
        let calendar = calendar();
        let time = shanghai(&calendar);
        let until = time.plus_working_minutes(from, minutes).value;
        prop_assert_eq!(time.elapsed(from, until).value, Duration::minutes(minutes.into()));
        prop_assert!(until >= from);
    }

    #[test]
    fn what_is_taken_is_added_again(from in instants(), minutes in 1_i64..10_000) {
        let calendar = calendar();
        let time = shanghai(&calendar);
        let work = Duration::minutes(minutes);
        let before = time.minus(from, work).value;
        prop_assert_eq!(time.elapsed(before, from).value, work);
        let again = time.plus(before, work).value;
        prop_assert!(again <= from && time.elapsed(again, from).value.is_zero());
    }

    #[test]
    fn elapsed_time_is_that_of_its_parts(one in instants(), two in instants(), three in instants()) {
        let mut order = [one, two, three];
        order.sort_unstable();
        let calendar = calendar();
        let time = shanghai(&calendar);
        let whole = time.elapsed(order[0], order[2]).value;
        let parts = time.elapsed(order[0], order[1]).value + time.elapsed(order[1], order[2]).value;
        prop_assert_eq!(whole, parts);
        prop_assert!(time.elapsed(order[2], order[0]).value.is_zero());
    }
}
