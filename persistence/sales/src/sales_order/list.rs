//! The orders within the caller's sight. `[ORD-1, INT-4]`

use super::row::Row;
use crate::{
    customer_file::{CustomerRef, view::CustomerColumns},
    merged::of_customer,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    sales_contract::SALES_CONTRACT,
    schema::{customers, sales_orders},
    search,
    spine::{
        Amount, Amounts, Failure, Filter, Page, Reader, Refers, Several, Sight, Slice, View, columns,
        covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    sales_contract::SalesContractId,
    sales_order::{HoldKind, SalesOrderId, SalesOrderState},
    spine::{Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An order in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesOrderSummary)]
pub struct SalesOrderSummary {
    /// Its identity.
    pub id: SalesOrderId,
    /// Its number.
    #[schema(max_length = 60, example = "SO-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: SalesOrderState,
    /// Who entered it.
    pub submitter: PersonRef,
    /// The department whose order it is.
    pub department: NamedRef,
    /// From whom.
    pub customer: CustomerRef,
    /// Under which contract.
    pub contract_id: Option<SalesContractId>,
    /// What was ordered.
    pub total: Money,
    /// Why it is on hold.
    pub hold_kind: Option<HoldKind>,
    /// By which day the customer wants it.
    pub deliver_by: Option<NaiveDate>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SalesOrderSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
}

/// Which orders are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SalesOrderFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "approved,in_production")]
    pub status: Several<SalesOrderState>,
    /// Only those on hold for these reasons, separated by commas.
    #[param(inline, example = "credit")]
    pub hold_kind: Several<HoldKind>,
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only under this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever entered it.
    pub submitter_id: Option<EmployeeId>,
    /// Only wanted on this day or later.
    #[serde(rename = "deliver_by[gte]")]
    pub deliver_from: Option<NaiveDate>,
    /// Only wanted on this day or before.
    #[serde(rename = "deliver_by[lte]")]
    pub deliver_to: Option<NaiveDate>,
    /// Only of at least this total, in its own currency.
    #[serde(rename = "total[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub total_from: Option<Amount>,
    /// Only of at most this total, in its own currency.
    #[serde(rename = "total[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub total_to: Option<Amount>,
    /// Only in this currency.
    #[param(inline)]
    pub total_currency: Option<Currency>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, note or the name of whoever entered it, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "加急")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: SalesOrderOrder,
}

impl SalesOrderFilter {
    fn total(&self) -> Amounts<'_> {
        let (from, to) = (self.total_from.as_ref(), self.total_to.as_ref());
        Amounts { name: "total", from, to, currency: self.total_currency }
    }
}

impl Filter for SalesOrderFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.total()]
    }
}

orders! {
    /// By what orders are ordered.
    pub SalesOrderOrder of Row in sales_orders by id, descending:
    created_at = id;
    changed_at;
}

type Found = (Row, CustomerColumns);

/// Orders within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SalesOrderFilter,
    page: &Page,
) -> Result<Slice<SalesOrderSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), sales_orders, "sales_order");
    of_customer!(wanted, reader, sales_orders, filter);
    narrow!(wanted, sales_orders, filter;
        status in status, hold_kind in hold_kind, contract_id = contract_id,
        department_id = department_id, submitter_id = submitter_id, deliver_by >= deliver_from,
        deliver_by <= deliver_to, (total_minor, currency) within total, changed_at >= changed_from,
        changed_at < changed_before);
    search!(wanted, filter, sales_orders::search_text; sales_orders::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        sales_orders::table.inner_join(customers::table.on(customers::id.eq(sales_orders::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, customer): Found) -> Result<SalesOrderSummary, Failure> {
    Ok(SalesOrderSummary {
        id: row.id.into(),
        status: row.state()?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        customer: customer.into(),
        contract_id: row.contract_id.map(Into::into),
        total: row.total()?,
        hold_kind: row.hold_kind()?,
        number: row.number,
        deliver_by: row.deliver_by,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { SalesOrderSummary as "sales-orders" "销售订单" "Sales orders", domain::spine::Permission::ExportSales:
    number "订单编号" "Number";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    submitter "填报人" "Entered by";
    department "部门" "Department";
    total "订单金额" "Total";
    currency "币种" "Currency" = |row| row.total.currency().code();
    hold_kind "暂停原因" "On hold for";
    deliver_by "要求交期" "Wanted by";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
