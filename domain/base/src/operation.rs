//! Long operations (长时操作): what takes longer than a request may, by its kind and a stated bound, never by luck. It waits, is
//! worked on in batches by one server at a time, and ends. `[OPR-1, OPR-2]`
//!
//! A worker holds a lease, which a timer of its own renews; each taking raises a fence that is written together with the
//! effect of a batch, so whoever lost the lease writes nothing. Lease and fence lie beside the entity, for they are no part
//! of its history. Not here: what an operation of some kind does.

use crate::spine::{Actor, Change, Citation, Entity, EventKind, Id, Refusal, Timestamp, UserId, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What may be done with it now.
mod actions;
/// Where it stands.
mod status;

pub use actions::OperationAction;
pub use status::{OperationState, OperationStatus};

crate::refusals! { OPERATION_REFUSALS:
    ENDED = "operation.ended", Conflict, "该操作已结束", "The operation has ended";
    ACCESS_LOST = "operation.access_lost", Forbidden, "发起人已无权进行该操作，其余部分未再处理", "Who asked for the operation may not do this any more; the rest was not done";
    TRIED_TOO_OFTEN = "operation.tried_too_often", Conflict, "多次尝试均未完成，请联系系统管理员", "It was tried several times and not completed; ask whoever runs the system";
    NO_RESULT = "operation.no_result", Conflict, "该操作没有结果文件，或文件已过保存期限", "The operation has no file of results, or it is not kept any more";
    TOO_MANY_WAITING = "operation.too_many_waiting", TooMany, "您已有 {count} 个操作在等待，请待其完成后再试", "{count} of your operations are waiting; try again once they are done";
    PARTLY_ONLY = "operation.partly_only", Invalid, "超过 {rows} 行的文件只能分批导入：请选择“接受正确的行”", "A file of more than {rows} rows is only taken in batches: choose to take the good rows";
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
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[OPERATION_REFUSALS],
    events: &[OPERATION_EVENTS],
    enums: &[OperationState::LABELS, OperationAction::LABELS],
};

/// The rule that operations rest on.
const RULE: &str = "OPR-2";
/// How long a lease holds unless it is renewed, in seconds.
pub const LEASE_SECONDS: i64 = 60;
/// How often an operation is taken up without a batch being done before it has failed.
pub const ATTEMPTS_MAX: i64 = 5;
/// So many of one person's operations are worked on at once.
pub const AT_ONCE_OF_ONE: i64 = 2;
/// So many of one person's operations may wait.
pub const WAITING_OF_ONE: i64 = 10;
/// For how many days files of results are kept.
pub const RESULT_DAYS: i64 = 7;

/// How far it has come.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// How much is done; never falls.
    pub done: i64,
    /// How much there is, once that is known; never less than `done`.
    pub total: Option<i64>,
    /// What is counted: `row`, `document`.
    pub unit: String,
    /// Which part of the work it is at: `rehearse`, `write`.
    pub phase: String,
    /// Where to go on: read by the kind alone.
    pub checkpoint: Value,
}

/// What came of it, also where it was stopped or failed half way.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct OperationResult {
    /// How many rows or things came out how, by the codes of the kind: `created`, `refused`.
    pub counts: std::collections::BTreeMap<String, i64>,
    /// The name of the file of results, where there is one.
    pub file: Option<String>,
}

/// Why it failed: a code of the catalogue with what its text names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OperationProblem {
    /// The stable code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<&Refusal> for OperationProblem {
    fn from(refusal: &Refusal) -> Self {
        use crate::spine::Language::{Chinese, English};
        let text = |language| refusal.code.text(language, &refusal.params);
        Self { code: refusal.code.code.to_owned(), zh: text(Chinese), en: text(English) }
    }
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which kind: `customer_import`.
    pub kind: String,
    /// What people call that kind, in Chinese and English.
    pub called: (String, String),
    /// What people know it by: the name of the file.
    pub title: String,
    /// What exactly; read by the kind alone.
    pub asked: Value,
    /// Where it begins.
    pub progress: Progress,
    /// The key by which a service asked: its scopes hold for the work too.
    pub api_key: Option<Id<crate::identity::ApiKey>>,
}

/// Something long that somebody asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Operation {
    /// Identity.
    pub id: Id<Self>,
    /// Which kind.
    pub kind: String,
    /// What people call that kind, in Chinese and English.
    pub called: (String, String),
    /// What people know it by.
    pub title: String,
    /// Who asked for it.
    pub asker: UserId,
    /// The key by which a service asked.
    pub api_key: Option<Id<crate::identity::ApiKey>>,
    /// What exactly; read by the kind alone.
    pub asked: Value,
    /// How far it has come.
    pub progress: Progress,
    /// What came of it so far.
    pub result: OperationResult,
    /// How often it was taken up since its last batch: what makes progress is not given up.
    pub attempts: i64,
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

impl Operation {
    /// Queues what somebody asks for, of whom so many others wait.
    ///
    /// # Errors
    /// `operation.too_many_waiting`.
    pub fn queue(
        id: Id<Self>,
        asked: Asked,
        waiting: i64,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        if waiting >= WAITING_OF_ONE {
            let refusal = Refusal::new(TOO_MANY_WAITING).with("count", waiting);
            return Err(refusal.citing(Citation::rule(RULE)));
        }
        let Asked { kind, called, title, asked, progress, api_key } = asked;
        let operation = Self {
            id,
            kind,
            called,
            title,
            asker: by.user,
            api_key,
            asked,
            progress,
            result: OperationResult::default(),
            attempts: 0,
            cancel_asked: false,
            status: OperationStatus::Queued {},
            asked_at: now,
            version: 0,
        };
        let facts = operation.told();
        Ok(Change::created(operation, QUEUED, facts))
    }

