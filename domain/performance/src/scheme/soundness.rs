//! What makes a scheme unsound: nothing unsound is published. `[KPI-2]`

use super::{Consequence, Follows, Occasion, Scheme, SchemeIndicator};
use crate::{
    approval::Label,
    scoring::{Curve, WHOLE, check_bands},
    spine::{Finding, Findings, codes, wording},
    working_time::Span,
};
use rust_decimal::Decimal;
use serde_json::json;
use std::collections::BTreeSet;

crate::refusals! { SCHEME_REFUSALS:
    WEIGHTS_DIFFER = "scheme.weights_differ", Invalid, "权重合计须为 10000 个基点（100%），现为 {sum}", "The weights must add up to 10000 basis points; they come to {sum}";
    INDICATOR_TWICE = "scheme.indicator_twice", Invalid, "指标重复", "The indicator is given twice";
    VETO_WEIGHED = "scheme.veto_weighed", Invalid, "一票否决指标不占权重，其他指标的权重须大于零", "A veto has no weight, and every other indicator has one";
    INDICATOR_UNKNOWN = "scheme.indicator_unknown", Invalid, "没有在用的指标“{indicator}”", "There is no indicator \"{indicator}\" in use";
    POSITION_UNKNOWN = "scheme.position_unknown", Invalid, "没有岗位“{position}”", "There is no position \"{position}\"";
    POSITION_ELSEWHERE = "scheme.position_elsewhere", Invalid, "岗位“{position}”已适用另一考核方案“{scheme}”", "The position \"{position}\" is measured by another scheme, \"{scheme}\"";
    PUNISHED_TWICE = "scheme.punished_twice", Invalid, "应办事项“{name}”逾期已有处罚，该指标不得就同一事件再次扣分；条款另有规定的，须注明重复计入", "The duty \"{name}\" has a penalty of its own, so this indicator must not deduct for the same; where the clause says that both count, the scheme says so";
    GRADE_UNKNOWN = "scheme.grade_unknown", Invalid, "方案中没有等级“{grade}”", "The scheme has no grade \"{grade}\"";
    GRADE_TWICE = "scheme.grade_twice", Invalid, "等级重复", "The grade is given twice";
    NOT_A_PERIOD = "scheme.not_a_period", Invalid, "考核周期须为月、季、半年或年", "A period of appraisal is a month, a quarter, half a year or a year";
    YEAR_MISPLACED = "scheme.year_misplaced", Invalid, "年度方案须设定月度与年度目标的权重，其他方案不设", "A scheme of the year says what months weigh, and no other does";
    TARGET_REVERSED = "scheme.target_reversed", Invalid, "目标区间的上限不得低于下限", "The upper end of a target must not lie below its lower end";
    BOUNDS_REVERSED = "scheme.bounds_reversed", Invalid, "结果上限须高于下限", "The cap of the result must lie above its floor";
}

/// At most so many indicators, positions, grades and consequences.
const MOST: usize = 50;

pub(super) fn findings(scheme: &Scheme) -> Vec<Finding> {
    let mut findings = Findings::new();
    named(&mut findings, "/content/name", &scheme.name);
    positions(scheme, &mut findings);
    indicators(&scheme.indicators, &mut findings);
    let Scheme { shares, reviews, year, .. } = scheme;
    whole(&mut findings, "/content/shares", &[shares.indicators, shares.reviews]);
    if shares.reviews > 0 {
        whole(&mut findings, "/content/reviews", &[reviews.own, reviews.superior, reviews.peers]);
    }
    // Of a single peer the mean would be what they said.
    if reviews.peer_plan.at_least < 2 || reviews.peer_plan.asked > 50 {
        let bounds = [("min", json!(2)), ("max", json!(50))];
        findings.add_with("/content/reviews/peer_plan", codes::OUT_OF_RANGE, bounds);
    }
    if let Some(year) = year {
        whole(&mut findings, "/content/year", &[year.months, year.goals]);
    }
    if year.is_some() != (scheme.span == Span::Year) {
        findings.add("/content/year", YEAR_MISPLACED);
    }
    if scheme.span.months().is_none() {
        findings.add("/content/span", NOT_A_PERIOD);
    }
    if scheme.result.floor < Decimal::ZERO {
        let bounds = [("min", json!(0)), ("max", json!(1_000))];
        findings.add_with("/content/result/floor", codes::OUT_OF_RANGE, bounds);
    }
    if scheme.result.cap <= scheme.result.floor {
        findings.add("/content/result/cap", BOUNDS_REVERSED);
    }
    grades(scheme, &mut findings);
    for (place, consequence) in scheme.consequences.iter().enumerate() {
        check_consequence(scheme, consequence, &mut findings, &format!("/content/consequences/{place}"));
    }
    findings.into_vec()
}

/// Notes weights that are not whole, or less than nothing.
fn whole(findings: &mut Findings, pointer: &str, weights: &[i64]) {
    let sum = weights.iter().fold(0_i64, |sum, weight| sum.saturating_add(*weight));
    if sum != WHOLE || weights.iter().any(|weight| *weight < 0) {
        findings.add_with(pointer, WEIGHTS_DIFFER, [("sum", json!(sum))]);
    }
}

fn named(findings: &mut Findings, pointer: &str, label: &Label) {
    wording::check(findings, &format!("{pointer}/zh"), &label.zh, 60);
    wording::check(findings, &format!("{pointer}/en"), &label.en, 60);
}

fn counted(findings: &mut Findings, pointer: &str, count: usize) {
    if !(1..=MOST).contains(&count) {
        findings.add_with(pointer, codes::BAD_LENGTH, [("min", json!(1)), ("max", json!(MOST))]);
    }
}

