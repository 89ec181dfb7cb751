//! Where a post-evaluation stands, with what belongs to each state.

use crate::spine::{BusinessDate, Id, Timestamp, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the third party reported.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EvaluationReport {
    /// What it concludes.
    pub conclusion: String,
    /// The day on the report.
    pub reported_on: BusinessDate,
    /// Who filed it.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

/// Where a post-evaluation stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EvaluationStatus {
    /// The third party is at work.
    Commissioned,
    /// The report waits to be accepted.
    ReportFiled {
        /// What was reported.
        report: EvaluationReport,
    },
    /// The report did not do; another one is to be filed.
    Returned {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// The report stands.
    Accepted {
        /// What was reported.
        report: EvaluationReport,
        /// What the company makes of it.
        note: String,
        /// Who accepted.
        by: Id<User>,
        /// When.
        at: Timestamp,
    },
    /// Given up.
    Cancelled {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PostEvaluationStatus)]
pub enum EvaluationState {
    /// The third party is at work.
    Commissioned,
    /// The report waits to be accepted.
    ReportFiled,
    /// The report did not do.
    Returned,
    /// The report stands.
    Accepted,
    /// Given up.
    Cancelled,
}

crate::labels! { EvaluationState = "PostEvaluationStatus":
    Commissioned = "commissioned", "已委托", "Commissioned";
    ReportFiled = "report_filed", "待验收", "Report filed";
    Returned = "returned", "已退回", "Returned";
    Accepted = "accepted", "已验收", "Accepted";
    Cancelled = "cancelled", "已取消", "Cancelled";
}

crate::status! { EvaluationStatus as EvaluationState:
    Commissioned, ReportFiled, Returned, Accepted, Cancelled,
}

impl EvaluationState {
    /// Whether the third party's report is awaited.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Commissioned | Self::Returned)
    }
}
