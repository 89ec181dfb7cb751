//! Whether a chain is sound, as far as can be said of it alone. `[APR-10]`

use super::{
    ApproverRule, CHAIN_ALWAYS_COUNTS, CHAIN_BAD_LIMIT, CHAIN_BAND_GAP, CHAIN_BAND_OVERLAP,
    CHAIN_BAND_WITHOUT_LADDER, CHAIN_DUPLICATE_STEP, CHAIN_NO_APPROVER, CHAIN_NO_STEPS, CHAIN_TOO_MANY_WAYS,
    CHAIN_UNCOVERED, CHAIN_UNREACHABLE_STEP, ChainPolicy, Condition, RolePlace, StepRule,
};
use crate::spine::{Currency, Finding, Findings, Money, RefusalCode, codes, in_both};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How deep conditions may nest.
const NESTING_MAX: usize = 4;

/// What can be said of a chain alone.
pub(super) fn findings(chain: &ChainPolicy) -> Vec<Finding> {
    let mut found = Findings::new();
    if chain.steps.is_empty() {
        found.add("/content/steps", CHAIN_NO_STEPS);
        return found.into_vec();
    }
    found.within("/content/steps", chain.steps.len(), 1..=30);
    found.within("/content/fallback", chain.fallback.len(), 0..=10);
    found.within("/content/departments", chain.departments.len(), 0..=200);
    found.within("/content/reminder_interval_hours", chain.reminder_interval_hours as usize, 1..=720);
    for (index, part) in chain.unseen_changes.iter().enumerate().filter(|(_, part)| part.always_counts()) {
        let (zh, en) = part.labels();
        found.add_with(
            format!("/content/unseen_changes/{index}"),
            CHAIN_ALWAYS_COUNTS,
            [("part", in_both(zh, en))],
        );
    }
    let mut met = BTreeSet::new();
    for (index, step) in chain.steps.iter().enumerate() {
        let at = format!("/content/steps/{index}");
        if !met.insert(&step.code) {
            found.add_with(format!("{at}/code"), CHAIN_DUPLICATE_STEP, [("step", json!(step.code))]);
        }
        check_step(&mut found, &at, step);
    }
    chain
        .fallback
        .iter()
        .enumerate()
        .for_each(|(index, rule)| check_rule(&mut found, &format!("/content/fallback/{index}"), rule));
    // What cannot be followed step by step is not followed together either.
    if chain.steps.iter().all(|step| ways(&step.when) <= POSSIBILITIES_MAX) {
        check_ladders(&mut found, chain);
        check_coverage(&mut found, chain);
    }
    found.into_vec()
}

fn check_step(found: &mut Findings, at: &str, step: &StepRule) {
    let named = || [("step", json!(step.code))];
    text(found, &format!("{at}/code"), &step.code, 40);
    text(found, &format!("{at}/name/zh"), &step.name.zh, 60);
    text(found, &format!("{at}/name/en"), &step.name.en, 60);
    text(found, &format!("{at}/clause"), &step.clause, 200);
    if step.code.contains('+') {
        found.add_with(
            format!("{at}/code"),
            codes::BAD_FORMAT,
            [("expected", in_both("不含“+”", "without \"+\""))],
        );
    }
    if step.approvers.is_empty() {
        found.add_with(format!("{at}/approvers"), CHAIN_NO_APPROVER, named());
    }
    found.within(format!("{at}/approvers"), step.approvers.len(), 0..=20);
    for (index, rule) in step.approvers.iter().enumerate() {
        check_rule(found, &format!("{at}/approvers/{index}"), rule);
    }
    if let Some(limit) = step.time_limit {
        let remind = limit.remind_after_hours;
        found.within(format!("{at}/time_limit/remind_after_hours"), remind as usize, 1..=8760);
        if let Some(escalate) = limit.escalate_after_hours {
            found.within(format!("{at}/time_limit/escalate_after_hours"), escalate as usize, 2..=8760);
            if escalate <= remind {
                found.add_with(format!("{at}/time_limit"), CHAIN_BAD_LIMIT, named());
            }
        }
    }
    found.within(format!("{at}/when"), step.when.len(), 0..=20);
    let well_formed = step.when.iter().enumerate().all(|(index, condition)| {
        check_condition(found, &format!("{at}/when/{index}"), condition, NESTING_MAX)
    });
    if !well_formed {
        return;
    }
    if ways(&step.when) > POSSIBILITIES_MAX {
        let params = [("step", json!(step.code)), ("max", json!(POSSIBILITIES_MAX))];
        found.add_with(format!("{at}/when"), CHAIN_TOO_MANY_WAYS, params);
    } else if possibilities(&step.when).is_empty() {
        found.add_with(format!("{at}/when"), CHAIN_UNREACHABLE_STEP, named());
    }
}

