//! Unit tests of budgets: sums, splits, copies, and the course from draft to closed.

use super::*;
use crate::{
    approval::{
        Outcome,
        petition::{NOT_EDITABLE, OTHER_APPROVAL},
    },
    finance::{
        budget_policy::SHIPPED_BUDGET_POLICY,
        fixture::{Rules, cny, day, id, now, person},
        period::Period,
    },
    spine::{DepartmentId, Finding, Money, codes},
};
use proptest::{collection, prop_assert, prop_assert_eq, prop_assume, proptest};

struct World {
    policy: PolicyVersion<BudgetPolicy>,
    rules: Rules,
    departments: DepartmentTree,
}

impl World {
    /// 500 with 501 and 502 below it, and 600 apart.
    fn new() -> Self {
        let content = serde_json::from_str(SHIPPED_BUDGET_POLICY).expect("it reads");
        let (code, clause) = ("budget-policy/standard".to_owned(), "000 §9.1(4)".to_owned());
        let pairs = [(500, None), (501, Some(500)), (502, Some(500)), (600, None)];
        Self {
            policy: PolicyVersion { id: id(901), code, number: 1, clause, content },
            rules: Rules::shipped(),
            departments: pairs.into_iter().map(|(d, above)| (id(d), above.map(id))).collect(),
        }
    }
    fn all(&self) -> BudgetRules<'_> {
        BudgetRules {
            policy: &self.policy,
            categories: &self.rules.categories,
            departments: &self.departments,
            currency: Currency::Cny,
        }
    }
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn line(department: u128, category: &str, of: &str, minor: i64) -> PlannedLine {
    PlannedLine {
        department: Some(id(department)),
        category: category.into(),
        period: period(of),
        split: None,
        campaign: None,
        region: None,
        amount: cny(minor),
        purpose: None,
        control: None,
        note: None,
    }
}

fn sum(department: Option<DepartmentId>, category: Option<&str>, of: Option<&str>, minor: i64) -> PlannedSum {
    PlannedSum { department, category: category.map(Into::into), period: of.map(period), amount: cny(minor) }
}

fn objective(of: &str) -> Objective {
    Objective {
        period: period(of),
        metric: ObjectiveMetric::SalesAmount,
        unit: "万元".into(),
        target: "12000".into(),
        note: None,
    }
}

fn content() -> BudgetContent {
    let said = |text: &str| Some(text.to_owned());
    BudgetContent {
        title: "2026 年市场部预算".into(),
        fiscal_year: 2026,
        scope: Scope { level: ScopeLevel::Department, department: id(500), region: None, campaign: None },
        objectives: ["2026", "2026-Q1", "2026-03"].map(objective).to_vec(),
        strategy: Strategy {
            product: said("主推新品"),
            price: said("稳价"),
            channel: said("下沉"),
            promotion: said("联合促销"),
        },
        activities: vec![Activity {
            name: "春季订货会".into(),
            campaign: said("2026-spring"),
            from: day("2026-03-10"),
            to: day("2026-03-12"),
            place: "杭州".into(),
            people: "市场部".into(),
            cost: cny(50_000),
            expected_effect: None,
            likelihood_percent: Some(80),
        }],
        lines: vec![
            line(500, "promotion.advertising", "2026", 100_001),
            line(501, "entertainment.travel", "2026-Q1", 30_000),
        ],
        sums: Vec::new(),
        indicators: vec![Indicator {
            name: "销售额增长率".into(), target: "12%".into(), measured: None
        }],
        foundations: Vec::new(),
    }
}

fn compiler() -> Actor {
    person(1, &[Permission::CompileBudgets])
}
fn finance() -> Actor {
    person(9, &[Permission::ManageBudgets])
}

fn draft(world: &World, content: BudgetContent) -> Result<Budget, Refusal> {
    let new = NewBudget { id: id(1), number: "BG-2026-000001".into(), copied_from: None };
    Budget::create(new, content, &compiler(), now(), world.all()).map(Change::into_after)
}

fn codes_of(refused: Result<Budget, Refusal>) -> Vec<(String, &'static str)> {
    let refusal = refused.expect_err("a refusal");
    refusal.findings.into_iter().map(|Finding { pointer, code, .. }| (pointer, code.code)).collect()
}

