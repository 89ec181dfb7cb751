//! Internal audits (内部审计): a scope of expense claims, a sample drawn from it, a conclusion on each item, and
//! findings that are followed until they are mended. `[EXP-11]`
//!
//! The sample is an entity per item beside the audit, so that two auditors can conclude on two items at once.
//! Findings live in [`crate::finance::audit_finding`].

/// What may be done with an audit now, and if not why. `[ACT-1]`
pub mod actions;
/// One claim of a sample, frozen as it was drawn, and what the auditor concludes.
pub mod item;
/// How a sample is drawn so that anybody can draw it again.
pub mod sample;
#[cfg(test)]
mod tests;

pub use item::{AuditItem, Conclusion, DrawnClaim, ItemOrigin, Verdict};
pub use sample::{Auditor, Conflict, Draw, Lottery, Parties, PopulationDigest};

use super::{expense_claim::ClaimState, wording};
use crate::spine::{
    Actor, BusinessDate, Change, Citation, Department, Employee, Entity, Findings, Id, Refusal, RefusalCode,
    Timestamp, User, Version, codes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { INTERNAL_AUDIT_REFUSALS:
    AUDIT_PERIOD = "internal_audit.period", Invalid, "期间须自先至后，且不超过 {days} 天", "The period must run forwards and be at most {days} days long";
    AUDIT_STATES = "internal_audit.states", Invalid, "草稿不在审计范围内", "Drafts are not audited";
    NOT_PLANNED = "internal_audit.not_planned", Conflict, "当前状态“{state}”，仅计划阶段可修改", "The audit is \"{state}\"; only a planned one can be changed";
    NOT_UNDER_WAY = "internal_audit.not_under_way", Conflict, "当前状态“{state}”，审计未在实施中", "The audit is \"{state}\", not under way";
    NOT_REPORTED = "internal_audit.not_reported", Conflict, "当前状态“{state}”，审计报告尚未提交", "The audit is \"{state}\", not reported";
    NOT_CANCELLABLE = "internal_audit.not_cancellable", Conflict, "当前状态“{state}”不可取消", "An audit that is \"{state}\" cannot be cancelled";
    NOTHING_TO_DRAW = "internal_audit.nothing_to_draw", Invalid, "须至少抽取一项", "At least one item is to be drawn";
    SAMPLE_TOO_LARGE = "internal_audit.sample_too_large", Invalid, "一次审计最多抽取 {max} 项", "An audit samples at most {max} items";
    NO_POPULATION = "internal_audit.no_population", Conflict, "范围内没有可抽取的报销单", "There is no claim in scope that could be drawn";
    NO_SAMPLE = "internal_audit.no_sample", Conflict, "尚未抽取样本", "Nothing has been sampled yet";
    ITEMS_OPEN = "internal_audit.items_open", Conflict, "还有 {count} 项样本未作结论", "{count} items of the sample are not concluded yet";
    EXCEPTIONS_WITHOUT_FINDING = "internal_audit.exceptions_without_finding", Conflict, "{count} 项异常样本未登记审计发现", "{count} items with an exception have no finding";
    FINDINGS_OPEN = "internal_audit.findings_open", Conflict, "还有 {count} 项审计发现未关闭", "{count} findings are still open";
    NOT_INDEPENDENT = "internal_audit.not_independent", Forbidden, "审计人员与该单有利害关系（{reason}），不得审计", "The auditor is a party to this claim ({reason}) and cannot audit it";
    ALREADY_SAMPLED = "internal_audit.already_sampled", Conflict, "该报销单已在样本中", "The claim is in the sample already";
    OUTSIDE_SCOPE = "internal_audit.outside_scope", Invalid, "该报销单不在审计范围内", "The claim lies outside the scope of the audit";
    AUDITOR_WITHOUT_EMPLOYEE = "internal_audit.no_employee", Forbidden, "当前账号没有对应的员工，不能实施审计", "The account belongs to no employee and cannot audit";
}

crate::events! { INTERNAL_AUDIT_EVENTS:
    AUDIT_PLANNED = "internal_audit.planned", "内部审计已立项", "An internal audit was planned";
    AUDIT_CHANGED = "internal_audit.changed", "内部审计计划已修改", "A planned internal audit was changed";
    AUDIT_STARTED = "internal_audit.started", "内部审计已开始", "An internal audit began";
    SAMPLE_DRAWN = "internal_audit.sample_drawn", "内部审计已抽样", "A sample was drawn for an internal audit";
    AUDIT_REPORTED = "internal_audit.reported", "内部审计已报告", "An internal audit was reported";
    AUDIT_CLOSED = "internal_audit.closed", "内部审计已结束", "An internal audit was closed";
    AUDIT_CANCELLED = "internal_audit.cancelled", "内部审计已取消", "An internal audit was cancelled";
    ITEM_DRAWN = "internal_audit_item.drawn", "审计样本已抽取", "A claim was drawn into an audit's sample";
    ITEM_CONCLUDED = "internal_audit_item.concluded", "审计样本已作结论", "The auditor concluded on an item of a sample";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[INTERNAL_AUDIT_REFUSALS],
    events: &[INTERNAL_AUDIT_EVENTS],
    enums: &[
        AuditState::LABELS,
        actions::AuditAction::LABELS,
        actions::ItemAction::LABELS,
        Conflict::LABELS,
        ItemOrigin::LABELS,
        Verdict::LABELS,
    ],
};

/// The clause that demands internal audits.
pub const AUDIT_CLAUSE: &str = "000 §9.2 五；§9.3(3)";
/// The longest period of one audit, in days: a leap year.
const PERIOD_DAYS_MAX: i64 = 366;
/// At most so many items in the sample of one audit.
pub const SAMPLE_MAX: usize = 500;

/// What is audited.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditScope {
    /// The first business day.
    pub from: BusinessDate,
    /// The last business day.
    pub to: BusinessDate,
    /// Only this department and those below it.
    pub department: Option<Id<Department>>,
    /// Only claims with a line of this category or one below it.
    pub category: Option<String>,
    /// Only claims in these states.
    pub states: Vec<ClaimState>,
}

