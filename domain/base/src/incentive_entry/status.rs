//! Where an entry stands, from proposed to carried out or taken back. `[INC-2a]`

use super::IncentiveEntry;
use crate::{
    approval::Approval,
    spine::{Id, Timestamp, User},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the person said to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// They accept it.
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// They object.
    Objected {
        /// When.
        at: Timestamp,
        /// Why, 1 to 2000 characters.
        text: String,
    },
}

/// Who confirmed it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    /// When.
    pub at: Timestamp,
    /// Who; none where a rule made a counter-entry.
    pub by: Option<Id<User>>,
    /// The approval it rests on, where the policy asks for one.
    pub approval: Option<Id<Approval>>,
    /// What was said to an objection.
    pub ruling: Option<String>,
}

/// With which payroll it was carried out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Execution {
    /// When.
    pub at: Timestamp,
    /// The batch of the payroll, 1 to 60 characters.
    pub batch: String,
}

/// Why an entry was taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IncentiveUndoGround)]
pub enum UndoGround {
    /// It was waived afterwards.
    Waived,
    /// It was excused afterwards, by leave, an outage, an accepted explanation.
    Excused,
    /// More time was given afterwards.
    Extended,
    /// It was done in time after all.
    InTime,
    /// The record it rests on is gone.
    Void,
    /// Somebody decided so.
    Decided,
}

crate::labels! { UndoGround = "IncentiveUndoGround":
    Waived = "waived", "事后豁免", "Waived";
    Excused = "excused", "事后免责", "Excused";
    Extended = "extended", "事后延期", "More time given";
    InTime = "in_time", "实际按时完成", "Done in time";
    Void = "void", "依据已作废", "Basis void";
    Decided = "decided", "人工决定", "Decided";
}

/// How it was taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Undone {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub ground: UndoGround,
    /// What was said, where somebody decided so.
    pub reason: Option<String>,
    /// Who; none where it followed by rule.
    pub by: Option<Id<User>>,
}

/// Where an entry stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum IncentiveStatus {
    /// Proposed.
    Proposed {},
    /// The person knows of it and may answer.
    Notified {
        /// Since when.
        at: Timestamp,
        /// Until when they may answer.
        answer_until: Timestamp,
        /// What they said.
        answer: Option<Answer>,
    },
    /// It counts.
    Confirmed {
        /// By whom.
        confirmation: Confirmation,
    },
    /// It went with a payroll.
    Executed {
        /// By whom it was confirmed.
        confirmation: Confirmation,
        /// With which.
        execution: Execution,
    },
    /// It never counted.
    Cancelled {
        /// How.
        undone: Undone,
    },
    /// A counter-entry takes it back.
    Reversed {
        /// By whom it was confirmed.
        confirmation: Confirmation,
        /// With which payroll it went, if it did: both go, or neither.
        execution: Option<Execution>,
        /// How.
        undone: Undone,
        /// The counter-entry.
        counter: Id<IncentiveEntry>,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IncentiveEntryStatus)]
pub enum IncentiveState {
    /// Proposed.
    Proposed,
    /// The person knows of it and may answer.
    Notified,
    /// It counts.
    Confirmed,
    /// It went with a payroll.
    Executed,
    /// It never counted.
    Cancelled,
    /// A counter-entry takes it back.
    Reversed,
}

crate::labels! { IncentiveState = "IncentiveEntryStatus":
    Proposed = "proposed", "已提出", "Proposed";
    Notified = "notified", "已告知", "Notified";
    Confirmed = "confirmed", "已确认", "Confirmed";
    Executed = "executed", "已执行", "Executed";
    Cancelled = "cancelled", "已取消", "Cancelled";
    Reversed = "reversed", "已冲销", "Reversed";
}

crate::status! { IncentiveStatus as IncentiveState:
    Proposed, Notified, Confirmed, Executed, Cancelled, Reversed
}
