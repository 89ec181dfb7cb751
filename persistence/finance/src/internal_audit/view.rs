//! What an audit looks like.

use super::{Row, progress, row, seen};
use crate::spine::{Cell, Column, Exported, Label};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, names},
    schema::internal_audits as audits,
    spine::{
        ActionView, Failure, Key, Page, Place, Placed, Reader, Refers, Sight, Slice, Target, View, db,
        in_json,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::finance::audit_risk::RiskSignal;
use domain::{
    finance::{
        expense_claim::ClaimState,
        internal_audit::{AuditState, Draw, InternalAudit, actions::AuditAction},
    },
    spine::{AnyId, BusinessDate, DepartmentId, EmployeeId, Id, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the caller may do with an audit. An alias, because the derive would take a generic type apart.
type AuditActionView = ActionView<AuditAction>;

/// An internal audit, as it is shown. `[EXP-11]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InternalAudit)]
pub struct InternalAuditView {
    /// Identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "IA-2026-000012")]
    pub number: String,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
    /// What for.
    #[schema(max_length = 2000)]
    pub purpose: String,
    /// The first business day in scope.
    pub from: NaiveDate,
    /// The last business day in scope.
    pub to: NaiveDate,
    /// Only this department and those below it.
    pub department: Option<NamedRef>,
    /// Only claims with a line of this category or one below it.
    #[schema(max_length = 60)]
    pub category: Option<String>,
    /// Only claims in these states.
    #[schema(max_items = 11)]
    pub claim_states: Vec<ClaimState>,
    /// Who answers for it.
    pub auditor: PersonRef,
    /// Where it stands.
    pub status: AuditState,
    /// The account that planned it.
    pub created_by: UserId,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Every draw, with seed and digest of its population.
    #[schema(max_items = 500)]
    pub draws: Vec<Draw>,
    /// How many items its sample has.
    #[schema(minimum = 0)]
    pub items: i64,
    /// Of these, not concluded.
    #[schema(minimum = 0)]
    pub items_open: i64,
    /// Findings that are not closed.
    #[schema(minimum = 0)]
    pub findings_open: i64,
    /// What was concluded as a whole.
    #[schema(max_length = 4000)]
    pub conclusion: Option<String>,
    /// Who reported.
    pub reported_by: Option<UserId>,
    /// When.
    pub reported_at: Option<Timestamp>,
    /// When it was closed or cancelled.
    pub ended_at: Option<Timestamp>,
    /// Why it was cancelled.
    #[schema(max_length = 500)]
    pub cancel_reason: Option<String>,
    /// What the caller may do with it now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<AuditActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for InternalAuditView {
    const REFERS: &'static [Refers] =
        &[Refers::to("auditor", &EMPLOYEE), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/internal-audits/{}", self.id))
    }
}

fn shown(reader: &mut Reader<'_>, rows: Vec<Row>) -> Result<Vec<InternalAuditView>, Failure> {
    let people = names::people(reader, rows.iter().map(|row| EmployeeId::from(row.auditor_id)))?;
    let places = rows.iter().filter_map(|row| row.department_id).map(DepartmentId::from);
    let departments = names::departments(reader, places)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let progress = progress(reader, row.id.into())?;
        let department =
            row.department_id.map(|id| names::department(&departments, id.into())).transpose()?;
        let corrupt = || Failure::corrupt("internal_audits", "status", row.id.0);
        views.push(InternalAuditView {
            id: row.id.into(),
            status: AuditState::from_code(&row.status).ok_or_else(corrupt)?,
            auditor: names::person(&people, row.auditor_id.into())?,
            department,
            claim_states: serde_json::from_str(&row.states)?,
            draws: serde_json::from_str(&row.draws)?,
            number: row.number,
            title: row.title,
            purpose: row.purpose,
            from: row.from_on,
            to: row.to_on,
            category: row.category,
            created_by: row.created_by.into(),
            created_at: row.created_at.into(),
            started_at: row.started_at.map(Into::into),
            items: progress.items,
            items_open: progress.items_open,
            findings_open: progress.findings_open,
            conclusion: row.conclusion,
            reported_by: row.reported_by.map(Into::into),
            reported_at: row.reported_at.map(Into::into),
            ended_at: row.ended_at.map(Into::into),
            cancel_reason: row.end_reason,
            actions: Vec::new(),
            version: row.version,
        });
    }
    Ok(views)
}

/// An audit within the caller's sight, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: Id<InternalAudit>) -> Result<InternalAuditView, Failure> {
    let found = row(reader, id)?;
    let mut view = shown(reader, vec![found.clone()])?.pop().ok_or(Failure::NotFound)?;
    if reader.finds_by(Permission::ConductInternalAudits, |reader| row(reader, id))? {
        let audit = InternalAudit::try_from(found)?;
        let progress = progress(reader, id)?;
        let actions = audit.actions(reader.actor(), progress);
        view.actions = ActionView::listed(&format!("/api/v1/internal-audits/{id}"), actions);
    }
    Ok(view)
}

/// An internal audit where something refers to it.
pub static INTERNAL_AUDIT: Target = Target {
    permission: Permission::ReadInternalAudits,
    look: |reader, id| in_json(view(reader, id.into())),
};

impl Placed<crate::Finance> for AuditAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Start => Place::Post("/start"),
            Self::Draw => Place::Post("/draw"),
            Self::Pick => Place::Post("/items"),
            Self::RaiseFinding => Place::Post("/findings"),
            Self::Report => Place::Post("/report"),
            Self::Close => Place::Post("/close"),
            Self::Cancel => Place::Post("/cancel"),
        }
    }
}

