//! What the specification works out for complaints, and what must hold of every log.

use super::super::tests::{at, calendar, shanghai, written};
use super::*;
use crate::{organisation::working_calendar::WorkingCalendar, spine::PolicyContent};
use proptest::prelude::*;

const FIRST_ANSWER: u32 = 2 * 60;
const MINOR: u32 = 70 * 60;
const NORMAL: u32 = 35 * 60;
const SERIOUS: u32 = 14 * 60;
const CRITICAL: u32 = 7 * 60;

fn rule() -> ClockRule {
    serde_json::from_str(SHIPPED_CLOCK_RULE).expect("it reads")
}

fn started(from: &str, allowance: u32) -> WorkingClock {
    WorkingClock::start(at(from), allowance, "SRV-2").expect("no refusal")
}

fn waits(clock: WorkingClock, from: &str, until: &str, calendar: &WorkingCalendar) -> WorkingClock {
    let time = shanghai(calendar);
    let paused = clock.pause(at(from), "customer", false, &rule(), time).expect("no refusal");
    paused.resume(at(until), time).expect("no refusal")
}

/// When it is due, as it stands at an instant.
fn due(clock: &WorkingClock, now: &str, calendar: &WorkingCalendar) -> Option<String> {
    clock.reading(at(now), shanghai(calendar)).due.map(written)
}

#[test]
fn the_shipped_rule_is_sound_and_an_unsound_one_is_told_everything() {
    assert_eq!(rule().findings(), []);
    let mut rule = rule();
    rule.marks[1].share_percent = 50;
    rule.pause_reasons[1].code = "customer".into();
    rule.pause_reasons[2].zh = " ".into();
    rule.pause_limit_minutes = 300_001;
    assert_eq!(rule.findings().len(), 4);
}

#[test]
fn a_serious_complaint_of_friday_afternoon() {
    // Worked example 1.
    let calendar = calendar();
    let received = "2026-05-29 16:30";
    assert_eq!(
        due(&started(received, FIRST_ANSWER), received, &calendar).as_deref(),
        Some("2026-06-01 09:30")
    );
    assert_eq!(due(&started(received, SERIOUS), received, &calendar).as_deref(), Some("2026-06-02 16:30"));
}

#[test]
fn waiting_moves_the_due_by_the_working_time_it_took() {
    // Worked example 2.
    let calendar = calendar();
    let time = shanghai(&calendar);
    let clock = started("2026-05-29 16:30", SERIOUS);
    let paused = clock.pause(at("2026-06-01 11:00"), "customer", false, &rule(), time).expect("no refusal");
    let reading = paused.reading(at("2026-06-02 10:00"), time);
    assert_eq!((reading.state, reading.due), (ClockState::Paused, None));
    assert_eq!((reading.left, reading.verdict), (Duration::minutes(10 * 60 + 30), ClockVerdict::InTime));
    let resumed = paused.resume(at("2026-06-02 14:30"), time).expect("no refusal");
    assert_eq!(due(&resumed, "2026-06-02 14:30", &calendar).as_deref(), Some("2026-06-04 09:00"));
}

#[test]
fn waiting_over_a_weekend_moves_nothing() {
    // Worked example 3.
    let calendar = calendar();
    let clock = started("2026-05-29 16:30", SERIOUS);
    let waited = waits(clock, "2026-05-29 17:30", "2026-06-01 08:30", &calendar);
    assert_eq!(due(&waited, "2026-06-01 08:30", &calendar).as_deref(), Some("2026-06-02 16:30"));
}

#[test]
fn holidays_are_not_working_time() {
    // Worked example 4.
    let clock = started("2026-04-30 16:00", CRITICAL);
    assert_eq!(due(&clock, "2026-04-30 16:00", &calendar()).as_deref(), Some("2026-05-06 16:00"));
}