    /// Is taken up by whoever has just got its lease, in a place that its asker has free. One that was taken up too often
    /// in vain has failed; one that was to be cancelled is. None where it has ended.
    pub fn take(self, free: i64, now: Timestamp) -> Option<Change<Self>> {
        let place = match self.status {
            OperationStatus::Queued {} => free,
            // Its server died: it keeps its place.
            OperationStatus::Running { place } => place,
            _ => return None,
        };
        if self.cancel_asked {
            return Some(self.moved(OperationStatus::Cancelled { at: now }, CANCELLED));
        }
        if self.attempts >= ATTEMPTS_MAX {
            let problem = OperationProblem::from(&Refusal::new(TRIED_TOO_OFTEN));
            return Some(self.moved(OperationStatus::Failed { at: now, problem }, FAILED));
        }
        let status = OperationStatus::Running { place };
        let after = Self { attempts: self.attempts + 1, status, ..self.clone() };
        let facts = after.told();
        Some(Change::updated(self, after, STARTED, facts))
    }

    /// Notes a batch in the transaction of its effect.
    ///
    /// # Errors
    /// `operation.ended`.
    pub fn advance(self, progress: Progress, result: OperationResult) -> Result<Change<Self>, Refusal> {
        self.ensure_running()?;
        let after = Self { progress: self.risen(progress), result, attempts: 0, ..self.clone() };
        let facts = after.told();
        Ok(Change::updated(self, after, ADVANCED, facts))
    }

    /// Stops it before its next batch, since somebody asked for that.
    ///
    /// # Errors
    /// `operation.ended`.
    pub fn stop(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_running()?;
        Ok(self.moved(OperationStatus::Cancelled { at: now }, CANCELLED))
    }

    /// Ends it: all of it is done. A cancelling that was asked for meanwhile comes too late.
    ///
    /// # Errors
    /// `operation.ended`.
    pub fn succeed(
        self,
        progress: Progress,
        result: OperationResult,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_running()?;
        let (progress, status) = (self.risen(progress), OperationStatus::Succeeded { at: now });
        let after = Self { progress, result, status, ..self.clone() };
        let facts = after.told();
        Ok(Change::updated(self, after, SUCCEEDED, facts))
    }

    /// Ends it with the problem it met.
    ///
    /// # Errors
    /// `operation.ended`.
    pub fn fail(
        self,
        problem: OperationProblem,
        result: OperationResult,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_running()?;
        let after = Self { result, status: OperationStatus::Failed { at: now, problem }, ..self.clone() };
        let facts = after.told();
        Ok(Change::updated(self, after, FAILED, facts))
    }

    /// Asks to cancel it: one that waits is cancelled at once, one that runs at its next batch. Asked again, nothing moves.
    ///
    /// # Errors
    /// `operation.ended`.
    pub fn cancel(self, now: Timestamp) -> Result<Option<Change<Self>>, Refusal> {
        self.ensure_not_over()?;
        match self.status {
            OperationStatus::Queued {} => {
                Ok(Some(self.moved(OperationStatus::Cancelled { at: now }, CANCELLED)))
            }
            _ if self.cancel_asked => Ok(None),
            _ => {
                let after = Self { cancel_asked: true, ..self.clone() };
                let facts = after.told();
                Ok(Some(Change::updated(self, after, CANCEL_ASKED, facts)))
            }
        }
    }

    /// When it ended, where it has.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match &self.status {
            OperationStatus::Queued {} | OperationStatus::Running { .. } => None,
            OperationStatus::Succeeded { at }
            | OperationStatus::Failed { at, .. }
            | OperationStatus::Cancelled { at } => Some(*at),
        }
    }

    /// Until when its file of results is kept, where there is one.
    pub fn result_until(&self) -> Option<Timestamp> {
        self.result.file.as_ref().and(self.ended_at()).map(|at| at.plus(chrono::Duration::days(RESULT_DAYS)))
    }

    /// The name of its file of results.
    ///
    /// # Errors
    /// `operation.no_result` where there is none, not yet or no more.
    pub fn result_file(&self, now: Timestamp) -> Result<&str, Refusal> {
        let is_kept = self.result_until().is_some_and(|until| until > now);
        let file = self.result.file.as_deref().filter(|_| is_kept);
        file.ok_or_else(|| Refusal::new(NO_RESULT).citing(Citation::rule("OPR-1")))
    }

    /// Progress never falls, and its total is never less.
    fn risen(&self, progress: Progress) -> Progress {
        let done = progress.done.max(self.progress.done);
        Progress { done, total: progress.total.map(|total| total.max(done)), ..progress }
    }

    fn ensure_not_over(&self) -> Result<(), Refusal> {
        if self.status.state().is_over() {
            return Err(Refusal::new(ENDED).citing(Citation::rule(RULE)));
        }
        Ok(())
    }

    fn ensure_running(&self) -> Result<(), Refusal> {
        match self.status {
            OperationStatus::Running { .. } => Ok(()),
            _ => Err(Refusal::new(ENDED).citing(Citation::rule(RULE))),
        }
    }

    fn told(&self) -> Value {
        json!({
            "kind": self.kind, "title": self.title, "asker_id": self.asker, "done": self.progress.done,
            "total": self.progress.total,
        })
    }

    fn moved(self, status: OperationStatus, kind: &'static EventKind) -> Change<Self> {
        let after = Self { status, ..self.clone() };
        let facts = after.told();
        Change::updated(self, after, kind, facts)
    }
}

#[cfg(test)]
mod tests;
