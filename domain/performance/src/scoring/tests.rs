//! The worked examples of the specification, to the last digit. `[KPI-2 … KPI-7]`

use super::*;

pub(super) fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn linear() -> Curve {
    Curve::Linear { floor: dec("0"), cap: dec("120") }
}

fn measured(indicator: &str, weight: i64, curve: Curve, target: Option<&str>, value: &str) -> Measurement {
    Measurement {
        indicator: indicator.into(),
        weight,
        direction: Direction::HigherIsBetter,
        curve,
        target: target.map(|target| Target::of(dec(target))),
        value: Some(dec(value)),
    }
}

/// The indicators of a 业务员 with a value each.
fn salesman(sales: &str, customers: &str, complaints: &str, late: &str) -> Vec<Measurement> {
    vec![
        measured("sales", 4_000, linear(), Some("1000000"), sales),
        measured("customers", 2_000, linear(), Some("10"), customers),
        measured("complaints", 2_000, Curve::AllOrNothing {}, Some("95"), complaints),
        measured("reports", 2_000, Curve::Deduction { points: dec("5") }, None, late),
    ]
}

pub(super) const PLAN: ReviewPlan = ReviewPlan {
    own: 2_000,
    superior: 6_000,
    peers: 2_000,
    peer_plan: PeerPlan { asked: 5, at_least: 3 },
    missing: MissingReview::Reweight,
};
pub(super) const SHARES: Shares = Shares { indicators: 7_000, reviews: 3_000 };
pub(super) const BOUNDS: Bounds =
    Bounds { floor: Decimal::ZERO, cap: Decimal::from_parts(150, 0, 0, false, 0) };

fn answers(peers: &[&str]) -> ReviewAnswers {
    ReviewAnswers {
        own: Some(dec("95")),
        superiors: vec![(30, Some(dec("88")))],
        peers: peers.iter().map(|peer| dec(peer)).collect(),
    }
}

fn first(peers: &[&str]) -> Computation {
    let part = Part { days: 30, measurements: salesman("1150000", "7", "96.0", "2") };
    compute(&[part], (&PLAN, &answers(peers)), SHARES, BOUNDS, -15).expect("it is scored")
}

fn line(measurement: Measurement) -> (Decimal, Option<Decimal>) {
    let part = Part { days: 30, measurements: vec![measurement] };
    let computed = compute(&[part], (&PLAN, &ReviewAnswers::default()), SHARES, BOUNDS, 0).expect("scored");
    (computed.parts[0].lines[0].score.expect("a score"), computed.parts[0].lines[0].attainment)
}

#[test]
fn example_1_is_computed_line_by_line() {
    let computed = first(&["90", "85", "92"]);
    let added: Vec<Decimal> = computed.parts[0].lines.iter().map(|line| line.contribution).collect();
    assert_eq!(added, ["46", "14", "20", "18"].map(dec));
    assert_eq!(computed.indicators, Some(dec("98")));
    assert_eq!(computed.reviews.expect("reviews").sum, dec("89.6"));
    assert_eq!((computed.sum, computed.result), (dec("80.48"), dec("80.48")));
}

#[test]
fn example_2_spreads_the_weight_of_two_peers() {
    let computed = first(&["90", "85"]);
    let reviews = computed.reviews.expect("reviews");
    assert_eq!((reviews.own.effective, reviews.superior.effective), (dec("25"), dec("75")));
    assert_eq!((reviews.peers.fate, reviews.peers.score), (ReviewFate::Reweighted, None));
    assert_eq!(reviews.sum, dec("89.75"));
    assert_eq!((computed.sum, computed.result), (dec("80.525"), dec("80.53")));
}

#[test]
fn example_3_rounds_neither_the_peers_nor_the_reviews() {
    let computed = first(&["90", "85", "91"]);
    let reviews = computed.reviews.expect("reviews");
    assert_eq!(reviews.peers.score, Some(dec("88.666666666667")));
    assert_eq!(reviews.sum, dec("89.533333333333"));
    assert_eq!(computed.result, dec("80.46"));
}

