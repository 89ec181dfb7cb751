//! When duties are raised, open, due and missed.

use super::company::*;
use crate::duty::batch::DutyBatch;
use crate::duty::cadence::{Cadence, DueDay, Grace, Lapse, LapseUnit, Opening, RestDay};

use proptest::prelude::*;

/// Opens, due and grace as written on the wall.
fn told(times: Times) -> [String; 3] {
    [Some(times.opens), times.due, times.grace_until].map(|at| at.map(written).unwrap_or_default())
}

fn weeks(called: &[Called<'_>]) -> Vec<String> {
    called.iter().map(|called| called.period.to_string()).collect()
}

#[test]
fn the_weekly_report_is_due_before_the_end_of_saturday_and_late_until_monday() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let times = |rule: DutyRule, of: &str| rule.times_of_period(week(of), time).map(told);
    assert_eq!(
        times(staff(), "2026-W20"),
        Some(["2026-05-11 00:00", "2026-05-17 00:00", "2026-05-18 09:00"].map(str::to_owned))
    );
    assert_eq!(
        times(heads(), "2026-W20"),
        Some(["2026-05-11 00:00", "2026-05-17 12:00", "2026-05-18 09:00"].map(str::to_owned))
    );
    // The week of the Spring Festival has no working day: no report.
    assert_eq!(times(staff(), "2026-W08"), None);
}

#[test]
fn filed_just_before_midnight_is_on_time_and_at_midnight_late() {
    // Workplace, worked examples 1 and 2.
    let calendar = calendar();
    let received = |rule: &DutyRule, at: &str, micros: i64| {
        let duty = owed(rule, "2026-W20", &calendar);
        let occasion = duty.occasion;
        let at = super::company::at(at).plus(chrono::Duration::microseconds(micros));
        let done = duty.fulfil(proof(at), occasion, &rule.fulfilled_by).expect("no refusal");
        done.after().state(at)
    };
    assert_eq!(received(&staff(), "2026-05-17 00:00", -1), DutyState::OnTime);
    assert_eq!(received(&staff(), "2026-05-17 00:00", 0), DutyState::Late);
    assert_eq!(received(&heads(), "2026-05-17 12:00", 0), DutyState::Late, "noon is not before noon");
    assert_eq!(received(&staff(), "2026-05-18 09:00", 0), DutyState::MadeUp);
}

#[test]
fn weeks_are_enumerated_over_new_year() {
    // Worked example 2.
    let calendar = calendar();
    let time = shanghai(&calendar);
    let versions = [DatedRule { from: day("2026-08-03"), rule: version(1, staff()) }];
    let versions = RuleVersions { versions: &versions };
    let called = versions.called(Some(week("2026-W52")), at("2026-12-28 08:00"), time);
    assert_eq!(weeks(&called), ["2026-W53"]);
    let called = versions.called(Some(week("2026-W52")), at("2027-01-04 00:00"), time);
    assert_eq!(weeks(&called), ["2026-W53", "2027-W01"]);
    assert!(!called[0].times.provisional || called[0].period.last() > day("2026-12-31"));
    assert!(called[1].times.provisional, "2027 is not announced");
    assert!(versions.called(Some(week("2026-W53")), at("2027-01-03 23:59"), time).is_empty());
}

#[test]
fn a_period_follows_the_version_in_force_on_its_first_day() {
    // Worked example 3.
    let calendar = calendar();
    let friday = |rule: DutyRule| match rule.cadence.clone() {
        Cadence::Period { every, month, at, periods_later, .. } => DutyRule {
            cadence: Cadence::Period {
                every,
                month,
                on: DueDay::Weekday(crate::working_time::DayOfWeek::Friday),
                at,
                periods_later,
            },
            ..rule
        },
        Cadence::Event { .. } => rule,
    };
    let versions = [
        DatedRule { from: day("2026-04-01"), rule: version(1, staff()) },
        DatedRule { from: day("2026-05-13"), rule: version(2, friday(staff())) },
    ];
    let rules = RuleVersions { versions: &versions };
    let called = rules.called(Some(week("2026-W19")), at("2026-05-18 00:00"), shanghai(&calendar));
    let dues: Vec<_> =
        called.iter().map(|called| (called.rule.number, told(called.times)[1].clone())).collect();
    assert_eq!(dues, [(1, "2026-05-17 00:00".to_owned()), (2, "2026-05-23 00:00".to_owned())]);
    // A first version, in force since a Wednesday, begins with the next whole week.
    let called = rules.called(None, at("2026-04-20 00:00"), shanghai(&calendar));
    assert_eq!(weeks(&called), ["2026-W15", "2026-W16", "2026-W17"]);
}

