//! Audit findings (审计发现): what is wrong, who must mend it by when, and whether it was mended. `[EXP-11]`
//!
//! The auditor alone says that it is mended; whoever is responsible can only report that it is.

/// What may be done with a finding now, and if not why. `[ACT-1]`
pub mod actions;
mod status;

pub use status::{FindingState, FindingStatus, RejectedRemediation, Remediation};

use super::{
    expense_claim::ExpenseClaim,
    internal_audit::{AUDIT_CLAUSE, AuditItem, Auditor, InternalAudit},
    wording,
};
use crate::{
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, Department, Employee, Entity, Findings, Id, Money, Refusal,
        RefusalCode, Timestamp, User, Version, codes,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { AUDIT_FINDING_REFUSALS:
    AUDIT_NOT_OPEN = "audit_finding.audit_not_open", Conflict, "审计处于“{state}”，不能登记发现", "The audit is \"{state}\"; no finding can be raised";
    FINDING_NOT_OPEN = "audit_finding.not_open", Conflict, "当前状态“{state}”，不能提交整改", "The finding is \"{state}\"; no remediation can be reported";
    FINDING_NOT_MENDED = "audit_finding.nothing_to_verify", Conflict, "当前状态“{state}”，没有待验证的整改", "The finding is \"{state}\"; there is no remediation to verify";
    FINDING_ENDED = "audit_finding.ended", Conflict, "当前状态“{state}”，审计发现已了结", "The finding is \"{state}\" and ended";
    NOT_RESPONSIBLE = "audit_finding.not_responsible", Forbidden, "只有整改责任人、责任部门负责人或审计人员可以提交整改", "Only whoever is responsible, the head of the department or an auditor may report the remediation";
    OWN_REMEDIATION = "audit_finding.own_remediation", Forbidden, "不得验证本人提交的整改", "Nobody verifies their own remediation";
    DUE_IN_PAST = "audit_finding.due_in_past", Invalid, "整改期限不得早于今天", "The due date must not lie in the past";
    LINE_UNKNOWN = "audit_finding.line_unknown", Invalid, "该报销单没有第 {line} 行", "The claim has no line {line}";
}

crate::events! { AUDIT_FINDING_EVENTS:
    FINDING_RAISED = "audit_finding.raised", "审计发现已登记", "An audit finding was raised";
    FINDING_CHANGED = "audit_finding.changed", "审计发现已修改", "An audit finding was changed";
    FINDING_DUE_MOVED = "audit_finding.due_moved", "审计发现的整改期限已变更", "The due of an audit finding moved";
    REMEDIATION_REPORTED = "audit_finding.remediation_reported", "整改已提交", "The remediation of a finding was reported";
    REMEDIATION_REJECTED = "audit_finding.remediation_rejected", "整改未通过验证", "The remediation of a finding was rejected";
    FINDING_CLOSED = "audit_finding.closed", "审计发现已关闭", "A finding was verified and closed";
    FINDING_WITHDRAWN = "audit_finding.withdrawn", "审计发现已撤销", "A finding was withdrawn";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[AUDIT_FINDING_REFUSALS],
    events: &[AUDIT_FINDING_EVENTS],
    enums: &[FindingState::LABELS, actions::FindingAction::LABELS, Severity::LABELS],
};

/// How grave it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditSeverity)]
pub enum Severity {
    /// To be noted.
    Low,
    /// To be mended.
    Medium,
    /// To be mended soon: money was or may be lost.
    High,
    /// Fraud, or a rule broken on purpose.
    Critical,
}

crate::labels! { Severity = "AuditSeverity":
    Low = "low", "轻微", "Low";
    Medium = "medium", "一般", "Medium";
    High = "high", "重要", "High";
    Critical = "critical", "重大", "Critical";
}

/// What a finding says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FindingContent {
    /// How grave it is.
    pub severity: Severity,
    /// The clause that was broken.
    pub clause: String,
    /// What is wrong, and what is to be done.
    pub text: String,
    /// The line of the claim, counted from 1.
    pub line: Option<i32>,
    /// The amount concerned.
    pub amount: Option<Money>,
    /// The department that must mend it.
    pub department: Id<Department>,
    /// The person who must mend it; the head of the department where none is named.
    pub responsible: Option<Id<Employee>>,
    /// By when.
    pub due_on: BusinessDate,
}

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FindingSubject {
    /// The item of the sample.
    pub item: Id<AuditItem>,
    /// Its claim.
    pub claim: Id<ExpenseClaim>,
    /// Its number.
    pub claim_number: String,
    /// How many lines it has.
    pub lines: i32,
}

/// An audit finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AuditFinding {
    /// Identity.
    pub id: Id<Self>,
    /// The readable number, such as `AF-2026-000012`.
    pub number: String,
    /// The audit that found it.
    pub audit: Id<InternalAudit>,
    /// What it is about; none where it concerns the scope as a whole.
    pub subject: Option<FindingSubject>,
    /// What it says.
    pub content: FindingContent,
    /// Who raised it.
    pub created_by: Id<User>,
    /// When.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: FindingStatus,
    /// Remediations that did not do.
    pub rejected: Vec<RejectedRemediation>,
    /// Evidence of the remediation.
    pub attachments: Vec<Id<File>>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for AuditFinding {
    const KIND: &'static str = "audit_finding";
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

fn rule() -> Citation {
    Citation::clause("EXP-11", AUDIT_CLAUSE)
}

fn check_text(pointer: &str, text: &str, max: usize) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    wording::check(&mut findings, pointer, text, max);
    findings.into_result()
}

