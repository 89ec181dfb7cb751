//! Rows of post-evaluations.

use crate::{
    schema::post_evaluations as evaluations,
    spine::{Failure, Instant, Key},
};
use diesel::prelude::*;
use domain::{
    file::File,
    finance::post_evaluation::{
        Commission, EvaluationReport, EvaluationState, EvaluationStatus, EvaluationSubject, PostEvaluation,
        ThirdParty,
    },
    spine::{BusinessDate, Id, Timestamp, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = evaluations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub claim_id: Option<Key>,
    pub claim_number: Option<String>,
    pub request_id: Option<Key>,
    pub request_number: Option<String>,
    pub project: Option<String>,
    pub department_id: Key,
    pub third_party_name: String,
    pub third_party_tax_number: Option<String>,
    pub third_party_contact: Option<String>,
    pub expected_effect: String,
    pub indicators: String,
    pub due_on: BusinessDate,
    pub created_by: Key,
    pub created_at: Instant,
    pub status: String,
    pub conclusion: Option<String>,
    pub reported_on: Option<BusinessDate>,
    pub filed_by: Option<Key>,
    pub filed_at: Option<Instant>,
    pub note: Option<String>,
    pub decided_by: Option<Key>,
    pub decided_at: Option<Instant>,
    pub version: Version,
    pub changed_at: Instant,
    pub search_text: String,
}

/// The columns that belong to a state.
#[derive(Default)]
pub(super) struct StatusColumns {
    pub report: Option<EvaluationReport>,
    pub note: Option<String>,
    pub decided_by: Option<Key>,
    pub decided_at: Option<Timestamp>,
}

impl StatusColumns {
    pub fn of(status: &EvaluationStatus) -> Self {
        match status.clone() {
            EvaluationStatus::Commissioned => Self::default(),
            EvaluationStatus::ReportFiled { report } => Self { report: Some(report), ..Self::default() },
            EvaluationStatus::Returned { reason, at } | EvaluationStatus::Cancelled { reason, at } => {
                Self { note: Some(reason), decided_at: Some(at), ..Self::default() }
            }
            EvaluationStatus::Accepted { report, note, by, at } => Self {
                report: Some(report),
                note: Some(note),
                decided_by: Some(by.into()),
                decided_at: Some(at),
            },
        }
    }
}

/// The columns that say what is evaluated.
#[derive(Default)]
pub(super) struct SubjectColumns {
    pub claim_id: Option<Key>,
    pub claim_number: Option<String>,
    pub request_id: Option<Key>,
    pub request_number: Option<String>,
    pub project: Option<String>,
}

impl SubjectColumns {
    pub fn of(subject: &EvaluationSubject) -> Self {
        match subject.clone() {
            EvaluationSubject::ExpenseClaim { claim, number } => {
                Self { claim_id: Some(claim.into()), claim_number: Some(number), ..Self::default() }
            }
            EvaluationSubject::ExpenseRequest { request, number } => {
                Self { request_id: Some(request.into()), request_number: Some(number), ..Self::default() }
            }
            EvaluationSubject::Project { name } => Self { project: Some(name), ..Self::default() },
        }
    }
}

impl Row {
    pub fn of(evaluation: &PostEvaluation, now: Timestamp) -> Result<Self, Failure> {
        let PostEvaluation {
            id,
            number,
            commission,
            created_by,
            created_at,
            status,
            attachments: _,
            version,
        } = evaluation;
        let Commission { subject, department, third_party, expected_effect, indicators, due_on } = commission;
        let ThirdParty { name, tax_number, contact } = third_party;
        let StatusColumns { report, note, decided_by, decided_at } = StatusColumns::of(status);
        let SubjectColumns { claim_id, claim_number, request_id, request_number, project } =
            SubjectColumns::of(subject);
        let of = claim_number.as_deref().or(request_number.as_deref()).unwrap_or_default();
        let search_text =
            search_text(&[project.as_deref().unwrap_or_default(), name], &[number, of, expected_effect]);
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            claim_id,
            claim_number,
            request_id,
            request_number,
            project,
            department_id: (*department).into(),
            third_party_name: name.clone(),
            third_party_tax_number: tax_number.clone(),
            third_party_contact: contact.clone(),
            expected_effect: expected_effect.clone(),
            indicators: serde_json::to_string(indicators)?,
            due_on: *due_on,
            created_by: (*created_by).into(),
            created_at: (*created_at).into(),
            status: status.state().code().to_owned(),
            conclusion: report.as_ref().map(|report| report.conclusion.clone()),
            reported_on: report.as_ref().map(|report| report.reported_on),
            filed_by: report.as_ref().map(|report| report.by.into()),
            filed_at: report.as_ref().map(|report| report.at.into()),
            note,
            decided_by,
            decided_at: decided_at.map(Into::into),
            version: *version,
            changed_at: now.into(),
            search_text,
        })
    }

    fn corrupt(&self, column: &str) -> Failure {
        Failure::corrupt("post_evaluations", column, self.id.0)
    }

    fn status(&self) -> Result<EvaluationStatus, Failure> {
        let report = || {
            let said = self.conclusion.clone().zip(self.reported_on).zip(self.filed_by).zip(self.filed_at);
            let (((conclusion, reported_on), by), at) = said.ok_or_else(|| self.corrupt("conclusion"))?;
            Ok::<_, Failure>(EvaluationReport { conclusion, reported_on, by: by.into(), at: at.into() })
        };
        let note = || self.note.clone().ok_or_else(|| self.corrupt("note"));
        let at = || self.decided_at.map(Timestamp::from).ok_or_else(|| self.corrupt("decided_at"));
        Ok(match EvaluationState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))? {
            EvaluationState::Commissioned => EvaluationStatus::Commissioned,
            EvaluationState::ReportFiled => EvaluationStatus::ReportFiled { report: report()? },
            EvaluationState::Returned => EvaluationStatus::Returned { reason: note()?, at: at()? },
            EvaluationState::Cancelled => EvaluationStatus::Cancelled { reason: note()?, at: at()? },
            EvaluationState::Accepted => {
                let by = self.decided_by.ok_or_else(|| self.corrupt("decided_by"))?.into();
                EvaluationStatus::Accepted { report: report()?, note: note()?, by, at: at()? }
            }
        })
    }

    fn subject(&self) -> Result<EvaluationSubject, Failure> {
        let claim = self.claim_id.zip(self.claim_number.clone());
        let request = self.request_id.zip(self.request_number.clone());
        match (claim, request, self.project.clone()) {
            (Some((claim, number)), None, None) => {
                Ok(EvaluationSubject::ExpenseClaim { claim: claim.into(), number })
            }
            (None, Some((request, number)), None) => {
                Ok(EvaluationSubject::ExpenseRequest { request: request.into(), number })
            }
            (None, None, Some(name)) => Ok(EvaluationSubject::Project { name }),
            _ => Err(self.corrupt("claim_id")),
        }
    }

    pub fn evaluation(self, attachments: Vec<Id<File>>) -> Result<PostEvaluation, Failure> {
        Ok(PostEvaluation {
            status: self.status()?,
            commission: Commission {
                subject: self.subject()?,
                department: self.department_id.into(),
                third_party: ThirdParty {
                    name: self.third_party_name,
                    tax_number: self.third_party_tax_number,
                    contact: self.third_party_contact,
                },
                expected_effect: self.expected_effect,
                indicators: serde_json::from_str(&self.indicators)?,
                due_on: self.due_on,
            },
            id: self.id.into(),
            number: self.number,
            created_by: self.created_by.into(),
            created_at: self.created_at.into(),
            attachments,
            version: self.version,
        })
    }
}
