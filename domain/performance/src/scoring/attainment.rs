//! How far a value reaches its target: higher is better, lower is better, or a band in which it lies.
//! `[KPI-1]`

use super::ratio;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which values are good.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IndicatorDirection)]
pub enum Direction {
    /// The more the better.
    HigherIsBetter,
    /// The less the better.
    LowerIsBetter,
    /// Best within a band.
    WithinBand,
}

crate::labels! { Direction = "IndicatorDirection":
    HigherIsBetter = "higher_is_better", "越高越好", "Higher is better";
    LowerIsBetter = "lower_is_better", "越低越好", "Lower is better";
    WithinBand = "within_band", "区间为好", "Best within a band";
}

/// What a value is held against, in the unit of its indicator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IndicatorTarget)]
pub struct Target {
    /// The target; of a band, its lower end.
    pub value: Decimal,
    /// The upper end of a band, which is no less than its lower end.
    #[serde(default)]
    pub upper: Option<Decimal>,
}

impl Target {
    /// One value.
    pub const fn of(value: Decimal) -> Self {
        Self { value, upper: None }
    }

    /// As much of it as some days of a period are of all of them.
    #[must_use]
    pub fn for_days(self, days: u32, of: u32) -> Self {
        let part = |value: Decimal| ratio(value * Decimal::from(days), of.into()).unwrap_or(value);
        Self { value: part(self.value), upper: self.upper.map(part) }
    }
}

/// How far a value reaches its target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attainment {
    /// There is no target, or one of nothing.
    NotApplicable,
    /// So much of it: 1 is all of it.
    Reached(Decimal),
    /// Beyond any measure, such as no complaint at all where fewer are better: the most that a curve gives.
    Best,
}

impl Attainment {
    /// Of a value against its target. A value outside a band reaches as much as it is of the nearer end, or
    /// that end of it.
    pub fn of(direction: Direction, value: Decimal, target: Option<Target>) -> Self {
        let Some(target) = target.filter(|target| target.value > Decimal::ZERO) else {
            return Self::NotApplicable;
        };
        let reached = |value, by| ratio(value, by).map_or(Self::NotApplicable, Self::Reached);
        match direction {
            Direction::HigherIsBetter => reached(value, target.value),
            Direction::LowerIsBetter if value <= Decimal::ZERO => Self::Best,
            Direction::LowerIsBetter => reached(target.value, value),
            Direction::WithinBand => {
                let upper = target.upper.unwrap_or(target.value).max(target.value);
                if value < target.value {
                    reached(value, target.value)
                } else if value > upper {
                    reached(upper, value)
                } else {
                    Self::Reached(Decimal::ONE)
                }
            }
        }
    }

    /// As a share of the whole; none where it is beyond measure or does not apply.
    pub const fn share(self) -> Option<Decimal> {
        match self {
            Self::Reached(share) => Some(share),
            Self::NotApplicable | Self::Best => None,
        }
    }
}
