//! What findings look like, and their lists.

use super::{
    is_head,
    row::{Row, StatusColumns},
    row_of, seen,
};
use crate::spine::{Column, Exported, Label};
use crate::{
    file::{self, FileView},
    finance::{
        expense_claim::EXPENSE_CLAIM,
        internal_audit::{INTERNAL_AUDIT, item::INTERNAL_AUDIT_ITEM},
    },
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, names},
    schema::{audit_findings as findings, internal_audits as audits},
    spine::{ActionView, Failure, Key, Page, Place, Placed, Reader, Refers, Sight, Slice, View, db},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        audit_finding::{
            AuditFinding, FindingContent, FindingState, RejectedRemediation, Remediation, Severity,
            actions::FindingAction,
        },
        internal_audit::InternalAudit,
    },
    spine::{
        AnyId, BusinessDate, DepartmentId, EmployeeId, Entity, Id, Money, Permission, Timestamp, UserId,
        Version,
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the caller may do with a finding. An alias, because the derive would take a generic type apart.
type FindingActionView = ActionView<FindingAction>;

/// A finding, as it is shown. `[EXP-11]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditFinding)]
pub struct AuditFindingView {
    /// Identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "AF-2026-000012")]
    pub number: String,
    /// The audit that found it.
    pub audit_id: AnyId,
    /// The item of its sample.
    pub item_id: Option<AnyId>,
    /// The claim it is about.
    pub claim_id: Option<AnyId>,
    /// The claim's number.
    #[schema(max_length = 60)]
    pub claim_number: Option<String>,
    /// The line of the claim, counted from 1.
    #[schema(minimum = 1)]
    pub line: Option<i32>,
    /// How grave it is.
    pub severity: Severity,
    /// The clause that was broken.
    #[schema(max_length = 200)]
    pub clause: String,
    /// What is wrong, and what is to be done.
    #[schema(max_length = 4000)]
    pub text: String,
    /// The amount concerned.
    pub amount: Option<Money>,
    /// The department that must mend it.
    pub department: NamedRef,
    /// The person who must mend it.
    pub responsible: Option<PersonRef>,
    /// By when.
    pub due_on: NaiveDate,
    /// Whether that day has passed and it is not closed.
    pub is_overdue: bool,
    /// Where it stands.
    pub status: FindingState,
    /// Who raised it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// What was done about it.
    #[schema(max_length = 4000)]
    pub remediation: Option<String>,
    /// Who reported that.
    pub remediated_by: Option<UserId>,
    /// When.
    pub remediated_at: Option<Timestamp>,
    /// What the auditor saw when it was closed, or why it was withdrawn.
    #[schema(max_length = 2000)]
    pub ending: Option<String>,
    /// Who ended it.
    pub ended_by: Option<UserId>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// Remediations that did not do, in order.
    #[schema(max_items = 1000)]
    pub rejected: Vec<RejectedRemediationView>,
    /// Evidence of the remediation; in lists left out.
    #[schema(max_items = 50)]
    pub attachments: Vec<FileView>,
    /// What the caller may do with it now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<FindingActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AuditFindingView {
    const REFERS: &'static [Refers] = &[
        Refers::to("audit", &INTERNAL_AUDIT).by("audit_id"),
        Refers::to("claim", &EXPENSE_CLAIM).by("claim_id"),
        Refers::to("item", &INTERNAL_AUDIT_ITEM).by("item_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("responsible", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/audit-findings/{}", self.id))
    }
}

/// A remediation that did not do.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RejectedRemediation)]
pub struct RejectedRemediationView {
    /// What was reported.
    #[schema(max_length = 4000)]
    pub text: String,
    /// Who reported it.
    pub reported_by: UserId,
    /// When.
    pub reported_at: Timestamp,
    /// Why it did not do.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// Who rejected it.
    pub rejected_by: UserId,
    /// When.
    pub rejected_at: Timestamp,
}

impl From<RejectedRemediation> for RejectedRemediationView {
    fn from(rejected: RejectedRemediation) -> Self {
        let RejectedRemediation { remediation, reason, by, at } = rejected;
        let Remediation { text, by: reported_by, at: reported_at } = remediation;
        Self { text, reported_by, reported_at, reason, rejected_by: by, rejected_at: at }
    }
}

fn shown(reader: &mut Reader<'_>, rows: Vec<Row>) -> Result<Vec<AuditFindingView>, Failure> {
    let people =
        names::people(reader, rows.iter().filter_map(|row| row.responsible_id).map(EmployeeId::from))?;
    let departments =
        names::departments(reader, rows.iter().map(|row| DepartmentId::from(row.department_id)))?;
    let today = reader.today();
    let view = |row: Row| {
        let finding = row.finding(Vec::new())?;
        let AuditFinding { id, number, audit, subject, content, created_by, created_at, .. } = finding;
        let AuditFinding { status, rejected, attachments: _, version, .. } = finding;
        let FindingContent { severity, clause, text, line, amount, department, responsible, due_on } =
            content;
        let state = status.state();
        let StatusColumns { remediation, ending, ended_by, ended_at } = StatusColumns::of(&status);
        Ok(AuditFindingView {
            id: id.uuid().into(),
            number,
            audit_id: audit.uuid().into(),
            item_id: subject.as_ref().map(|subject| subject.item.uuid().into()),
            claim_id: subject.as_ref().map(|subject| subject.claim.uuid().into()),
            claim_number: subject.map(|subject| subject.claim_number),
            line,
            severity,
            clause,
            text,
            amount,
            department: names::department(&departments, department)?,
            responsible: responsible.map(|id| names::person(&people, id)).transpose()?,
            due_on,
            is_overdue: !state.is_ended() && due_on < today,
            status: state,
            created_by,
            created_at,
            remediated_by: remediation.as_ref().map(|done| done.by),
            remediated_at: remediation.as_ref().map(|done| done.at),
            remediation: remediation.map(|done| done.text),
            ending,
            ended_by: ended_by.map(Into::into),
            ended_at: ended_at.map(Into::into),
            rejected: rejected.into_iter().map(Into::into).collect(),
            attachments: Vec::new(),
            actions: Vec::new(),
            version,
        })
    };
    rows.into_iter().map(view).collect()
}

