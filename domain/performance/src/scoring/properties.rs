//! What holds of every score.

use super::tests::{BOUNDS, PLAN, SHARES, dec};
use super::*;
use proptest::prelude::*;

fn measured(weight: i64, value: i64, target: i64) -> Measurement {
    Measurement {
        indicator: format!("of {weight}"),
        weight,
        direction: Direction::HigherIsBetter,
        curve: Curve::Linear { floor: Decimal::ZERO, cap: dec("120") },
        target: (target > 0).then(|| Target::of(target.into())),
        value: Some(value.into()),
    }
}

fn answers(peers: &[i64]) -> ReviewAnswers {
    ReviewAnswers {
        own: Some(dec("95")),
        superiors: vec![(30, Some(dec("88")))],
        peers: peers.iter().copied().map(Decimal::from).collect(),
    }
}

fn computed(measurements: Vec<Measurement>, peers: &[i64]) -> Option<Computation> {
    compute(&[Part { days: 30, measurements }], (&PLAN, &answers(peers)), SHARES, BOUNDS, 3).ok()
}

/// Things, and the same in any other order.
fn shuffled<T: Clone + std::fmt::Debug>(
    things: impl Strategy<Value = Vec<T>>,
) -> impl Strategy<Value = (Vec<T>, Vec<T>)> {
    things.prop_flat_map(|things| (Just(things.clone()), Just(things).prop_shuffle()))
}

proptest! {
    #[test]
    fn neither_the_order_of_indicators_nor_of_answers_changes_a_result(
        (lines, permuted) in shuffled(prop::collection::vec((1_i64..4_000, 0_i64..2_000_000, 0_i64..1_000_000), 1..8)),
        (peers, others) in shuffled(prop::collection::vec(0_i64..=100, 0..7)),
    ) {
        let of = |lines: &[(i64, i64, i64)]| lines.iter().map(|(w, v, t)| measured(*w, *v, *t)).collect::<Vec<_>>();
        let measurements = of(&lines);
        let (one, other) = (computed(measurements.clone(), &peers), computed(of(&permuted), &others));
        prop_assert_eq!(one.as_ref().map(|one| one.result), other.map(|other| other.result));
        prop_assert_eq!(one, computed(measurements, &peers), "run again, it is the same to the last line");
    }

    #[test]
    fn more_is_never_worse_and_less_is_never_better(value in 0_i64..3_000_000, more in 0_i64..1_000_000) {
        let (floor, million, challenge) = (dec("800000"), dec("1000000"), dec("1300000"));
        let levels = Curve::ThreeLevels { floor, target: million, challenge };
        let bands = Curve::Bands { bands: vec![
            curve_band("0", Some("60"), "0"),
            curve_band("60", Some("100"), "80"),
            curve_band("100", None, "110"),
        ] };
        let linear = Curve::Linear { floor: Decimal::ZERO, cap: dec("120") };
        let target = Some(Target::of(dec("1000000")));
        for curve in [levels, bands, linear, Curve::AllOrNothing {}] {
            let score =
                |value: i64| curve.score(Direction::HigherIsBetter, value.into(), target).map(|s| s.0);
            prop_assert!(score(value) <= score(value + more));
        }
        let slow = Curve::Linear { floor: Decimal::ZERO, cap: dec("120") };
        let score = |value: i64| slow.score(Direction::LowerIsBetter, value.into(), target).map(|s| s.0);
        prop_assert!(score(value) >= score(value + more));
    }

    #[test]
    fn effective_weights_come_to_a_hundred_and_contributions_to_the_sum(
        lines in prop::collection::vec((1_i64..4_000, 0_i64..2_000_000, 1_i64..1_000_000), 1..8),
    ) {
        let one = computed(lines.iter().map(|(w, v, t)| measured(*w, *v, *t)).collect(), &[]);
        let part = &one.expect("scored").parts[0];
        let near = |left: Decimal, right: Decimal| (left - right).abs() < dec("0.00000001");
        prop_assert!(near(part.lines.iter().map(|line| line.effective).sum(), dec("100")));
        let contributions: Decimal = part.lines.iter().map(|line| line.contribution).sum();
        prop_assert!(near(contributions, part.sum.expect("a sum")));
    }

    #[test]
    fn parts_of_the_same_come_to_the_whole(days in 1_u32..30, value in 0_i64..2_000_000) {
        let part = |days| Part { days, measurements: vec![measured(10_000, value, 1_000_000)] };
        let compute =
            |parts: &[Part]| compute(parts, (&PLAN, &answers(&[])), SHARES, BOUNDS, 0).expect("scored");
        let (whole, split) = (compute(&[part(30)]), compute(&[part(days), part(30 - days)]));
        prop_assert_eq!(whole.result, split.result);
    }

    #[test]
    fn nobody_gains_by_a_distribution_and_no_grade_is_beyond_its_cap(
        results in prop::collection::vec(0_i64..12_000, 5..60), share in 0_i64..=10_000,
    ) {
        let ranked = |(who, cents): (usize, &i64)| {
            Ranked { who, result: Decimal::new(*cents, 2), grade: usize::from(*cents >= 6_000) }
        };
        let cohort: Vec<_> = results.iter().enumerate().map(ranked).collect();
        let caps = [Cap { grade: "A".into(), share }];
        let given = distribute(&cohort, &["C", "A"], &caps, 5).expect("large enough");
        let best = given.iter().filter(|ranked| ranked.grade == 1).count();
        prop_assert!(best * 10_000 <= cohort.len() * usize::try_from(share).expect("a share"));
        prop_assert!(given.iter().all(|ranked| ranked.grade <= cohort[ranked.who].grade));
    }
}

fn curve_band(from: &str, below: Option<&str>, score: &str) -> curve::ScoreBand {
    curve::ScoreBand { from: dec(from), below: below.map(dec), score: dec(score) }
}