#[test]
fn examples_4_and_5_are_rounded_once_and_half_up() {
    assert_eq!(rounded(dec("89.995")), dec("90.00"));
    assert_eq!(rounded(dec("74.9949999999")), dec("74.99"));
}

#[test]
fn example_6_is_capped() {
    let (score, attainment) = line(measured("sales", 10_000, linear(), Some("1000000"), "1400000"));
    assert_eq!((score, attainment), (dec("120"), Some(dec("1.4"))));
    assert_eq!(share(score, 4_000), dec("48"));
}

#[test]
fn examples_7_and_8_lie_between_three_levels() {
    let levels =
        || Curve::ThreeLevels { floor: dec("800000"), target: dec("1000000"), challenge: dec("1300000") };
    let score = |value: &str| line(measured("sales", 10_000, levels(), None, value)).0;
    assert_eq!(score("1090000"), dec("106"));
    assert_eq!(score("799999.99"), dec("0"));
    assert_eq!(score("800000"), dec("60"));
    assert_eq!(score("2000000"), dec("120"));
}

#[test]
fn example_9_is_better_the_lower_it_is() {
    let slow = Measurement {
        direction: Direction::LowerIsBetter,
        ..measured("response", 10_000, linear(), Some("2.0"), "2.5")
    };
    assert_eq!(line(slow.clone()).0, dec("80"));
    let none = Measurement { value: Some(dec("0")), ..slow };
    assert_eq!(line(none), (dec("120"), None));
}

#[test]
fn example_10_spreads_what_has_no_target_and_says_so() {
    let mut measurements = salesman("1150000", "7", "96.0", "2");
    measurements[1].target = None;
    let part = Part { days: 30, measurements };
    let computed = compute(&[part], (&PLAN, &answers(&[])), SHARES, BOUNDS, 0).expect("it is scored");
    let lines = &computed.parts[0].lines;
    let weights: Vec<Decimal> = lines.iter().map(|line| line.effective).collect();
    assert_eq!(weights, ["50", "0", "25", "25"].map(dec));
    assert_eq!(lines[1].note, LineNote::NoTarget);
    assert_eq!(computed.indicators, Some(dec("105")));
}

#[test]
fn example_11_weighs_parts_by_days() {
    let part = |days: u32, target: &str, value: &str| {
        let mut measured = measured("sales", 10_000, linear(), Some(target), value);
        measured.target = measured.target.map(|target| target.for_days(days, 30));
        Part { days, measurements: vec![measured] }
    };
    let parts = [part(10, "1000000", "300000"), part(20, "600000", "500000")];
    let computed = compute(&parts, (&PLAN, &ReviewAnswers::default()), SHARES, BOUNDS, 0).expect("scored");
    let sums: Vec<_> = computed.parts.iter().map(|part| part.sum.map(rounded)).collect();
    assert_eq!(sums, [Some(dec("90.00")), Some(dec("120.00"))]);
    assert_eq!(computed.result, dec("110.00"));
}

#[test]
fn example_12_leaves_exempt_months_out_of_the_year() {
    let mut months: Vec<MonthResult> = (1..=12)
        .map(|month| MonthResult { month: format!("2026-{month:02}"), result: Some(dec("84.50")) })
        .collect();
    months[1].result = None;
    months[2].result = Some(dec("80.00"));
    months[3].result = Some(dec("89.00"));
    let year = year(months, Some(dec("90")), YearPlan { months: 6_000, goals: 4_000 }).expect("a year");
    assert_eq!((year.mean, year.result), (Some(dec("84.5")), dec("86.70")));
}

#[test]
fn example_13_takes_a_refund_from_the_month_in_which_it_comes() {
    let may = first(&["90", "85", "92"]);
    let (june, _) = line(measured("sales", 10_000, linear(), Some("1000000"), "800000"));
    assert_eq!((may.result, june), (dec("80.48"), dec("80")), "a million in June, less 200,000");
}

