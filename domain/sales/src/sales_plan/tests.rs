use super::*;
use crate::organisation::DepartmentTree;
use crate::spine::{BusinessDate, Findings, Id, allocate};
use proptest::prelude::*;
use uuid::Uuid;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}
fn node(scope: Scope, period: &str, target: i64) -> PlanNode {
    let period = period.parse().expect("a period");
    PlanNode {
        scope,
        period,
        floor: target.min(0),
        target,
        challenge: target,
        reserve_of_scopes: 0,
        reserve_of_periods: 0,
    }
}
fn centre() -> Scope {
    Scope { department: id(1), person: None }
}
fn team(number: u128) -> Scope {
    Scope { department: id(number), person: None }
}
fn above() -> DepartmentTree {
    [(id(1), None), (id(2), Some(id(1))), (id(3), Some(id(1))), (id(4), Some(id(2)))].into_iter().collect()
}
fn found(nodes: &[PlanNode]) -> Vec<(String, &'static str, Option<i64>)> {
    let mut findings = Findings::new();
    adding_up::check(nodes, (id(1), 2026), &above(), &mut findings);
    let told = |finding: crate::spine::Finding| {
        (
            finding.pointer,
            finding.code.code,
            finding.params.get("difference").and_then(serde_json::Value::as_i64),
        )
    };
    findings.into_vec().into_iter().map(told).collect()
}
fn year_of_months(months: &[i64], year: i64, reserve: i64) -> Vec<PlanNode> {
    let mut nodes = vec![PlanNode { reserve_of_periods: reserve, ..node(centre(), "2026", year) }];
    nodes.extend(
        (1..).zip(months).map(|(month, target)| node(centre(), &format!("2026-{month:02}"), *target)),
    );
    nodes
}

/// Worked example 8.
#[test]
fn months_and_reserve_come_to_the_year() {
    let short = found(&year_of_months(&[8_333_333; 12], 100_000_000, 0));
    assert_eq!(short, [("/nodes/0/reserve_of_periods".into(), "sales_plan.does_not_add_up", Some(4))]);
    assert_eq!(found(&year_of_months(&[8_333_333; 12], 100_000_000, 4)), []);
    let split = split(100_000_000, None, 12).expect("it splits");
    assert_eq!(
        &split[..5],
        [8_333_334, 8_333_334, 8_333_334, 8_333_334, 8_333_333],
        "in the order of months"
    );
    assert_eq!(found(&year_of_months(&split, 100_000_000, 0)), []);
    assert_eq!(found(&year_of_months(&[9_000_000; 12], 100_000_000, -8_000_000)), [], "over-assigned");
}

#[test]
fn scopes_add_up_to_the_nearest_above_them() {
    let person = |number, target| node(Scope { department: id(4), person: Some(id(number)) }, "2026", target);
    let whole = node(centre(), "2026", 100);
    let nodes =
        [whole.clone(), node(team(2), "2026", 60), node(team(3), "2026", 40), person(9, 25), person(8, 35)];
    assert_eq!(
        found(&nodes),
        [],
        "who stands in a department that has no target of its own counts for the one above"
    );
    let nodes = [whole, node(team(2), "2026", 60), node(team(3), "2026", 41)];
    assert_eq!(
        found(&nodes),
        [("/nodes/0/reserve_of_scopes".into(), "sales_plan.does_not_add_up", Some(-1))]
    );
}

#[test]
fn what_is_twice_outside_or_of_another_year_is_named() {
    let nodes = [
        node(centre(), "2026", 1),
        node(centre(), "2026", 1),
        PlanNode { floor: 2, ..node(team(2), "2027-Q1", 1) },
        node(team(99), "2026", 0),
    ];
    let codes: Vec<_> = found(&nodes).into_iter().map(|(_, code, _)| code).collect();
    for expected in ["node_twice", "other_year", "levels_reversed", "outside"] {
        assert!(codes.contains(&format!("sales_plan.{expected}").as_str()), "{expected}: {codes:?}");
    }
    assert!(found(&[node(team(2), "2026", 1)]).iter().any(|(_, code, _)| *code == "sales_plan.no_top"));
}

#[test]
fn a_split_by_last_year_without_sales_is_equal() {
    assert_eq!(split(10, Some(&[0, 0, 0]), 3).expect("it splits"), [4, 3, 3]);
    assert_eq!(split(10, Some(&[1, 0, 1]), 3).expect("it splits"), [5, 0, 5]);
    assert_eq!(split(10, Some(&[1]), 3).expect_err("refused").code.code, "sales_plan.split_weights");
}

#[test]
fn periods_are_read_and_hold_each_other() {
    let period = |text: &str| text.parse::<PlanPeriod>();
    let (year, quarter, month) = (period("2026"), period("2026-Q1"), period("2026-03"));
    let (year, quarter, month) =
        (year.expect("a year"), quarter.expect("a quarter"), month.expect("a month"));
    assert!(year.holds(quarter) && year.holds(month) && quarter.holds(month));
    assert!(!month.holds(quarter) && !quarter.holds(quarter));
    assert!(!quarter.holds(period("2026-04").expect("a month")));
    assert_eq!(quarter.months().count(), 3);
    for wrong in ["26", "2026-Q5", "2026-13", "2026-3", "2026-00", "2026-", "x"] {
        assert_eq!(period(wrong), Err(super::period::NoPeriod), "{wrong}");
    }
}

