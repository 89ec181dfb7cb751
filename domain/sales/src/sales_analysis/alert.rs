//! What stands out: outside the median ± three times the median absolute deviation of the like periods before. `[ANA-1]`

/// So many like periods are looked at.
pub const LIKE_PERIODS: usize = 12;
/// With fewer nothing is said to stand out.
pub const LIKE_PERIODS_MIN: usize = 8;

/// A value beside those of like periods. The middle and the bounds are in quarters of the unit, so that they are exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Alert {
    /// The median, in quarters.
    pub median_quarters: i64,
    /// The median of how far they are from it, in quarters.
    pub mad_quarters: i64,
    /// Below this it stands out, in quarters.
    pub lower_quarters: i64,
    /// Above this it stands out, in quarters.
    pub upper_quarters: i64,
    /// Whether it does.
    pub is_outside: bool,
}

/// How a value stands beside those of the last like periods, the latest first; none with too few of them.
pub fn alert(value: i64, before: &[i64]) -> Option<Alert> {
    let before = &before[..before.len().min(LIKE_PERIODS)];
    if before.len() < LIKE_PERIODS_MIN {
        return None;
    }
    let median = middle(before.iter().map(|value| value.saturating_mul(4)).collect());
    let mad = middle(before.iter().map(|value| (value.saturating_mul(4) - median).abs()).collect());
    let (lower, upper) = (median.saturating_sub(3 * mad), median.saturating_add(3 * mad));
    let value = value.saturating_mul(4);
    Some(Alert {
        median_quarters: median,
        mad_quarters: mad,
        lower_quarters: lower,
        upper_quarters: upper,
        is_outside: value < lower || value > upper,
    })
}

/// The median of numbers whose halves of sums are whole.
fn middle(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { i64::midpoint(values[half - 1], values[half]) }
}
