//! What keeps a chain from being published.

use super::company::*;
use crate::approval::*;
use crate::spine::PolicyContent;
use serde_json::json;

fn codes(chain: &ChainPolicy) -> Vec<&'static str> {
    chain.findings().into_iter().map(|finding| finding.code.code).collect()
}

fn check(change: impl Fn(&mut ChainPolicy), expected: &[&str]) {
    let mut chain = chain();
    change(&mut chain);
    assert_eq!(codes(&chain), expected);
}

fn rung(code: &str, from: Option<i64>, to: Option<i64>) -> StepRule {
    let when = vec![Condition::Amount { from, to }];
    let approvers = vec![position("general-manager")];
    StepRule { ladder: Some("leadership".into()), ..step(code, approvers, Counting::AnyOf, when) }
}

#[test]
fn the_standard_chain_is_sound() {
    check(|_| {}, &[]);
    let world = World::new();
    assert!(check_against(&policy(world.chain.clone()), &world.roster, day()).is_empty());
}

#[test]
fn bands_leave_no_gap_and_do_not_overlap() {
    let ladder = |bands: &[(Option<i64>, Option<i64>)]| {
        let mut chain = chain();
        for (index, (from, to)) in bands.iter().enumerate() {
            chain.steps.push(rung(&format!("rung-{index}"), *from, *to));
        }
        codes(&chain)
    };
    assert!(ladder(&[(None, Some(100)), (Some(100), Some(200)), (Some(200), None)]).is_empty());
    assert!(
        ladder(&[(Some(200), None), (Some(50), Some(200))]).is_empty(),
        "below the first rung other steps decide"
    );
    assert_eq!(ladder(&[(None, Some(100)), (Some(101), None)]), ["approval.chain_band_gap"]);
    assert_eq!(ladder(&[(None, Some(100)), (Some(100), Some(200))]), ["approval.chain_band_gap"]);
    assert_eq!(ladder(&[(None, Some(101)), (Some(100), None)]), ["approval.chain_band_overlap"]);
    assert_eq!(ladder(&[(None, None), (Some(100), None)]), ["approval.chain_band_overlap"]);
    check(
        |chain| chain.steps.push(StepRule { ladder: None, ..rung("x", None, Some(5)) }),
        &["approval.chain_band_without_ladder"],
    );
}

#[test]
fn conditions_that_hold_in_too_many_ways_to_check_are_named() {
    let either = |index: i64| Condition::Any {
        of: vec![Condition::Urgent { is: index % 2 == 0 }, Condition::Amount { from: Some(index), to: None }],
    };
    let of = |count: i64| (0..count).map(either).collect::<Vec<_>>();
    check(|chain| chain.steps[2].when = of(9), &[]);
    check(|chain| chain.steps[2].when = of(10), &["approval.chain_too_many_ways"]);
}

#[test]
fn every_amount_meets_a_step() {
    check(
        |chain| {
            chain.steps[0].when = from(100);
            chain.steps[1].when = vec![Condition::Urgent { is: true }];
        },
        &["approval.chain_uncovered"],
    );
}

#[test]
fn steps_that_can_never_apply_are_found() {
    let amount = |from, to| Condition::Amount { from, to };
    let unreachable: &[&str] = &["approval.chain_unreachable_step"];
    check(|chain| chain.steps[4].when = vec![amount(Some(10), None), amount(None, Some(10))], unreachable);
    check(
        |chain| {
            chain.steps[4].when =
                vec![Condition::OverBudget { is: true }, Condition::OverBudget { is: false }];
        },
        unreachable,
    );
    let nested = Condition::Any { of: vec![amount(None, Some(5)), Condition::Urgent { is: false }] };
    check(
        |chain| {
            chain.steps[4].when = vec![nested.clone(), amount(Some(5), None), Condition::Urgent { is: true }];
        },
        unreachable,
    );
    check(|chain| chain.steps[4].when = vec![nested.clone(), amount(Some(5), None)], &[]);
}

#[test]
fn forms_and_limits_are_checked() {
    check(|chain| chain.steps.clear(), &["approval.chain_no_steps"]);
    check(|chain| chain.steps[1].code = "head".into(), &["approval.chain_duplicate_step"]);
    check(|chain| chain.steps[1].approvers.clear(), &["approval.chain_no_approver"]);
    check(|chain| chain.steps[1].clause = " ".into(), &["validation.required"]);
    check(|chain| chain.reminder_interval_hours = 0, &["validation.out_of_range"]);
    check(
        |chain| chain.steps[1].approvers = vec![ApproverRule::Superior { level: 0 }],
        &["validation.out_of_range"],
    );
    check(
        |chain| {
            chain.steps[0].time_limit =
                Some(TimeLimit { remind_after_hours: 5, escalate_after_hours: Some(5) });
        },
        &["approval.chain_bad_limit"],
    );
    check(
        |chain| chain.steps[4].when = vec![Condition::Category { any_of: vec![] }],
        &["validation.out_of_range"],
    );
    let deep = (0..6).fold(Condition::Urgent { is: true }, |inner, _| Condition::All { of: vec![inner] });
    check(|chain| chain.steps[4].when = vec![deep.clone()], &["validation.format"]);
}

#[test]
fn the_organisation_must_be_able_to_staff_it() {
    let found = |world: &World| -> Vec<_> {
        let policy = policy(world.chain.clone());
        check_against(&policy, &world.roster, day()).into_iter().map(|f| (f.code.code, f.params)).collect()
    };
    let mut world = World::new();
    world.chain.fallback.clear();
    let codes: Vec<_> = found(&world).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["approval.chain_own_spending"], "the chairman's own claim finds nobody");

    let mut world = World::new();
    world.chain.fallback.clear();
    world.roster.head(unit(4), None);
    let all = found(&world);
    assert!(
        all.iter().any(|(code, params)| *code == "approval.chain_nobody_in_department"
            && params["department"] == "sales")
    );
    world.chain.departments = vec!["marketing".into()];
    assert!(found(&world).is_empty(), "out of scope");

    let mut world = World::new();
    world.chain.steps[1].approvers.push(position("nobody-knows"));
    let all = found(&world);
    assert_eq!(
        (all[0].0, &all[0].1["reference"]),
        ("approval.chain_unknown_reference", &json!("nobody-knows"))
    );

    let mut world = World::new();
    world.roster.absent(who(FINANCE), Some((who(FINANCE_TOO), day(), day())));
    world.roster.absent(who(FINANCE_TOO), Some((who(FINANCE), day(), day())));
    assert!(found(&world).iter().all(|(code, _)| *code == "approval.chain_delegation_loop"));
    assert_eq!(found(&world).len(), 2);
}

#[test]
fn the_content_reads_back_as_written_and_refuses_unknown_fields() {
    let text = serde_json::to_value(chain()).expect("it is written as JSON");
    assert_eq!(serde_json::from_value::<ChainPolicy>(text.clone()).expect("it reads"), chain());
    let mut with_more = text.clone();
    with_more["steps"][0]["skip"] = json!(true);
    assert!(serde_json::from_value::<ChainPolicy>(with_more).is_err());
    let mut with_more = text;
    with_more["steps"][2]["when"][0]["more"] = json!(1);
    assert!(serde_json::from_value::<ChainPolicy>(with_more).is_err());
}