#[test]
fn a_repealed_rule_calls_for_nothing_and_takes_what_is_due_later() {
    let calendar = calendar();
    let versions = [
        DatedRule { from: day("2026-04-01"), rule: version(1, staff()) },
        DatedRule { from: day("2026-05-13"), rule: version(2, DutyRule { is_repealed: true, ..staff() }) },
    ];
    let rules = RuleVersions { versions: &versions };
    let called = rules.called(Some(week("2026-W19")), at("2026-06-01 00:00"), shanghai(&calendar));
    assert_eq!(weeks(&called), ["2026-W20"], "in force at its first instant");
    assert_eq!(rules.repealed_on(day("2026-05-12")), None);
    assert_eq!(rules.repealed_on(day("2026-06-01")), Some(day("2026-05-13")));
    let duty = owed(&staff(), "2026-W20", &calendar);
    assert!(duty.ends_with_rule(at("2026-05-13 00:00")));
    assert!(!duty.ends_with_rule(at("2026-05-18 00:00")), "it was due before");
    let cancelled = duty.cancel(CancelCause::Repealed, at("2026-05-13 00:00")).expect("no refusal");
    assert_eq!(cancelled.after().state(at("2026-06-01 00:00")), DutyState::Cancelled);
}

fn monthly(on: Value) -> DutyRule {
    let cadence = json!({"by": "period", "every": "month", "on": on, "at": "17:30"});
    DutyRule {
        cadence: serde_json::from_value(cadence).expect("it reads"),
        grace: Grace::Due,
        skip_idle_periods: false,
        ..staff()
    }
}

#[test]
fn days_of_months_are_counted_as_the_rule_says() {
    let calendar = calendar();
    let due = |rule: &DutyRule, of: &str| {
        rule.times_of_period(week(of), shanghai(&calendar)).and_then(|times| times.due).map(written)
    };
    for (on, of, expected) in [
        (json!({"day": 31}), "2026-04", "2026-04-30 17:30"),
        (json!({"day": 31}), "2026-02", "2026-02-28 17:30"),
        (json!({"working_day": 3}), "2026-05", "2026-05-08 17:30"),
        (json!({"working_day_from_end": 1}), "2026-05", "2026-05-29 17:30"),
        (json!({"working_day_from_end": 2}), "2026-02", "2026-02-27 17:30"),
        (json!({"working_day": 99}), "2026-05", "2026-05-29 17:30"),
    ] {
        assert_eq!(due(&monthly(on.clone()), of).as_deref(), Some(expected), "{on} of {of}");
    }
    let moved = |rest_day| due(&DutyRule { rest_day, ..monthly(json!({"day": 3})) }, "2026-05");
    assert_eq!(moved(RestDay::Keep).as_deref(), Some("2026-05-03 17:30"));
    assert_eq!(moved(RestDay::Before).as_deref(), Some("2026-04-30 17:30"));
    assert_eq!(moved(RestDay::After).as_deref(), Some("2026-05-06 17:30"));
}

#[test]
fn longer_periods_name_their_month_and_may_be_due_in_the_next() {
    let calendar = calendar();
    let due = |cadence: Value, of: &str| {
        let rule = DutyRule {
            cadence: serde_json::from_value(cadence).expect("it reads"),
            ..monthly(json!({"day": 1}))
        };
        rule.times_of_period(week(of), shanghai(&calendar)).and_then(|times| times.due).map(written)
    };
    let half = json!({"by": "period", "every": "half_year", "month": 6,
        "on": {"working_day_from_end": 1}, "at": "17:30"});
    assert_eq!(due(half, "2026-H1").as_deref(), Some("2026-06-30 17:30"));
    let quarter = json!({"by": "period", "every": "quarter", "month": 1, "on": {"working_day": 5},
        "at": "24:00", "periods_later": 1});
    assert_eq!(
        due(quarter, "2026-Q1").as_deref(),
        Some("2026-04-09 00:00"),
        "8 April, 24:00, after Qingming"
    );
    let year = json!({"by": "period", "every": "year", "on": {"working_day": 1}, "at": "12:00"});
    assert_eq!(due(year, "2026").as_deref(), Some("2026-01-04 12:00"), "a Sunday in a holiday's stead");
    let daily = json!({"by": "period", "every": "day", "on": {"day": 1}, "at": "10:00"});
    assert_eq!(due(daily.clone(), "2026-05-09").as_deref(), Some("2026-05-09 10:00"));
    let idle = DutyRule {
        cadence: serde_json::from_value(daily).expect("it reads"),
        skip_idle_periods: true,
        ..monthly(json!({"day": 1}))
    };
    assert_eq!(idle.times_of_period(week("2026-05-10"), shanghai(&calendar)), None);
}

