//! The ledger of a queue: who was next, who took the turn, who was passed over and why. Each entry hashes the one before it,
//! so that none is altered, added or taken out unseen; the head goes into the audit trail with each change. `[QUE-1]`

use super::{ReceptionQueue, Roster};
use crate::spine::{AnyId, EmployeeId, Id, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// How a reception used the queue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReceptionTurn)]
pub enum Turn {
    /// It used a turn.
    Taken,
    /// It was the lunch duty's; the order stays as it is.
    LunchDuty,
    /// The queue was suspended.
    Suspended,
    /// The visitor was somebody's, or asked for somebody.
    None,
}

crate::labels! { Turn = "ReceptionTurn":
    Taken = "taken", "占用轮次", "A turn";
    LunchDuty = "lunch_duty", "午间值班", "Lunch duty";
    Suspended = "suspended", "排号暂停", "While the queue is suspended";
    None = "none", "不占轮次", "No turn";
}

/// Why somebody whose turn it was is passed over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PassedOverBecause)]
pub enum PassedOver {
    /// They had stepped out.
    SteppedOut,
    /// They were on leave, or do not work here any more.
    Away,
    /// They were receiving.
    Receiving,
}

crate::labels! { PassedOver = "PassedOverBecause":
    SteppedOut = "stepped_out", "离开现场", "Stepped out";
    Away = "away", "请假或不在岗", "Away";
    Receiving = "receiving", "正在接待", "Receiving";
}

/// What happened in a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Queued {
    /// The order was set.
    Arranged {
        /// How.
        roster: Roster,
        /// Why it was set anew.
        reason: Option<String>,
    },
    /// Turns are not kept from now on.
    Suspended {
        /// Why.
        reason: String,
    },
    /// They are kept again.
    Resumed {},
    /// Somebody is not there.
    SteppedOut {
        /// Who.
        employee: EmployeeId,
        /// Why.
        reason: String,
    },
    /// Somebody is there again.
    SteppedBack {
        /// Who.
        employee: EmployeeId,
    },
    /// It was somebody's turn, and they were passed over.
    PassedOver {
        /// Who.
        employee: EmployeeId,
        /// Why.
        because: PassedOver,
        /// For which reception.
        reception: AnyId,
    },
    /// Somebody began to receive.
    Received {
        /// Who.
        employee: EmployeeId,
        /// The reception.
        reception: AnyId,
        /// How it used the queue.
        turn: Turn,
    },
    /// A reception ended.
    Ended {
        /// Whose.
        employee: EmployeeId,
        /// The reception.
        reception: AnyId,
    },
    /// A turn is given back: the visitor was another's.
    Restored {
        /// Whose.
        employee: EmployeeId,
        /// For which reception.
        reception: AnyId,
    },
}

crate::labels! { tagged Queued = "ReceptionQueueEntryKind":
    Arranged = "arranged", "安排排号", "Order set";
    Suspended = "suspended", "暂停排号", "Suspended";
    Resumed = "resumed", "恢复排号", "Resumed";
    SteppedOut = "stepped_out", "离开现场", "Stepped out";
    SteppedBack = "stepped_back", "回到现场", "Came back";
    PassedOver = "passed_over", "过号", "Passed over";
    Received = "received", "开始接待", "Began to receive";
    Ended = "ended", "接待结束", "Reception ended";
    Restored = "restored", "退还轮次", "Turn given back";
}

impl Queued {
    /// Whom it is about, and which reception.
    pub const fn about(&self) -> (Option<EmployeeId>, Option<AnyId>) {
        match self {
            Self::Arranged { .. } | Self::Suspended { .. } | Self::Resumed {} => (None, None),
            Self::SteppedOut { employee, .. } | Self::SteppedBack { employee } => (Some(*employee), None),
            Self::PassedOver { employee, reception, .. }
            | Self::Received { employee, reception, .. }
            | Self::Ended { employee, reception }
            | Self::Restored { employee, reception } => (Some(*employee), Some(*reception)),
        }
    }
}

/// An entry of the ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueueEntry {
    /// Its place: from 1 on, without a gap.
    pub sequence: u32,
    /// When.
    pub at: Timestamp,
    /// By whom; nobody where no employee did it.
    pub by: Option<EmployeeId>,
    /// What.
    pub what: Queued,
    /// SHA-256 over the one before it and this one, in hexadecimal.
    pub hash: String,
}

impl QueueEntry {
    /// The next entry behind one with a hash; the first stands behind none.
    pub(super) fn chained(
        queue: Id<ReceptionQueue>,
        previous: &str,
        (sequence, at, by): (u32, Timestamp, Option<EmployeeId>),
        what: Queued,
    ) -> Self {
        let mut entry = Self { sequence, at, by, what, hash: String::new() };
        entry.hash = entry.digest(queue, previous);
        entry
    }

    fn digest(&self, queue: Id<ReceptionQueue>, previous: &str) -> String {
        let Self { sequence, at, by, what, hash: _ } = self;
        let said = serde_json::json!([queue, sequence, at.micros(), by, what]);
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update([0]);
        hasher.update(said.to_string());
        hex::encode(hasher.finalize())
    }
}

/// What verifying a ledger found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// How many entries there are.
    pub entries: u32,
    /// The first that was altered, or in whose place one is missing.
    pub broken_at: Option<u32>,
}

/// Proves that no entry of a queue was altered, put in or taken out: up to the head, and as many as the queue says.
pub fn verify(queue: Id<ReceptionQueue>, entries: &[QueueEntry], (count, head): (u32, &str)) -> Verdict {
    let mut previous = "";
    let mut broken_at = None;
    for (place, entry) in (1..).zip(entries) {
        if entry.sequence != place || entry.hash != entry.digest(queue, previous) {
            broken_at = Some(place);
            break;
        }
        previous = &entry.hash;
    }
    let found = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let is_cut = found != count || previous != head;
    Verdict { entries: found, broken_at: broken_at.or_else(|| is_cut.then_some(found.min(count) + 1)) }
}
