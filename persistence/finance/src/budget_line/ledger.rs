//! The ledger of one line, as it is shown. `[BUD-4, BUD-8]`

use super::{
    list::{BudgetLineView, view},
    row::EntryRow,
};
use crate::{
    organisation::{EMPLOYEE, PersonColumns, PersonRef},
    schema::{budget_entries as entries, employees, users},
    search,
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Refers, Several, Slice, View, Where, columns, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget_line::{BudgetLine, DocumentKind, EntryKind},
        period::Period,
    },
    spine::{AnyId, EmployeeId, Id, Money, Timestamp},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// One movement of a line's money.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetEntry)]
pub struct BudgetEntryView {
    /// 1, 2, 3 … of the line, without a gap.
    #[schema(minimum = 1)]
    pub position: i64,
    /// What it does.
    pub kind: EntryKind,
    /// By how much what is given moves.
    pub allocated: Money,
    /// By how much what is reserved moves.
    pub reserved: Money,
    /// By how much what is committed moves.
    pub committed: Money,
    /// By how much what is spent moves.
    pub spent: Money,
    /// What may still be asked for afterwards.
    pub available_after: Money,
    /// The kind of document it was made for.
    pub document_kind: Option<DocumentKind>,
    /// That document.
    pub document_id: Option<AnyId>,
    /// Its line, counted from 1.
    #[schema(minimum = 1)]
    pub document_line: Option<i32>,
    /// The month it is posted in.
    pub month: Period,
    /// Why, where it is not plain from the kind.
    #[schema(max_length = 60, example = "special_review")]
    pub reason: Option<String>,
    /// In whose name it was spent.
    pub employee: Option<PersonRef>,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// By which account.
    #[schema(max_length = 200)]
    pub entered_by: String,
}

impl View for BudgetEntryView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE)];
}

type FoundEntry = (EntryRow, Option<PersonColumns>, String, Instant);

/// Which entries of a ledger are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct EntryFilter {
    /// Only of these kinds, separated by commas.
    #[param(inline, example = "reserve,commit")]
    pub kind: Several<EntryKind>,
    /// Only of documents of these kinds, separated by commas.
    #[param(inline, example = "expense_claim")]
    pub document_kind: Several<DocumentKind>,
    /// Only in this person's name.
    pub employee_id: Option<EmployeeId>,
    /// Only what was entered at this instant or later.
    #[serde(rename = "entered_at[gte]")]
    pub entered_from: Option<Timestamp>,
    /// Only what was entered before this instant.
    #[serde(rename = "entered_at[lt]")]
    pub entered_before: Option<Timestamp>,
    /// Only where this stands in the name of whom it was used by, however that is written or read, or of who entered it.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "ln")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The first first where absent.
    #[param(inline)]
    pub sort: EntryOrder,
}

impl Filter for EntryFilter {}

orders! {
    /// By what the entries of a ledger are ordered.
    pub EntryOrder of EntryRow in entries by position, ascending:
    position;
}

/// A page of a line's ledger, the first entry first; the line must lie within the caller's sight.
pub fn ledger(
    reader: &mut Reader<'_>,
    id: Id<BudgetLine>,
    filter: &EntryFilter,
    page: &Page,
) -> Result<Slice<BudgetEntryView>, Failure> {
    let line = view(reader, id)?;
    let mut wanted = Where::new();
    wanted.also(entries::line_id.eq(Key::from(id)));
    narrow!(wanted, entries, filter;
        kind in kind, document_kind in document_kind, employee_id = employee_id, entered_at >= entered_from,
        entered_at < entered_before);
    search!(wanted, filter, users::search_text; entries::employee_id);
    let found = paged!(reader, page, filter.sort, wanted;
        entries::table
            .left_join(employees::table.on(employees::id.nullable().eq(entries::employee_id)))
            .inner_join(users::table.on(users::id.eq(entries::entered_by_id)))
        => (
            EntryRow::as_select(),
            (employees::id, employees::number, employees::name).nullable(),
            users::name,
            entries::entered_at,
        );
        |found: &FoundEntry| &found.0);
    found.try_map(|row| shown_entry(row, &line))
}

fn shown_entry(
    (row, person, entered_by, entered_at): FoundEntry,
    line: &BudgetLineView,
) -> Result<BudgetEntryView, Failure> {
    let corrupt = |column| Failure::corrupt("budget_entries", column, line.id);
    let money = |minor| Money::from_minor(minor, line.allocated.currency());
    let (delta, after) = (row.delta(), row.after());
    Ok(BudgetEntryView {
        position: row.position,
        kind: EntryKind::from_code(&row.kind).ok_or_else(|| corrupt("kind"))?,
        allocated: money(delta.allocated),
        reserved: money(delta.reserved),
        committed: money(delta.committed),
        spent: money(delta.spent),
        available_after: money(after.available()),
        document_kind: row.document_kind.as_deref().and_then(DocumentKind::from_code),
        document_id: row.document.map(Into::into),
        document_line: row.document_line,
        month: row.month.parse().map_err(|_| corrupt("month"))?,
        reason: row.reason,
        employee: person.map(Into::into),
        entered_at: entered_at.into(),
        entered_by,
    })
}

columns! { BudgetEntryView as "budget-entries" "预算台账" "Budget ledger", domain::spine::Permission::ExportBudgets:
    position "序号" "Position";
    kind "事项" "Kind";
    currency "币种" "Currency" = |entry| entry.allocated.currency().code();
    allocated "下达" "Allocated";
    reserved "预占" "Reserved";
    committed "占用" "Committed";
    spent "支出" "Spent";
    available_after "可用余额" "Available afterwards";
    document_kind "单据类型" "Document";
    document_id "单据" "Document id";
    document_line "单据行" "Line";
    month "记账月份" "Month" = |entry| entry.month.to_string();
    reason "原因" "Reason";
    employee "使用人" "In whose name";
    entered_at "记账时间" "Entered at";
    entered_by "记账人" "Entered by";
}