#[test]
fn what_an_event_calls_for_is_due_within_its_time() {
    let calendar = calendar();
    let times = |amount: u32, unit: LapseUnit, rest_day: RestDay| {
        let within = Lapse { amount, unit };
        let cadence =
            Cadence::Event { kind: "complaint.accepted".into(), only: Vec::new(), within, due_on: None };
        let rule = DutyRule { cadence, rest_day, grace: Grace::Due, ..staff() };
        rule.times_of_event(at("2026-05-08 16:30"), None, shanghai(&calendar)).map(told)
    };
    let due = |amount, unit, rest_day| times(amount, unit, rest_day).map(|[_, due, _]| due);
    assert_eq!(due(2, LapseUnit::WorkingHours, RestDay::Keep).as_deref(), Some("2026-05-09 09:30"));
    assert_eq!(due(2, LapseUnit::Hours, RestDay::Keep).as_deref(), Some("2026-05-08 18:30"));
    assert_eq!(due(2, LapseUnit::WorkingDays, RestDay::Keep).as_deref(), Some("2026-05-12 00:00"));
    assert_eq!(due(2, LapseUnit::Days, RestDay::Keep).as_deref(), Some("2026-05-11 00:00"));
    assert_eq!(due(2, LapseUnit::Days, RestDay::After).as_deref(), Some("2026-05-12 00:00"), "Sunday rests");
    let opens = times(2, LapseUnit::Days, RestDay::Keep).map(|[opens, ..]| opens);
    assert_eq!(opens.as_deref(), Some("2026-05-08 16:30"));
}

#[test]
fn a_duty_shows_when_its_rule_says() {
    let calendar = calendar();
    let opens = |amount, unit| {
        let rule = DutyRule { opens: Opening::BeforeDue { lapse: Lapse { amount, unit } }, ..heads() };
        rule.times_of_period(week("2026-W20"), shanghai(&calendar)).map(|times| written(times.opens))
    };
    assert_eq!(opens(2, LapseUnit::Days).as_deref(), Some("2026-05-15 12:00"));
    assert_eq!(opens(2, LapseUnit::WorkingDays).as_deref(), Some("2026-05-14 12:00"));
    assert_eq!(opens(5, LapseUnit::WorkingHours).as_deref(), Some("2026-05-15 10:30"));
    assert_eq!(opens(24, LapseUnit::Hours).as_deref(), Some("2026-05-16 12:00"));
}

#[test]
fn a_new_calendar_moves_dues_ahead_with_notice_and_passed_ones_never() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let times = |due: &str| {
        let due = at(due);
        Times::fixed(at("2026-05-11 00:00"), due, due)
    };
    let moved = |old: &str, anew: &str, now: &str| {
        let moved = times(old).by_new_calendar(times(anew), at(now), &settings(), time);
        moved.and_then(|times| times.due).map(written)
    };
    let now = "2026-05-13 10:00";
    assert_eq!(moved("2026-05-20 17:30", "2026-05-22 17:30", now).as_deref(), Some("2026-05-22 17:30"));
    assert_eq!(moved("2026-05-20 17:30", "2026-05-18 17:30", now).as_deref(), Some("2026-05-18 17:30"));
    assert_eq!(
        moved("2026-05-20 17:30", "2026-05-13 17:30", now).as_deref(),
        Some("2026-05-15 00:00"),
        "notice"
    );
    assert_eq!(moved("2026-05-14 17:30", "2026-05-13 17:30", now), None, "too short for any notice");
    assert_eq!(moved("2026-05-13 10:00", "2026-05-20 17:30", now), None, "it has passed");
    assert_eq!(moved("2026-05-20 17:30", "2026-05-20 17:30", now), None);
}