#[test]
fn a_year_is_split_into_months_that_add_up_to_the_fen() {
    let world = World::new();
    let opened = content().opened(&world.policy.content).expect("lines");
    assert_eq!(opened.len(), 13, "twelve months and a quarter");
    let months: Vec<i64> =
        opened.iter().filter(|line| line.key.period.is_month()).map(|line| line.amount.minor()).collect();
    assert_eq!(months.iter().sum::<i64>(), 100_001);
    assert_eq!((months[0], months[11]), (8_334, 8_333));
    let keys: Vec<_> = opened.iter().map(|line| &line.key).collect();
    assert!(keys.is_sorted(), "in the order of their keys");
}

#[test]
fn sums_that_do_not_add_up_are_refused_with_the_difference() {
    let world = World::new();
    let mut right = content();
    right.sums = vec![
        sum(None, None, None, 130_001),
        sum(Some(id(500)), None, None, 130_001),
        sum(Some(id(501)), None, None, 30_000),
        sum(None, Some("promotion"), None, 100_001),
        sum(None, None, Some("2026-01"), 8_334),
        sum(None, None, Some("2026-Q1"), 30_000 + 8_334 + 8_334 + 8_334),
        sum(Some(id(501)), Some("entertainment"), Some("2026-Q1"), 30_000),
    ];
    draft(&world, right.clone()).expect("it adds up");
    right.sums[2].amount = cny(30_001);
    right.sums[4].amount = cny(8_000);
    let refusal = draft(&world, right).expect_err("two differ");
    assert_eq!(refusal.findings.len(), 2);
    assert_eq!(refusal.findings[0].pointer, "/sums/2");
    assert_eq!(refusal.findings[0].params["difference"], "0.01");
    assert_eq!(refusal.findings[1].params["difference"], "-3.34");
    assert_eq!(refusal.findings[1].code, SUM_DIFFERS);
}

#[test]
fn everything_unsound_is_said_at_once() {
    let world = World::new();
    let mut wrong = content();
    wrong.scope.region = Some("华东".into());
    wrong.objectives[0].target = "twelve".into();
    wrong.activities[0].to = day("2026-03-01");
    wrong.lines[0].department = Some(id(600));
    wrong.lines[0].category = "nothing".into();
    wrong.lines[1].period = period("2025-Q1");
    wrong.lines[1].amount = cny(0);
    wrong.lines[1].split = Some(Split { into: SplitInto::Quarters, weights: Vec::new() });
    let found = codes_of(draft(&world, wrong));
    let pointers: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/scope/region",
            "/objectives/0/target",
            "/activities/0/to",
            "/lines/0/department_id",
            "/lines/0/category",
            "/lines/1/period",
            "/lines/1/amount",
            "/lines/1/split/into"
        ]
    );
}

#[test]
fn two_lines_that_come_to_the_same_one_are_refused() {
    let world = World::new();
    let mut twice = content();
    twice.lines.push(line(500, "promotion.advertising", "2026-03", 1));
    assert_eq!(codes_of(draft(&world, twice)), [("/lines/2".to_owned(), DUPLICATE_LINE.code)]);
    let mut apart = content();
    apart
        .lines
        .push(PlannedLine { campaign: Some("x".into()), ..line(500, "promotion.advertising", "2026-03", 1) });
    draft(&world, apart).expect("another campaign is another line");
}

#[test]
fn lines_from_elsewhere_take_the_place_of_those_about_the_same() {
    let (standing, unnamed) = (content(), |line: PlannedLine| PlannedLine { department: None, ..line });
    let news = [
        line(502, "other", "2026-05", 7),
        unnamed(line(500, "promotion.advertising", "2026", 200)),
        PlannedLine { campaign: Some("x".into()), ..line(501, "entertainment.travel", "2026-Q1", 1) },
    ];
    let (merged, places) = standing.with_lines(news.clone(), false);
    assert_eq!(places, [2, 0, 3]);
    let amounts = |content: &BudgetContent| -> Vec<i64> {
        content.lines.iter().map(|line| line.amount.minor()).collect()
    };
    assert_eq!(amounts(&merged), [200, 30_000, 7, 1]);
    assert_eq!(merged.lines[0].department, Some(id(500)), "the budget's own department");
    let (whole, places) = standing.with_lines(news, true);
    assert_eq!((amounts(&whole), places), (vec![7, 200, 1], vec![0, 1, 2]));
}

#[test]
fn activities_never_cost_more_than_there_is() {
    let world = World::new();
    let mut beyond = content();
    beyond.activities[0].cost = cny(130_002);
    assert_eq!(codes_of(draft(&world, beyond)), [("/activities".to_owned(), ACTIVITIES_BEYOND.code)]);
}

#[test]
fn an_emergency_fund_of_the_year_stays_whole() {
    let fund = PlannedLine {
        purpose: Some(crate::finance::budget_line::Purpose::EmergencyFund),
        ..line(500, "other", "2026", 9)
    };
    assert_eq!(fund.parts(), [period("2026")]);
}