#[test]
fn a_new_severity_keeps_what_has_elapsed_and_leaves_two_hours() {
    // Worked example 5: 10 hours worked, then 13.
    let calendar = calendar();
    let time = shanghai(&calendar);
    for (now, left) in [("2026-05-12 11:30", 4), ("2026-05-12 16:30", 2)] {
        let clock = started("2026-05-11 08:30", NORMAL);
        let clock = clock.retarget(at(now), SERIOUS, "serious", &rule()).expect("no refusal");
        let reading = clock.reading(at(now), time);
        assert_eq!(reading.left, Duration::hours(left), "{now}");
        assert_eq!(
            reading.due,
            Some(time.plus_working_hours(at(now), u32::try_from(left).expect("minutes that are left")).value)
        );
    }
}

#[test]
fn a_clock_that_ran_out_is_not_saved_by_another_severity() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let ran_out = started("2026-05-11 08:30", CRITICAL);
    let now = at("2026-05-12 09:30");
    let shorter = ran_out.clone().retarget(now, FIRST_ANSWER, "x", &rule()).expect("no refusal");
    let reading = shorter.reading(now, time);
    assert_eq!((reading.verdict, reading.due), (ClockVerdict::Late, Some(at("2026-05-11 17:30"))));
    let longer = ran_out.retarget(now, NORMAL, "x", &rule()).expect("no refusal");
    assert_eq!(longer.reading(now, time).verdict, ClockVerdict::Pending);
}

#[test]
fn done_at_the_very_due_is_late() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let verdict = |stopped: &str| {
        let clock = started("2026-05-11 08:30", CRITICAL).stop(at(stopped), time).expect("no refusal");
        clock.reading(at("2026-06-01 00:00"), time).verdict
    };
    assert_eq!(verdict("2026-05-11 17:29"), ClockVerdict::InTime);
    assert_eq!(verdict("2026-05-11 17:30"), ClockVerdict::Late);
}

#[test]
fn pauses_are_spent_together_and_then_it_runs_by_itself() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    // Four days and 3.5 hours of 5 days are spent.
    let clock = waits(started("2026-05-11 08:30", MINOR), "2026-05-11 14:00", "2026-05-16 00:00", &calendar);
    let clock = clock.pause(at("2026-05-18 08:30"), "part", false, &rule(), time).expect("no refusal");
    let spent = at("2026-05-18 12:00");
    assert_eq!(clock.reading(spent.plus(-Duration::minutes(1)), time).state, ClockState::Paused);
    let reading = clock.reading(at("2026-05-18 15:00"), time);
    assert_eq!((reading.state, reading.elapsed), (ClockState::Running, Duration::minutes(3 * 60 + 30 + 60)));
    let late = clock.clone().resume(at("2026-05-18 15:00"), time).unwrap_err();
    assert_eq!(late.code, CLOCK_NOT_PAUSED);
    let more = |is_agreed| clock.clone().pause(at("2026-05-18 15:00"), "part", is_agreed, &rule(), time);
    let refused = more(false).unwrap_err();
    assert_eq!((refused.code, &refused.params["limit_hours"]), (PAUSE_SPENT, &json!(35)));
    let agreed = more(true).expect("no refusal");
    assert_eq!(agreed.reading(at("2026-07-01 00:00"), time).state, ClockState::Paused);
}

#[test]
fn reopening_begins_a_cycle_and_keeps_the_verdict() {
    let mut calendar = calendar();
    let late = started("2026-05-11 08:30", CRITICAL);
    let late = late.stop(at("2026-05-12 09:00"), shanghai(&calendar)).expect("no refusal");
    let clock = late.reopen(at("2026-05-13 08:30"), NORMAL, "SRV-2").expect("no refusal");
    // What is announced later moves open clocks only.
    let mut first = calendar.years[0].holidays[0].clone();
    (first.from, first.to) = ("2026-05-11".parse().expect("a day"), "2026-05-12".parse().expect("a day"));
    calendar.years[0].holidays.push(first);
    let readings = clock.readings(at("2026-05-13 09:30"), shanghai(&calendar));
    assert_eq!(readings.len(), 2);
    assert_eq!((readings[0].verdict, readings[0].due), (ClockVerdict::Late, Some(at("2026-05-11 17:30"))));
    assert_eq!((readings[1].cycle, readings[1].left), (2, Duration::hours(34)));
}

