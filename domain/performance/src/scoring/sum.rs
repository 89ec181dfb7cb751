//! From indicators, reviews and points to a result: parts by days, within floor and cap, then the veto,
//! rounded once.
//! `[KPI-5, KPI-6]`

use super::{
    Curve, Line, LineNote, Measurement, ReviewAnswers, ReviewPlan, ReviewSum, WHOLE, line, ratio, review,
    rounded, share,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What indicators and reviews weigh in the result, in basis points that add up to 10,000.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeShares)]
pub struct Shares {
    /// The indicators.
    pub indicators: i64,
    /// The reviews.
    pub reviews: i64,
}

/// Between what a result lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeBounds)]
pub struct Bounds {
    /// The least.
    pub floor: Decimal,
    /// The most.
    pub cap: Decimal,
}

/// A stretch of the period in which position, department and superior were the same.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// Its calendar days that count.
    pub days: u32,
    /// Its indicators.
    pub measurements: Vec<Measurement>,
}

/// A part in the computation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PartSum {
    /// Its days.
    pub days: u32,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What they come to; none where no indicator applies.
    pub sum: Option<Decimal>,
}

/// The whole computation, line by line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Computation {
    /// The parts, in order of time.
    pub parts: Vec<PartSum>,
    /// The indicators of all parts by days; none where none applies.
    pub indicators: Option<Decimal>,
    /// The reviews; none where the scheme has none, or none was given.
    pub reviews: Option<ReviewSum>,
    /// What indicators and reviews weighed, in basis points.
    pub shares: Shares,
    /// The points of the ledger.
    pub points: i64,
    /// The sum of all that.
    pub sum: Decimal,
    /// Within floor and cap.
    pub bounded: Decimal,
    /// What a veto caps it to.
    pub veto: Option<Decimal>,
    /// Rounded to two places.
    pub result: Decimal,
}

/// Why there is no result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unscored {
    /// A review is missing that the plan waits for.
    ReviewMissing,
    /// Neither indicators nor reviews apply.
    Nothing,
}

/// The result of a person. The parts are those that are scored: what is exempt, or too short, is none.
///
/// # Errors
/// Where a review is missing that blocks, or nothing applies.
pub fn compute(
    parts: &[Part],
    (plan, answers): (&ReviewPlan, &ReviewAnswers),
    shares: Shares,
    bounds: Bounds,
    points: i64,
) -> Result<Computation, Unscored> {
    let summed: Vec<PartSum> = parts
        .iter()
        .map(|part| {
            let (lines, sum) = line::scored(&part.measurements);
            PartSum { days: part.days, lines, sum }
        })
        .collect();
    let indicators = by_days(&summed);
    let reviews = if shares.reviews == 0 {
        None
    } else {
        match review::summed(plan, answers) {
            Ok(sum) => Some(sum),
            Err(review::Unsummed::Nothing) => None,
            Err(review::Unsummed::Blocked) => return Err(Unscored::ReviewMissing),
        }
    };
    let (shares, weighed) = weighed(indicators, reviews.as_ref(), shares)?;
    let sum = weighed + Decimal::from(points);
    let bounded = sum.max(bounds.floor).min(bounds.cap);
    let veto = veto(parts, &summed);
    let result = rounded(veto.map_or(bounded, |cap| bounded.min(cap)));
    Ok(Computation { parts: summed, indicators, reviews, shares, points, sum, bounded, veto, result })
}

/// The indicators of all parts by their days; a part to which none applies does not count.
fn by_days(parts: &[PartSum]) -> Option<Decimal> {
    let (mut days, mut sum) = (0_u64, Decimal::ZERO);
    for part in parts {
        if let Some(of) = part.sum {
            days += u64::from(part.days);
            sum += of * Decimal::from(part.days);
        }
    }
    ratio(sum, days.into())
}

/// Indicators and reviews by their shares: where one of them does not apply the other counts whole.
fn weighed(
    indicators: Option<Decimal>,
    reviews: Option<&ReviewSum>,
    shares: Shares,
) -> Result<(Shares, Decimal), Unscored> {
    match (indicators.filter(|_| shares.indicators > 0), reviews) {
        (Some(indicators), Some(reviews)) => {
            Ok((shares, share(indicators, shares.indicators) + share(reviews.sum, shares.reviews)))
        }
        (Some(indicators), None) => Ok((Shares { indicators: WHOLE, reviews: 0 }, indicators)),
        (None, Some(reviews)) => Ok((Shares { indicators: 0, reviews: WHOLE }, reviews.sum)),
        (None, None) => Err(Unscored::Nothing),
    }
}

/// The lowest cap of the vetoes that were called for.
fn veto(parts: &[Part], summed: &[PartSum]) -> Option<Decimal> {
    let both = parts.iter().zip(summed).flat_map(|(part, sum)| part.measurements.iter().zip(&sum.lines));
    let caps = both.filter_map(|(measured, line)| match (&measured.curve, line.note) {
        (Curve::Veto { cap }, LineNote::Vetoed) => Some(*cap),
        _ => None,
    });
    caps.min()
}
