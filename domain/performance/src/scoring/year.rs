//! The year from its final months and its own goals; what is exempt leaves the denominator. `[KPI-3]`

use super::{WHOLE, ratio, rounded, share};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the months and the year's own goals weigh, in basis points that add up to 10,000.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeYearPlan)]
pub struct YearPlan {
    /// The mean of the months.
    pub months: i64,
    /// The year's own goals.
    pub goals: i64,
}

/// What a month brought.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MonthResult {
    /// The month, such as `2026-05`.
    pub month: String,
    /// Its final result; none where the person was exempt.
    pub result: Option<Decimal>,
}

/// The year in the computation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct YearSum {
    /// Its months, in order.
    pub months: Vec<MonthResult>,
    /// Their mean; none where all are exempt.
    pub mean: Option<Decimal>,
    /// The year's own goals; none where it has none.
    pub goals: Option<Decimal>,
    /// What both weighed.
    pub plan: YearPlan,
    /// Rounded to two places.
    pub result: Decimal,
}

/// The result of a year; none where there is neither a month nor a goal.
pub fn year(months: Vec<MonthResult>, goals: Option<Decimal>, plan: YearPlan) -> Option<YearSum> {
    let results: Vec<Decimal> = months.iter().filter_map(|month| month.result).collect();
    let mean = ratio(results.iter().sum(), Decimal::from(results.len()));
    let (plan, sum) = match (mean, goals) {
        (Some(mean), Some(goals)) => (plan, share(mean, plan.months) + share(goals, plan.goals)),
        (Some(mean), None) => (YearPlan { months: WHOLE, goals: 0 }, mean),
        (None, Some(goals)) => (YearPlan { months: 0, goals: WHOLE }, goals),
        (None, None) => return None,
    };
    Some(YearSum { months, mean, goals, plan, result: rounded(sum) })
}