#[test]
fn an_open_duty_follows_a_new_calendar_unless_somebody_set_its_due() {
    let old = calendar();
    let duty = owed(&monthly(json!({"working_day_from_end": 1})), "2026-12", &old);
    assert_eq!(super::company::due(&duty), "2026-12-31 17:30");
    let mut new = old.clone();
    let mut eve = new.years[0].holidays[0].clone();
    (eve.from, eve.to) = (day("2026-12-31"), day("2026-12-31"));
    new.years[0].holidays.push(eve);
    let rule = monthly(json!({"working_day_from_end": 1}));
    let moved = |duty: &Duty, now: &str| {
        let times = duty.by_new_calendar(&rule, at(now), &settings(), shanghai(&new));
        times.and_then(|times| times.due).map(written)
    };
    assert_eq!(moved(&duty, "2026-12-10 10:00").as_deref(), Some("2026-12-30 17:30"));
    assert_eq!(moved(&duty, "2026-12-31 18:00"), None, "it has passed");
    let director = actor(DIRECTOR);
    let line = Line { by: &director, superiors: &[who(DIRECTOR)] };
    let now = at("2026-12-10 10:00");
    let extended = duty.extend(at("2027-01-08 12:00"), "年终盘点".into(), line, now, shanghai(&old));
    assert_eq!(moved(extended.expect("no refusal").after(), "2026-12-10 10:00"), None);
}

#[test]
fn a_preview_names_who_would_owe_what_in_the_next_period() {
    let calendar = calendar();
    let member = |number: u128, is_head| rule::Member {
        employee: who(number),
        roles: Vec::new(),
        position: None,
        departments: Vec::new(),
        is_head,
    };
    let members = [member(LI_NA, false), member(WANG, true)];
    let preview = staff().preview(&members, day("2026-02-10"), shanghai(&calendar)).expect("a next period");
    assert_eq!(preview.period, week("2026-W09"), "the week of the Spring Festival is skipped");
    assert_eq!(preview.owed_by, [who(LI_NA)]);
    assert_eq!(preview.times.due.map(written).as_deref(), Some("2026-03-01 00:00"));
}

#[test]
fn occasions_are_written_and_read_back() {
    let event = Uuid::from_u128(7);
    for occasion in [Occasion::Period(week("2026-W20")), Occasion::Event(event)] {
        assert_eq!(occasion.to_string().parse(), Ok(occasion));
        let kept = serde_json::to_value(occasion).expect("it writes");
        assert_eq!(serde_json::from_value::<Occasion>(kept).expect("it reads"), occasion);
    }
    assert!("week 20".parse::<Occasion>().is_err());
}

#[test]
fn a_batch_tells_of_all_its_duties_at_once() {
    let calendar = calendar();
    let duty = owed(&staff(), "2026-W20", &calendar);
    let batch = DutyBatch {
        id: Id::from_uuid(Uuid::from_u128(5)),
        rule: duty.rule.clone(),
        occasion: duty.occasion,
        count: 200,
        digest: "d1".into(),
        at: duty.raised_at,
        version: 0,
    };
    let raised = batch.raise([]);
    assert_eq!(raised.happened().len(), 1);
    let expected = json!({"rule": "duty-rule/weekly-report", "rule_version": 1, "occasion": "2026-W20",
        "count": 200, "digest": "d1"});
    assert_eq!(raised.happened()[0].facts, expected);
}

proptest! {
    #[test]
    fn every_period_is_called_once(hours in prop::collection::vec(1_i64..3_000, 1..8)) {
        let calendar = calendar();
        let time = shanghai(&calendar);
        let monthly = monthly(json!({"working_day": 3}));
        let versions = [
            DatedRule { from: day("2026-01-07"), rule: version(1, staff()) },
            DatedRule { from: day("2026-06-10"), rule: version(2, monthly) },
        ];
        let rules = RuleVersions { versions: &versions };
        let mut now = at("2026-01-01 00:00");
        let (mut watermark, mut piecemeal) = (None, Vec::new());
        for hours in hours {
            now = now.plus(chrono::Duration::hours(hours));
            let called = rules.called(watermark, now, time);
            watermark = called.last().map(|called| called.period).or(watermark);
            piecemeal.extend(weeks(&called));
        }
        prop_assert_eq!(&piecemeal, &weeks(&rules.called(None, now, time)));
        let unique: std::collections::BTreeSet<_> = piecemeal.iter().collect();
        prop_assert_eq!(unique.len(), piecemeal.len());
    }
}
