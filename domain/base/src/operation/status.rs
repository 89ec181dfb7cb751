//! Where a long operation stands. `[OPR-1]`

use super::OperationProblem;
use crate::spine::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OperationStatus {
    /// It waits for a server.
    Queued {},
    /// A server works on it.
    Running {
        /// Which of the places of its asker it takes, counted from 1.
        place: i64,
    },
    /// It is done.
    Succeeded {
        /// When.
        at: Timestamp,
    },
    /// It could not be done.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        problem: OperationProblem,
    },
    /// It was stopped.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OperationStatus)]
pub enum OperationState {
    /// It waits for a server.
    Queued,
    /// A server works on it.
    Running,
    /// It is done.
    Succeeded,
    /// It could not be done.
    Failed,
    /// It was stopped.
    Cancelled,
}

crate::labels! { OperationState = "OperationStatus":
    Queued = "queued", "排队中", "Queued";
    Running = "running", "进行中", "Running";
    Succeeded = "succeeded", "已完成", "Succeeded";
    Failed = "failed", "失败", "Failed";
    Cancelled = "cancelled", "已取消", "Cancelled";
}

crate::status! { OperationStatus as OperationState: Queued, Running, Succeeded, Failed, Cancelled }

impl OperationState {
    /// Whether nothing more becomes of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}
