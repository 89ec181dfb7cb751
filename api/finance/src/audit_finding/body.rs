//! What is sent about findings, and findings as a file.

use crate::spine::Merged;
use chrono::NaiveDate;
use domain::{
    file::File,
    finance::audit_finding::{FindingContent, Severity},
    spine::{AnyId, DepartmentId, EmployeeId, Id, Money},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// What a finding says.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditFindingContent)]
pub(super) struct FindingBody {
    /// How grave it is.
    severity: Severity,
    /// The clause that was broken.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "000 §9.3(5)")]
    clause: String,
    /// What is wrong, and what is to be done.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "住宿发票与行程不符，请退回差额")]
    text: String,
    /// The line of the claim, counted from 1.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 200)]
    line: Option<i32>,
    /// The amount concerned.
    #[serde(default)]
    amount: Option<Money>,
    /// The department that must mend it.
    department_id: DepartmentId,
    /// The person who must mend it; the head of the department where absent.
    #[serde(default)]
    responsible_id: Option<EmployeeId>,
    /// By when.
    due_on: NaiveDate,
}

impl Merged for FindingBody {
    const PATCH: &'static str = "ReviseFinding";
}

impl From<FindingContent> for FindingBody {
    fn from(content: FindingContent) -> Self {
        let FindingContent { severity, clause, text, line, amount, department, responsible, due_on } =
            content;
        Self {
            severity,
            clause,
            text,
            line,
            amount,
            department_id: department,
            responsible_id: responsible,
            due_on,
        }
    }
}

impl FindingBody {
    pub fn content(self) -> FindingContent {
        let Self { severity, clause, text, line, amount, department_id, responsible_id, due_on } = self;
        FindingContent {
            severity,
            clause,
            text,
            line,
            amount,
            department: department_id,
            responsible: responsible_id,
            due_on,
        }
    }
}

/// A finding to be raised.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RaiseFinding {
    /// The item of the sample it is about; none where it concerns the scope as a whole.
    #[serde(default)]
    pub item_id: Option<AnyId>,
    /// What it says.
    #[validate(nested)]
    pub content: FindingBody,
}

/// What was done about a finding.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportRemediation {
    /// What was done.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "差额 120 元已退回")]
    text: String,
    /// Uploaded files as evidence.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    attachments: Vec<AnyId>,
}

impl ReportRemediation {
    pub fn said(self) -> (String, Vec<Id<File>>) {
        let files = self.attachments.into_iter().map(|id| Id::from_uuid(id.uuid()));
        (self.text, files.collect())
    }
}

/// What the auditor saw.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CloseFinding {
    /// What was verified.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "已核对银行回单")]
    pub note: String,
}
