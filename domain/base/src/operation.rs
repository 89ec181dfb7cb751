//! Long operations (长时操作): what takes longer than a request may, by its kind and a stated bound, never by luck. It waits, is
//! worked on in batches by one server at a time, and ends. `[OPR-1, OPR-2]`
//!
//! A worker holds a lease, which a timer of its own renews. Each taking raises the *fence*: a batch commits its effect together
//! with [`Operation::advance`], which refuses a fence that is not the last, so whoever lost the lease writes nothing.
//! Not here: what an operation of some kind does, and where its result is kept.

use crate::spine::{
    Actor, Change, Citation, Entity, EventKind, Id, Refusal, RefusalCode, Timestamp, UserId, Version,
};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

crate::refusals! { OPERATION_REFUSALS:
    NOT_ASKER = "operation.not_asker", Forbidden, "只有发起人可以取消该操作", "Only who asked for the operation may cancel it";
    ENDED = "operation.ended", Conflict, "该操作已结束", "The operation has ended";
    STALE_WORKER = "operation.stale_worker", Conflict, "该操作已由其他服务器接手", "Another server has taken over the operation";
}

crate::events! { OPERATION_EVENTS:
    QUEUED = "operation.queued", "长时操作已排队", "A long operation was queued";
    STARTED = "operation.started", "长时操作已开始", "A long operation was taken up by a server";
    ADVANCED = "operation.advanced", "长时操作有进展", "A batch of a long operation was done";
    CANCEL_ASKED = "operation.cancel_asked", "已请求取消长时操作", "Somebody asked to cancel a long operation";
    SUCCEEDED = "operation.succeeded", "长时操作已完成", "A long operation succeeded";
    FAILED = "operation.failed", "长时操作失败", "A long operation failed";
    CANCELLED = "operation.cancelled", "长时操作已取消", "A long operation was cancelled";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[OPERATION_REFUSALS], events: &[OPERATION_EVENTS], enums: &[] };

/// The rule that operations rest on.
const RULE: &str = "OPR-2";
/// How long a lease holds unless it is renewed, in seconds.
pub const LEASE_SECONDS: i64 = 60;
/// How often an operation is taken up before it has failed.
pub const ATTEMPTS_MAX: u32 = 5;

/// How far it has come.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// How much is done; never falls.
    pub done: u64,
    /// How much there is, once that is known; never less than `done`.
    pub total: Option<u64>,
    /// What is counted: `row`, `document`.
    pub unit: String,
    /// Which part of the work it is at.
    pub phase: String,
    /// Where to go on: read by the kind alone.
    pub checkpoint: Value,
}

/// A server's hold on an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lease {
    /// Which taking this is, counted from 1.
    pub fence: u32,
    /// Until when it holds; at that instant another may take it.
    pub until: Timestamp,
}

/// Where it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OperationStatus {
    /// It waits for a server.
    Queued {},
    /// A server works on it.
    Running {
        /// Its hold.
        lease: Lease,
    },
    /// It is done.
    Succeeded {
        /// When.
        at: Timestamp,
        /// What came of it.
        result: Value,
    },
    /// It could not be done.
    Failed {
        /// When.
        at: Timestamp,
        /// A problem document.
        problem: Value,
    },
    /// It was stopped.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// Something long that somebody asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Operation {
    /// Identity.
    pub id: Id<Self>,
    /// Which kind: `import`, `replay`.
    pub kind: String,
    /// Who asked for it.
    pub asker: UserId,
    /// What exactly; read by the kind alone.
    pub asked: Value,
    /// How far it has come.
    pub progress: Progress,
    /// How often it was taken up; the last fence.
    pub attempts: u32,
    /// Whether somebody asked to cancel it.
    pub cancel_asked: bool,
    /// Where it stands.
    pub status: OperationStatus,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Operation {
    const KIND: &'static str = "operation";
    const IS_PUBLISHED: bool = false;
    fn uuid(&self) -> uuid::Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule(RULE))
}

impl Operation {
    /// Queues what somebody asks for.
    pub fn queue(
        id: Id<Self>,
        (kind, asked): (&str, Value),
        progress: Progress,
        by: &Actor,
        now: Timestamp,
    ) -> Change<Self> {
        let operation = Self {
            id,
            kind: kind.to_owned(),
            asker: by.user,
            asked,
            progress,
            attempts: 0,
            cancel_asked: false,
            status: OperationStatus::Queued {},
            asked_at: now,
            version: 0,
        };
        let facts = operation.told();
        Change::created(operation, QUEUED, facts)
    }

