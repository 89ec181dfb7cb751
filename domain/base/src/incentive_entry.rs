//! The ledger of rewards and penalties (奖惩台账): money, points, wage days and honours that are granted or
//! taken. `[INC-1, INC-2, INC-3]`
//!
//! An entry is proposed by a rule or a person, told to whom it concerns, who may object, confirmed by
//! somebody else and carried out with the payroll. Nothing is edited: before it is confirmed it may be
//! cancelled, afterwards one counter-entry takes it back. One incident has one entry. Deliberately not here:
//! what gives rise to an entry, and the payroll.

/// What may be done with an entry now, and if not why.
pub mod actions;
mod amount;
mod course;
mod incident;
/// In which month an entry counts, and what a month comes to.
pub mod month;
mod policy;
mod propose;
mod status;
mod submission;
#[cfg(test)]
mod tests;
mod undo;

pub use amount::IncentiveAmount;
pub use incident::{Incident, IncidentKind};
pub use policy::{INCENTIVE_POLICY_CODE, IncentivePolicy, MonthlyCaps, SHIPPED_INCENTIVE_POLICY};
pub use propose::{Cap, NewEntry};
pub use status::{Answer, Confirmation, Execution, IncentiveState, IncentiveStatus, UndoGround, Undone};
pub use submission::Submission;
pub use undo::Counter;

use crate::{
    approval::{Holds, RoutedField},
    file::File,
    spine::{Citation, DepartmentId, EmployeeId, Entity, Id, Refusal, RefusalCode, Timestamp, User, Version},
    working_time::Period,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::refusals! { INCENTIVE_ENTRY_REFUSALS:
    AMOUNT_NOTHING = "incentive_entry.amount", Invalid, "数额不得为零，且不得超出单笔上限", "The amount must not be nothing, nor more than one entry may hold";
    AMOUNTS_DIFFER = "incentive_entry.amounts_differ", Invalid, "奖惩种类和方向须一致", "Both must reward or both penalise, in the same unit";
    ALREADY_ENTERED = "incentive_entry.already_entered", Conflict, "同一事件已登记为 {number}，不得重复奖惩", "The same incident stands in the ledger already, as {number}";
    NOT_A_MONTH = "incentive_entry.not_a_month", Invalid, "记入期间须为月份", "An entry counts in a month";
    ENTRY_NOT_PROPOSED = "incentive_entry.not_proposed", Conflict, "该条目当前为“{state}”，只有待告知的条目才能告知本人", "The entry is \"{state}\"; only one that has just been proposed can be told to the person";
    ENTRY_NOT_NOTIFIED = "incentive_entry.not_notified", Conflict, "该条目当前为“{state}”，须在告知本人之后、确认之前办理", "The entry is \"{state}\". This can be done once the person has been told and until it is confirmed";
    ENTRY_NOT_CONFIRMED = "incentive_entry.not_confirmed", Conflict, "该条目当前为“{state}”，不能执行", "The entry is \"{state}\"; it cannot be carried out";
    ENTRY_NOT_CANCELLABLE = "incentive_entry.not_cancellable", Conflict, "该条目当前为“{state}”，不能取消；已确认的须冲销", "The entry is \"{state}\" and cannot be cancelled; what is confirmed is countered";
    ENTRY_NOT_REVERSIBLE = "incentive_entry.not_reversible", Conflict, "该条目当前为“{state}”，不能冲销", "The entry is \"{state}\"; there is nothing to counter";
    COUNTER_STAYS = "incentive_entry.counter_stays", Conflict, "冲销条目不得再撤销", "A counter-entry is not taken back itself";
    NOT_YOUR_ENTRY = "incentive_entry.not_yours", Forbidden, "只有本人可以答复", "Only the person it concerns may answer";
    ALREADY_ANSWERED = "incentive_entry.already_answered", Conflict, "本人已经答复", "The person has answered already";
    ANSWER_TOO_LATE = "incentive_entry.answer_too_late", Conflict, "答复期限已过", "The time to answer is over";
    ANSWER_OPEN = "incentive_entry.answer_open", Conflict, "本人仍可在期限内答复，暂不能确认", "The person may still answer, so it cannot be confirmed yet";
    OBJECTION_UNANSWERED = "incentive_entry.objection_unanswered", Invalid, "本人已提出异议，确认时须书面答复", "The person objects; confirming it needs an answer to that";
    PROPOSER_CONFIRMS = "incentive_entry.proposer_confirms", Forbidden, "提出人不得确认自己提出的条目", "Nobody confirms an entry they proposed themselves";
    OWN_ENTRY = "incentive_entry.own", Forbidden, "不得处理本人的奖惩", "Nobody decides on their own reward or penalty";
    APPROVAL_REQUIRED = "incentive_entry.approval_required", Conflict, "此类条目须经审批后确认", "Such an entry is confirmed by its approval only";
    APPROVAL_NOT_NEEDED = "incentive_entry.approval_not_needed", Conflict, "此类条目无须审批，可直接确认", "Such an entry needs no approval; it is confirmed as it is";
    ENTRY_IN_APPROVAL = "incentive_entry.in_approval", Conflict, "该条目正在审批，请先撤回审批", "The entry waits for its approvers; take it back from them first";
    ENTRY_NOT_IN_APPROVAL = "incentive_entry.not_in_approval", Conflict, "该条目不在审批中", "The entry does not wait for approvers";
    NOT_PROPOSER = "incentive_entry.not_proposer", Forbidden, "手工登记的条目只有提出人可以送审或撤回审批", "What somebody proposed, only they hand to approvers or take back from them";
    NOT_YET_HAPPENED = "incentive_entry.not_yet_happened", Invalid, "发生日期不得晚于今天", "What is rewarded or penalised has happened; its day does not lie ahead";
}

crate::events! { INCENTIVE_ENTRY_EVENTS:
    ENTRY_PROPOSED = "incentive_entry.proposed", "奖惩已提出", "A reward or penalty was proposed";
    ENTRY_NOTIFIED = "incentive_entry.notified", "奖惩已告知本人", "A reward or penalty was told to the person";
    ENTRY_ANSWERED = "incentive_entry.answered", "本人已就奖惩答复", "The person answered a reward or penalty";
    ENTRY_SUBMITTED = "incentive_entry.submitted", "奖惩已送审", "A reward or penalty was handed to its approvers";
    ENTRY_WITHDRAWN = "incentive_entry.withdrawn", "奖惩送审已撤回", "A reward or penalty was taken back from its approvers";
    ENTRY_RETURNED = "incentive_entry.returned", "奖惩已被审批人退回", "An approver returned a reward or penalty";
    ENTRY_CONFIRMED = "incentive_entry.confirmed", "奖惩已确认", "A reward or penalty was confirmed";
    ENTRY_EXECUTED = "incentive_entry.executed", "奖惩已执行", "A reward or penalty was carried out";
    ENTRY_CANCELLED = "incentive_entry.cancelled", "奖惩已取消", "A reward or penalty was cancelled";
    ENTRY_REVERSED = "incentive_entry.reversed", "奖惩已冲销", "A reward or penalty was countered";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[INCENTIVE_ENTRY_REFUSALS],
    events: &[INCENTIVE_ENTRY_EVENTS],
    enums: &[
        actions::IncentiveAction::LABELS,
        IncentiveAmount::LABELS,
        IncentiveState::LABELS,
        IncidentKind::LABELS,
        UndoGround::LABELS,
    ],
};

/// The chain that entries meet where the policy wants them approved.
pub const INCENTIVE_CHAIN: &str = "incentive-entry";
/// The code under which that chain is kept.
pub const INCENTIVE_CHAIN_CODE: &str = "approval-chain/incentive-entry";
/// That chain as shipped: the head of the person's department, human resources, the director.
pub const SHIPPED_INCENTIVE_CHAIN: &str = include_str!("incentive_entry/shipped/incentive_chain.json");

/// The field by which the chain tells what takes something from what grants it.
pub const IS_PENALTY: &str = "is_penalty";

/// By what entries let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] =
        &[RoutedField::new(IS_PENALTY, Holds::Flag), RoutedField::new("department_id", Holds::Department)];
    (chain == INCENTIVE_CHAIN_CODE).then_some(FIELDS)
}