#[test]
fn what_cannot_happen_to_a_clock_is_refused() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let code = |result: Result<WorkingClock, Refusal>| result.unwrap_err().code;
    let now = at("2026-05-12 09:00");
    let clock = started("2026-05-11 08:30", NORMAL);
    assert_eq!(code(clock.clone().resume(now, time)), CLOCK_NOT_PAUSED);
    assert_eq!(code(clock.clone().reopen(now, NORMAL, "x")), CLOCK_NOT_STOPPED);
    assert_eq!(code(clock.clone().pause(now, "lunch", false, &rule(), time)), PAUSE_REASON_UNKNOWN);
    assert_eq!(code(WorkingClock::start(now, 0, "x")), crate::spine::codes::OUT_OF_RANGE);
    let paused = clock.pause(now, "part", false, &rule(), time).expect("no refusal");
    assert_eq!(code(paused.clone().pause(now, "part", false, &rule(), time)), CLOCK_PAUSED);
    let stopped = paused.stop(now, time).expect("no refusal");
    assert_eq!(stopped.reading(now, time).verdict, ClockVerdict::InTime, "paused with time left");
    assert_eq!(code(stopped.clone().stop(now, time)), CLOCK_STOPPED);
    assert_eq!(code(stopped.retarget(now, NORMAL, "x", &rule())), CLOCK_STOPPED);
}

#[test]
fn marks_are_parts_of_the_allowance() {
    let calendar = calendar();
    let clock = started("2026-05-11 08:30", SERIOUS);
    let mark = |share| clock.mark(share, at("2026-05-11 09:00"), shanghai(&calendar)).map(written);
    assert_eq!(mark(50).as_deref(), Some("2026-05-11 17:30"));
    assert_eq!(mark(100).as_deref(), Some("2026-05-12 17:30"));
}

#[test]
fn a_log_is_kept_and_read_back() {
    let calendar = calendar();
    let clock = waits(started("2026-05-11 08:30", NORMAL), "2026-05-11 10:00", "2026-05-12 10:00", &calendar);
    let clock = clock.stop(at("2026-05-12 11:00"), shanghai(&calendar)).expect("no refusal");
    let kept = serde_json::to_value(&clock).expect("it writes");
    assert_eq!(kept[1]["event"], "pause");
    assert_eq!(serde_json::from_value::<WorkingClock>(kept).expect("it reads"), clock);
}

/// What happens to a clock at random: minutes from the deed before, and which deed.
fn deeds() -> impl Strategy<Value = Vec<(i64, u8)>> {
    prop::collection::vec((0_i64..3_000, 0_u8..4), 0..12)
}

proptest! {
    #[test]
    fn whatever_happens_the_due_is_when_the_allowance_has_run(deeds in deeds(), later in 0_i64..5_000) {
        let calendar = calendar();
        let time = shanghai(&calendar);
        let mut clock = started("2026-03-02 08:30", NORMAL);
        let mut now = at("2026-03-02 08:30");
        for (minutes, deed) in deeds {
            now = now.plus(Duration::minutes(minutes));
            let after = match deed {
                0 => clock.clone().pause(now, "part", false, &rule(), time),
                1 => clock.clone().resume(now, time),
                2 => clock.clone().retarget(now, SERIOUS, "x", &rule()),
                _ => clock.clone().retarget(now, MINOR, "x", &rule()),
            };
            clock = after.unwrap_or(clock);
        }
        now = now.plus(Duration::minutes(later));
        let reading = clock.reading(now, time);
        prop_assert_eq!(reading.left, (reading.allowance - reading.elapsed).max(Duration::zero()));
        match reading.due {
            // It runs on untouched: at its due nothing is left, just before it something is.
            Some(due) if due > now => {
                prop_assert!(clock.reading(due, time).left.is_zero());
                prop_assert!(!clock.reading(due.plus(-Duration::seconds(1)), time).left.is_zero());
                prop_assert_eq!(clock.reading(due, time).verdict, ClockVerdict::Late);
            }
            Some(_) => prop_assert_eq!(reading.verdict, ClockVerdict::Late),
            None => prop_assert_eq!(reading.state, ClockState::Paused),
        }
    }
}
