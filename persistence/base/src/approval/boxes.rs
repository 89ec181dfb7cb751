//! The boxes of one person — waiting, decided, sent, copied — and what an overseer sees. `[APR-7]`

use super::{
    row::Row,
    show::{ApprovalState, DocumentView, PersonName},
    subject::summaries,
};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, lower},
    schema::{approval_boxes, approvals, employees},
    search,
    spine::{
        Choice, Failure, Filter, Key, Mark, Order, Page, Reader, Refers, Several, Slice, SortColumn, View,
        Where, columns, db, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    approval::{Label, Outcome, Round, StepState, Subject},
    spine::{AnyId, DepartmentId, EmployeeId, Id, Money, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// One of the boxes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoxName {
    /// Waits for me.
    Waiting,
    /// Decided by me.
    Decided,
    /// Sent by me.
    Sent,
    /// Copied to me.
    Copied,
    /// Whatever I oversee; empty without that permission.
    Overseen,
}

impl BoxName {
    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Decided => "decided",
            Self::Sent => "sent",
            Self::Copied => "copied",
            Self::Overseen => "overseen",
        }
    }
}

/// Which approvals of a box are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct BoxFilter {
    /// Which box; `waiting` if not said.
    #[serde(rename = "box")]
    #[param(inline)]
    pub of: Option<BoxName>,
    /// Only in these states, separated by commas.
    #[param(inline, example = "pending,approved")]
    pub state: Several<ApprovalState>,
    /// Only documents of this kind.
    #[validate(length(max = 60))]
    #[param(max_length = 60, example = "expense_claim")]
    pub document_kind: Option<String>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only those whose time limit has passed or will next pass before this instant.
    pub due_before: Option<Timestamp>,
    /// Only where this stands in the document's number or the submitter's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "EC-2026")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ApprovalOrder,
}

impl Filter for BoxFilter {}

orders! {
    /// By what approvals are ordered.
    pub ApprovalOrder of Row in approvals by id, descending:
    started_at = id;
    business_date;
}

/// How many approvals lie in each box.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalBoxCounts)]
pub struct BoxCounts {
    /// Wait for me.
    #[schema(minimum = 0)]
    pub waiting: i64,
    /// Decided by me.
    #[schema(minimum = 0)]
    pub decided: i64,
    /// Sent by me.
    #[schema(minimum = 0)]
    pub sent: i64,
    /// Copied to me.
    #[schema(minimum = 0)]
    pub copied: i64,
}

impl View for BoxCounts {}

/// An approval in a box: enough to decide without another call.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalItem)]
pub struct ApprovalItemView {
    /// Its identity.
    pub id: AnyId,
    /// The document with its summary.
    pub document: DocumentView,
    /// What has become of it.
    pub state: ApprovalState,
    /// Who submitted it.
    pub submitter: PersonName,
    /// Who gains by it.
    pub beneficiary_id: EmployeeId,
    /// The department it is routed by.
    pub department_id: DepartmentId,
    /// What it is worth in the book currency.
    pub amount: Option<Money>,
    /// The business date.
    pub business_date: NaiveDate,
    /// The step that waits.
    pub current_step: Option<Label>,
    /// When its next time limit passes.
    pub due_at: Option<Timestamp>,
    /// When it was submitted first.
    pub started_at: Timestamp,
    /// When it last moved.
    pub moved_at: Timestamp,
    /// Its version for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ApprovalItemView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT).by("department_id"), Refers::to("submitter", &EMPLOYEE)];
}

/// The filters of both list and count.
/// The approvals of a box, in their order.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &BoxFilter,
    page: &Page,
) -> Result<Slice<ApprovalItemView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, approvals, filter;
        state in state, document_kind = document_kind, submitter_id = submitter_id, department_id = department_id,
        business_date >= business_from, business_date <= business_to, due_at < due_before);
    search!(wanted, filter, lower(approvals::number); approvals::submitter_id);
    let found = match filter.of.unwrap_or(BoxName::Waiting) {
        BoxName::Overseen => overseen(reader, filter, wanted, page)?,
        of => boxed(reader, of, filter, wanted, page)?,
    };
    found.show(|rows| items(reader, rows))
}

/// The same orders within one box, whose index names the approval.
#[derive(Clone, Copy)]
struct InBox(ApprovalOrder);

impl Order for InBox {
    const CODES: &'static [&'static str] = ApprovalOrder::CODES;
    const COLUMNS: &'static [&'static dyn SortColumn] = &[Self::TIE, ApprovalOrder::COLUMNS[1]];
    const TIE: &'static dyn SortColumn = &approval_boxes::approval_id;
    fn choice(self) -> Choice {
        self.0.choice()
    }
    fn of(choice: Choice) -> Self {
        Self(ApprovalOrder::of(choice))
    }
    fn of_default() -> Self {
        Self(ApprovalOrder::default())
    }
}

impl InBox {
    fn mark(self, row: &Row) -> Mark {
        self.0.mark(row)
    }
}

