//! What a replay counts, and what it calls a difference.

use super::*;
use crate::spine::{Currency, Money};
use std::collections::BTreeMap;

fn day() -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, 3, 5).expect("a day")
}

fn step(key: &str, says: Option<&str>, fact: Option<&str>) -> Point {
    Point {
        key: key.to_owned(),
        name: Said::name(key),
        clause: Some("003".to_owned()),
        says: says.map(Said::name),
        fact: fact.map(str::to_owned),
        otherwise: "approvers".to_owned(),
    }
}

fn outcome(points: Vec<Point>) -> Outcome {
    Outcome { points, money: BTreeMap::new() }
}

fn case(number: u128, stored: Option<Outcome>, current: Outcome, draft: Outcome) -> Case {
    Case {
        decision: "approver_routing".to_owned(),
        policy: "approval-chain/expense-claim".to_owned(),
        kind: "expense_claim".to_owned(),
        id: Uuid::from_u128(number),
        number: format!("EC-{number}"),
        on: day(),
        results: Results::Determined { stored, current, draft },
    }
}

#[test]
fn a_step_that_begins_to_apply_is_told_with_the_fact_that_kept_it_away() {
    let before = outcome(vec![step("gm", None, Some("amount")), step("head", Some("王芳"), None)]);
    let after = outcome(vec![step("gm", Some("周总"), Some("amount")), step("head", Some("王芳"), None)]);
    let judged = case(1, Some(before.clone()), before.clone(), after).judge();
    assert_eq!((judged.verdict, judged.drifts), (Verdict::Different, false));
    let [reason] = judged.reasons.as_slice() else { panic!("one reason: {:?}", judged.reasons) };
    assert_eq!((reason.rule.as_str(), reason.fact.as_str()), ("gm", "amount"));
    assert_eq!((&reason.before, &reason.after), (&None, &Some(Said::name("周总"))));
}

#[test]
fn drift_is_counted_apart_from_difference() {
    let (then, now) =
        (outcome(vec![step("head", Some("王芳"), None)]), outcome(vec![step("head", Some("李娜"), None)]));
    let judged = case(1, Some(then), now.clone(), now).judge();
    assert_eq!((judged.verdict, judged.drifts), (Verdict::Same, true));
    assert!(judged.reasons.is_empty());
}

#[test]
fn a_step_that_changes_hands_is_decided_by_who_approves() {
    let (one, other) =
        (outcome(vec![step("head", Some("王芳"), None)]), outcome(vec![step("head", Some("李娜"), None)]));
    let judged = case(1, None, one, other).judge();
    assert_eq!(judged.reasons.first().map(|reason| reason.fact.as_str()), Some("approvers"));
}

#[test]
fn money_that_changes_hands_is_counted_once() {
    let share = |who: &str, minor| (who.to_owned(), Money::from_minor(minor, Currency::Cny));
    let split = |one, other| Outcome {
        points: Vec::new(),
        money: BTreeMap::from_iter([share("王芳", one), share("李娜", other)]),
    };
    assert_eq!(split(40, 60).moved(&split(50, 50)), BTreeMap::from_iter([("CNY".to_owned(), 10)]));
    assert!(split(50, 50).moved(&split(50, 50)).is_empty());
    // Where nobody gains, what is lost is told.
    assert_eq!(split(0, 0).moved(&split(30, 0)), BTreeMap::from_iter([("CNY".to_owned(), 30)]));
}

#[test]
fn a_group_shows_ten_examples_and_counts_all() {
    let (none, some) =
        (outcome(vec![step("gm", None, Some("amount"))]), outcome(vec![step("gm", Some("周总"), None)]));
    let mut tally = Tally::default();
    for number in 0..25 {
        let case = case(number, None, none.clone(), some.clone());
        tally.add(&case, &case.judge());
    }
    let tally = tally.closed();
    assert_eq!(tally.counts.different, 25);
    assert_eq!(
        (tally.groups.len(), tally.groups[0].count, tally.groups[0].examples.len()),
        (1, 25, EXAMPLES)
    );
}

#[test]
fn only_what_has_been_is_replayed() {
    let ahead = day().succ_opt().expect("a day");
    assert!(ReplayPeriod::past(day(), day(), day()).is_ok());
    assert_eq!(ReplayPeriod::past(ahead, day(), ahead).unwrap_err().code, PERIOD_REVERSED);
    assert_eq!(ReplayPeriod::past(day(), ahead, day()).unwrap_err().code, NOT_YET);
}
