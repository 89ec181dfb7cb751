//! Lists of advances within the caller's sight: filtered, by keyset. `[INT-4]`

use crate::spine::{Cell, Column, Exported, Label};
use crate::{
    finance::expense_request::view::{person, place},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, like},
    schema::{cash_advances as advances, employees},
    spine::{Failure, Instant, Key, Page, Reader, Refers, Sight, Slice, View, db, within},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::spine::Permission;
use domain::{
    approval::StandingState,
    finance::{cash_advance::SettlementState, expense_request::ExpenseRequest},
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Id, Money, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// An advance in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CashAdvanceSummary)]
pub struct CashAdvanceSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "CA-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: StandingState,
    /// How far it is settled, from its approval on.
    pub settlement: Option<SettlementState>,
    /// Who gets the money.
    pub submitter: PersonRef,
    /// The department that asks.
    pub department: NamedRef,
    /// The business day.
    pub business_date: NaiveDate,
    /// What for.
    #[schema(max_length = 500)]
    pub purpose: String,
    /// How much.
    pub amount: Money,
    /// What is outstanding.
    pub outstanding: Money,
    /// The day it was paid out.
    pub paid_on: Option<NaiveDate>,
    /// The day it is to be settled.
    pub settle_on: NaiveDate,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CashAdvanceSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which advances are wanted.
#[derive(Clone, Debug, Default)]
pub struct AdvanceFilter {
    /// Only these states; all if empty.
    pub states: Vec<StandingState>,
    /// Only what is settled so far.
    pub settlement: Option<SettlementState>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter: Option<EmployeeId>,
    /// Only for this request.
    pub request: Option<Id<ExpenseRequest>>,
    /// Only what is to be settled from this day on.
    pub settle_from: Option<BusinessDate>,
    /// Only what is to be settled up to this day.
    pub settle_to: Option<BusinessDate>,
    /// Only where this text stands in number, purpose or the submitter's name.
    pub text: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = advances)]
struct SummaryRow {
    id: Key,
    number: String,
    status: String,
    submitter_id: Key,
    department_id: Key,
    business_date: BusinessDate,
    purpose: String,
    currency: String,
    amount_minor: i64,
    outstanding_minor: i64,
    paid_on: Option<BusinessDate>,
    settle_on: BusinessDate,
    created_at: Instant,
    changed_at: Instant,
    version: Version,
}

/// Applies sight and filters to a query over advances joined with their submitters.
macro_rules! filtered {
    ($query:expr, $filter:expr, $sight:expr, $today:expr) => {{
        let filter = $filter;
        let mut query = within!($query.into_boxed(), $sight, cash_advances, "cash_advance");
        if !filter.states.is_empty() {
            query = query.filter(advances::status.eq_any(filter.states.iter().map(|state| state.code())));
        }
        if let Some(settlement) = filter.settlement {
            let open = advances::status.eq("approved");
            let paid = open.and(advances::paid_on.is_not_null());
            query = match settlement {
                SettlementState::Unpaid => query.filter(open.and(advances::paid_on.is_null())),
                SettlementState::Outstanding => query.filter(paid.and(advances::settle_on.ge($today))),
                SettlementState::Overdue => query.filter(paid.and(advances::settle_on.lt($today))),
                SettlementState::Settled => query.filter(advances::status.eq("closed")),
            };
        }
        if let Some(department) = filter.department {
            query = query.filter(advances::department_id.eq(Key::from(department)));
        }
        if let Some(submitter) = filter.submitter {
            query = query.filter(advances::submitter_id.eq(Key::from(submitter)));
        }
        if let Some(request) = filter.request {
            query = query.filter(advances::request_id.eq(Key::from(request)));
        }
        if let Some(day) = filter.settle_from {
            query = query.filter(advances::settle_on.ge(day));
        }
        if let Some(day) = filter.settle_to {
            query = query.filter(advances::settle_on.le(day));
        }
        if let Some(text) = &filter.text {
            let pattern = like(text);
            let named = employees::name.like(pattern.clone()).escape('\\');
            query = query.filter(advances::search_text.like(pattern).escape('\\').or(named));
        }
        query
    }};
}

/// A page of advances within the caller's sight, the newest first.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AdvanceFilter,
    page: &Page<()>,
    include_total: bool,
) -> Result<Slice<CashAdvanceSummary, ()>, Failure> {
    let (sight, today) = (Sight::of(reader), reader.today());
    let joined = || advances::table.inner_join(employees::table.on(employees::id.eq(advances::submitter_id)));
    let rows: Vec<SummaryRow> = db!(reader, |c| {
        let mut query = filtered!(joined().select(SummaryRow::as_select()), filter, sight, today)
            .order(advances::id.desc())
            .limit(page.limit + 1);
        if let Some(((), id)) = page.after {
            query = query.filter(advances::id.lt(Key(id)));
        }
        query.load(c)
    })?;
    let total = if include_total {
        let counted = || joined().select(diesel::dsl::count_star());
        Some(db!(reader, |c| filtered!(counted(), filter, sight, today).first::<i64>(c))?)
    } else {
        None
    };
    let register = Register::of(reader)?;
    let views = rows.into_iter().map(|row| summary(&register, row, today)).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice { total, ..Slice::cut(views, page.limit, |view| ((), view.id.uuid())) })
}

fn summary(register: &Register, row: SummaryRow, today: BusinessDate) -> Result<CashAdvanceSummary, Failure> {
    let corrupt = |column| Failure::corrupt("cash_advances", column, row.id.0);
    let currency: Currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    let status = StandingState::from_code(&row.status).ok_or_else(|| corrupt("status"))?;
    let settlement = SettlementState::of(status, row.paid_on, row.settle_on, today);
    Ok(CashAdvanceSummary {
        id: row.id.0.into(),
        number: row.number,
        status,
        settlement,
        submitter: person(register, row.submitter_id.into())?,
        department: place(register, row.department_id.into())?,
        business_date: row.business_date,
        purpose: row.purpose,
        amount: Money::from_minor(row.amount_minor, currency),
        outstanding: Money::from_minor(row.outstanding_minor, currency),
        paid_on: row.paid_on,
        settle_on: row.settle_on,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

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
