//! Rules as data: what ships, what is unsound, what may not be published, who is meant.

use super::company::*;
use crate::duty::{
    cadence::{Cadence, DueDay, Grace, Lapse, LapseUnit},
    rule::{FieldIs, Heads, Member, Scope},
};
use crate::spine::Finding;

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.code).collect()
}

#[test]
fn what_ships_is_sound() {
    for rule in [staff(), heads(), strict(staff())] {
        assert_eq!(rule.findings(), []);
        let kept = serde_json::to_value(&rule).expect("it writes");
        assert_eq!(serde_json::from_value::<DutyRule>(kept).expect("it reads"), rule);
    }
    assert_eq!(settings().findings(), []);
    let far = DutySettings { outage_gap_minutes: 1, refiling_working_days: 61, ..settings() };
    assert_eq!(far.findings().len(), 2);
}

#[test]
fn an_unsound_rule_is_told_everything_at_once() {
    let mut rule = strict(staff());
    rule.name.zh = String::new();
    rule.cadence = serde_json::from_value(json!({
        "by": "period", "every": "quarter", "month": 4, "on": {"weekday": "monday"}, "at": "09:00",
        "periods_later": 13,
    }))
    .expect("it reads");
    rule.grace = Grace::WorkingDay { nth: 0, at: "09:00".parse().expect("a time") };
    rule.fulfilled_by.only = vec![FieldIs { field: "kind".into(), any_of: Vec::new() }];
    rule.consequence = serde_json::from_value(json!({
        "missed": {"kind": "points", "points": 5}, "late": {"kind": "wage_days", "half_days": -1},
        "monthly_cap": 0,
    }))
    .expect("it reads");
    let range = "validation.out_of_range";
    assert_eq!(
        codes(&rule.findings()),
        [
            "validation.required",
            RULE_MONTH_UNFIT.code,
            RULE_DAY_UNFIT.code,
            range,
            range,
            range,
            RULE_NOT_A_PENALTY.code,
            "incentive_entry.amounts_differ",
            range,
        ]
    );
    let within = Lapse { amount: 0, unit: LapseUnit::WorkingHours };
    let cadence =
        Cadence::Event { kind: "complaint.accepted".into(), only: Vec::new(), within, due_on: None };
    assert_eq!(codes(&DutyRule { cadence, ..staff() }.findings()), [RULE_TOO_EARLY.code]);
    let Cadence::Period { every, month, at, periods_later, .. } = staff().cadence else { panic!("a week") };
    let cadence = Cadence::Period { every, month, on: DueDay::Day(8), at, periods_later };
    assert_eq!(codes(&DutyRule { cadence, ..staff() }.findings()), [RULE_DAY_UNFIT.code]);
}

#[test]
fn publishing_asks_the_company() {
    let filed = Source { code: "report.filed", zh: "报告已提交", en: "Report filed", is_present: false };
    let punishes = staff().name;
    let unfit = Publication {
        sources: &[filed],
        meant: 0,
        unreached_steps: &[2],
        punished_by: std::slice::from_ref(&punishes),
        is_clause_known: false,
    };
    let found = check_publication(&strict(staff()), &unfit);
    assert_eq!(
        codes(&found),
        [RULE_NOBODY.code, RULE_ESCALATES_TO_NOBODY.code, RULE_PUNISHED_TWICE.code, RULE_CLAUSE_UNKNOWN.code,]
    );
    assert_eq!(found[2].params["name"]["zh-CN"], punishes.zh.as_str());
    let fit = Publication {
        sources: &[Source { is_present: true, ..filed }],
        meant: 3,
        unreached_steps: &[],
        is_clause_known: true,
        ..unfit.clone()
    };
    assert_eq!(codes(&check_publication(&staff(), &fit)), Vec::<&str>::new(), "it charges nothing itself");
    let unknown = Publication { sources: &[], ..fit.clone() };
    assert_eq!(codes(&check_publication(&staff(), &unknown)), [RULE_SOURCE_UNKNOWN.code]);
    let by = staff().fulfilled_by;
    assert_eq!(by.in_company(&[filed]).source, "manual", "the wing of reports is not there");
    assert_eq!(by.in_company(fit.sources), by);
    let mut by_hand = staff();
    by_hand.fulfilled_by.source = "manual".into();
    assert_eq!(codes(&check_publication(&by_hand, &unknown)), Vec::<&str>::new());
}

#[test]
fn two_rules_are_about_the_same_where_one_record_may_fulfil_both() {
    assert!(staff().is_about_the_same_as(&heads()));
    let mut monthly = staff();
    monthly.fulfilled_by.only[0].any_of = vec![json!("monthly")];
    assert!(!staff().is_about_the_same_as(&monthly), "another kind of report");
    let mut by_hand = staff();
    by_hand.fulfilled_by.source = "manual".into();
    assert!(!by_hand.is_about_the_same_as(&by_hand));
}

#[test]
fn who_is_meant_follows_from_role_position_department_and_exceptions() {
    let member = |is_head| Member {
        employee: who(LI_NA),
        roles: vec!["sales-representative".into()],
        position: Some("consultant".into()),
        departments: vec!["sales".into(), "centre".into()],
        is_head,
    };
    let scope = Scope {
        roles: vec!["sales-representative".into(), "planner".into()],
        positions: vec!["consultant".into()],
        departments: vec!["centre".into()],
        heads: Heads::Excluded,
        except: Vec::new(),
    };
    assert!(scope.covers(&member(false)) && !scope.covers(&member(true)));
    assert!(Scope::default().covers(&member(true)));
    for other in [
        Scope { roles: vec!["planner".into()], ..scope.clone() },
        Scope { positions: vec!["planner".into()], ..scope.clone() },
        Scope { departments: vec!["design".into()], ..scope.clone() },
        Scope { heads: Heads::Only, ..scope.clone() },
        Scope { except: vec![who(LI_NA)], ..scope.clone() },
    ] {
        assert!(!other.covers(&member(false)), "{other:?}");
    }
}

#[test]
fn conditions_on_facts_hold_all_together() {
    let weekly = staff().fulfilled_by.only;
    assert!(FieldIs::all_hold(&weekly, &json!({"kind": "weekly", "week": 20})));
    assert!(!FieldIs::all_hold(&weekly, &json!({"kind": "monthly"})));
    assert!(!FieldIs::all_hold(&weekly, &json!({})));
    assert!(FieldIs::all_hold(&[], &json!(null)));
}
