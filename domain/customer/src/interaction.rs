//! Interactions with customers (客户跟进): planned before, reported after, counted where they have substance. `[CUS-6;
//! 002 §6 ch.4; 004 §4.3]`
//!
//! What keeps a customer with its owner, and what a tier asks for, reads these facts: whether one *qualifies* is judged by
//! policy when it is reported, with all that it lacks, and a superior may void it. The instant at which the server learned of
//! it is the evidence; when it is said to have taken place is what somebody says.

/// How people are in touch.
mod kind;
/// What counts, as data.
pub mod policy;

pub use kind::{InteractionKind, VisitMethod};
pub use policy::{InteractionPolicy, InteractionShortfall};

use crate::{
    customer_file::CustomerId,
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, PolicyVersion,
        Refusal, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// At most so many pieces of evidence of one interaction.
pub const EVIDENCE_MAX: usize = 20;

/// The longest interaction that is believed, in minutes: a day.
pub const MINUTES_MAX: u32 = 1_440;

crate::refusals! { INTERACTION_REFUSALS:
    NEITHER_PLAN_NOR_REPORT = "interaction.neither_plan_nor_report", Invalid, "请填写计划，或直接填写结果", "Say what is planned, or what took place";
    METHOD_OF_VISITS = "interaction.method_of_visits", Invalid, "只有拜访才有拜访方式，且拜访必须注明方式", "A visit says by which method, and nothing else does";
    PLANNED_IN_PAST = "interaction.planned_in_past", Invalid, "计划时间须晚于当前时间", "What is planned lies ahead";
    HELD_IN_FUTURE = "interaction.held_in_future", Invalid, "发生时间不能晚于当前时间", "What is reported has taken place";
    NOT_YOURS = "interaction.not_yours", Forbidden, "只有本人可以办理", "Only whose interaction it is may do this";
    NO_EMPLOYEE = "interaction.no_employee", Forbidden, "该账号没有对应的员工，不能记录跟进", "The account has no employee, and records no interaction";
    NOT_PLANNED = "interaction.not_planned", Conflict, "该跟进当前为“{state}”，不能填写结果或取消", "The interaction is \"{state}\": it is neither reported nor cancelled";
    NOT_REPORTED = "interaction.not_reported", Conflict, "该跟进当前为“{state}”，没有可作废的结果", "The interaction is \"{state}\": there is no report to void";
    OWN_VOIDING = "interaction.own_voiding", Forbidden, "须由上级作废，不得作废本人的记录", "A superior voids it, nobody their own";
}

crate::events! { INTERACTION_EVENTS:
    PLANNED = "interaction.planned", "客户跟进已计划", "An interaction with a customer was planned";
    REPORTED = "interaction.reported", "客户跟进结果已填写", "An interaction with a customer was reported";
    QUALIFIED = "interaction.qualified", "有效跟进已记录", "An interaction that counts was reported";
    CANCELLED = "interaction.cancelled", "客户跟进计划已取消", "A planned interaction was cancelled";
    VOIDED = "interaction.voided", "客户跟进记录已作废", "A superior voided the report of an interaction";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[INTERACTION_REFUSALS],
    events: &[INTERACTION_EVENTS],
    enums: &[
        InteractionKind::LABELS,
        VisitMethod::LABELS,
        InteractionState::LABELS,
        InteractionShortfall::LABELS,
    ],
};

/// What somebody means to do. `[002 §6 ch.4]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InteractionPlan {
    /// When.
    pub planned_for: Timestamp,
    /// What for, 1 to 200 characters.
    pub purpose: String,
    /// What is to be talked about, 1 to 2,000 characters.
    pub content: String,
    /// What matters most, up to 500 characters.
    pub focus: Option<String>,
    /// When the server learned of it.
    pub planned_at: Timestamp,
}

/// What took place, as it is said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InteractionReport {
    /// When it began.
    pub held_at: Timestamp,
    /// How long it took, 0 to 1,440 minutes.
    pub minutes: u32,
    /// The contact of the customer with whom; by their number.
    pub contact: Option<u32>,
    /// Who else was there, up to 500 characters.
    pub participants: Option<String>,
    /// What was said, 1 to 4,000 characters.
    pub content: String,
    /// Which needs were heard, up to 2,000 characters.
    pub needs: Option<String>,
    /// What is to follow, up to 500 characters.
    pub next_step: Option<String>,
    /// By when.
    pub next_on: Option<BusinessDate>,
    /// Files that prove it.
    pub evidence: Vec<Id<File>>,
    /// When the server learned of it.
    pub reported_at: Timestamp,
    /// What it lacks to count; nothing where it counts.
    pub shortfalls: Vec<InteractionShortfall>,
}