/// What is planned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditPlan {
    /// What it is called.
    pub title: String,
    /// What for.
    pub purpose: String,
    /// What is audited.
    pub scope: AuditScope,
    /// Who answers for it.
    pub auditor: Id<Employee>,
}

impl AuditPlan {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/title", &self.title, 200);
        wording::check(&mut findings, "/purpose", &self.purpose, 2_000);
        wording::check_optional(&mut findings, "/scope/category", self.scope.category.as_deref(), 60);
        let days = self.scope.to.signed_duration_since(self.scope.from).num_days();
        if !(0..PERIOD_DAYS_MAX).contains(&days) {
            findings.add_with("/scope/to", AUDIT_PERIOD, [("days", json!(PERIOD_DAYS_MAX))]);
        }
        if self.scope.states.is_empty() {
            findings.add("/scope/states", codes::REQUIRED);
        } else if self.scope.states.contains(&ClaimState::Draft) {
            findings.add("/scope/states", AUDIT_STATES);
        }
        findings.into_result().map_err(|refusal| refusal.citing(rule()))
    }
}

/// Where an audit stands, with what belongs to that state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AuditStatus {
    /// Being planned.
    Planned,
    /// Samples are drawn and looked at.
    UnderWay {
        /// Since when.
        since: Timestamp,
    },
    /// Every item is concluded; findings are followed.
    Reported {
        /// Since when it was under way.
        since: Timestamp,
        /// What was said.
        report: AuditReport,
    },
    /// Every finding is mended.
    Closed {
        /// Since when it was under way.
        since: Timestamp,
        /// What was said.
        report: AuditReport,
        /// When it ended.
        at: Timestamp,
    },
    /// Given up.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// What the auditor reports.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditReport {
    /// The conclusion as a whole.
    pub conclusion: String,
    /// Who reported.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InternalAuditStatus)]
pub enum AuditState {
    /// Being planned.
    Planned,
    /// Samples are drawn and looked at.
    UnderWay,
    /// Findings are followed.
    Reported,
    /// Every finding is mended.
    Closed,
    /// Given up.
    Cancelled,
}

crate::labels! { AuditState = "InternalAuditStatus":
    Planned = "planned", "计划中", "Planned";
    UnderWay = "under_way", "实施中", "Under way";
    Reported = "reported", "已报告", "Reported";
    Closed = "closed", "已结束", "Closed";
    Cancelled = "cancelled", "已取消", "Cancelled";
}

crate::status! { AuditStatus as AuditState: Planned, UnderWay, Reported, Closed, Cancelled }

/// An internal audit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct InternalAudit {
    /// Identity.
    pub id: Id<Self>,
    /// The readable number, such as `IA-2026-000012`.
    pub number: String,
    /// What is planned.
    pub plan: AuditPlan,
    /// The account that planned it.
    pub created_by: Id<User>,
    /// When.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: AuditStatus,
    /// The draws, in order.
    pub draws: Vec<Draw>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for InternalAudit {
    const KIND: &'static str = "internal_audit";
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

/// How far the work on an audit has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AuditProgress {
    /// Items in the sample.
    pub items: i64,
    /// Of these, not concluded.
    pub items_open: i64,
    /// Items with an exception and without a finding that stands.
    pub exceptions_without_finding: i64,
    /// Findings that are not closed.
    pub findings_open: i64,
}

