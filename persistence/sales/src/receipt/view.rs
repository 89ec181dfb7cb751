//! What a receipt looks like, and the receipts within the caller's sight. `[REC-1, INT-4]`

use super::{
    find,
    row::{Row, covered},
};
use crate::{
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::of_customer,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{customers, receipts},
    spine::{
        Amount, Amounts, Failure, Filter, Page, Reader, Refers, Several, Slice, View, columns, narrow,
        orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    receipt::{Receipt, ReceiptId, ReceiptState},
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{Currency, DepartmentId, Money, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Money that a customer paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub struct ReceiptView {
    /// Its identity.
    pub id: ReceiptId,
    /// Its number.
    #[schema(max_length = 60, example = "RC-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: ReceiptState,
    /// From which customer.
    pub customer: CustomerRef,
    /// The department of the customer.
    pub department: NamedRef,
    /// How much.
    pub amount: Money,
    /// What of it no contract has.
    pub unallocated: Money,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// Who paid, as the bank calls them.
    #[schema(max_length = 100)]
    pub payer: Option<String>,
    /// Our bank account.
    #[schema(max_length = 60)]
    pub bank_account: Option<String>,
    /// The bank's reference.
    #[schema(max_length = 100)]
    pub bank_reference: Option<String>,
    /// The other system that keeps it.
    #[schema(max_length = 40, example = "erp")]
    pub source: Option<String>,
    /// Its identity there.
    #[schema(max_length = 100)]
    pub external_id: Option<String>,
    /// Whether it is the large deposit.
    pub is_deposit: bool,
    /// Who took it from the customer.
    pub taken_by: Option<PersonRef>,
    /// Whether another of the same payer, amount and day was there before.
    pub is_suspect: bool,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When.
    pub recorded_at: Timestamp,
    /// When it bounced.
    pub bounced_at: Option<Timestamp>,
    /// Why.
    #[schema(max_length = 1000)]
    pub bounced_reason: Option<String>,
    /// What went to contracts and orders, one after the other.
    #[schema(max_items = 10000)]
    pub allocations: Vec<ReceiptAllocationView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What went to a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceiptAllocation)]
pub struct ReceiptAllocationView {
    /// To which contract; null where it went to an order.
    pub contract_id: Option<SalesContractId>,
    /// To which order; null where it went to a contract.
    pub order_id: Option<SalesOrderId>,
    /// How much; below nothing where it was undone.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}

impl View for ReceiptView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("taken_by", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/receipts/{}", self.id))
    }
}

/// One receipt, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: ReceiptId) -> Result<ReceiptView, Failure> {
    let receipt = find(reader, id)?;
    show(reader, receipt)
}

/// How a receipt at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, receipt: Receipt) -> Result<ReceiptView, Failure> {
    let register = Register::of(reader)?;
    let (status, left) = (receipt.state(), Money::from_minor(receipt.unallocated(), Currency::Cny));
    let allocations = receipt.allocations.iter().map(|part| ReceiptAllocationView {
        contract_id: part.deal.contract(),
        order_id: part.deal.order(),
        amount: Money::from_minor(part.amount, Currency::Cny),
        at: part.at,
    });
    let allocations = allocations.collect();
    let details = receipt.details;
    let (bank_account, bank_reference) = details.bank.unzip();
    let (source, external_id) = details.external.unzip();
    let (bounced_at, bounced_reason) = receipt.bounced.unzip();
    Ok(ReceiptView {
        id: receipt.id,
        number: receipt.number,
        status,
        customer: refer_to(reader, details.customer)?,
        department: register.placed(receipt.department)?,
        amount: details.amount,
        unallocated: left,
        received_on: details.received_on,
        payer: details.payer,
        bank_account,
        bank_reference,
        source,
        external_id,
        is_deposit: details.is_deposit,
        taken_by: details.taken_by.map(|person| register.named(person)).transpose()?,
        is_suspect: receipt.is_suspect,
        recorded_by: receipt.recorded_by,
        recorded_at: receipt.recorded_at,
        bounced_at,
        bounced_reason,
        allocations,
        version: receipt.version,
    })
}