/// Which audits are wanted.
#[derive(Clone, Debug, Default)]
pub struct InternalAuditFilter {
    /// Only in this state.
    pub status: Option<AuditState>,
    /// Only of this auditor.
    pub auditor: Option<EmployeeId>,
    /// Only of this department's claims.
    pub department: Option<DepartmentId>,
    /// Only whose period reaches to this day or beyond.
    pub from: Option<BusinessDate>,
    /// Only whose period begins at this day or before.
    pub to: Option<BusinessDate>,
}

/// The audits within sight, the newest first.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &InternalAuditFilter,
    page: &Page<()>,
) -> Result<Slice<InternalAuditView, ()>, Failure> {
    let sight = Sight::of(reader);
    let rows: Vec<Row> = db!(reader, |c| {
        let query = audits::table.order(audits::id.desc()).limit(page.limit + 1).into_boxed();
        let mut query = seen!(query, sight);
        if let Some(((), id)) = page.after {
            query = query.filter(audits::id.lt(Key(id)));
        }
        if let Some(status) = filter.status {
            query = query.filter(audits::status.eq(status.code()));
        }
        if let Some(auditor) = filter.auditor {
            query = query.filter(audits::auditor_id.eq(Key::from(auditor)));
        }
        if let Some(department) = filter.department {
            query = query.filter(audits::department_id.eq(Key::from(department)));
        }
        if let Some(day) = filter.from {
            query = query.filter(audits::to_on.ge(day));
        }
        if let Some(day) = filter.to {
            query = query.filter(audits::from_on.le(day));
        }
        query.select(Row::as_select()).load(c)
    })?;
    let views = shown(reader, rows)?;
    Ok(Slice::cut(views, page.limit, |view| ((), Uuid::from(view.id))))
}

impl Exported for InternalAuditView {
    const FILE: Label = Label { name: "internal-audits", zh: "内部审计", en: "Internal audits" };
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |audit| (&audit.number).into()),
        Column::new("title", "名称", "Title", |audit| (&audit.title).into()),
        Column::new("status", "状态", "Status", |audit| audit.status.labels().into()),
        Column::new("from", "期间起", "From", |audit| audit.from.into()),
        Column::new("to", "期间止", "To", |audit| audit.to.into()),
        Column::new("department", "部门", "Department", |audit| {
            audit.department.as_ref().map(|department| &department.name_zh).into()
        }),
        Column::new("category", "费用类别", "Category", |audit| audit.category.as_ref().into()),
        Column::new("auditor", "审计人员", "Auditor", |audit| (&audit.auditor.name).into()),
        Column::new("items", "样本数", "Items", |audit| audit.items.into()),
        Column::new("items_open", "未作结论", "Open items", |audit| audit.items_open.into()),
        Column::new("findings_open", "未关闭发现", "Open findings", |audit| audit.findings_open.into()),
        Column::new("conclusion", "审计结论", "Conclusion", |audit| audit.conclusion.as_ref().into()),
        Column::new("created_at", "立项时间", "Planned at", |audit| audit.created_at.into()),
        Column::new("reported_at", "报告时间", "Reported at", |audit| audit.reported_at.into()),
        Column::new("ended_at", "结束时间", "Ended at", |audit| audit.ended_at.into()),
    ];
}

/// The names of the rules that saw something, each once.
pub(super) fn rules(signals: &[RiskSignal]) -> Cell<'static> {
    let mut names: Vec<&str> = signals.iter().map(|signal| signal.rule.labels().0).collect();
    names.dedup();
    names.join("、").into()
}