fn rule() -> Citation {
    Citation::clause("EXP-11", AUDIT_CLAUSE)
}

impl InternalAudit {
    /// Plans an audit.
    pub fn plan(
        id: Id<Self>,
        number: String,
        plan: AuditPlan,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        plan.check()?;
        let facts = json!({"number": number, "auditor_id": plan.auditor, "from": plan.scope.from, "to": plan.scope.to});
        let audit = Self {
            id,
            number,
            plan,
            created_by: by.user,
            created_at: now,
            status: AuditStatus::Planned,
            draws: Vec::new(),
            version: 0,
        };
        Ok(Change::created(audit, AUDIT_PLANNED, facts))
    }

    /// Changes the plan, before the audit begins.
    pub fn revise(self, plan: AuditPlan) -> Result<Change<Self>, Refusal> {
        self.ensure_planned()?;
        plan.check()?;
        let facts = self.facts();
        let after = Self { plan, ..self.clone() };
        Ok(Change::updated(self, after, AUDIT_CHANGED, facts))
    }

    /// Begins.
    pub fn start(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_planned()?;
        let facts = self.facts();
        let after = Self { status: AuditStatus::UnderWay { since: now }, ..self.clone() };
        Ok(Change::updated(self, after, AUDIT_STARTED, facts))
    }

    /// Whether samples can be drawn and concluded on now.
    pub fn ensure_under_way(&self) -> Result<(), Refusal> {
        self.refuse_unless(AuditState::UnderWay, NOT_UNDER_WAY)
    }

    /// Keeps a draw. `sampled` items are there already.
    pub fn draw(self, draw: Draw, sampled: usize) -> Result<Change<Self>, Refusal> {
        self.ensure_under_way()?;
        if draw.drawn == 0 {
            return Err(Refusal::new(NO_POPULATION).citing(rule()));
        }
        if sampled + draw.drawn > SAMPLE_MAX {
            return Err(Refusal::new(SAMPLE_TOO_LARGE).with("max", SAMPLE_MAX).citing(rule()));
        }
        let facts = json!({
            "number": self.number, "population": draw.population, "population_digest": draw.population_digest,
            "drawn": draw.drawn, "seed": draw.seed,
        });
        let mut after = self.clone();
        after.draws.push(draw);
        Ok(Change::updated(self, after, SAMPLE_DRAWN, facts))
    }

    /// Reports: every item has its conclusion, every exception its finding.
    pub fn report(
        self,
        conclusion: String,
        progress: AuditProgress,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let AuditStatus::UnderWay { since } = self.status else {
            return Err(self.wrong_state(NOT_UNDER_WAY));
        };
        let mut findings = Findings::new();
        wording::check(&mut findings, "/conclusion", &conclusion, 4_000);
        findings.into_result()?;
        progress.ensure_reportable()?;
        let report = AuditReport { conclusion, by: by.user, at: now };
        let facts = json!({"number": self.number, "items": progress.items});
        let after = Self { status: AuditStatus::Reported { since, report }, ..self.clone() };
        Ok(Change::updated(self, after, AUDIT_REPORTED, facts))
    }

    /// Ends it: every finding is mended.
    pub fn close(self, progress: AuditProgress, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let AuditStatus::Reported { since, report } = self.status.clone() else {
            return Err(self.wrong_state(NOT_REPORTED));
        };
        progress.ensure_mended()?;
        let facts = self.facts();
        let after = Self { status: AuditStatus::Closed { since, report, at: now }, ..self.clone() };
        Ok(Change::updated(self, after, AUDIT_CLOSED, facts))
    }

    /// Gives it up, before it is reported.
    pub fn cancel(self, reason: String, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_cancellable()?;
        let facts = json!({"number": self.number, "reason": reason});
        let after = Self { status: AuditStatus::Cancelled { at: now, reason }, ..self.clone() };
        Ok(Change::updated(self, after, AUDIT_CANCELLED, facts))
    }

    fn facts(&self) -> serde_json::Value {
        json!({"number": self.number})
    }
    fn wrong_state(&self, code: &'static RefusalCode) -> Refusal {
        Refusal::new(code).with_label("state", self.status.state()).citing(rule())
    }
    fn refuse_unless(&self, state: AuditState, code: &'static RefusalCode) -> Result<(), Refusal> {
        if self.status.state() == state { Ok(()) } else { Err(self.wrong_state(code)) }
    }
}
