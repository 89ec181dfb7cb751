//! What was measured at the cut-off, and from what: kept, so that a later fact changes no old score.
//! `[KPI-6]`

use crate::{scoring::Direction, spine::Timestamp, working_time::Period};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was taken from or added to a value of an earlier period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Adjustment {
    /// The earlier period.
    pub period: Period,
    /// What it is about.
    pub about: String,
    /// How much.
    pub value: Decimal,
}

/// The value of an indicator in a part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FrozenValue {
    /// The part, from 1.
    pub part: usize,
    /// The code of the indicator.
    pub indicator: String,
    /// The value with what adjusts it; none where there is none.
    pub value: Option<Decimal>,
    /// What was asked: the measure and of what, or `entered`.
    pub query: String,
    /// How many rows it was computed from.
    pub rows: i64,
    /// A digest of them.
    pub digest: String,
    /// What adjusts it.
    pub adjustments: Vec<Adjustment>,
    /// The incidents it counts, where it counts incidents; the first hundred.
    pub incidents: Vec<Uuid>,
    /// Which values were good when it was measured; none where that was not kept yet.
    #[serde(default)]
    pub direction: Option<Direction>,
}

/// The points of the ledger that count.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct FrozenPoints {
    /// What they come to.
    pub points: i64,
    /// The numbers of the entries that count.
    pub entries: Vec<String>,
    /// The numbers of those that an indicator counts already.
    pub left_out: Vec<String>,
    /// A digest of all.
    pub digest: String,
}

/// All that was measured for an appraisal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Frozen {
    /// When.
    pub at: Timestamp,
    /// The values.
    pub values: Vec<FrozenValue>,
    /// The points.
    pub points: FrozenPoints,
}

impl Frozen {
    fn of(&self, part: usize, indicator: &str) -> Option<&FrozenValue> {
        self.values.iter().find(|value| value.part == part && value.indicator == indicator)
    }

    /// The value of an indicator in a part, from 1.
    pub fn value(&self, part: usize, indicator: &str) -> Option<Decimal> {
        self.of(part, indicator)?.value
    }

    /// Which values of it were good when it was measured.
    pub fn direction(&self, part: usize, indicator: &str) -> Option<Direction> {
        self.of(part, indicator)?.direction
    }
}