#[test]
fn a_budget_is_submitted_when_it_says_everything() {
    let world = World::new();
    let mut bare = content();
    bare.objectives.clear();
    bare.strategy = Strategy::default();
    bare.activities.clear();
    bare.indicators.clear();
    let budget = draft(&world, bare).expect("a draft may be incomplete");
    let refusal = budget.submit(id(7), &compiler(), now(), world.all()).expect_err("incomplete");
    assert_eq!(refusal.code, codes::VALIDATION_FAILED);
    assert_eq!(refusal.findings.len(), 9);
    assert_eq!(refusal.citation.and_then(|citation| citation.clause).as_deref(), Some(CONTENT_CLAUSE));
}

#[test]
fn objectives_are_set_for_the_year_for_quarters_and_for_months() {
    let world = World::new();
    let all = ["2026", "2026-Q1", "2026-03"];
    for (left_out, missing) in
        all.into_iter().zip([NO_YEAR_OBJECTIVE, NO_QUARTER_OBJECTIVE, NO_MONTH_OBJECTIVE])
    {
        let told = all.into_iter().filter(|period| *period != left_out);
        let objectives = told.map(objective).collect();
        let budget = draft(&world, BudgetContent { objectives, ..content() }).expect("a draft");
        let refusal = budget.submit(id(7), &compiler(), now(), world.all()).expect_err("incomplete");
        assert_eq!(refusal.code, missing);
    }
}

#[test]
fn a_budget_travels_from_draft_to_closed() {
    let world = World::new();
    let budget = draft(&world, content()).expect("a draft");
    assert_eq!(budget.clone().activate(&finance(), now()).expect_err("not approved").code, NOT_ACTIVATABLE);
    let budget = budget.submit(id(7), &compiler(), now(), world.all()).expect("submitted").into_after();
    let agreed = Outcome::Approved { at: now() };
    assert_eq!(budget.may_revise(&compiler()).expect_err("in approval").code, NOT_EDITABLE);
    assert_eq!(budget.clone().settle(id(8), &agreed, now()).expect_err("another's").code, OTHER_APPROVAL);
    let budget = budget.settle(id(7), &agreed, now()).expect("approved").into_after();
    assert_eq!(budget.clone().activate(&compiler(), now()).expect_err("not finance").code, NOT_IN_MANAGEMENT);
    let budget = budget.activate(&finance(), now()).expect("active").into_after();
    assert_eq!(
        budget.clone().void("错了".into(), Owner::Here, &finance(), now()).expect_err("active").code,
        NOT_VOIDABLE
    );
    let budget = budget.close("年度结束".into(), &finance(), now()).expect("closed").into_after();
    assert_eq!(budget.state(), BudgetState::Closed);
    assert!(
        budget
            .actions(&compiler())
            .iter()
            .all(|(action, allowed)| { allowed.is_ok() == (*action == actions::BudgetAction::Copy) })
    );
}

#[test]
fn next_year_starts_with_growth_by_the_nearest_heading() {
    let world = World::new();
    let budget = draft(&world, content()).expect("a draft");
    let growth = Growth {
        default_basis_points: -5_000,
        by_category: [("promotion".to_owned(), 1_000)].into_iter().collect(),
    };
    let next = budget
        .content_for(2027, None, &growth, Vec::new(), &world.rules.categories.content)
        .expect("a draft of 2027");
    let lines: Vec<(String, i64)> =
        next.lines.iter().map(|line| (line.period.to_string(), line.amount.minor())).collect();
    assert_eq!(lines, [("2027".to_owned(), 110_001), ("2027-Q1".to_owned(), 15_000)]);
    assert_eq!(next.activities[0].from, day("2027-03-10"));
    assert_eq!(next.objectives[0].period, period("2027"));
    draft(&world, next).expect("it is sound");
}

proptest! {
    #[test]
    fn parts_always_add_up_to_the_whole(minor in 1_i64..=1_000_000_000_000, weights in collection::vec(0_u32..=1_000, 12)) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let split = Some(Split { into: SplitInto::Months, weights });
        let line = PlannedLine { split, ..line(500, "other", "2026", minor) };
        let parts = line.amounts();
        prop_assert_eq!(parts.len(), 12);
        prop_assert!(parts.iter().all(|part| part.minor() >= 0));
        let sum = Money::sum(parts, Currency::Cny).expect("a sum");
        prop_assert_eq!(sum, cny(minor));
    }
}
