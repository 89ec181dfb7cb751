//! Ageing (账龄): how long what is open has been overdue, in buckets that policy names. `[REC-1d; 001 第十七条]`

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By what receivables are put together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgeingKey {
    /// By customer.
    #[default]
    Customer,
    /// By who owns the customer today.
    Owner,
    /// By department.
    Department,
}

/// Days overdue between two numbers, both of them in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// From so many days on.
    pub from: u32,
    /// Up to so many; none: without end.
    pub to: Option<u32>,
}

/// The buckets between the last days that policy names: 30, 60 gives 1 to 30, 31 to 60, and 61 on.
pub fn buckets(last_days: &[u32]) -> Vec<Bucket> {
    let from = std::iter::once(1).chain(last_days.iter().map(|days| days.saturating_add(1)));
    let to = last_days.iter().copied().map(Some).chain(std::iter::once(None));
    from.zip(to).map(|(from, to)| Bucket { from, to }).collect()
}

/// In which bucket so many days overdue are; none where it is not due yet.
pub fn place_of(overdue_days: i64, last_days: &[u32]) -> Option<usize> {
    (overdue_days > 0).then(|| last_days.iter().take_while(|last| i64::from(**last) < overdue_days).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_of_a_bucket_is_in_it() {
        let days = [30, 60, 90, 180];
        let places = [0, 1, 30, 31, 60, 180, 181].map(|overdue| place_of(overdue, &days));
        assert_eq!(places, [None, Some(0), Some(0), Some(1), Some(1), Some(3), Some(4)]);
        assert_eq!(buckets(&[30]), [Bucket { from: 1, to: Some(30) }, Bucket { from: 31, to: None }]);
    }
}
