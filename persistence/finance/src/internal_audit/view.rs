//! What an audit looks like.

use super::{Row, item::AuditItemView, progress, row, seen};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::internal_audits as audits,
    search,
    spine::{
        ActionView, Cell, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice,
        Target, View, columns, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        audit_risk::RiskSignal,
        expense_claim::ClaimState,
        internal_audit::{
            AuditState, Draw, InternalAudit,
            actions::{AuditAction, ItemAction},
        },
    },
    spine::{AnyId, DepartmentId, EmployeeId, Id, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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
    /// When it last changed.
    pub changed_at: Timestamp,
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
    let register = Register::of(reader)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let progress = progress(reader, row.id.into())?;
        let department = row.department_id.map(|id| register.placed(id.into())).transpose()?;
        let corrupt = || Failure::corrupt("internal_audits", "status", row.id.0);
        views.push(InternalAuditView {
            id: row.id.into(),
            status: AuditState::from_code(&row.status).ok_or_else(corrupt)?,
            auditor: register.named(row.auditor_id.into())?,
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
            changed_at: row.changed_at.into(),
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

/// Which audits are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct InternalAuditFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "planned,under_way")]
    pub status: Several<AuditState>,
    /// Only of this auditor.
    pub auditor_id: Option<EmployeeId>,
    /// Only of this department's claims.
    pub department_id: Option<DepartmentId>,
    /// Only whose period reaches to this day or beyond.
    pub from: Option<NaiveDate>,
    /// Only whose period begins at this day or before.
    pub to: Option<NaiveDate>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, title, purpose or the auditor's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "季度")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: InternalAuditOrder,
}

impl Filter for InternalAuditFilter {}

orders! {
    /// By what audits are ordered.
    pub InternalAuditOrder of Row in audits by id, descending:
    created_at = id;
    changed_at;
    from = from_on;
}

/// The audits within sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &InternalAuditFilter,
    page: &Page,
) -> Result<Slice<InternalAuditView>, Failure> {
    let mut wanted = seen(&Sight::of(reader));
    narrow!(wanted, audits, filter;
        status in status, auditor_id = auditor_id, department_id = department_id, to_on >= from, from_on <= to,
        created_at >= created_from, created_at < created_before, changed_at >= changed_from,
        changed_at < changed_before);
    search!(wanted, filter, audits::search_text; audits::auditor_id);
    let found = paged!(reader, page, filter.sort, wanted; audits::table => Row::as_select(); |row: &Row| row);
    found.show(|rows| shown(reader, rows))
}

columns! { InternalAuditView as "internal-audits" "内部审计" "Internal audits":
    number "编号" "Number";
    title "名称" "Title";
    status "状态" "Status";
    from "期间起" "From";
    to "期间止" "To";
    department "部门" "Department";
    category "费用类别" "Category";
    auditor "审计人员" "Auditor";
    items "样本数" "Items";
    items_open "未作结论" "Open items";
    findings_open "未关闭发现" "Open findings";
    conclusion "审计结论" "Conclusion";
    created_at "立项时间" "Planned at";
    changed_at "更新时间" "Changed at";
    reported_at "报告时间" "Reported at";
    ended_at "结束时间" "Ended at";
}

impl Placed<crate::Finance> for ItemAction {
    fn place(self) -> Place {
        match self {
            Self::Conclude => Place::Post("/conclude"),
        }
    }
}

columns! { AuditItemView as "internal-audit-items" "审计样本" "Audit sample":
    position "序号" "No.";
    claim_number "报销单号" "Claim";
    claim_version "版本" "Version";
    submitter "填报人" "Submitter";
    beneficiary "收款人" "Beneficiary";
    department "部门" "Department";
    business_date "业务日期" "Business date";
    payable "应付金额" "Payable";
    currency "币种" "Currency" = |item| item.payable.currency().code();
    origin "抽取方式" "Origin";
    score "风险分" "Score";
    signals "风险信号" "Signals" = |item| rules(&item.signals);
    verdict "结论" "Verdict";
    note "说明" "Note";
    concluded_at "结论时间" "Concluded at";
}

/// The names of the rules that saw something, each once.
pub(crate) fn rules(signals: &[RiskSignal]) -> Cell<'static> {
    let mut names: Vec<_> = signals.iter().map(|signal| signal.rule.labels()).collect();
    names.dedup();
    let (zh, en): (Vec<_>, Vec<_>) = names.into_iter().unzip();
    Cell::Labelled(zh.join("、").into(), en.join(", ").into())
}