    /// Takes it up where nobody holds it: queued, or its lease has run out. One that was taken up too often has failed, with
    /// the problem given; one that was to be cancelled is. None where another holds it or it has ended.
    pub fn take(self, problem: Value, now: Timestamp) -> Option<Change<Self>> {
        let free = match &self.status {
            OperationStatus::Queued {} => true,
            OperationStatus::Running { lease } => lease.until <= now,
            _ => false,
        };
        if !free {
            return None;
        }
        if self.cancel_asked {
            return Some(self.moved(OperationStatus::Cancelled { at: now }, CANCELLED));
        }
        if self.attempts >= ATTEMPTS_MAX {
            return Some(self.moved(OperationStatus::Failed { at: now, problem }, FAILED));
        }
        let fence = self.attempts + 1;
        let lease = Lease { fence, until: now.plus(Duration::seconds(LEASE_SECONDS)) };
        let after = Self { attempts: fence, status: OperationStatus::Running { lease }, ..self.clone() };
        let facts = after.told();
        Some(Change::updated(self, after, STARTED, facts))
    }

    /// Notes a batch in the transaction of its effect, and renews the lease. Where somebody asked to cancel, what was
    /// done so far stays and it ends here; a kind that leaves nothing has written nothing until then.
    ///
    /// # Errors
    /// `operation.stale_worker` where this is not the last fence, `operation.ended`.
    pub fn advance(self, fence: u32, progress: Progress, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_held(fence)?;
        let done = progress.done.max(self.progress.done);
        let total = progress.total.map(|total| total.max(done));
        let progress = Progress { done, total, ..progress };
        let (status, kind) = if self.cancel_asked {
            (OperationStatus::Cancelled { at: now }, CANCELLED)
        } else {
            let until = now.plus(Duration::seconds(LEASE_SECONDS));
            (OperationStatus::Running { lease: Lease { fence, until } }, ADVANCED)
        };
        let after = Self { progress, status, ..self.clone() };
        let facts = after.told();
        Ok(Change::updated(self, after, kind, facts))
    }

    /// Ends it with what came of it, or with the problem it met. What is done by then is done: a cancelling that was
    /// asked for meanwhile comes too late.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn end(
        self,
        fence: u32,
        outcome: Result<Value, Value>,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_held(fence)?;
        Ok(match outcome {
            Ok(result) => self.moved(OperationStatus::Succeeded { at: now, result }, SUCCEEDED),
            Err(problem) => self.moved(OperationStatus::Failed { at: now, problem }, FAILED),
        })
    }

    /// Asks to cancel it: one that waits is cancelled at once, one that runs at its next batch. Asked again, nothing moves.
    ///
    /// # Errors
    /// `operation.not_asker`, `operation.ended`.
    pub fn cancel(self, by: &Actor, now: Timestamp) -> Result<Option<Change<Self>>, Refusal> {
        if by.user != self.asker {
            return Err(refused(NOT_ASKER));
        }
        match &self.status {
            OperationStatus::Queued {} => {
                Ok(Some(self.moved(OperationStatus::Cancelled { at: now }, CANCELLED)))
            }
            OperationStatus::Running { .. } if self.cancel_asked => Ok(None),
            OperationStatus::Running { .. } => {
                let after = Self { cancel_asked: true, ..self.clone() };
                let facts = after.told();
                Ok(Some(Change::updated(self, after, CANCEL_ASKED, facts)))
            }
            _ => Err(refused(ENDED)),
        }
    }

    /// Refuses who does not hold it: a lease that ran out still holds until another takes it.
    fn ensure_held(&self, fence: u32) -> Result<(), Refusal> {
        match &self.status {
            OperationStatus::Running { lease } if lease.fence == fence => Ok(()),
            OperationStatus::Running { .. } | OperationStatus::Queued {} => Err(refused(STALE_WORKER)),
            _ => Err(refused(ENDED)),
        }
    }

    fn told(&self) -> Value {
        json!({"kind": self.kind, "asker_id": self.asker, "done": self.progress.done, "total": self.progress.total})
    }

    fn moved(self, status: OperationStatus, kind: &'static EventKind) -> Change<Self> {
        let after = Self { status, ..self.clone() };
        let facts = after.told();
        Change::updated(self, after, kind, facts)
    }
}

#[cfg(test)]
mod tests;
