//! What somebody who left or moved leaves to their team: the rest of their target, by calendar days, until it is assigned. The
//! team's own figure does not move. `[SAL-1b]`

use super::PlanPeriod;
use crate::spine::{BusinessDate, allocate};

/// Days on which somebody belongs to a team: from one on, up to another; open where none is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stay {
    /// The first.
    pub from: Option<BusinessDate>,
    /// The last.
    pub to: Option<BusinessDate>,
}

impl Stay {
    fn holds(&self, day: BusinessDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// What of a target somebody keeps, and what falls to the reserve of their team: by the days of the period after the last
/// on which they belong to it. Whoever comes later than the first day has all that was given to them.
pub fn left_over(target: i64, period: PlanPeriod, stays: &[Stay]) -> (i64, i64) {
    let days: Vec<BusinessDate> = period.days().collect();
    let after = days.iter().rev().take_while(|day| !stays.iter().any(|stay| stay.holds(**day))).count();
    let count = |days: usize| u64::try_from(days).unwrap_or(0);
    let parts = allocate(target, &[count(days.len() - after), count(after)]);
    (parts[0], parts[1])
}
