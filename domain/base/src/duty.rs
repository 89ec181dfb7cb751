//! Duties (应办事项): what a regulation requires of somebody by a time, and what follows where it is not done.
//! `[DUT-1 … DUT-4]`
//!
//! A rule is policy ([`rule`]); each period or event it calls for raises a duty once for each subject. What
//! is stored is little — the times, who owes it, what was done — and where it stands is reckoned from that
//! and the clock ([`state`]). Deliberately not here: who is meant on a day, and the records that fulfil
//! duties; their own contexts say so.

/// What may be done with a duty now, and if not why.
pub mod actions;
/// How a whole batch of duties is raised.
pub mod batch;
/// How timely duties were done.
pub mod board;
/// When a duty comes back, or what calls for it.
pub mod cadence;
/// What follows where a duty is missed.
pub mod consequence;
/// Who is told when.
pub mod effect;
mod fulfil;
mod hand_over;
/// What a duty is owed for.
pub mod occasion;
/// When no server ran.
pub mod outage;
/// People come, move, are on leave, go.
pub mod people;
mod raise;
mod relief;
/// What a draft of a rule would have made of it.
pub mod replay;
mod retime;
/// A rule as data.
pub mod rule;
mod settings;
mod soundness;
/// Where a duty stands.
pub mod state;
#[cfg(test)]
mod tests;
/// When a duty opens, is due and is missed.
pub mod times;
/// The record is withdrawn or voided.
pub mod undone;

pub use occasion::Occasion;
pub use raise::NewDuty;
pub use retime::{Retiming, RetimingCause};
pub use rule::DutyRule;
pub use settings::{DUTY_SETTINGS_CODE, DutySettings, SHIPPED_DUTY_SETTINGS};
pub use soundness::{Publication, Source, check_publication};
pub use state::{CancelCause, DutyState, DutyStatus, Excuse, Proof};
pub use times::Times;
pub use undone::{TakenBy, UndoneBy};

