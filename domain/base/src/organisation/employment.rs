//! Whether somebody works here, and until when. `[ORG-4]`

use crate::spine::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether somebody works here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Employment {
    /// Employed, no end in sight. (Also before the day of joining.)
    Employed,
    /// The last day is registered: access ends when it comes.
    Leaving {
        /// The last day, from which all access ends.
        last_day: BusinessDate,
    },
    /// The last day has come, everything was handed over.
    Left {
        /// The last day.
        last_day: BusinessDate,
    },
}

impl Employment {
    /// Whether the account may still be used on a day: from the last day on all access ends. `[ORG-4]`
    pub fn grants_access(self, today: BusinessDate) -> bool {
        match self {
            Self::Employed => true,
            Self::Leaving { last_day } => today < last_day,
            Self::Left { .. } => false,
        }
    }

    /// The last day, where one is registered.
    pub fn last_day(self) -> Option<BusinessDate> {
        match self {
            Self::Employed => None,
            Self::Leaving { last_day } | Self::Left { last_day } => Some(last_day),
        }
    }

    /// Its state, without the day.
    pub const fn state(self) -> EmployeeState {
        match self {
            Self::Employed => EmployeeState::Employed,
            Self::Leaving { .. } => EmployeeState::Leaving,
            Self::Left { .. } => EmployeeState::Left,
        }
    }
}

/// Whether somebody works here, as it is shown and asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EmployeeStatus)]
pub enum EmployeeState {
    /// Employed, no end in sight.
    Employed,
    /// The last day is registered.
    Leaving,
    /// The last day has come.
    Left,
}

crate::labels! { EmployeeState = "EmployeeStatus":
    Employed = "employed", "在职", "Employed";
    Leaving = "leaving", "离职已登记", "Leaving";
    Left = "left", "已离职", "Left";
}
