//! How numbers spread, and go with each other: exact sums, roots and quotients to twelve places, shown to four. `[KPI-10]`

use super::{Found, SchemeReviewSettings, finding};
use crate::scoring::{ReviewSum, ratio};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is looked at of a sheet that is final.
#[derive(Clone, PartialEq, Debug)]
pub struct Looked {
    /// The result as it stands.
    pub result: Decimal,
    /// The code of the grade.
    pub grade: String,
    /// What people said, where the scheme asks.
    pub reviews: Option<ReviewSum>,
    /// The indicators that were scored, with their scores.
    pub scores: Vec<(String, Decimal)>,
    /// Whether somebody changed it by hand.
    pub is_calibrated: bool,
}

/// How some numbers spread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeReviewSpread)]
pub struct Spread {
    /// How many.
    #[schema(minimum = 0)]
    pub count: u32,
    /// Their mean.
    #[schema(value_type = String, max_length = 20, example = "82.4150")]
    pub mean: Decimal,
    /// How far they lie from it: the standard deviation of all of them.
    #[schema(value_type = String, max_length = 20, example = "6.1032")]
    pub deviation: Decimal,
    /// The least.
    #[schema(value_type = String, max_length = 20, example = "61.00")]
    pub lowest: Decimal,
    /// The greatest.
    #[schema(value_type = String, max_length = 20, example = "97.50")]
    pub highest: Decimal,
}

/// How far somebody's scores go with those of superiors.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeReviewAgreement)]
pub struct Agreement {
    /// Of how many sheets both are known.
    #[schema(minimum = 0)]
    pub pairs: u32,
    /// The correlation, from −1 to 1; null where one of the two never differs.
    #[schema(value_type = Option<String>, max_length = 20, example = "0.6120")]
    pub correlation: Option<Decimal>,
    /// How many points they lie above what superiors say, on average.
    #[schema(value_type = String, max_length = 20, example = "4.5000")]
    pub above: Decimal,
}

/// How many have a grade.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeReviewGrade)]
pub struct GradeCount {
    /// The code of the grade.
    #[schema(max_length = 20, example = "B")]
    pub grade: String,
    /// How many.
    #[schema(minimum = 0)]
    pub count: u32,
}

/// How many results lie in ten points.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeReviewBin)]
pub struct Bin {
    /// From this result on, up to ten more.
    #[schema(minimum = 0)]
    pub from: u32,
    /// How many.
    #[schema(minimum = 0)]
    pub count: u32,
}

/// An indicator in the review.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeReviewIndicator)]
pub struct IndicatorLook {
    /// Its code.
    #[schema(max_length = 60, example = "sales")]
    pub indicator: String,
    /// How its scores spread.
    pub scores: Spread,
    /// How far they go with the result; null where one of the two never differs.
    #[schema(value_type = Option<String>, max_length = 20, example = "0.4410")]
    pub with_result: Option<Decimal>,
}

