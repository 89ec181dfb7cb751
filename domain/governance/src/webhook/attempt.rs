//! What came of one attempt to deliver. `[INT-1c]`

use super::*;

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookAttemptOutcome)]
pub enum AttemptOutcome {
    /// It was taken.
    Delivered,
    /// It was not, and is tried again.
    Failed,
    /// It was not, and the endpoint said that it is gone for good.
    Gone,
}

crate::labels! { AttemptOutcome = "WebhookAttemptOutcome":
    Delivered = "delivered", "已送达", "Delivered";
    Failed = "failed", "失败", "Failed";
    Gone = "gone", "对方已永久关闭", "Gone";
}

/// What an endpoint answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Response {
    /// An HTTP answer.
    Answered {
        /// Its status.
        status: u16,
        /// When it asks to be tried again, in seconds from now.
        retry_after: Option<u32>,
        /// The first of its body: at most 1 KB.
        body: String,
    },
    /// Nothing: why, in English, for whoever runs the endpoint.
    Unreached {
        /// Why.
        why: String,
    },
}

impl Response {
    /// What came of it: only 2xx is taken; a redirection is not followed.
    pub const fn outcome(&self) -> AttemptOutcome {
        match self {
            Self::Answered { status: 200..=299, .. } => AttemptOutcome::Delivered,
            Self::Answered { status: 410, .. } => AttemptOutcome::Gone,
            Self::Answered { .. } | Self::Unreached { .. } => AttemptOutcome::Failed,
        }
    }

    /// Whether the endpoint as a whole asks for patience, and not for this event alone.
    pub const fn slows(&self) -> bool {
        matches!(self, Self::Answered { status: 429 | 502 | 504, .. })
    }

    /// How many seconds it asks for.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Answered { retry_after, .. } => *retry_after,
            Self::Unreached { .. } => None,
        }
    }
}