use crate::{
    approval::PolicyReference,
    organisation::PositionId,
    spine::{Citation, DepartmentId, EmployeeId, Entity, Id, Refusal, RefusalCode, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { DUTY_REFUSALS:
    DUTY_SETTLED = "duty.settled", Conflict, "该事项当前为“{state}”，不能再办理", "The duty is \"{state}\"; nothing more can be done about it";
    DUTY_NOT_REPORTED = "duty.not_reported", Conflict, "该事项当前为“{state}”，没有待确认的办理结果", "The duty is \"{state}\"; nothing waits for confirmation";
    DUTY_NOT_FULFILLED = "duty.not_fulfilled", Conflict, "该事项当前为“{state}”，没有可撤销的办理结果", "The duty is \"{state}\"; nothing fulfils it that could be undone";
    OTHER_OCCASION = "duty.other_occasion", Invalid, "该记录属于另一期间或另一事件，不能用于办结本事项", "That record belongs to another period or event and cannot fulfil this duty";
    OTHER_SOURCE = "duty.other_source", Invalid, "本事项不能以此方式办结", "The duty is not fulfilled in this way";
    EVIDENCE_REQUIRED = "duty.evidence_required", Invalid, "须提供证明材料", "Evidence is required";
    NOT_RESPONSIBLE = "duty.not_responsible", Forbidden, "只有责任人本人可以办理", "Only whoever is responsible may do this";
    NOT_SUPERIOR = "duty.not_superior", Forbidden, "只有责任人的上级可以办理", "Only a superior of whoever is responsible may do this";
    OWN_DUTY = "duty.own", Forbidden, "不得豁免、延期或确认由本人承担的事项，请由上级办理", "You cannot waive, extend or confirm a duty that is or was yours; a superior of yours can";
    OWN_CONFIRMATION = "duty.own_confirmation", Forbidden, "不得确认本人提交的办理结果", "Nobody confirms what they reported themselves";
    EXTENSION_TOO_SHORT = "duty.extension_too_short", Invalid, "新的期限须晚于原期限和当前时间", "The new due must come after the old one and after now";
    NO_DUE = "duty.no_due", Conflict, "计时已暂停，目前没有期限", "The clock is paused, so there is no due now";
    PERSONAL_DUTY = "duty.personal", Conflict, "个人事项不能移交", "What a person owes themselves cannot be handed over";
    ALREADY_HOLDS = "duty.already_holds", Conflict, "该员工已是责任人", "That employee is responsible already";
    TIGHTER = "duty.tighter", Conflict, "新规则不得使已产生的事项期限提前", "A new rule never makes a duty that was raised due earlier";
    RULE_SOURCE_UNKNOWN = "duty_rule.source_unknown", Invalid, "没有“{source}”这一办结方式", "Nothing called \"{source}\" fulfils duties";
    RULE_NOBODY = "duty_rule.nobody", Invalid, "没有任何人或岗位适用本规则", "The rule is meant for nobody";
    RULE_ESCALATES_TO_NOBODY = "duty_rule.escalates_to_nobody", Invalid, "提醒第 {step} 步找不到接收人", "Step {step} of the escalation reaches nobody";
    RULE_PUNISHED_TWICE = "duty_rule.punished_twice", Invalid, "“{name}”已就同一事实处罚相同人员，不得重复处罚；制度另有规定的，请注明", "\"{name}\" already penalises the same people for the same failure. Nothing is punished twice, unless the rule says that its clause wants it so";
    RULE_CLAUSE_UNKNOWN = "duty_rule.clause_unknown", Invalid, "所引条款在已发布的制度中不存在", "No published regulation has the clause that is cited";
    RULE_DAY_UNFIT = "duty_rule.day_unfit", Invalid, "该期限日与周期不符", "That day does not fit the period";
    RULE_MONTH_UNFIT = "duty_rule.month_unfit", Invalid, "该周期没有第 {month} 个月", "The period has no month {month}";
    RULE_NOT_A_PENALTY = "duty_rule.not_a_penalty", Invalid, "未完成的后果须为处罚", "What follows a miss must take something";
    RULE_TOO_EARLY = "duty_rule.too_early", Invalid, "事件引发的事项须有办理时间", "What an event calls for needs time to be done";
}

crate::events! { DUTY_EVENTS:
    DUTIES_RAISED = "duty.batch_raised", "一批应办事项已产生", "A batch of duties was raised";
    DUTY_RAISED = "duty.raised", "应办事项已产生", "A duty was raised";
    DUTY_REPORTED = "duty.reported", "应办事项已提交，待确认", "A duty was reported done and waits for confirmation";
    DUTY_RETURNED = "duty.returned", "应办事项的办理结果未获确认", "What was reported of a duty was not confirmed";
    DUTY_FULFILLED = "duty.fulfilled", "应办事项已办结", "A duty was fulfilled";
    DUTY_REOPENED = "duty.reopened", "应办事项须重新办理", "A duty is owed again";
    DUTY_WAIVED = "duty.waived", "应办事项已豁免", "A duty was waived";
    DUTY_EXCUSED = "duty.excused", "应办事项已免责", "A duty was excused";
    DUTY_CANCELLED = "duty.cancelled", "应办事项已取消", "A duty was cancelled";
    DUTY_EXTENDED = "duty.extended", "应办事项已延期", "A duty was given more time";
    DUTY_RETIMED = "duty.retimed", "应办事项的期限已变更", "The due of a duty moved";
    DUTY_REMINDED = "duty.reminded", "应办事项提醒", "Who is responsible was reminded of a duty";
    DUTY_ESCALATED = "duty.escalated", "应办事项已上报", "Somebody above was told of a duty";
    DUTY_MISSED = "duty.missed", "应办事项未完成", "A duty was missed";
    DUTY_HANDED_OVER = "duty.handed_over", "应办事项已移交", "A duty went to somebody else";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[DUTY_REFUSALS],
    events: &[DUTY_EVENTS],
    enums: &[
        actions::DutyAction::LABELS,
        cadence::Cadence::LABELS,
        cadence::Direction::LABELS,
        cadence::Grace::LABELS,
        cadence::LapseUnit::LABELS,
        cadence::Opening::LABELS,
        cadence::RestDay::LABELS,
        CancelCause::LABELS,
        DutyState::LABELS,
        Excuse::LABELS,
        Hold::LABELS,
        RetimingCause::LABELS,
        rule::Heads::LABELS,
        rule::Recipient::LABELS,
        rule::SubjectKind::LABELS,
        crate::working_time::Span::LABELS,
    ],
};

/// Who waives and extends, and who does not.
const SUPERIOR_RULE: &str = "DUT-2j";
/// A record that is taken away, and filed again.
const REFILING_RULE: &str = "DUT-2g";
/// A record fulfils its own occasion only.
const OCCASION_RULE: &str = "DUT-2a";

/// Whose a duty is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum DutySubject {
    /// A person's own.
    Person {
        /// Who.
        employee: EmployeeId,
    },
    /// A post's: the head of a department, or a position in it.
    Post {
        /// The department.
        department: DepartmentId,
        /// The position; none for its head.
        position: Option<PositionId>,
    },
    /// A record's.
    Record {
        /// The kind of record.
        kind: String,
        /// Its id.
        id: Uuid,
    },
}

/// How somebody came to hold a duty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyHold)]
pub enum Hold {
    /// It was raised for them.
    Raised,
    /// They came to hold the post or to own the record.
    Succeeded,
    /// They stand in for who is away.
    StoodIn,
    /// It was handed to them.
    HandedOver,
    /// Nobody holds the post: they are its superior.
    Vacant,
}

crate::labels! { Hold = "DutyHold":
    Raised = "raised", "原责任人", "Raised for them";
    Succeeded = "succeeded", "接任", "Succeeded";
    StoodIn = "stood_in", "代理", "Stands in";
    HandedOver = "handed_over", "移交", "Handed over";
    Vacant = "vacant", "岗位空缺", "Post vacant";
}

/// Somebody holds a duty from an instant on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holding {
    /// Who.
    pub employee: EmployeeId,
    /// Since when.
    pub from: Timestamp,
    /// How they came to it.
    pub hold: Hold,
}

