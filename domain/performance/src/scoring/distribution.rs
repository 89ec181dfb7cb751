//! Forced distribution (强制分布): of a cohort that is large enough, so many at most may have a grade. `[KPI-6]`

use super::WHOLE;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// At most how many of a cohort have a grade or better, in basis points of the cohort, rounded down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeGradeCap)]
pub struct Cap {
    /// The code of the grade.
    pub grade: String,
    /// The share.
    pub share: i64,
}

/// A person of a cohort: what they reached, and the place of their grade among the grades, the lowest 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ranked<T> {
    /// Who.
    pub who: T,
    /// The result.
    pub result: Decimal,
    /// The grade.
    pub grade: usize,
}

/// A cohort with too few people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooSmall {
    /// How many it has.
    pub size: usize,
    /// How many it needs.
    pub least: u32,
}

/// The grades of a cohort under caps: `grades` are the codes from the lowest to the best. Nobody gets a
/// better grade than by the bands. People who tie stand or fall together: where all of them do not fit, none
/// has the grade.
///
/// # Errors
/// Where the cohort has fewer than `least` people.
pub fn distribute<T: Clone>(
    cohort: &[Ranked<T>],
    grades: &[&str],
    caps: &[Cap],
    least: u32,
) -> Result<Vec<Ranked<T>>, TooSmall> {
    if cohort.len() < usize::try_from(least).unwrap_or(usize::MAX) {
        return Err(TooSmall { size: cohort.len(), least });
    }
    let mut given = cohort.to_vec();
    given.sort_by_key(|ranked| std::cmp::Reverse(ranked.result));
    let size = i64::try_from(given.len()).unwrap_or(i64::MAX);
    for (place, code) in grades.iter().enumerate().skip(1).rev() {
        let Some(cap) = caps.iter().find(|cap| cap.grade == *code) else { continue };
        let room = usize::try_from(size.saturating_mul(cap.share) / WHOLE).unwrap_or(0);
        let Some(first_out) = given.get(room).map(|ranked| ranked.result) else { continue };
        for ranked in given.iter_mut().filter(|ranked| ranked.result <= first_out) {
            ranked.grade = ranked.grade.min(place - 1);
        }
    }
    Ok(given)
}