/// A finding within the caller's sight, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: Id<AuditFinding>) -> Result<AuditFindingView, Failure> {
    let row = row_of(reader, id)?;
    let finding = row.clone().finding(Vec::new())?;
    let mut view = shown(reader, vec![row])?.pop().ok_or(Failure::NotFound)?;
    view.attachments = file::list_of(reader, AuditFinding::KIND, id.uuid())?;
    let is_head = is_head(reader, &finding)?;
    let mut within = Vec::new();
    for permission in [Permission::ConductInternalAudits, Permission::RemediateAuditFindings] {
        if reader.finds_by(permission, |reader| row_of(reader, id))? {
            within.push(permission);
        }
    }
    let actions = finding.actions(reader.actor(), is_head);
    let reached = actions.filter(|(action, _)| within.contains(&action.permission()));
    view.actions = ActionView::listed(&format!("/api/v1/audit-findings/{id}"), reached);
    Ok(view)
}

impl Placed<crate::Finance> for FindingAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::ReportRemediation => Place::Post("/report-remediation"),
            Self::RejectRemediation => Place::Post("/reject-remediation"),
            Self::Close => Place::Post("/close"),
            Self::Withdraw => Place::Post("/withdraw"),
        }
    }
}

/// Which findings are wanted.
#[derive(Clone, Debug, Default)]
pub struct AuditFindingFilter {
    /// Only of this audit.
    pub audit: Option<Id<InternalAudit>>,
    /// Only in this state.
    pub status: Option<FindingState>,
    /// Only so grave.
    pub severity: Option<Severity>,
    /// Only to be mended by this department.
    pub department: Option<DepartmentId>,
    /// Only to be mended by this person.
    pub responsible: Option<EmployeeId>,
    /// Only those not closed whose date has passed.
    pub is_overdue: bool,
    /// Only due by this day.
    pub due_by: Option<BusinessDate>,
}

/// The findings within sight, the newest first.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AuditFindingFilter,
    page: &Page<()>,
) -> Result<Slice<AuditFindingView, ()>, Failure> {
    let today = reader.today();
    let sight = Sight::of(reader);
    let rows: Vec<Row> = db!(reader, |c| {
        let query = findings::table.order(findings::id.desc()).limit(page.limit + 1).into_boxed();
        let mut query = seen!(query, sight);
        if let Some(((), id)) = page.after {
            query = query.filter(findings::id.lt(Key(id)));
        }
        if let Some(audit) = filter.audit {
            query = query.filter(findings::audit_id.eq(Key::from(audit)));
        }
        if let Some(status) = filter.status {
            query = query.filter(findings::status.eq(status.code()));
        }
        if let Some(severity) = filter.severity {
            query = query.filter(findings::severity.eq(severity.code()));
        }
        if let Some(department) = filter.department {
            query = query.filter(findings::department_id.eq(Key::from(department)));
        }
        if let Some(responsible) = filter.responsible {
            query = query.filter(findings::responsible_id.eq(Key::from(responsible)));
        }
        if filter.is_overdue {
            let open = findings::status.eq_any(["open", "remediation_reported"]);
            query = query.filter(open.and(findings::due_on.lt(today)));
        }
        if let Some(day) = filter.due_by {
            query = query.filter(findings::due_on.le(day));
        }
        query.select(Row::as_select()).load(c)
    })?;
    let views = shown(reader, rows)?;
    Ok(Slice::cut(views, page.limit, |view| ((), Uuid::from(view.id))))
}

impl Exported for AuditFindingView {
    const FILE: Label = Label { name: "audit-findings", zh: "审计发现", en: "Audit findings" };
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |finding| (&finding.number).into()),
        Column::new("status", "状态", "Status", |finding| finding.status.labels().into()),
        Column::new("severity", "严重程度", "Severity", |finding| finding.severity.labels().into()),
        Column::new("claim_number", "报销单号", "Claim", |finding| finding.claim_number.as_ref().into()),
        Column::new("line", "行", "Line", |finding| finding.line.into()),
        Column::new("clause", "违反条款", "Clause", |finding| (&finding.clause).into()),
        Column::new("text", "发现内容", "Finding", |finding| (&finding.text).into()),
        Column::new("amount", "涉及金额", "Amount", |finding| finding.amount.into()),
        Column::new("currency", "币种", "Currency", |finding| {
            finding.amount.map(|amount| amount.currency().code()).into()
        }),
        Column::new("department", "责任部门", "Department", |finding| {
            (&finding.department.name_zh).into()
        }),
        Column::new("responsible", "责任人", "Responsible", |finding| {
            finding.responsible.as_ref().map(|person| &person.name).into()
        }),
        Column::new("due_on", "整改期限", "Due on", |finding| finding.due_on.into()),
        Column::new("is_overdue", "逾期", "Overdue", |finding| finding.is_overdue.into()),
        Column::new("remediation", "整改情况", "Remediation", |finding| {
            finding.remediation.as_ref().into()
        }),
        Column::new("ending", "验证意见", "Verification", |finding| finding.ending.as_ref().into()),
        Column::new("ended_at", "了结时间", "Ended at", |finding| finding.ended_at.into()),
    ];
}