fn positions(scheme: &Scheme, findings: &mut Findings) {
    counted(findings, "/content/positions", scheme.positions.len());
    let mut seen = BTreeSet::new();
    for (place, position) in scheme.positions.iter().enumerate() {
        let pointer = format!("/content/positions/{place}");
        wording::check(findings, &pointer, position, 40);
        if !seen.insert(position) {
            findings.add_with(pointer, codes::NOT_UNIQUE, [("value", json!(position))]);
        }
    }
}

fn indicators(indicators: &[SchemeIndicator], findings: &mut Findings) {
    counted(findings, "/content/indicators", indicators.len());
    let weights: Vec<i64> = indicators.iter().map(|indicator| indicator.weight).collect();
    whole(findings, "/content/indicators", &weights);
    let mut seen = BTreeSet::new();
    for (place, indicator) in indicators.iter().enumerate() {
        let at = |member: &str| format!("/content/indicators/{place}/{member}");
        let SchemeIndicator { indicator, weight, curve, target, by_days: _, clause } = indicator;
        wording::check(findings, &at("indicator"), indicator, 60);
        wording::check_optional(findings, &at("clause"), clause.as_deref(), 200);
        if !seen.insert(indicator) {
            findings.add(at("indicator"), INDICATOR_TWICE);
        }
        if curve.is_veto() != (*weight == 0) {
            findings.add(at("weight"), VETO_WEIGHED);
        }
        curve.check(findings, &at("curve"));
        if target.is_some_and(|target| target.upper.is_some_and(|upper| upper < target.value)) {
            findings.add(at("target/upper"), TARGET_REVERSED);
        }
        if let Curve::Veto { cap } = curve
            && *cap < Decimal::ZERO
        {
            findings.add_with(at("curve/cap"), codes::OUT_OF_RANGE, [("min", json!(0)), ("max", json!(100))]);
        }
    }
}

fn grades(scheme: &Scheme, findings: &mut Findings) {
    counted(findings, "/content/grades", scheme.grades.len());
    check_bands(&scheme.grades, findings, "/content/grades");
    let mut seen = BTreeSet::new();
    for (place, grade) in scheme.grades.iter().enumerate() {
        let at = |member: &str| format!("/content/grades/{place}/{member}");
        wording::check(findings, &at("code"), &grade.code, 20);
        named(findings, &at("name"), &grade.name);
        if !seen.insert(&grade.code) {
            findings.add(at("code"), GRADE_TWICE);
        }
    }
    let Some(distribution) = &scheme.distribution else { return };
    for (place, cap) in distribution.at_most.iter().enumerate() {
        let at = |member: &str| format!("/content/distribution/at_most/{place}/{member}");
        known_grade(scheme, &cap.grade, findings, at("grade"));
        findings.within(at("share"), cap.share, 0..=WHOLE);
    }
}

fn known_grade(scheme: &Scheme, grade: &str, findings: &mut Findings, pointer: String) {
    if scheme.place(grade).is_none() {
        findings.add_with(pointer, GRADE_UNKNOWN, [("grade", json!(grade))]);
    }
}

fn check_consequence(scheme: &Scheme, consequence: &Consequence, findings: &mut Findings, pointer: &str) {
    let Consequence { when, follows, clause } = consequence;
    wording::check(findings, &format!("{pointer}/clause"), clause, 200);
    for (place, grade) in when.grades().iter().enumerate() {
        known_grade(scheme, grade, findings, format!("{pointer}/when/grades/{place}"));
    }
    let mut range = |member: &str, value: u32, min: u32, max: u32| {
        findings.within(format!("{pointer}/{member}"), value, min..=max);
    };
    if let Occasion::InARow { periods, .. } = when {
        range("when/periods", *periods, 2, 24);
    }
    match follows {
        Follows::Entry { amount } => amount.check(findings, &format!("{pointer}/follows/amount")),
        Follows::Certificate { title } => named(findings, &format!("{pointer}/follows/title"), title),
        Follows::Task { title, within_days } => {
            range("follows/within_days", *within_days, 1, 366);
            wording::check(findings, &format!("{pointer}/follows/title"), title, 200);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::scheme;
    use super::*;
    use crate::spine::PolicyContent;

    fn pointers(scheme: &Scheme) -> Vec<String> {
        scheme.findings().into_iter().map(|finding| finding.pointer).collect()
    }

    #[test]
    fn the_scheme_of_the_examples_is_sound() {
        assert_eq!(scheme().findings(), []);
    }

    #[test]
    fn weights_add_up_exactly_and_grades_leave_no_gap() {
        let mut unsound = scheme();
        unsound.indicators[0].weight = 3_999;
        unsound.grades[1].from = "61".parse().expect("a decimal");
        assert_eq!(pointers(&unsound), ["/content/indicators", "/content/grades/1/from"]);
    }

    #[test]
    fn whatever_is_wrong_is_said_at_once() {
        let mut unsound = scheme();
        unsound.indicators[1].indicator = "sales".into();
        unsound.indicators[4].weight = 1;
        unsound.shares.reviews = 2_000;
        unsound.span = Span::Week;
        unsound.grades[3].below = Some("100".parse().expect("a decimal"));
        let expected = [
            "/content/indicators",
            "/content/indicators/1/indicator",
            "/content/indicators/4/weight",
            "/content/shares",
            "/content/span",
            "/content/grades/3/below",
        ];
        assert_eq!(pointers(&unsound), expected);
    }
}
