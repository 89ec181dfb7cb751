//! How a score is computed (计分): exact decimals with twelve places inside, rounded once at the end, every
//! line kept. Pure: who was measured by what, and when, is decided elsewhere. `[KPI-2, KPI-4, KPI-6]`

/// How far a value reaches its target.
mod attainment;
/// Half-open bands without gap or overlap.
mod band;
/// The curve from an attainment to a score.
mod curve;
/// How many of a cohort may have a grade.
mod distribution;
/// Indicators by weight, with what does not apply spread over the others.
mod line;
/// Self, superior and peers.
mod review;
/// From indicators, reviews and points to a result and a grade.
mod sum;
/// The year from its months and its own goals.
mod year;

pub use attainment::{Attainment, Direction, Target};
pub use band::{Band, check_bands, of_bands};
pub use curve::Curve;
pub use distribution::{Cap, Ranked, TooSmall, distribute};
pub use line::{Line, LineNote, Measurement};
pub use review::{MissingReview, PeerPlan, ReviewAnswers, ReviewFate, ReviewLine, ReviewPlan, ReviewSum};
pub use sum::{Bounds, Computation, Part, PartSum, Shares, Unscored, compute};
pub use year::{MonthResult, YearPlan, YearSum, year};

use rust_decimal::{Decimal, RoundingStrategy};

/// What scoring brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[band::BAND_REFUSALS, curve::CURVE_REFUSALS],
    events: &[],
    enums: &[Curve::LABELS, Direction::LABELS, LineNote::LABELS, MissingReview::LABELS, ReviewFate::LABELS],
};

/// All of a weight, in basis points.
pub const WHOLE: i64 = 10_000;
/// How many places a quotient is kept with.
const PLACES_INSIDE: u32 = 12;

/// A quotient with twelve places; none of nothing.
pub(crate) fn ratio(value: Decimal, by: Decimal) -> Option<Decimal> {
    let quotient = value.checked_div(by)?;
    Some(quotient.round_dp_with_strategy(PLACES_INSIDE, RoundingStrategy::MidpointAwayFromZero))
}

/// A result as it stands: two places, half-up.
pub fn rounded(value: Decimal) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

/// So many basis points of a value, exactly.
pub(crate) fn share(value: Decimal, basis_points: i64) -> Decimal {
    value * Decimal::new(basis_points, 4)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
