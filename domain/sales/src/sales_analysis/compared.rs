//! With what a period is compared: the one before it, and the same of the year before. `[ANA-1]`

use crate::spine::BusinessDate;
use chrono::{Datelike, Days as Count, Months};

/// From one day to another, both counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Days {
    /// The first.
    pub from: BusinessDate,
    /// The last.
    pub to: BusinessDate,
}

impl Days {
    /// The month of a day.
    pub fn month_of(day: BusinessDate) -> Self {
        let from = day.with_day(1).unwrap_or(day);
        let next = from.checked_add_months(Months::new(1)).unwrap_or(BusinessDate::MAX);
        Self { from, to: next.pred_opt().unwrap_or(day) }
    }

    /// How many months it is, where it is whole ones.
    fn whole_months(self) -> Option<u32> {
        let next = self.to.succ_opt()?;
        if self.from.day() != 1 || next.day() != 1 || next <= self.from {
            return None;
        }
        let months = |day: BusinessDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        u32::try_from(months(next) - months(self.from)).ok()
    }

    /// The period before it: as many months before whole months, otherwise as many days.
    #[must_use]
    pub fn before(self) -> Self {
        let to = self.from.pred_opt().unwrap_or(self.from);
        let days = u64::try_from((self.to - self.from).num_days()).unwrap_or(0);
        let from = match self.whole_months() {
            Some(months) => self.from.checked_sub_months(Months::new(months)),
            None => to.checked_sub_days(Count::new(days)),
        };
        Self { from: from.unwrap_or(BusinessDate::MIN), to }
    }

    /// The same days of the year before; of whole months, whole months.
    #[must_use]
    pub fn last_year(self) -> Self {
        let earlier =
            |day: BusinessDate| day.checked_sub_months(Months::new(12)).unwrap_or(BusinessDate::MIN);
        let to = match (self.whole_months(), self.to.succ_opt()) {
            (Some(_), Some(next)) => earlier(next).pred_opt().unwrap_or(BusinessDate::MIN),
            _ => earlier(self.to),
        };
        Self { from: earlier(self.from), to }
    }
}

/// By how much a value differs from a base, in basis points of its size, to the nearest; none from nothing.
pub fn change_bp(value: i64, base: i64) -> Option<i64> {
    let size = i128::from(base).abs();
    if size == 0 {
        return None;
    }
    let exact = (i128::from(value) - i128::from(base)) * 10_000;
    i64::try_from((2 * exact + size).div_euclid(2 * size)).ok()
}