fn check_rule(found: &mut Findings, at: &str, rule: &ApproverRule) {
    match rule {
        ApproverRule::Role { role, place } => {
            text(found, &format!("{at}/role"), role, 60);
            if let RolePlace::Department { code } = place {
                text(found, &format!("{at}/place/code"), code, 60);
            }
        }
        ApproverRule::Superior { level } => found.within(format!("{at}/level"), usize::from(*level), 1..=10),
        ApproverRule::Position { position } => text(found, &format!("{at}/position"), position, 60),
        ApproverRule::Named { employees } => {
            found.within(format!("{at}/employees"), employees.len(), 1..=20);
        }
        ApproverRule::DepartmentHeadsOf { field } => text(found, &format!("{at}/field"), field, 60),
        ApproverRule::DepartmentHead {} | ApproverRule::SuperiorDepartmentHead {} => {}
    }
}

/// Whether a condition is well formed as far as its size and numbers go.
fn check_condition(found: &mut Findings, at: &str, condition: &Condition, depth: usize) -> bool {
    let (name, size, max) = match condition {
        Condition::Amount { from, to } => {
            let negative = from.is_some_and(|from| from < 0) || to.is_some_and(|to| to < 0);
            if negative {
                found.add_with(at, codes::OUT_OF_RANGE, [("min", json!(0))]);
            }
            return !negative;
        }
        Condition::OverBudget { .. } | Condition::Urgent { .. } => return true,
        Condition::Category { any_of } | Condition::Region { any_of } => ("any_of", any_of.len(), 100),
        Condition::Field { field, any_of } => {
            text(found, &format!("{at}/field"), field, 60);
            ("any_of", any_of.len(), 100)
        }
        Condition::Any { of } | Condition::All { of } => {
            if depth == 0 {
                found.add_with(
                    at,
                    codes::BAD_FORMAT,
                    [(
                        "expected",
                        in_both(
                            format!("最多嵌套 {NESTING_MAX} 层"),
                            format!("nested at most {NESTING_MAX} deep"),
                        ),
                    )],
                );
                return false;
            }
            let each = of.iter().enumerate();
            let fine = |(index, inner)| check_condition(found, &format!("{at}/of/{index}"), inner, depth - 1);
            if each.map(fine).filter(|fine| !fine).count() > 0 {
                return false;
            }
            ("of", of.len(), 20)
        }
    };
    found.within(format!("{at}/{name}"), size, 1..=max);
    (1..=max).contains(&size)
}

/// One way in which conditions can hold together: a band of amounts, and values that fields must have.
#[derive(Clone)]
struct Possibility {
    from: i64,
    to: Option<i64>,
    flags: BTreeMap<&'static str, bool>,
    /// Whether anything but the amount is asked for.
    asks_more: bool,
}

/// How many ways in which its conditions can hold a step may have; each is followed.
const POSSIBILITIES_MAX: usize = 512;

/// In how many ways conditions can hold together, at most.
fn ways(conditions: &[Condition]) -> usize {
    let of_one = |condition: &Condition| match condition {
        Condition::Any { of } => {
            of.iter().map(|one| ways(std::slice::from_ref(one))).fold(0, usize::saturating_add)
        }
        Condition::All { of } => ways(of),
        _ => 1,
    };
    conditions.iter().map(of_one).fold(1, usize::saturating_mul)
}

/// The ways in which all of these conditions can hold.
fn possibilities(conditions: &[Condition]) -> Vec<Possibility> {
    let anything = Possibility { from: 0, to: None, flags: BTreeMap::new(), asks_more: false };
    conditions.iter().fold(vec![anything], |ways, condition| {
        ways.into_iter().flat_map(|way| narrow(way, condition)).collect()
    })
}

fn narrow(way: Possibility, condition: &Condition) -> Vec<Possibility> {
    let flag = |mut way: Possibility, name: &'static str, is: bool| {
        way.asks_more = true;
        let before = *way.flags.entry(name).or_insert(is);
        if before == is { vec![way] } else { Vec::new() }
    };
    match condition {
        Condition::Amount { from, to } => {
            let from = way.from.max(from.unwrap_or(0));
            let to = match (way.to, *to) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            if to.is_some_and(|to| to <= from) { Vec::new() } else { vec![Possibility { from, to, ..way }] }
        }
        Condition::OverBudget { is } => flag(way, "over_budget", *is),
        Condition::Urgent { is } => flag(way, "urgent", *is),
        Condition::Category { .. } | Condition::Region { .. } | Condition::Field { .. } => {
            vec![Possibility { asks_more: true, ..way }]
        }
        Condition::Any { of } => of.iter().flat_map(|one| narrow(way.clone(), one)).collect(),
        Condition::All { of } => {
            of.iter().fold(vec![way], |ways, one| ways.into_iter().flat_map(|way| narrow(way, one)).collect())
        }
    }
}