#[test]
fn example_14_is_vetoed() {
    let mut measurements = salesman("1150000", "7", "96.0", "2");
    measurements.push(measured("leak", 0, Curve::Veto { cap: dec("59.99") }, None, "1"));
    let part = Part { days: 30, measurements };
    let computed =
        compute(&[part], (&PLAN, &answers(&["90", "85", "92"])), SHARES, BOUNDS, 0).expect("scored");
    assert_eq!((computed.bounded, computed.veto), (dec("95.48"), Some(dec("59.99"))));
    assert_eq!(computed.result, dec("59.99"));
    assert_eq!(computed.parts[0].lines[4].note, LineNote::Vetoed);
}

fn ranked(results: &[(&'static str, &str, usize)]) -> Vec<Ranked<&'static str>> {
    results
        .iter()
        .map(|(who, result, grade)| Ranked { who: *who, result: dec(result), grade: *grade })
        .collect()
}

#[test]
fn example_15_distributes_no_cohort_that_is_too_small() {
    let caps = [Cap { grade: "A".into(), share: 2_000 }];
    let grades = ["D", "C", "B", "A"];
    let four = ranked(&[("a", "95", 3), ("b", "94", 3), ("c", "93", 3), ("d", "70", 1)]);
    assert_eq!(distribute(&four, &grades, &caps, 5), Err(TooSmall { size: 4, least: 5 }));
    let five = ranked(&[("a", "93", 3), ("b", "94", 3), ("c", "95", 3), ("d", "70", 1), ("e", "60", 1)]);
    let given = distribute(&five, &grades, &caps, 5).expect("large enough");
    let given: Vec<_> = given.iter().map(|ranked| (ranked.who, ranked.grade)).collect();
    assert_eq!(given, [("c", 3), ("b", 2), ("a", 2), ("d", 1), ("e", 1)]);
}

#[test]
fn who_ties_at_the_edge_of_a_grade_stands_or_falls_together() {
    let caps = [Cap { grade: "A".into(), share: 4_000 }];
    let five = ranked(&[("a", "95", 1), ("b", "94", 1), ("c", "94", 1), ("d", "70", 0), ("e", "60", 0)]);
    let given = distribute(&five, &["C", "A"], &caps, 5).expect("large enough");
    assert_eq!(given.iter().map(|ranked| ranked.grade).collect::<Vec<_>>(), [1, 0, 0, 0, 0]);
}

#[test]
fn a_missing_superior_blocks_or_stands_in_for_others_by_plan() {
    let part = || Part { days: 30, measurements: salesman("1150000", "7", "96.0", "2") };
    let none = ReviewAnswers { superiors: vec![(30, None)], ..answers(&["90", "85", "92"]) };
    let block = ReviewPlan { missing: MissingReview::Block, ..PLAN };
    let blocked = compute(&[part()], (&block, &none), SHARES, BOUNDS, 0);
    assert_eq!(blocked, Err(Unscored::ReviewMissing));
    let substitute = ReviewPlan { missing: MissingReview::SubstituteSuperior, ..PLAN };
    let computed = compute(&[part()], (&substitute, &answers(&[])), SHARES, BOUNDS, 0).expect("scored");
    let reviews = computed.reviews.expect("reviews");
    assert_eq!((reviews.peers.fate, reviews.sum), (ReviewFate::Substituted, dec("89.4")));
}

#[test]
fn two_superiors_of_a_period_weigh_by_their_days() {
    let answers =
        ReviewAnswers { superiors: vec![(10, Some(dec("60"))), (20, Some(dec("90")))], ..answers(&[]) };
    let part = Part { days: 30, measurements: salesman("1150000", "7", "96.0", "2") };
    let computed = compute(&[part], (&PLAN, &answers), SHARES, BOUNDS, 0).expect("scored");
    assert_eq!(computed.reviews.expect("reviews").superior.score, Some(dec("80")));
}