#[test]
fn who_leaves_keeps_the_days_until_then_and_the_rest_is_the_teams() {
    let day = |text: &str| text.parse().expect("a day");
    let (june, year) = (PlanPeriod::Month(2026, 6), PlanPeriod::Year(2026));
    let until = |text: &str| [Stay { from: None, to: Some(day(text)) }];
    assert_eq!(left_over(3_000, june, &until("2026-06-10")), (1_000, 2_000), "10 of 30 days");
    assert_eq!(left_over(3_000, june, &until("2026-05-31")), (0, 3_000), "none");
    assert_eq!(left_over(3_000, june, &until("2026-07-01")), (3_000, 0), "all");
    assert_eq!(left_over(365, year, &until("2026-06-30")), (181, 184));
    let later = [Stay { from: Some(day("2026-06-15")), to: None }];
    assert_eq!(left_over(3_000, june, &later), (3_000, 0), "who comes later has what was given to them");
    let returned = [Stay { from: None, to: Some(day("2026-06-05")) }, later[0]];
    assert_eq!(left_over(3_000, june, &returned), (3_000, 0));
}

#[test]
fn a_period_has_begun_for_good_with_its_last_month() {
    let day = |text: &str| text.parse().expect("a day");
    assert!(PlanPeriod::Month(2026, 3).has_begun(day("2026-03-01")));
    assert!(!PlanPeriod::Month(2026, 3).has_begun(day("2026-02-28")));
    assert!(!PlanPeriod::Quarter(2026, 1).has_begun(day("2026-02-28")));
    assert!(PlanPeriod::Year(2026).has_begun(day("2026-12-01")));
    assert!(PlanPeriod::Year(2026).contains(day("2026-12-31")));
    assert!(!PlanPeriod::Quarter(2026, 1).contains(day("2026-04-01")));
}

proptest! {
    #[test]
    fn what_the_helper_splits_adds_up(year in 0_i64..10_000_000_000, weights in prop::collection::vec(0_u64..1_000, 12)) {
        let months = split(year, Some(&weights), 12).expect("it splits");
        prop_assert_eq!(months.iter().sum::<i64>(), year);
        prop_assert_eq!(found(&year_of_months(&months, year, 0)), vec![]);
    }

    #[test]
    fn what_a_leaver_keeps_and_leaves_is_the_target(target in -1_000_000_000_i64..1_000_000_000, month in 1_u32..13, day in 1_u32..366) {
        let last = BusinessDate::from_yo_opt(2026, day);
        let (kept, left) = left_over(target, PlanPeriod::Month(2026, month), &[Stay { from: None, to: last }]);
        prop_assert_eq!(kept + left, target);
        prop_assert!(kept.signum() * target.signum() >= 0 && left.signum() * target.signum() >= 0);
    }

    #[test]
    fn no_part_of_a_split_is_a_unit_from_its_share(whole in 0_i64..10_000_000_000, weights in prop::collection::vec(0_u64..1_000, 12)) {
        let total: u64 = weights.iter().sum();
        prop_assume!(total > 0);
        for (part, weight) in split(whole, Some(&weights), 12).expect("it splits").into_iter().zip(weights) {
            let (exact, part) = (i128::from(whole) * i128::from(weight), i128::from(part) * i128::from(total));
            prop_assert!((part - exact).abs() < i128::from(total));
        }
    }

    #[test]
    fn a_difference_is_said_to_the_unit(by in -1_000_i64..1_000) {
        let mut months = allocate(120_000, &[1; 12]);
        months[11] -= by;
        let found = found(&year_of_months(&months, 120_000, 0));
        prop_assert_eq!(found.first().and_then(|(_, _, difference)| *difference), (by != 0).then_some(by));
    }
}

#[test]
fn what_people_leave_of_their_team_is_its_reserve() {
    let mut nodes = vec![node(centre(), "2026", 120), node(team(2), "2026", 100)];
    nodes.extend((1..=12).map(|month| node(team(2), &format!("2026-{month:02}"), 8)));
    nodes[1].reserve_of_periods = 4;
    nodes[0].reserve_of_scopes = 20;
    let one = |number, months| PersonalYear { person: id(number), department: id(4), months };
    let nodes = with_people(nodes, 2026, &[one(9, [3; 12]), one(8, [4; 12])], &above());
    assert_eq!(found(&nodes), []);
    assert_eq!((nodes[1].reserve_of_scopes, nodes[2].reserve_of_scopes), (100 - 84, 1));
    let again = with_people(nodes.clone(), 2026, &[one(9, [5; 12])], &above());
    assert_eq!((again.len(), again[2].reserve_of_scopes), (nodes.len(), -1), "over-assigned");
}