impl FindingContent {
    fn check(&self, subject: Option<&FindingSubject>, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/clause", &self.clause, 200);
        wording::check(&mut findings, "/text", &self.text, 4_000);
        if self.amount.is_some_and(|amount| amount.minor() < 0) {
            findings.add("/amount", codes::AMOUNT_NOT_POSITIVE);
        }
        let lines = subject.map_or(0, |subject| subject.lines);
        if let Some(line) = self.line.filter(|line| !(1..=lines).contains(line)) {
            findings.add_with("/line", LINE_UNKNOWN, [("line", json!(line))]);
        }
        if self.due_on < today {
            findings.add("/due_on", DUE_IN_PAST);
        }
        findings.into_result().map_err(|refusal| refusal.citing(rule()))
    }
}

/// What a finding is raised with.
#[derive(Clone, Debug)]
pub struct NewFinding {
    /// Identity.
    pub id: Id<AuditFinding>,
    /// The number, from the counter of its year.
    pub number: String,
    /// What it is about, with the item's parties still to be independent of.
    pub subject: Option<FindingSubject>,
    /// What it says.
    pub content: FindingContent,
}

impl AuditFinding {
    /// Raises a finding while the audit is under way, or once it is reported.
    pub fn raise(
        new: NewFinding,
        audit: &InternalAudit,
        by: &Actor,
        now: Timestamp,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        Self::ensure_raisable(audit)?;
        let NewFinding { id, number, subject, content } = new;
        content.check(subject.as_ref(), today)?;
        let facts = json!({
            "number": number, "audit_id": audit.id, "claim_id": subject.as_ref().map(|subject| subject.claim),
            "severity": content.severity.code(), "department_id": content.department, "due_on": content.due_on,
        });
        let finding = Self {
            id,
            number,
            audit: audit.id,
            subject,
            content,
            created_by: by.user,
            created_at: now,
            status: FindingStatus::Open,
            rejected: Vec::new(),
            attachments: Vec::new(),
            version: 0,
        };
        Ok(Change::created(finding, FINDING_RAISED, facts))
    }

    /// Changes what it says, while it is open.
    pub fn revise(self, content: FindingContent, today: BusinessDate) -> Result<Change<Self>, Refusal> {
        self.ensure_open()?;
        // A date that stood already may have passed meanwhile.
        let earliest = today.min(self.content.due_on);
        content.check(self.subject.as_ref(), earliest)?;
        let facts = json!({"number": self.number, "due_on": content.due_on});
        let is_redated = content.due_on != self.content.due_on;
        let after = Self { content, ..self.clone() };
        let change = Change::updated(self, after, FINDING_CHANGED, facts.clone());
        Ok(if is_redated { change.and(FINDING_DUE_MOVED, facts) } else { change })
    }

    /// Says that it is mended. `is_head`: whether the actor heads the responsible department; `is_auditor`:
    /// whether they conduct audits.
    pub fn report_remediation(
        self,
        text: String,
        attachments: Vec<Id<File>>,
        (is_head, is_auditor): (bool, bool),
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_remediable(is_head || is_auditor, by)?;
        check_text("/text", &text, 4_000)?;
        let facts = json!({"number": self.number, "audit_id": self.audit});
        let remediation = Remediation { text, by: by.user, at: now };
        let status = FindingStatus::RemediationReported { remediation };
        let after = Self { status, attachments, ..self.clone() };
        Ok(Change::updated(self, after, REMEDIATION_REPORTED, facts))
    }

    /// Closes it: the auditor saw that it is mended.
    pub fn close(
        self,
        note: String,
        auditor: &Auditor,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let remediation = self.to_verify(auditor.employee, by)?.clone();
        check_text("/note", &note, 2_000)?;
        let facts = json!({"number": self.number, "audit_id": self.audit});
        let after = Self {
            status: FindingStatus::Closed { remediation, note, by: by.user, at: now },
            ..self.clone()
        };
        Ok(Change::updated(self, after, FINDING_CLOSED, facts))
    }

    /// Hands it back: it is not mended.
    pub fn reject(
        self,
        reason: String,
        auditor: &Auditor,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let remediation = self.to_verify(auditor.employee, by)?.clone();
        check_text("/reason", &reason, 2_000)?;
        let facts = json!({"number": self.number, "audit_id": self.audit});
        let mut after = Self { status: FindingStatus::Open, ..self.clone() };
        after.rejected.push(RejectedRemediation { remediation, reason, by: by.user, at: now });
        Ok(Change::updated(self, after, REMEDIATION_REJECTED, facts))
    }

    /// Takes it back: it was raised in error. Not by who owes its remediation.
    pub fn withdraw(
        self,
        reason: String,
        auditor: &Auditor,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_withdrawable(auditor.employee)?;
        let facts = json!({"number": self.number, "audit_id": self.audit});
        let after =
            Self { status: FindingStatus::Withdrawn { reason, by: by.user, at: now }, ..self.clone() };
        Ok(Change::updated(self, after, FINDING_WITHDRAWN, facts))
    }

    fn wrong_state(&self, code: &'static RefusalCode) -> Refusal {
        Refusal::new(code).with_label("state", self.status.state()).citing(rule())
    }
}
