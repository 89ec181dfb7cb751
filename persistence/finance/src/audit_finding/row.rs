//! Rows of findings.

use crate::{
    schema::audit_findings as findings,
    spine::{Failure, Instant, Key},
};
use diesel::prelude::*;
use domain::{
    file::File,
    finance::audit_finding::{
        AuditFinding, FindingContent, FindingState, FindingStatus, FindingSubject, Remediation, Severity,
    },
    spine::{BusinessDate, Id, Money, Timestamp, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = findings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub audit_id: Key,
    pub item_id: Option<Key>,
    pub claim_id: Option<Key>,
    pub claim_number: Option<String>,
    pub claim_lines: Option<i32>,
    pub line: Option<i32>,
    pub severity: String,
    pub clause: String,
    pub text: String,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub department_id: Key,
    pub responsible_id: Option<Key>,
    pub due_on: BusinessDate,
    pub created_by: Key,
    pub created_at: Instant,
    pub status: String,
    pub remediation: Option<String>,
    pub remediated_by: Option<Key>,
    pub remediated_at: Option<Instant>,
    pub ending: Option<String>,
    pub ended_by: Option<Key>,
    pub ended_at: Option<Instant>,
    pub rejected: String,
    pub version: Version,
    pub changed_at: Instant,
    pub search_text: String,
}

/// The columns that belong to a state.
#[derive(Default)]
pub(super) struct StatusColumns {
    pub remediation: Option<Remediation>,
    pub ending: Option<String>,
    pub ended_by: Option<Key>,
    pub ended_at: Option<Instant>,
}

impl StatusColumns {
    pub fn of(status: &FindingStatus) -> Self {
        match status.clone() {
            FindingStatus::Open => Self::default(),
            FindingStatus::RemediationReported { remediation } => {
                Self { remediation: Some(remediation), ..Self::default() }
            }
            FindingStatus::Closed { remediation, note, by, at } => Self {
                remediation: Some(remediation),
                ending: Some(note),
                ended_by: Some(by.into()),
                ended_at: Some(at.into()),
            },
            FindingStatus::Withdrawn { reason, by, at } => Self {
                remediation: None,
                ending: Some(reason),
                ended_by: Some(by.into()),
                ended_at: Some(at.into()),
            },
        }
    }
}

impl Row {
    pub fn of(finding: &AuditFinding, now: Timestamp) -> Result<Self, Failure> {
        let AuditFinding { id, number, audit, subject, content, created_by, created_at, .. } = finding;
        let AuditFinding { status, rejected, attachments: _, version, .. } = finding;
        let FindingContent { severity, clause, text, line, amount, department, responsible, due_on } =
            content;
        let StatusColumns { remediation, ending, ended_by, ended_at } = StatusColumns::of(status);
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            audit_id: (*audit).into(),
            item_id: subject.as_ref().map(|subject| subject.item.into()),
            claim_id: subject.as_ref().map(|subject| subject.claim.into()),
            claim_number: subject.as_ref().map(|subject| subject.claim_number.clone()),
            claim_lines: subject.as_ref().map(|subject| subject.lines),
            line: *line,
            severity: severity.code().to_owned(),
            clause: clause.clone(),
            text: text.clone(),
            amount_minor: amount.map(Money::minor),
            currency: amount.map(|amount| amount.currency().code().to_owned()),
            department_id: (*department).into(),
            responsible_id: responsible.map(Into::into),
            due_on: *due_on,
            created_by: (*created_by).into(),
            created_at: (*created_at).into(),
            status: status.state().code().to_owned(),
            remediation: remediation.as_ref().map(|done| done.text.clone()),
            remediated_by: remediation.as_ref().map(|done| done.by.into()),
            remediated_at: remediation.as_ref().map(|done| done.at.into()),
            ending,
            ended_by,
            ended_at,
            rejected: serde_json::to_string(rejected)?,
            version: *version,
            changed_at: now.into(),
            search_text: search_text(
                &[],
                &[number, clause, text, subject.as_ref().map_or("", |subject| subject.claim_number.as_str())],
            ),
        })
    }

    fn corrupt(&self, column: &str) -> Failure {
        Failure::corrupt("audit_findings", column, self.id.0)
    }

    fn status(&self) -> Result<FindingStatus, Failure> {
        let remediation = || {
            let done = self.remediation.clone().zip(self.remediated_by).zip(self.remediated_at);
            let ((text, by), at) = done.ok_or_else(|| self.corrupt("remediation"))?;
            Ok::<_, Failure>(Remediation { text, by: by.into(), at: at.into() })
        };
        let ending = || {
            let ended = self.ending.clone().zip(self.ended_by).zip(self.ended_at);
            ended.ok_or_else(|| self.corrupt("ending"))
        };
        Ok(match FindingState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))? {
            FindingState::Open => FindingStatus::Open,
            FindingState::RemediationReported => {
                FindingStatus::RemediationReported { remediation: remediation()? }
            }
            FindingState::Closed => {
                let ((note, by), at) = ending()?;
                FindingStatus::Closed { remediation: remediation()?, note, by: by.into(), at: at.into() }
            }
            FindingState::Withdrawn => {
                let ((reason, by), at) = ending()?;
                FindingStatus::Withdrawn { reason, by: by.into(), at: at.into() }
            }
        })
    }

    fn subject(&self) -> Option<FindingSubject> {
        let named = self.item_id.zip(self.claim_id).zip(self.claim_number.clone()).zip(self.claim_lines);
        named.map(|(((item, claim), claim_number), lines)| FindingSubject {
            item: item.into(),
            claim: claim.into(),
            claim_number,
            lines,
        })
    }

    fn amount(&self) -> Result<Option<Money>, Failure> {
        let Some((minor, currency)) = self.amount_minor.zip(self.currency.as_deref()) else {
            return Ok(None);
        };
        let currency = currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok(Some(Money::from_minor(minor, currency)))
    }

    pub fn finding(self, attachments: Vec<Id<File>>) -> Result<AuditFinding, Failure> {
        let severity = Severity::from_code(&self.severity).ok_or_else(|| self.corrupt("severity"))?;
        Ok(AuditFinding {
            status: self.status()?,
            subject: self.subject(),
            content: FindingContent {
                severity,
                amount: self.amount()?,
                clause: self.clause,
                text: self.text,
                line: self.line,
                department: self.department_id.into(),
                responsible: self.responsible_id.map(Into::into),
                due_on: self.due_on,
            },
            id: self.id.into(),
            number: self.number,
            audit: self.audit_id.into(),
            created_by: self.created_by.into(),
            created_at: self.created_at.into(),
            rejected: serde_json::from_str(&self.rejected)?,
            attachments,
            version: self.version,
        })
    }
}