/// The rungs of one ladder follow each other without gap or overlap and have no end. A step that ends at an
/// amount must be a rung.
fn check_ladders(found: &mut Findings, chain: &ChainPolicy) {
    let mut ladders: BTreeMap<&str, Vec<(i64, Option<i64>)>> = BTreeMap::new();
    for (index, step) in chain.steps.iter().enumerate() {
        let bands = possibilities(&step.when).into_iter().map(|way| (way.from, way.to));
        match &step.ladder {
            Some(ladder) => ladders.entry(ladder).or_default().extend(bands),
            None if bands.clone().any(|(_, to)| to.is_some()) => {
                let at = format!("/content/steps/{index}/ladder");
                found.add_with(at, CHAIN_BAND_WITHOUT_LADDER, [("step", json!(step.code))]);
            }
            None => {}
        }
    }
    let unconditional = chain.steps.iter().any(|step| step.when.is_empty());
    for (ladder, mut bands) in ladders {
        bands.sort_unstable_by_key(|(from, to)| (*from, to.unwrap_or(i64::MAX)));
        let lowest = bands.first().map_or(0, |(from, _)| *from);
        let mut end = Some(if unconditional { lowest } else { 0 });
        for (from, to) in bands {
            match end {
                Some(end) if from > end => band(found, CHAIN_BAND_GAP, ladder, end, Some(from)),
                Some(end) if from < end => {
                    band(found, CHAIN_BAND_OVERLAP, ladder, from, Some(to.map_or(end, |to| to.min(end))));
                }
                None => band(found, CHAIN_BAND_OVERLAP, ladder, from, to),
                Some(_) => {}
            }
            end = end.and_then(|end| to.map(|to| to.max(end)));
        }
        if let Some(end) = end {
            band(found, CHAIN_BAND_GAP, ladder, end, None);
        }
    }
}

fn band(found: &mut Findings, code: &'static RefusalCode, ladder: &str, from: i64, to: Option<i64>) {
    let params =
        [("ladder", json!(ladder)), ("from", json!(from)), ("to", json!(to)), ("band", said(from, to))];
    found.add_with("/content/steps", code, params);
}

/// A band of amounts as people read it; one without an end says from where on.
fn said(from: i64, to: Option<i64>) -> Value {
    let amount = |minor| Money::from_minor(minor, Currency::Cny).to_string();
    match to {
        Some(to) => in_both(
            format!("{} 至 {}", amount(from), amount(to)),
            format!("{} to {}", amount(from), amount(to)),
        ),
        None => in_both(format!("{} 及以上", amount(from)), format!("{} and more", amount(from))),
    }
}

/// Every amount meets at least one step that asks for nothing but the amount.
fn check_coverage(found: &mut Findings, chain: &ChainPolicy) {
    let ways = chain.steps.iter().flat_map(|step| possibilities(&step.when)).filter(|way| !way.asks_more);
    let mut bands: Vec<(i64, Option<i64>)> = ways.map(|way| (way.from, way.to)).collect();
    bands.sort_unstable_by_key(|(from, _)| *from);
    let mut end = Some(0);
    for (from, to) in bands {
        match end {
            Some(covered) if from > covered => uncovered(found, covered, Some(from)),
            _ => {}
        }
        end = end.and_then(|end| to.map(|to| to.max(end)));
    }
    if let Some(end) = end {
        uncovered(found, end, None);
    }
}

fn uncovered(found: &mut Findings, from: i64, to: Option<i64>) {
    let params = [("from", json!(from)), ("to", json!(to)), ("band", said(from, to))];
    found.add_with("/content/steps", CHAIN_UNCOVERED, params);
}

fn text(found: &mut Findings, at: &str, value: &str, max: usize) {
    let length = value.chars().count();
    if value.trim().is_empty() {
        found.add(at, codes::REQUIRED);
    } else if length > max {
        found.add_with(at, codes::BAD_LENGTH, [("min", json!(1)), ("max", json!(max))]);
    }
}
