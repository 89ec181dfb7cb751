//! What findings look like, and their lists.

use super::{
    is_head,
    row::{Row, StatusColumns},
    row_of, seen,
};
use crate::{
    file::{self, FileView},
    finance::{
        expense_claim::EXPENSE_CLAIM,
        internal_audit::{INTERNAL_AUDIT, item::INTERNAL_AUDIT_ITEM},
    },
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::audit_findings as findings,
    search,
    spine::{
        ActionView, Amount, Amounts, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight,
        Slice, View, columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::audit_finding::{
        AuditFinding, FindingContent, FindingState, RejectedRemediation, Remediation, Severity,
        actions::FindingAction,
    },
    spine::{
        AnyId, Currency, DepartmentId, EmployeeId, Entity, Id, Money, Permission, Timestamp, UserId, Version,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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
    /// When it last changed.
    pub changed_at: Timestamp,
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
    let (register, today) = (Register::of(reader)?, reader.today());
    let view = |row: Row| {
        let changed_at = row.changed_at.into();
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
            department: register.placed(department)?,
            responsible: responsible.map(|id| register.named(id)).transpose()?,
            due_on,
            is_overdue: !state.is_ended() && due_on < today,
            status: state,
            created_by,
            created_at,
            changed_at,
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

/// Which findings are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AuditFindingFilter {
    /// Only of this audit.
    pub audit_id: Option<AnyId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "open,remediation_reported")]
    pub status: Several<FindingState>,
    /// Only so grave, separated by commas.
    #[param(inline, example = "major")]
    pub severity: Several<Severity>,
    /// Only to be mended by this department.
    pub department_id: Option<DepartmentId>,
    /// Only to be mended by this person.
    pub responsible_id: Option<EmployeeId>,
    /// Whether only those not closed whose date has passed.
    pub overdue: Option<bool>,
    /// Only due from this day on.
    #[serde(rename = "due_on[gte]")]
    pub due_from: Option<NaiveDate>,
    /// Only due by this day.
    #[serde(rename = "due_on[lte]")]
    pub due_by: Option<NaiveDate>,
    /// Only with at least this amount, in its own currency.
    #[serde(rename = "amount[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub amount_from: Option<Amount>,
    /// Only with at most this amount, in its own currency.
    #[serde(rename = "amount[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub amount_to: Option<Amount>,
    /// Only where the amount is of this currency.
    #[param(inline)]
    pub amount_currency: Option<Currency>,
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
    /// Only where this stands in number, clause, finding, the claim's number or the name of who must mend it, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "住宿")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: AuditFindingOrder,
}

impl AuditFindingFilter {
    fn amount(&self) -> Amounts<'_> {
        let (from, to) = (self.amount_from.as_ref(), self.amount_to.as_ref());
        Amounts { name: "amount", from, to, currency: self.amount_currency }
    }
}

impl Filter for AuditFindingFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.amount()]
    }
}

orders! {
    /// By what findings are ordered.
    pub AuditFindingOrder of Row in findings by id, descending:
    created_at = id;
    changed_at;
    due_on;
}

/// The findings within sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AuditFindingFilter,
    page: &Page,
) -> Result<Slice<AuditFindingView>, Failure> {
    let mut wanted = seen(&Sight::of(reader));
    narrow!(wanted, findings, filter;
        audit_id = audit_id, status in status, severity in severity, department_id = department_id,
        responsible_id = responsible_id, due_on >= due_from, due_on <= due_by,
        (amount_minor, currency) within amount, created_at >= created_from, created_at < created_before,
        changed_at >= changed_from, changed_at < changed_before);
    if filter.overdue == Some(true) {
        let open = [FindingState::Open, FindingState::RemediationReported].map(FindingState::code);
        wanted.also(findings::status.eq_any(open).and(findings::due_on.lt(reader.today())));
    }
    search!(wanted, filter, findings::search_text; findings::responsible_id);
    let found =
        paged!(reader, page, filter.sort, wanted; findings::table => Row::as_select(); |row: &Row| row);
    found.show(|rows| shown(reader, rows))
}

columns! { AuditFindingView as "audit-findings" "审计发现" "Audit findings":
    number "编号" "Number";
    status "状态" "Status";
    severity "严重程度" "Severity";
    claim_number "报销单号" "Claim";
    line "行" "Line";
    clause "违反条款" "Clause";
    text "发现内容" "Finding";
    amount "涉及金额" "Amount";
    currency "币种" "Currency" = |finding| finding.amount.map(|amount| amount.currency().code());
    department "责任部门" "Department";
    responsible "责任人" "Responsible";
    due_on "整改期限" "Due on";
    is_overdue "逾期" "Overdue";
    remediation "整改情况" "Remediation";
    ending "验证意见" "Verification";
    ended_at "了结时间" "Ended at";
}