/// Something that must be done by a time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Duty {
    /// Identity.
    pub id: Id<Self>,
    /// The version of the rule that calls for it.
    pub rule: PolicyReference,
    /// The clause it enforces.
    pub clause: String,
    /// Whose it is.
    pub subject: DutySubject,
    /// What it is owed for.
    pub occasion: Occasion,
    /// Who held it since when, ascending, at least one: the last is responsible.
    pub holdings: Vec<Holding>,
    /// When it opens, is due and is missed.
    pub times: Times,
    /// How its times moved, oldest first.
    pub retimings: Vec<Retiming>,
    /// What is stored of where it stands.
    pub status: DutyStatus,
    /// How it came to be owed again, where it did.
    pub undone: Option<UndoneBy>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Duty {
    const KIND: &'static str = "duty";
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

fn refused(code: &'static RefusalCode, rule: &str) -> Refusal {
    Refusal::new(code).citing(Citation::rule(rule))
}

impl Duty {
    /// Who is responsible now.
    pub fn responsible(&self) -> Option<EmployeeId> {
        self.holdings.last().map(|holding| holding.employee)
    }

    /// Cites the rule that calls for it.
    pub fn citation(&self, rule: &str) -> Citation {
        Citation::clause(rule, &self.clause).by_policy(&self.rule.code, self.rule.number)
    }

    /// Refuses a duty about which nothing is to be done any more.
    fn ensure_pending(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.status {
            DutyStatus::Pending {} => Ok(()),
            _ => Err(refused(DUTY_SETTLED, "DUT-2b").with_label("state", self.state(now))),
        }
    }
}