fn boxed(
    reader: &mut Reader<'_>,
    of: BoxName,
    filter: &BoxFilter,
    mut wanted: Where,
    page: &Page,
) -> Result<Slice<Row>, Failure> {
    let Some(employee) = reader.actor().employee.map(Key::from) else { return Ok(Slice::empty(page)) };
    wanted.also(approval_boxes::employee_id.eq(employee).and(approval_boxes::box_.eq(of.name())));
    Ok(paged!(reader, page, InBox(filter.sort), wanted;
        approval_boxes::table.inner_join(approvals::table) => Row::as_select(); |row: &Row| row))
}

fn overseen(
    reader: &mut Reader<'_>,
    filter: &BoxFilter,
    mut wanted: Where,
    page: &Page,
) -> Result<Slice<Row>, Failure> {
    let reach = reader.actor().reach(Permission::OverseeApprovals);
    let departments: Vec<Key> = reach.departments.iter().map(|department| (*department).into()).collect();
    if !reach.all {
        if departments.is_empty() {
            return Ok(Slice::empty(page));
        }
        wanted.also(approvals::department_id.eq_any(departments));
    }
    Ok(paged!(reader, page, filter.sort, wanted; approvals::table => Row::as_select(); |row: &Row| row))
}

/// How many approvals lie in each box of the actor.
pub fn counts(reader: &mut Reader<'_>) -> Result<BoxCounts, Failure> {
    let mut found = BoxCounts { waiting: 0, decided: 0, sent: 0, copied: 0 };
    let Some(employee) = reader.actor().employee.map(Key::from) else { return Ok(found) };
    let rows: Vec<(String, i64)> = db!(reader, |c| approval_boxes::table
        .filter(approval_boxes::employee_id.eq(employee))
        .group_by(approval_boxes::box_)
        .select((approval_boxes::box_, count_star()))
        .load(c))?;
    for (name, number) in rows {
        match name.as_str() {
            "waiting" => found.waiting = number,
            "decided" => found.decided = number,
            "sent" => found.sent = number,
            "copied" => found.copied = number,
            _ => {}
        }
    }
    Ok(found)
}

/// Rows with the names of their people and the summaries of their documents: two queries for a whole page.
fn items(reader: &mut Reader<'_>, rows: Vec<Row>) -> Result<Vec<ApprovalItemView>, Failure> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let submitters: Vec<Key> = rows.iter().map(|row| row.submitter_id).collect();
    let names: Vec<(Key, String)> = db!(reader, |c| employees::table
        .filter(employees::id.eq_any(&submitters))
        .select((employees::id, employees::name))
        .load(c))?;
    let names: BTreeMap<Key, String> = names.into_iter().collect();
    let documents: Vec<_> = rows.iter().map(|row| (row.document_kind.clone(), row.document.0)).collect();
    let mut found = summaries(reader, documents)?;
    rows.into_iter()
        .map(|row| {
            let name = names.get(&row.submitter_id).cloned().unwrap_or_default();
            let summary = found.remove(&row.document.0);
            item(row, name, summary)
        })
        .collect()
}

fn item(
    row: Row,
    submitter: String,
    summary: Option<super::DocumentSummary>,
) -> Result<ApprovalItemView, Failure> {
    let subject: Subject = serde_json::from_str(&row.subject)?;
    let outcome: Outcome = serde_json::from_str(&row.outcome)?;
    let rounds: Vec<Round> = serde_json::from_str(&row.rounds)?;
    let steps = rounds.last().map(|round| round.steps.as_slice()).unwrap_or_default();
    let open = steps.iter().find(|step| matches!(step.state, StepState::Open { .. }));
    Ok(ApprovalItemView {
        id: row.id.into(),
        document: DocumentView {
            kind: row.document_kind,
            id: Id::from_uuid(row.document.0),
            number: row.number,
            version: subject.version,
            summary,
        },
        state: ApprovalState::of(&outcome),
        submitter: PersonName { id: subject.submitter, name: submitter },
        beneficiary_id: subject.beneficiary,
        department_id: subject.department,
        amount: subject.amount,
        business_date: row.business_date,
        current_step: open.map(|step| step.planned.name.clone()),
        due_at: row.due_at.map(Into::into),
        started_at: row.started_at.into(),
        moved_at: row.moved_at.into(),
        version: row.version,
    })
}

columns! { ApprovalItemView as "approvals" "审批" "Approvals":
    number "单据编号" "Number" = |item| &item.document.number;
    title "事由" "Title" = |item| item.document.summary.as_ref().map(|summary| &summary.title);
    state "状态" "State";
    submitter "提交人" "Submitter" = |item| &item.submitter.name;
    amount "金额" "Amount";
    currency "币种" "Currency" = |item| item.amount.map(|amount| amount.currency().code());
    business_date "业务日期" "Business date";
    current_step "当前步骤" "Current step"
        = |item| item.current_step.as_ref().map(|step| (step.zh.as_str(), step.en.as_str()));
    started_at "提交时间" "Submitted at";
}
