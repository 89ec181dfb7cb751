//! Lists of advances within the caller's sight: filtered, sorted, by keyset. `[INT-4]`

use super::view::{CashAdvanceView, view};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::cash_advances as advances,
    search,
    spine::{
        Amount, Amounts, Failure, Filter, Instant, Key, Page, Reader, Refers, Several, Sight, Slice, View,
        Where, columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    finance::cash_advance::SettlementState,
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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

/// Which advances are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AdvanceFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "approved,closed")]
    pub status: Several<StandingState>,
    /// Only what is settled so far, separated by commas.
    #[param(inline, example = "outstanding,overdue")]
    pub settlement: Several<SettlementState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only for this expense request.
    pub request_id: Option<AnyId>,
    /// Only with at least this amount, in its own currency.
    #[serde(rename = "amount[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub amount_from: Option<Amount>,
    /// Only with at most this amount, in its own currency.
    #[serde(rename = "amount[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub amount_to: Option<Amount>,
    /// Only in this currency.
    #[param(inline)]
    pub amount_currency: Option<Currency>,
    /// Only from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only what is to be settled from this day on.
    #[serde(rename = "settle_on[gte]")]
    pub settle_from: Option<NaiveDate>,
    /// Only what is to be settled up to this day.
    #[serde(rename = "settle_on[lte]")]
    pub settle_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, purpose or the submitter's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: AdvanceOrder,
}

impl AdvanceFilter {
    fn amount(&self) -> Amounts<'_> {
        let (from, to) = (self.amount_from.as_ref(), self.amount_to.as_ref());
        Amounts { name: "amount", from, to, currency: self.amount_currency }
    }

    fn wanted(&self, today: BusinessDate) -> Where {
        let (filter, mut wanted) = (self, Where::new());
        narrow!(wanted, advances, filter;
            status in status, department_id = department_id, submitter_id = submitter_id, request_id = request_id,
            (amount_minor, currency) within amount, business_date >= business_from, business_date <= business_to,
            settle_on >= settle_from, settle_on <= settle_to, changed_at >= changed_from,
            changed_at < changed_before);
        wanted.also_any(filter.settlement.0.iter().map(|state| settled(*state, today)).collect());
        search!(wanted, filter, advances::search_text; advances::submitter_id);
        wanted
    }
}

impl Filter for AdvanceFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.amount()]
    }
}

/// How far an advance is settled is derived, never stored.
fn settled(state: SettlementState, today: BusinessDate) -> Where {
    let mut wanted = Where::new();
    let approved = advances::status.eq(StandingState::Approved.code());
    match state {
        SettlementState::Unpaid => wanted.also(approved.and(advances::paid_on.is_null())),
        SettlementState::Outstanding => {
            wanted.also(approved.and(advances::paid_on.is_not_null()).and(advances::settle_on.ge(today)));
        }
        SettlementState::Overdue => {
            wanted.also(approved.and(advances::paid_on.is_not_null()).and(advances::settle_on.lt(today)));
        }
        SettlementState::Settled => wanted.also(advances::status.eq(StandingState::Closed.code())),
    }
    wanted
}

orders! {
    /// By what cash advances are ordered.
    pub AdvanceOrder of SummaryRow in advances by id, descending:
    created_at = id;
    changed_at;
    business_date;
    settle_on;
    amount = amount_minor;
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

/// A page of advances within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AdvanceFilter,
    page: &Page,
) -> Result<Slice<CashAdvanceSummary>, Failure> {
    let (sight, today) = (Sight::of(reader), reader.today());
    let mut wanted = filter.wanted(today);
    wanted.also_all(covered!(sight, cash_advances, "cash_advance"));
    let found = paged!(reader, page, filter.sort, wanted;
        advances::table => SummaryRow::as_select(); |row: &SummaryRow| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row, today))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = advances)]
struct WaitingRow {
    id: Key,
    changed_at: Instant,
}

orders! {
    /// The order in which advances wait to be paid out.
    WaitingOrder of WaitingRow in advances by id, ascending:
    changed_at;
}

/// What is to be paid out: approved and not paid out yet, the longest waiting first.
pub fn ready(reader: &mut Reader<'_>, page: &Page) -> Result<Slice<CashAdvanceView>, Failure> {
    let sight = Sight::of(reader);
    let mut wanted = covered!(sight, cash_advances, "cash_advance");
    wanted.also(advances::status.eq(StandingState::Approved.code()).and(advances::paid_on.is_null()));
    let found = paged!(reader, page, WaitingOrder::default(), wanted;
        advances::table => WaitingRow::as_select(); |row: &WaitingRow| row);
    found.try_map(|row| view(reader, row.id.into()))
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
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
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

columns! { CashAdvanceSummary as "cash-advances" "借款单" "Cash advances", domain::spine::Permission::ExportCashAdvances:
    number "单号" "Number";
    status "状态" "Status";
    settlement "核销状态" "Settlement";
    submitter "借款人" "Submitter";
    department "部门" "Department";
    business_date "业务日期" "Business date";
    purpose "用途" "Purpose";
    currency "币种" "Currency" = |advance| advance.amount.currency().code();
    amount "借款金额" "Amount";
    outstanding "未核销余额" "Outstanding";
    paid_on "付款日期" "Paid on";
    settle_on "预计核销日期" "To be settled on";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
