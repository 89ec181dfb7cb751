//! How budgets are executed (预算执行): what was planned, used and spent of some lines together, how that compares,
//! where it leads to, and which lines give alarm. `[BUD-5, BUD-8]`

use super::{budget_line::Balance, period::Period};
use crate::spine::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[], events: &[], enums: &[AlertKind::LABELS] };

/// By what lines are grouped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetDimension)]
pub enum Dimension {
    /// 期间: the month or quarter of the line.
    Period,
    /// 季度: the quarter the line lies in.
    Quarter,
    /// 部门.
    Department,
    /// 费用类别: as the line names it.
    Category,
    /// 类别大类: the topmost heading of the category.
    CategoryGroup,
    /// 活动: the campaign, which is how activities are told apart.
    Campaign,
    /// 区域.
    Region,
    /// 预算: the budget that opened the line.
    Budget,
    /// 人员: in whose name documents used it.
    Person,
}

crate::labels! { Dimension = "BudgetDimension":
    Period = "period", "期间", "Period";
    Quarter = "quarter", "季度", "Quarter";
    Department = "department", "部门", "Department";
    Category = "category", "费用类别", "Category";
    CategoryGroup = "category_group", "费用大类", "Category group";
    Campaign = "campaign", "活动", "Campaign";
    Region = "region", "区域", "Region";
    Budget = "budget", "预算", "Budget";
    Person = "person", "人员", "Person";
}

/// What stands on some lines together, and over which days they reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Execution {
    /// What stands on them.
    pub balance: Balance,
    /// The first day of the earliest.
    pub from: BusinessDate,
    /// The last day of the latest.
    pub to: BusinessDate,
}

impl Execution {
    /// What stands on one line.
    pub fn of(balance: Balance, period: Period) -> Self {
        Self { balance, from: period.first_day(), to: period.last_day() }
    }

    /// Together with another.
    pub fn add(&mut self, other: Self) {
        self.balance += other.balance;
        self.from = self.from.min(other.from);
        self.to = self.to.max(other.to);
    }

    /// Promised or paid: what is certain to be spent.
    pub const fn used(self) -> i64 {
        self.balance.certain()
    }

    /// Where it leads to by the end of its days: what is promised or paid so far, at the same rate for all of its
    /// days. None before its first day. Rounded half-up.
    pub fn forecast(self, today: BusinessDate) -> Option<i64> {
        let days = |to: BusinessDate| i128::from(to.signed_duration_since(self.from).num_days() + 1);
        let (elapsed, all) = (days(today.min(self.to)), days(self.to));
        if elapsed <= 0 {
            return None;
        }
        let run = (i128::from(self.used()) * all * 2 + elapsed) / (elapsed * 2);
        Some(i64::try_from(run).unwrap_or(i64::MAX))
    }

    /// What is spent, in hundredths of a per cent of the budget, rounded down; none where there is none. More than all
    /// of it is spent where a review let more pass.
    pub fn rate_basis_points(self) -> Option<i64> {
        let spent = i128::from(self.balance.spent) * 10_000;
        spent.checked_div(i128::from(self.balance.budgeted())).and_then(|rate| i64::try_from(rate).ok())
    }
}

/// Why a line, or a group of lines, gives alarm.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetAlertKind)]
pub enum AlertKind {
    /// 使用率: so much of the line is used.
    Threshold,
    /// 进度: at this rate the year's money does not last.
    RunRate,
}

crate::labels! { AlertKind = "BudgetAlertKind":
    Threshold = "threshold", "使用率达到预警线", "Used to a threshold";
    RunRate = "run_rate", "按进度将超全年预算", "Heading beyond the year";
}

/// The days of a year that must have gone by before its run-rate says anything.
pub const RUN_RATE_DAYS_MIN: i64 = 30;

/// What lines of a year that are told of together were given, and what has been used of it so far; in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct YearSoFar {
    /// Budgeted for the whole year.
    pub given: i64,
    /// Promised or paid of what is for the periods that have begun: what is promised for those to come says nothing
    /// about the rate so far.
    pub used: i64,
}

impl YearSoFar {
    /// Counts a line.
    pub fn count(&mut self, period: Period, balance: Balance, today: BusinessDate) {
        self.given += balance.budgeted();
        if period.first_day() <= today {
            self.used += balance.certain();
        }
    }
}

/// Whether lines of a year head beyond so many per cent of what was budgeted for the year; answers where they lead to.
pub fn heads_beyond(
    used_so_far: i64,
    budgeted: i64,
    percent: u32,
    year: Period,
    today: BusinessDate,
) -> Option<i64> {
    let elapsed = today.signed_duration_since(year.first_day()).num_days() + 1;
    if elapsed < RUN_RATE_DAYS_MIN || today > year.last_day() {
        return None;
    }
    let balance = Balance { spent: used_so_far, ..Balance::default() };
    let limit = i128::from(budgeted) * i128::from(percent);
    Execution::of(balance, year).forecast(today).filter(|forecast| i128::from(*forecast) * 100 > limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::fixture::day;

    fn execution(spent: i64, committed: i64, of: &str) -> Execution {
        let balance = Balance { allocated: 10_000, spent, committed, ..Balance::default() };
        Execution::of(balance, of.parse().expect("a period"))
    }

    #[test]
    fn a_forecast_goes_on_at_the_rate_so_far() {
        let march = execution(1_000, 240, "2026-03");
        assert_eq!(march.forecast(day("2026-02-28")), None, "it has not begun");
        assert_eq!(march.forecast(day("2026-03-01")), Some(38_440));
        assert_eq!(march.forecast(day("2026-03-31")), Some(1_240));
        assert_eq!(march.forecast(day("2026-09-01")), Some(1_240), "what is over is what it is");
        assert_eq!(march.rate_basis_points(), Some(1_000));
        let beyond = Balance { allocated: 13_000, beyond: 3_000, spent: 13_000, ..Balance::default() };
        assert_eq!(Execution { balance: beyond, ..march }.rate_basis_points(), Some(13_000));
        let nothing = Execution { balance: Balance::default(), ..march };
        assert_eq!(nothing.rate_basis_points(), None);
    }

    #[test]
    fn the_year_is_judged_once_it_has_run_a_while() {
        let year: Period = "2026".parse().expect("a year");
        assert_eq!(heads_beyond(9_999, 10_000, 100, year, day("2026-01-20")), None, "too early to tell");
        assert_eq!(heads_beyond(2_000, 10_000, 100, year, day("2026-03-31")), None);
        assert_eq!(heads_beyond(3_000, 10_000, 100, year, day("2026-03-31")), Some(12_167));
        assert_eq!(heads_beyond(3_000, 10_000, 125, year, day("2026-03-31")), None, "not so far beyond");
        assert_eq!(heads_beyond(30_000, 10_000, 100, year, day("2027-03-31")), None, "it is over");
    }

    #[test]
    fn groups_reach_over_all_their_days() {
        let mut both = execution(10, 0, "2026-02");
        both.add(execution(5, 0, "2026-Q3"));
        assert_eq!((both.from, both.to, both.balance.spent), (day("2026-02-01"), day("2026-09-30"), 15));
    }
}