/// All that a review looks at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeReviewReport)]
pub struct Report {
    /// How many sheets.
    #[schema(minimum = 0)]
    pub sheets: u32,
    /// How results spread; null where there is none.
    pub results: Option<Spread>,
    /// How many have which grade, from the lowest.
    #[schema(max_items = 50)]
    pub grades: Vec<GradeCount>,
    /// How many results lie in each ten points.
    #[schema(max_items = 200)]
    pub bins: Vec<Bin>,
    /// How people see themselves, held against their superiors.
    pub own: Option<Agreement>,
    /// How peers see them, held against their superiors.
    pub peers: Option<Agreement>,
    /// The indicators, by code.
    #[schema(max_items = 500)]
    pub indicators: Vec<IndicatorLook>,
    /// How many results were changed by hand.
    #[schema(minimum = 0)]
    pub calibrated: u32,
    /// What catches the eye.
    #[schema(max_items = 600)]
    pub findings: Vec<Found>,
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

fn shown(value: Decimal) -> Decimal {
    value.round_dp(4)
}

/// The square root, to twelve places; nothing of less than nothing.
fn root(value: Decimal) -> Decimal {
    if value <= Decimal::ZERO {
        return Decimal::ZERO;
    }
    let mut guess = value.max(Decimal::ONE);
    // Newton's rule halves the distance at first and squares it then: a hundred steps are far more than enough.
    for _ in 0..100 {
        let Some(quotient) = value.checked_div(guess) else { break };
        let next = ((guess + quotient) / Decimal::TWO).round_dp(12);
        if next >= guess {
            break;
        }
        guess = next;
    }
    guess
}

fn mean(values: &[Decimal]) -> Option<Decimal> {
    ratio(values.iter().sum(), Decimal::from(values.len()))
}

/// How far some numbers lie from their mean, squared and summed.
fn scatter(values: &[Decimal], mean: Decimal) -> Decimal {
    values.iter().map(|value| (*value - mean) * (*value - mean)).sum()
}

impl Spread {
    /// Of some numbers; none of none.
    pub fn of(values: &[Decimal]) -> Option<Self> {
        let mean = mean(values)?;
        let variance = ratio(scatter(values, mean), Decimal::from(values.len()))?;
        Some(Self {
            count: count(values.len()),
            mean: shown(mean),
            deviation: shown(root(variance)),
            lowest: values.iter().copied().min()?,
            highest: values.iter().copied().max()?,
        })
    }
}

/// The correlation of pairs, within −1 and 1; none where one of the two never differs.
fn correlation(pairs: &[(Decimal, Decimal)]) -> Option<Decimal> {
    let (one, other): (Vec<Decimal>, Vec<Decimal>) = pairs.iter().copied().unzip();
    let (mean_one, mean_other) = (mean(&one)?, mean(&other)?);
    let together: Decimal = pairs.iter().map(|(one, other)| (*one - mean_one) * (*other - mean_other)).sum();
    let apart = root(scatter(&one, mean_one)) * root(scatter(&other, mean_other));
    let of = ratio(together, apart)?;
    Some(shown(of.min(Decimal::ONE).max(-Decimal::ONE)))
}

impl Agreement {
    /// Of pairs of which the second is the superior's; none of none.
    pub fn of(pairs: &[(Decimal, Decimal)]) -> Option<Self> {
        let differences: Vec<Decimal> = pairs.iter().map(|(one, superior)| *one - *superior).collect();
        let above = shown(mean(&differences)?);
        Some(Self { pairs: count(pairs.len()), correlation: correlation(pairs), above })
    }
}

/// The ten points in which a result lies.
fn bin(result: Decimal) -> u32 {
    let tens = (result.max(Decimal::ZERO) / Decimal::TEN).trunc();
    u32::try_from(tens).unwrap_or(0).min(199) * 10
}

impl Report {
    /// Of what is looked at, in any order; `grades` are the codes from the lowest. `named` says what an indicator is
    /// called, in Chinese and English.
    pub fn of(
        looked: &[Looked],
        grades: &[&str],
        settings: &SchemeReviewSettings,
        named: &dyn Fn(&str) -> (String, String),
    ) -> Self {
        let results: Vec<Decimal> = looked.iter().map(|one| one.result).collect();
        let graded = |grade: &&str| GradeCount {
            grade: (*grade).to_owned(),
            count: count(looked.iter().filter(|one| one.grade == **grade).count()),
        };
        let mut bins: BTreeMap<u32, u32> = BTreeMap::new();
        results.iter().for_each(|result| *bins.entry(bin(*result)).or_default() += 1);
        let pairs = |side: fn(&ReviewSum) -> Option<Decimal>| -> Vec<(Decimal, Decimal)> {
            let both = |one: &Looked| {
                let reviews = one.reviews.as_ref()?;
                Some((side(reviews)?, reviews.superior.score?))
            };
            looked.iter().filter_map(both).collect()
        };
        let mut report = Self {
            sheets: count(looked.len()),
            results: Spread::of(&results),
            grades: grades.iter().map(graded).collect(),
            bins: bins.into_iter().map(|(from, count)| Bin { from, count }).collect(),
            own: Agreement::of(&pairs(|reviews| reviews.own.score)),
            peers: Agreement::of(&pairs(|reviews| reviews.peers.score)),
            indicators: indicators(looked),
            calibrated: count(looked.iter().filter(|one| one.is_calibrated).count()),
            findings: Vec::new(),
        };
        report.findings = finding::findings(&report, settings, named);
        report
    }
}

fn indicators(looked: &[Looked]) -> Vec<IndicatorLook> {
    let mut by: BTreeMap<&str, Vec<(Decimal, Decimal)>> = BTreeMap::new();
    for one in looked {
        for (indicator, score) in &one.scores {
            by.entry(indicator.as_str()).or_default().push((*score, one.result));
        }
    }
    let look = |(indicator, pairs): (&str, Vec<(Decimal, Decimal)>)| {
        let scores: Vec<Decimal> = pairs.iter().map(|(score, _)| *score).collect();
        let with_result = correlation(&pairs);
        Some(IndicatorLook { indicator: indicator.to_owned(), scores: Spread::of(&scores)?, with_result })
    };
    by.into_iter().filter_map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dec(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn pairs(of: &[(i64, i64)]) -> Vec<(Decimal, Decimal)> {
        of.iter().map(|(one, other)| (Decimal::from(*one), Decimal::from(*other))).collect()
    }

    #[test]
    fn what_goes_together_correlates_and_what_never_differs_does_not() {
        assert_eq!(correlation(&pairs(&[(60, 50), (70, 60), (90, 80)])), Some(dec("1")));
        assert_eq!(correlation(&pairs(&[(60, 90), (70, 80), (90, 60)])), Some(dec("-1")));
        assert_eq!(correlation(&pairs(&[(60, 80), (70, 80)])), None);
        assert_eq!(Agreement::of(&pairs(&[(95, 80), (85, 80)])).expect("one").above, dec("10"));
        assert_eq!(Agreement::of(&[]), None);
    }

    #[test]
    fn a_spread_is_that_of_all_and_not_of_a_sample() {
        let spread = Spread::of(&["2", "4", "4", "4", "5", "5", "7", "9"].map(dec)).expect("a spread");
        assert_eq!((spread.mean, spread.deviation), (dec("5"), dec("2")));
        assert_eq!((spread.lowest, spread.highest, spread.count), (dec("2"), dec("9"), 8));
    }

    proptest! {
        #[test]
        fn a_root_squared_is_what_it_was(value in 0_u64..1_000_000_000_000) {
            let value = Decimal::new(i64::try_from(value).expect("small"), 4);
            let root = root(value);
            prop_assert!((root * root - value).abs() < dec("0.0001"), "{root}");
        }

        #[test]
        fn neither_order_nor_scale_changes_a_correlation(
            values in prop::collection::vec((0_i64..10_000, 0_i64..10_000), 2..40),
        ) {
            let turned: Vec<_> = values.iter().rev().copied().collect();
            let scaled: Vec<_> = values.iter().map(|(one, other)| (one * 3 + 7, *other)).collect();
            let near = |one: Option<Decimal>, other: Option<Decimal>| match (one, other) {
                (Some(one), Some(other)) => (one - other).abs() <= dec("0.0002"),
                (one, other) => one == other,
            };
            prop_assert!(near(correlation(&pairs(&values)), correlation(&pairs(&turned))));
            prop_assert!(near(correlation(&pairs(&values)), correlation(&pairs(&scaled))));
        }
    }
}