/// A receipt in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceiptSummary)]
pub struct ReceiptSummary {
    /// Its identity.
    pub id: ReceiptId,
    /// Its number.
    #[schema(max_length = 60, example = "RC-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: ReceiptState,
    /// From which customer.
    pub customer: CustomerRef,
    /// The department of the customer.
    pub department: NamedRef,
    /// How much.
    pub amount: Money,
    /// What of it no contract has.
    pub unallocated: Money,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// Whether it is the large deposit.
    pub is_deposit: bool,
    /// Whether another of the same payer, amount and day was there before.
    pub is_suspect: bool,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ReceiptSummary {
    const REFERS: &'static [Refers] = &[Refers::to("department", &DEPARTMENT)];
}

/// Which receipts are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReceiptFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "recorded")]
    pub status: Several<ReceiptState>,
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only those that look like another, or that do not.
    pub suspect: Option<bool>,
    /// Only received on this day or later.
    #[serde(rename = "received_on[gte]")]
    pub received_from: Option<NaiveDate>,
    /// Only received on this day or before.
    #[serde(rename = "received_on[lte]")]
    pub received_to: Option<NaiveDate>,
    /// Only of at least this amount, in its own currency.
    #[serde(rename = "amount[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub amount_from: Option<Amount>,
    /// Only of at most this amount, in its own currency.
    #[serde(rename = "amount[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub amount_to: Option<Amount>,
    /// Only in this currency.
    #[param(inline)]
    pub amount_currency: Option<Currency>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ReceiptOrder,
}

impl ReceiptFilter {
    fn amount(&self) -> Amounts<'_> {
        let (from, to) = (self.amount_from.as_ref(), self.amount_to.as_ref());
        Amounts { name: "amount", from, to, currency: self.amount_currency }
    }
}

impl Filter for ReceiptFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.amount()]
    }
}

orders! {
    /// By what receipts are ordered.
    pub ReceiptOrder of Row in receipts by id, descending:
    recorded_at = id;
    changed_at;
    received_on;
}

type Found = (Row, CustomerColumns);

/// Receipts within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ReceiptFilter,
    page: &Page,
) -> Result<Slice<ReceiptSummary>, Failure> {
    let mut wanted = covered(reader);
    of_customer!(wanted, reader, receipts, filter);
    narrow!(wanted, receipts, filter;
        status in status, department_id = department_id, is_suspect = suspect,
        received_on >= received_from, received_on <= received_to, (amount_minor, currency) within amount,
        changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        receipts::table.inner_join(customers::table.on(customers::id.eq(receipts::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, customer): Found) -> Result<ReceiptSummary, Failure> {
    let amount = row.amount()?;
    Ok(ReceiptSummary {
        id: row.id.into(),
        status: row.state()?,
        customer: customer.into(),
        department: register.placed(row.department_id.into())?,
        amount,
        unallocated: Money::from_minor(row.unallocated_minor, amount.currency()),
        number: row.number,
        received_on: row.received_on,
        is_deposit: row.is_deposit,
        is_suspect: row.is_suspect,
        recorded_at: row.recorded_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { ReceiptSummary as "receipts" "收款" "Receipts", domain::spine::Permission::ExportSales:
    number "收款编号" "Number";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    department "部门" "Department";
    amount "金额" "Amount";
    unallocated "未分配" "Not allocated";
    currency "币种" "Currency" = |row| row.amount.currency().code();
    received_on "收款日期" "Received on";
    is_deposit "大定" "Large deposit";
    is_suspect "疑似重复" "Looks like another";
    recorded_at "登记时间" "Recorded at";
    changed_at "更新时间" "Changed at";
}
