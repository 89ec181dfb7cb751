//! Where a finding stands, from open to mended and verified.

use crate::spine::{Id, Timestamp, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was done about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remediation {
    /// What.
    pub text: String,
    /// Who reported it.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

/// A remediation that did not do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RejectedRemediation {
    /// What was reported.
    pub remediation: Remediation,
    /// Why it did not do.
    pub reason: String,
    /// Who rejected it.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

/// Where a finding stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FindingStatus {
    /// To be mended.
    Open,
    /// Said to be mended; the auditor has to look.
    RemediationReported {
        /// What was done.
        remediation: Remediation,
    },
    /// Mended.
    Closed {
        /// What was done.
        remediation: Remediation,
        /// What the auditor saw.
        note: String,
        /// Who verified it.
        by: Id<User>,
        /// When.
        at: Timestamp,
    },
    /// Raised in error.
    Withdrawn {
        /// Why.
        reason: String,
        /// Who withdrew it.
        by: Id<User>,
        /// When.
        at: Timestamp,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditFindingStatus)]
pub enum FindingState {
    /// To be mended.
    Open,
    /// Said to be mended.
    RemediationReported,
    /// Mended and verified.
    Closed,
    /// Raised in error.
    Withdrawn,
}

crate::labels! { FindingState = "AuditFindingStatus":
    Open = "open", "待整改", "Open";
    RemediationReported = "remediation_reported", "待验证", "Remediation reported";
    Closed = "closed", "已关闭", "Closed";
    Withdrawn = "withdrawn", "已撤销", "Withdrawn";
}

impl FindingState {
    /// Whether nothing more is to be done.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn)
    }
}

crate::status! { FindingStatus as FindingState: Open, RemediationReported, Closed, Withdrawn }
