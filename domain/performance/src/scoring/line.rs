//! Indicators by weight: what does not apply has its weight spread over the others in proportion, and the
//! line says so.

use super::{Attainment, Curve, Direction, Target, ratio};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An indicator as it is about to be scored.
#[derive(Clone, PartialEq, Debug)]
pub struct Measurement {
    /// The code of the indicator.
    pub indicator: String,
    /// Its weight, in basis points.
    pub weight: i64,
    /// Which values are good.
    pub direction: Direction,
    /// How it is scored.
    pub curve: Curve,
    /// The target, with what the days of a part leave of it.
    pub target: Option<Target>,
    /// The value; none where nobody measured or entered it.
    pub value: Option<Decimal>,
}

/// What became of an indicator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppraisalLineNote)]
pub enum LineNote {
    /// It was scored.
    Scored,
    /// There is no target, or one of nothing: its weight is spread over the others.
    NoTarget,
    /// There is no value: its weight is spread over the others.
    NoValue,
    /// A veto that nothing called for.
    Clear,
    /// A veto that caps the result.
    Vetoed,
}

crate::labels! { LineNote = "AppraisalLineNote":
    Scored = "scored", "已计分", "Scored";
    NoTarget = "no_target", "无目标，权重按比例分摊", "No target; its weight is spread over the others";
    NoValue = "no_value", "无数据，权重按比例分摊", "No value; its weight is spread over the others";
    Clear = "clear", "未触发否决", "No veto";
    Vetoed = "vetoed", "触发一票否决", "Vetoed";
}

/// A line of the computation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The code of the indicator.
    pub indicator: String,
    /// The weight it has in the scheme, in basis points.
    pub weight: i64,
    /// The weight it counts with, in percent; more than its own where another does not apply.
    pub effective: Decimal,
    /// The value.
    pub value: Option<Decimal>,
    /// What it is held against.
    pub target: Option<Target>,
    /// How much of that was reached; none where it cannot be said.
    pub attainment: Option<Decimal>,
    /// The score.
    pub score: Option<Decimal>,
    /// What it adds to the sum.
    pub contribution: Decimal,
    /// What became of it.
    pub note: LineNote,
}

/// The lines of the indicators of one part, and their sum; none where no indicator applies.
pub(super) fn scored(measurements: &[Measurement]) -> (Vec<Line>, Option<Decimal>) {
    let mut lines: Vec<Line> = measurements.iter().map(line).collect();
    let applies = |line: &&Line| line.note == LineNote::Scored;
    let weights: i64 = lines.iter().filter(applies).map(|line| line.weight).sum();
    // Summed before it is divided: the order of the indicators changes nothing.
    let sum: Decimal =
        lines.iter().filter(applies).filter_map(|line| Some(line.score? * Decimal::from(line.weight))).sum();
    let whole = Decimal::from(weights);
    for line in lines.iter_mut().filter(|line| line.note == LineNote::Scored) {
        let weight = Decimal::from(line.weight);
        line.effective = ratio(weight * Decimal::ONE_HUNDRED, whole).unwrap_or_default();
        line.contribution = ratio(line.score.unwrap_or_default() * weight, whole).unwrap_or_default();
    }
    (lines, ratio(sum, whole))
}

fn line(measurement: &Measurement) -> Line {
    let Measurement { indicator, weight, direction, curve, target, value } = measurement;
    let scored = value.and_then(|value| curve.score(*direction, value, *target));
    let note = match (curve, value, &scored) {
        (Curve::Veto { .. }, Some(value), _) if *value > Decimal::ZERO => LineNote::Vetoed,
        (Curve::Veto { .. }, ..) => LineNote::Clear,
        (_, None, _) => LineNote::NoValue,
        (_, _, None) => LineNote::NoTarget,
        _ => LineNote::Scored,
    };
    Line {
        indicator: indicator.clone(),
        weight: *weight,
        effective: Decimal::ZERO,
        value: *value,
        target: *target,
        attainment: scored.and_then(|(_, attainment)| Attainment::share(attainment)),
        score: scored.map(|(score, _)| score),
        contribution: Decimal::ZERO,
        note,
    }
}
