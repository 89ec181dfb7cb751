//! Where a duty stands: a function of what is stored and the clock, so that no sweep that comes late makes it
//! untrue. `[DUT-2b]`

use super::{Duty, undone::UndoneBy};
use crate::{
    file::File,
    spine::{Id, Timestamp, User},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What fulfils a duty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// The source, as the rule names it.
    pub source: String,
    /// The record, where it is one.
    pub record: Option<Uuid>,
    /// What was done, where somebody says so: up to 2000 characters.
    pub note: Option<String>,
    /// Evidence.
    pub files: Vec<Id<File>>,
    /// Whose it is; none where the product itself found it.
    pub by: Option<Id<User>>,
    /// When the server received it.
    pub received: Timestamp,
    /// When it counts as received: earlier, where another returned the first and it was filed again in time.
    pub counted: Timestamp,
    /// Who confirmed it and when, where the rule wants that.
    pub confirmed: Option<(Id<User>, Timestamp)>,
}

/// Why a duty is excused by rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyExcuse)]
pub enum Excuse {
    /// On leave on all its working days.
    Leave,
    /// The servers were down throughout.
    Outage,
}

crate::labels! { Excuse = "DutyExcuse":
    Leave = "leave", "请假", "Leave";
    Outage = "outage", "系统停机", "Outage";
}

/// Why a duty is owed no longer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyCancelCause)]
pub enum CancelCause {
    /// Who owed it is no longer meant by the rule.
    LeftScope,
    /// Who owed it left the company.
    LeftCompany,
    /// The rule was repealed.
    Repealed,
    /// What called for it is gone.
    CauseGone,
}

crate::labels! { CancelCause = "DutyCancelCause":
    LeftScope = "left_scope", "不再适用", "No longer meant";
    LeftCompany = "left_company", "已离职", "Left the company";
    Repealed = "repealed", "规则已废止", "Rule repealed";
    CauseGone = "cause_gone", "事由已消失", "Cause gone";
}

/// What is stored of where a duty stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DutyStatus {
    /// Nothing was done yet.
    Pending {},
    /// Done by hand; the superior has to confirm it.
    Reported {
        /// What was done.
        proof: Proof,
    },
    /// Done.
    Fulfilled {
        /// By what.
        proof: Proof,
    },
    /// A superior let it go.
    Waived {
        /// Why.
        reason: String,
        /// Who.
        by: Id<User>,
        /// When.
        at: Timestamp,
        /// What was done too late, if anything.
        proof: Option<Proof>,
    },
    /// Excused by rule.
    Excused {
        /// Why.
        excuse: Excuse,
        /// When.
        at: Timestamp,
        /// What was done too late, if anything.
        proof: Option<Proof>,
    },
    /// Owed no longer.
    Cancelled {
        /// Why.
        cause: CancelCause,
        /// When.
        at: Timestamp,
    },
}

/// Where a duty stands at an instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyStatus)]
pub enum DutyState {
    /// It does not show yet.
    Scheduled,
    /// To be done.
    Open,
    /// Late already; still to be done without having missed it.
    Overdue,
    /// Not done in time.
    Missed,
    /// Done by hand; waits for confirmation.
    Reported,
    /// Done before it was due.
    OnTime,
    /// Done within the grace.
    Late,
    /// Done after it was missed; counts as missed.
    MadeUp,
    /// Let go by a superior.
    Waived,
    /// Excused by rule.
    Excused,
    /// Owed no longer.
    Cancelled,
}

crate::labels! { DutyState = "DutyStatus":
    Scheduled = "scheduled", "未开始", "Scheduled";
    Open = "open", "待办", "Open";
    Overdue = "overdue", "已逾期", "Overdue";
    Missed = "missed", "未完成", "Missed";
    Reported = "reported", "待确认", "Reported";
    OnTime = "on_time", "按时完成", "On time";
    Late = "late", "逾期完成", "Late";
    MadeUp = "made_up", "补办", "Made up";
    Waived = "waived", "已豁免", "Waived";
    Excused = "excused", "免责", "Excused";
    Cancelled = "cancelled", "已取消", "Cancelled";
}

impl DutyState {
    /// Whether something is still to be done.
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Scheduled | Self::Open | Self::Overdue | Self::Missed)
    }
    /// Whether it counts as missed.
    pub const fn is_missed(self) -> bool {
        matches!(self, Self::Missed | Self::MadeUp)
    }
}

impl Duty {
    /// Where it stands at an instant.
    pub fn state(&self, now: Timestamp) -> DutyState {
        match &self.status {
            DutyStatus::Pending {} => self.pending_state(now),
            DutyStatus::Reported { .. } => DutyState::Reported,
            DutyStatus::Fulfilled { proof } => self.timeliness(proof.counted),
            DutyStatus::Waived { .. } => DutyState::Waived,
            DutyStatus::Excused { .. } => DutyState::Excused,
            DutyStatus::Cancelled { .. } => DutyState::Cancelled,
        }
    }

    fn pending_state(&self, now: Timestamp) -> DutyState {
        let has_come = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        match (has_come(self.overdue_at()), has_come(self.missed_at())) {
            _ if now < self.times.opens => DutyState::Scheduled,
            (_, true) => DutyState::Missed,
            (true, false) => DutyState::Overdue,
            (false, false) => DutyState::Open,
        }
    }

    /// Whether nothing was done about it yet.
    pub fn is_pending(&self) -> bool {
        matches!(self.status, DutyStatus::Pending {})
    }

    /// How timely something is that the server received at an instant: before the due, within the grace, or
    /// after. The very due is late. What follows a paused clock is on time.
    pub(super) fn timeliness(&self, received: Timestamp) -> DutyState {
        let is_before = |limit: Option<Timestamp>| limit.is_none_or(|limit| received < limit);
        match (is_before(self.times.due), is_before(self.end_of_grace())) {
            (true, _) => DutyState::OnTime,
            (false, true) => DutyState::Late,
            (false, false) => DutyState::MadeUp,
        }
    }

    /// When late ends to be late; none without a due.
    fn end_of_grace(&self) -> Option<Timestamp> {
        self.times.due.map(|due| self.times.grace_until.unwrap_or(due).max(due))
    }

    /// When it is overdue if nothing is done; none while the clock it follows is paused.
    pub fn overdue_at(&self) -> Option<Timestamp> {
        self.times.due.map(|due| self.or_refiled(due))
    }

    /// When it is missed if nothing is done; none while the clock it follows is paused.
    pub fn missed_at(&self) -> Option<Timestamp> {
        self.end_of_grace().map(|missed| self.or_refiled(missed))
    }

    /// When a limit is reached by nothing being done. While what another returned may be filed again, it stands as
    /// well as the first did: a limit that the first kept is not reached before that time is over.
    fn or_refiled(&self, limit: Timestamp) -> Timestamp {
        match &self.undone {
            Some(UndoneBy::Another { counted, refile_until }) if *counted < limit => limit.max(*refile_until),
            _ => limit,
        }
    }
}