/// An entry of the ledger.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct IncentiveEntry {
    /// Identity.
    pub id: Id<Self>,
    /// The readable number, such as `RP-2026-000012`.
    pub number: String,
    /// Whom it concerns.
    pub employee: EmployeeId,
    /// Where they worked when it was proposed.
    pub department: DepartmentId,
    /// What it is made for.
    pub incident: Incident,
    /// What is granted or taken.
    pub amount: IncentiveAmount,
    /// What it would have been without the caps of the month.
    pub uncapped: IncentiveAmount,
    /// The month it counts in.
    pub month: Period,
    /// What for, in words, 1 to 2000 characters.
    pub grounds: String,
    /// Evidence.
    pub evidence: Vec<Id<File>>,
    /// The rule and clause it rests on.
    pub citation: Citation,
    /// Who proposed it; none where a rule did.
    pub proposed_by: Option<Id<User>>,
    /// When.
    pub proposed_at: Timestamp,
    /// The entry it takes back, where it is a counter-entry.
    pub counters: Option<Id<Self>>,
    /// Where it stands.
    pub status: IncentiveStatus,
    /// How it was handed to approvers last, where it was.
    pub submission: Option<Submission>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for IncentiveEntry {
    const KIND: &'static str = "incentive_entry";
    fn uuid(&self) -> Uuid {
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
    Refusal::new(code).citing(Citation::rule("INC-2a"))
}

impl IncentiveEntry {
    /// Whether it counts: once it is confirmed. One that was countered goes on counting, as its counter-entry
    /// does.
    pub const fn counts(&self) -> bool {
        matches!(
            self.status,
            IncentiveStatus::Confirmed { .. }
                | IncentiveStatus::Executed { .. }
                | IncentiveStatus::Reversed { .. }
        )
    }

    /// Whether its incident has its entry with it, so that there is no other: unless it was cancelled.
    pub const fn holds_incident(&self) -> bool {
        self.counters.is_none() && !matches!(self.status, IncentiveStatus::Cancelled { .. })
    }

    /// Whether somebody decided that nothing is to be entered for its incident: no rule enters it again.
    pub fn is_decided_against(&self) -> bool {
        matches!(&self.status, IncentiveStatus::Cancelled { undone } if undone.ground == UndoGround::Decided)
    }

    fn wrong_state(&self, code: &'static RefusalCode) -> Refusal {
        refused(code).with_label("state", self.status.state())
    }
}