/// Where an interaction stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionStatus {
    /// It is still to take place, or to be reported.
    Planned,
    /// It was reported.
    Reported,
    /// It will not take place.
    Cancelled {
        /// When that was said.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// A superior found that it does not count as reported.
    Voided {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// Who.
        by: EmployeeId,
    },
}

/// The plain names of where an interaction stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InteractionStatus)]
pub enum InteractionState {
    /// It is still to take place, or to be reported.
    Planned,
    /// It was reported.
    Reported,
    /// It will not take place.
    Cancelled,
    /// A superior voided it.
    Voided,
}

crate::labels! { InteractionState = "InteractionStatus":
    Planned = "planned", "已计划", "Planned";
    Reported = "reported", "已完成", "Reported";
    Cancelled = "cancelled", "已取消", "Cancelled";
    Voided = "voided", "已作废", "Voided";
}

crate::status! { InteractionStatus as InteractionState: Planned, Reported, Cancelled, Voided }

/// The id of an interaction.
pub type InteractionId = Id<Interaction>;

/// Somebody was, or means to be, in touch with a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Interaction {
    /// Identity.
    pub id: InteractionId,
    /// With whom.
    pub customer: CustomerId,
    /// Who.
    pub employee: EmployeeId,
    /// The department they worked in then.
    pub department: DepartmentId,
    /// How.
    pub kind: InteractionKind,
    /// By which method, for a visit.
    pub method: Option<VisitMethod>,
    /// What was planned; none where it was reported without a plan.
    pub plan: Option<InteractionPlan>,
    /// What took place.
    pub report: Option<InteractionReport>,
    /// Where it stands.
    pub status: InteractionStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Interaction {
    const KIND: &'static str = "interaction";
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

/// The rules for interactions in force on a day.
pub type Rules = PolicyVersion<InteractionPolicy>;

/// Whose interaction with whom, and how.
#[derive(Clone, Debug)]
pub struct NewInteraction {
    /// Its identity.
    pub id: InteractionId,
    /// With whom.
    pub customer: CustomerId,
    /// How.
    pub kind: InteractionKind,
    /// By which method, for a visit.
    pub method: Option<VisitMethod>,
}

impl InteractionPlan {
    fn check(&self, findings: &mut Findings, now: Timestamp) {
        if self.planned_for <= now {
            findings.add("/plan/planned_for", PLANNED_IN_PAST);
        }
        wording::check(findings, "/plan/purpose", &self.purpose, 200);
        wording::check(findings, "/plan/content", &self.content, 2_000);
        wording::check_optional(findings, "/plan/focus", self.focus.as_deref(), 500);
    }
}

impl InteractionReport {
    fn check(&self, findings: &mut Findings, at: &str, now: Timestamp) {
        let pointer = |member: &str| format!("{at}/{member}");
        if self.held_at > now {
            findings.add(pointer("held_at"), HELD_IN_FUTURE);
        }
        if self.minutes > MINUTES_MAX {
            let (min, max) = (json!(0), json!(MINUTES_MAX));
            findings.add_with(pointer("minutes"), codes::OUT_OF_RANGE, [("min", min), ("max", max)]);
        }
        wording::check(findings, &pointer("content"), &self.content, 4_000);
        for (member, text, max) in [
            ("participants", &self.participants, 500),
            ("needs", &self.needs, 2_000),
            ("next_step", &self.next_step, 500),
        ] {
            wording::check_optional(findings, &pointer(member), text.as_deref(), max);
        }
        if self.evidence.len() > EVIDENCE_MAX {
            let (min, max) = (json!(0), json!(EVIDENCE_MAX));
            findings.add_with(pointer("evidence"), codes::BAD_LENGTH, [("min", min), ("max", max)]);
        }
    }
}

impl Interaction {
    /// Writes down what is planned, or what took place without a plan.
    ///
    /// # Errors
    /// An account without an employee or department; what is not well formed, all of it named.
    pub fn create(
        new: NewInteraction,
        plan: Option<InteractionPlan>,
        report: Option<InteractionReport>,
        rules: &Rules,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let nobody = || Refusal::new(NO_EMPLOYEE).citing(Citation::rule("CUS-6"));
        let (employee, department) = by.employee.zip(by.department).ok_or_else(nobody)?;
        let NewInteraction { id, customer, kind, method } = new;
        let mut findings = Findings::new();
        if plan.is_none() && report.is_none() {
            findings.add("/plan", NEITHER_PLAN_NOR_REPORT);
        }
        if method.is_some() != (kind == InteractionKind::Visit) {
            findings.add("/method", METHOD_OF_VISITS);
        }
        plan.iter().for_each(|plan| plan.check(&mut findings, now));
        report.iter().for_each(|report| report.check(&mut findings, "/report", now));
        findings.into_result().map_err(cite)?;
        let status = if report.is_some() { InteractionStatus::Reported } else { InteractionStatus::Planned };
        let mut interaction =
            Self { id, customer, employee, department, kind, method, plan, report, status, version: 0 };
        interaction.judge(rules);
        let facts = interaction.facts();
        let change = match interaction.report {
            None => return Ok(Change::created(interaction, PLANNED, facts)),
            Some(_) => Change::created(interaction, REPORTED, facts.clone()),
        };
        Ok(told_qualified(change, facts))
    }

    /// Reports what was planned.
    ///
    /// # Errors
    /// Where it is not the actor's, or not planned; what is not well formed, all of it named.
    pub fn report(
        self,
        report: InteractionReport,
        rules: &Rules,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_planned(by)?;
        let mut findings = Findings::new();
        report.check(&mut findings, "", now);
        findings.into_result().map_err(cite)?;
        let (report, status) = (Some(report), InteractionStatus::Reported);
        let mut after = Self { report, status, ..self.clone() };
        after.judge(rules);
        let facts = after.facts();
        Ok(told_qualified(Change::updated(self, after, REPORTED, facts.clone()), facts))
    }

    /// Says that what was planned will not take place.
    ///
    /// # Errors
    /// Where it is not the actor's, or not planned.
    pub fn cancel(self, reason: String, by: &Actor, at: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_planned(by)?;
        let after = Self { status: InteractionStatus::Cancelled { at, reason }, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, CANCELLED, facts))
    }

    /// Finds that it does not count as reported. Who is above whom is asked before. `[OWN-15]`
    ///
    /// # Errors
    /// One's own; where there is no report.
    pub fn void(self, reason: String, by: &Actor, at: Timestamp) -> Result<Change<Self>, Refusal> {
        let cited = |code| Refusal::new(code).citing(Citation::rule("CUS-6"));
        let Some(superior) = by.employee.filter(|employee| *employee != self.employee) else {
            return Err(cited(OWN_VOIDING));
        };
        if self.status != InteractionStatus::Reported {
            return Err(cited(NOT_REPORTED).with_label("state", self.status.state()));
        }
        let after = Self { status: InteractionStatus::Voided { at, reason, by: superior }, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, VOIDED, facts))
    }

    /// Whether it counts now: reported with substance, and not voided.
    pub fn is_qualified(&self) -> bool {
        self.status == InteractionStatus::Reported
            && self.report.as_ref().is_some_and(|report| report.shortfalls.is_empty())
    }

    fn ensure_planned(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.is(self.employee) {
            return Err(Refusal::new(NOT_YOURS).citing(Citation::rule("CUS-6")));
        }
        if self.status != InteractionStatus::Planned {
            let refusal = Refusal::new(NOT_PLANNED).with_label("state", self.status.state());
            return Err(refusal.citing(Citation::rule("CUS-6")));
        }
        Ok(())
    }

    /// Says what its report lacks to count.
    fn judge(&mut self, rules: &Rules) {
        let (kind, plan) = (self.kind, &self.plan);
        if let Some(report) = &mut self.report {
            report.shortfalls = rules.content.shortfalls(kind, plan.as_ref(), report);
        }
    }

    /// What the feed tells of it: nothing of what was said.
    fn facts(&self) -> serde_json::Value {
        let held_at = self.report.as_ref().map(|report| report.held_at);
        json!({"customer_id": self.customer, "employee_id": self.employee, "kind": self.kind.code(),
            "held_at": held_at, "qualified": self.is_qualified()})
    }
}

fn told_qualified(change: Change<Interaction>, facts: serde_json::Value) -> Change<Interaction> {
    if change.after().is_qualified() { change.and(QUALIFIED, facts) } else { change }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("CUS-6"))
}

#[cfg(test)]
mod tests;
