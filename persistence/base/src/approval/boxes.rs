//! The boxes of one person — waiting, decided, sent, copied — and what an overseer sees. `[APR-7]`

use super::{
    row::Row,
    show::{ApprovalState, DocumentView, PersonName},
    subject::summaries,
};
use crate::spine::{Cell, Column, Exported};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE},
    schema::{approval_boxes, approvals, employees},
    spine::{Failure, Instant, Key, Page, Reader, Refers, Slice, View, db},
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    approval::{Label, Outcome, Round, StepState, Subject},
    spine::{AnyId, DepartmentId, EmployeeId, Id, Money, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

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

/// Which approvals of a box are wanted.
#[derive(Clone, Debug, Default)]
pub struct BoxFilter {
    /// Only in this state.
    pub state: Option<ApprovalState>,
    /// Only documents of this kind.
    pub document_kind: Option<String>,
    /// Only of this submitter.
    pub submitter: Option<EmployeeId>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only those whose time limit has passed or will next pass before this instant.
    pub due_before: Option<Timestamp>,
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
macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let mut query = $query;
        if let Some(state) = $filter.state {
            query = query.filter(approvals::state.eq(state.code()));
        }
        if let Some(kind) = &$filter.document_kind {
            query = query.filter(approvals::document_kind.eq(kind));
        }
        if let Some(submitter) = $filter.submitter {
            query = query.filter(approvals::submitter_id.eq(Key::from(submitter)));
        }
        if let Some(department) = $filter.department {
            query = query.filter(approvals::department_id.eq(Key::from(department)));
        }
        if let Some(before) = $filter.due_before {
            query = query.filter(approvals::due_at.lt(Instant::from(before)));
        }
        query
    }};
}

/// A page of one box of the actor, newest first.
pub fn list(
    reader: &mut Reader<'_>,
    of: BoxName,
    filter: &BoxFilter,
    page: &Page<()>,
    with_total: bool,
) -> Result<Slice<ApprovalItemView, ()>, Failure> {
    let (rows, total) = match of {
        BoxName::Overseen => overseen(reader, filter, page, with_total)?,
        _ => boxed(reader, of, filter, page, with_total)?,
    };
    let items = items(reader, rows)?;
    let slice = Slice::cut(items, page.limit, |item: &ApprovalItemView| ((), item.id.uuid()));
    Ok(Slice { total, ..slice })
}

type Found = (Vec<Row>, Option<i64>);

fn boxed(
    reader: &mut Reader<'_>,
    of: BoxName,
    filter: &BoxFilter,
    page: &Page<()>,
    with_total: bool,
) -> Result<Found, Failure> {
    let Some(employee) = reader.actor().employee.map(Key::from) else { return Ok((Vec::new(), None)) };
    let mine = || approval_boxes::employee_id.eq(employee).and(approval_boxes::box_.eq(of.name()));
    let rows = db!(reader, |c| {
        let query = approval_boxes::table.inner_join(approvals::table).filter(mine()).into_boxed();
        let mut query = filtered!(query, filter);
        if let Some(((), id)) = page.after {
            query = query.filter(approval_boxes::approval_id.lt(Key(id)));
        }
        query.order(approval_boxes::approval_id.desc()).limit(page.limit + 1).select(Row::as_select()).load(c)
    })?;
    let total = if with_total {
        Some(db!(reader, |c| {
            let query = approval_boxes::table.inner_join(approvals::table).filter(mine()).into_boxed();
            filtered!(query, filter).select(count_star()).first(c)
        })?)
    } else {
        None
    };
    Ok((rows, total))
}

fn overseen(
    reader: &mut Reader<'_>,
    filter: &BoxFilter,
    page: &Page<()>,
    with_total: bool,
) -> Result<Found, Failure> {
    let reach = reader.actor().reach(Permission::OverseeApprovals);
    let departments: Vec<Key> = reach.departments.iter().map(|department| (*department).into()).collect();
    if !reach.all && departments.is_empty() {
        return Ok((Vec::new(), None));
    }
    let rows = db!(reader, |c| {
        let mut query = filtered!(approvals::table.into_boxed(), filter);
        if !reach.all {
            query = query.filter(approvals::department_id.eq_any(&departments));
        }
        if let Some(((), id)) = page.after {
            query = query.filter(approvals::id.lt(Key(id)));
        }
        query.order(approvals::id.desc()).limit(page.limit + 1).select(Row::as_select()).load(c)
    })?;
    let total = if with_total {
        Some(db!(reader, |c| {
            let mut query = filtered!(approvals::table.into_boxed(), filter);
            if !reach.all {
                query = query.filter(approvals::department_id.eq_any(&departments));
            }
            query.select(count_star()).first(c)
        })?)
    } else {
        None
    };
    Ok((rows, total))
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

impl Exported for ApprovalItemView {
    const FILE: crate::spine::Label =
        crate::spine::Label { name: "approvals", zh: "审批", en: "Approvals" };
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "单据编号", "Number", |item| (&item.document.number).into()),
        Column::new("title", "事由", "Title", |item| {
            item.document.summary.as_ref().map_or(Cell::Empty, |summary| (&summary.title).into())
        }),
        Column::new("state", "状态", "State", |item| match item.state {
            ApprovalState::Pending => Cell::Labelled("审批中", "Pending"),
            ApprovalState::Approved => Cell::Labelled("已通过", "Approved"),
            ApprovalState::Rejected => Cell::Labelled("已拒绝", "Rejected"),
            ApprovalState::Returned => Cell::Labelled("已退回", "Returned"),
            ApprovalState::Withdrawn => Cell::Labelled("已撤回", "Withdrawn"),
        }),
        Column::new("submitter", "提交人", "Submitter", |item| (&item.submitter.name).into()),
        Column::new("amount", "金额", "Amount", |item| {
            item.amount.map_or(Cell::Empty, |amount| Cell::Decimal(amount.decimal()))
        }),
        Column::new("currency", "币种", "Currency", |item| {
            item.amount.map_or(Cell::Empty, |amount| Cell::Text(amount.currency().code().into()))
        }),
        Column::new("business_date", "业务日期", "Business date", |item| item.business_date.into()),
        Column::new("current_step", "当前步骤", "Current step", |item| {
            item.current_step.as_ref().map_or(Cell::Empty, |step| (&step.zh).into())
        }),
        Column::new("started_at", "提交时间", "Submitted at", |item| Cell::Instant(item.started_at)),
    ];
}
