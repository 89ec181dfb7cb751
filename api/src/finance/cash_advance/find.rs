//! Showing and listing advances, and what somebody owes. `[INT-4]`

use crate::{
    finance::expense_claim::act::{ApprovalPreview, previewed},
    spine::{
        Can, Cell, Column, Exported, Format, Label, List, Paged, PathId, Problem, Query, Reading, Reply,
        Several,
    },
};
use chrono::NaiveDate;
use domain::{
    finance::{
        cash_advance::{CashAdvance, SettlementState},
        petition::StandingState,
    },
    spine::{AnyId, DepartmentId, Employee, EmployeeId, Id, Permission, perm},
};
use persistence::{
    finance::cash_advance::{
        self as advances, CashAdvanceView,
        list::{AdvanceFilter, CashAdvanceSummary},
        statement::{StatementView, statement},
    },
    spine::Failure,
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

impl Exported for CashAdvanceSummary {
    const FILE: Label = Label { name: "cash-advances", zh: "借款单", en: "Cash advances" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportCashAdvances);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "单号", "Number", |advance| (&advance.number).into()),
        Column::new("status", "状态", "Status", |advance| advance.status.labels().into()),
        Column::new("settlement", "核销状态", "Settlement", |advance| {
            advance.settlement.map(|settlement| settlement.labels()).into()
        }),
        Column::new("submitter", "借款人", "Submitter", |advance| (&advance.submitter.name).into()),
        Column::new("department", "部门", "Department", |advance| (&advance.department.name_zh).into()),
        Column::new("business_date", "业务日期", "Business date", |advance| advance.business_date.into()),
        Column::new("purpose", "用途", "Purpose", |advance| (&advance.purpose).into()),
        Column::new("currency", "币种", "Currency", |advance| advance.amount.currency().code().into()),
        Column::new("amount", "借款金额", "Amount", |advance| Cell::Decimal(advance.amount.decimal())),
        Column::new("outstanding", "未核销余额", "Outstanding", |advance| {
            Cell::Decimal(advance.outstanding.decimal())
        }),
        Column::new("paid_on", "付款日期", "Paid on", |advance| {
            advance.paid_on.map_or(Cell::Empty, Into::into)
        }),
        Column::new("settle_on", "预计核销日期", "To be settled on", |advance| {
            advance.settle_on.into()
        }),
        Column::new("created_at", "填报时间", "Created at", |advance| Cell::Instant(advance.created_at)),
        Column::new("changed_at", "更新时间", "Changed at", |advance| Cell::Instant(advance.changed_at)),
    ];
}

/// Which advances are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListCashAdvances {
    /// Only these states, separated by commas.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "approved,closed")]
    status: Several<StandingState>,
    /// Only what is settled so far.
    #[param(inline)]
    settlement: Option<SettlementState>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
    /// Only of this submitter.
    submitter_id: Option<EmployeeId>,
    /// Only for this expense request.
    request_id: Option<AnyId>,
    /// Only what is to be settled from this day on.
    #[serde(rename = "settle_on[gte]")]
    settle_from: Option<NaiveDate>,
    /// Only what is to be settled up to this day.
    #[serde(rename = "settle_on[lte]")]
    settle_to: Option<NaiveDate>,
    /// Only where this stands in number, purpose or the submitter's name.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    q: Option<String>,
}

impl ListCashAdvances {
    fn filter(self) -> Result<AdvanceFilter, Problem> {
        Ok(AdvanceFilter {
            states: self.status.0,
            settlement: self.settlement,
            department: self.department_id,
            submitter: self.submitter_id,
            request: self.request_id.map(|id| Id::from_uuid(id.uuid())),
            settle_from: self.settle_from,
            settle_to: self.settle_to,
            text: self.q,
        })
    }
}

/// List cash advances. `[INT-4, EXP-14]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/cash-advances")]
pub(super) async fn list_cash_advances(
    who: Can<perm::ReadCashAdvances>,
    filter: Query<ListCashAdvances>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<CashAdvanceSummary> {
    let include_total = paged.include_total;
    let filter = filter.0.filter()?;
    reading
        .list_as(who, format, paged, move |reader, page| {
            advances::list::list(reader, &filter, page, include_total)
        })
        .await
}

/// Show a cash advance. `[EXP-14, ACT-1]`
///
/// With its pay-out, what settled it, its journal entries, and what the caller may do with it now.
#[utoipa::path(get, path = "/api/v1/cash-advances/{id}")]
pub(super) async fn show_cash_advance(
    who: Can<perm::ReadCashAdvances>,
    id: PathId<CashAdvance>,
    reading: Reading,
) -> Reply<CashAdvanceView> {
    reading.read(who, move |reader| advances::view(reader, *id)).await
}

/// Preview the approval of a cash advance. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/cash-advances/{id}/approval-preview")]
pub(super) async fn preview_cash_advance_approval(
    who: Can<perm::ReadCashAdvances>,
    id: PathId<CashAdvance>,
    reading: Reading,
) -> Reply<ApprovalPreview> {
    reading
        .read(who, move |reader| {
            let advance = advances::find(reader, *id)?;
            let (plan, refused) = advances::preview(reader, &advance)?;
            Ok::<_, Failure>(previewed(refused, None, plan, Vec::new()))
        })
        .await
}

/// State the cash advances of an employee. `[EXP-14]`
///
/// What was paid out, settled and paid back, day by day, and what is still owed; as far as the caller may see it.
#[utoipa::path(get, path = "/api/v1/employees/{id}/cash-advance-statement")]
pub(super) async fn show_cash_advance_statement(
    who: Can<perm::ReadCashAdvances>,
    id: PathId<Employee>,
    reading: Reading,
) -> Reply<StatementView> {
    reading.read(who, move |reader| statement(reader, *id)).await
}
