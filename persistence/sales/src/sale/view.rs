//! What a sale looks like: whom it counts for and why, what is booked of it, what it waits for. `[COM-10, REG-6]`

use super::{
    find,
    find::covered,
    part::{
        AttributionView, HoldView, SaleCommissionView, SaleCreditView, SettlementView, ToldView, attributed,
        booked, credited, held, said, settled,
    },
    row::Row,
};
use crate::{
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::{Survivors, of_customer, survivor},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    sales_contract::SALES_CONTRACT,
    sales_order::SALES_ORDER,
    schema::{customers, sales},
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Slice, Target, View, columns, in_json, narrow,
        orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    commission::{Holder, RuleCode},
    customer_file::CustomerId,
    sale::{Sale, SaleId, SaleState},
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{Currency, DepartmentId, EmployeeId, Money, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Sale)]
pub struct SaleView {
    /// Its identity.
    pub id: SaleId,
    /// The number of its contract or order.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Its contract; null where it is of an order under none.
    pub contract_id: Option<SalesContractId>,
    /// Its order; null where it is of a contract.
    pub order_id: Option<SalesOrderId>,
    /// Where it stands.
    pub status: SaleState,
    /// With whom.
    pub customer: CustomerRef,
    /// The department of its contract.
    pub department: NamedRef,
    /// Who drew the contract up.
    pub submitter: PersonRef,
    /// When it opened.
    pub opened_at: Timestamp,
    /// The day it closed.
    pub closed_on: Option<NaiveDate>,
    /// Whose the customer was when it closed.
    pub owner: Option<PersonRef>,
    /// What it comes to, tax included.
    pub total: Money,
    /// Received less refunded.
    pub received: Money,
    /// What of its commission is due by that; null until it is attributed, and for whoever is shown their own part alone.
    pub due: Option<Money>,
    /// How it is attributed, and why; null until it is.
    pub attribution: Option<AttributionView>,
    /// What a ruling settled of what it earns, in place of the split; null where none did, and for whoever is shown their own
    /// part alone.
    pub settlement: Option<SettlementView>,
    /// For what its commission waits.
    #[schema(max_items = 100)]
    pub waits_for: Vec<HoldView>,
    /// What people said of it.
    #[schema(max_items = 1000)]
    pub told: Vec<ToldView>,
    /// Whom it counts for, entry by entry.
    #[schema(max_items = 100000)]
    pub credits: Vec<SaleCreditView>,
    /// What is booked of its commission, entry by entry: one's own, and all to whose reach the department belongs.
    #[schema(max_items = 100000)]
    pub commission: Vec<SaleCommissionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SaleView {
    const REFERS: &'static [Refers] = &[
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("order", &SALES_ORDER).by("order_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
        Refers::to("owner", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/sales/{}", self.id))
    }
}

pub(super) const fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::Cny)
}

/// One sale, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: SaleId) -> Result<SaleView, Failure> {
    let sale = find(reader, id)?;
    show(reader, sale)
}

/// A sale where something refers to it.
pub static SALE: Target =
    Target { permission: Permission::ReadSales, look: |reader, id| in_json(view(reader, id.into())) };

/// How a sale at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, sale: Sale) -> Result<SaleView, Failure> {
    let register = Register::of(reader)?;
    let closing = sale.closing.as_ref();
    let plan = closing.map_or(1, |closing| closing.terms.plan_version);
    let attribution = sale.attribution().map(|said| attributed(&register, said, plan)).transpose()?;
    let waits_for = sale.holds().iter().map(|hold| held(&register, *hold)).collect::<Result<_, _>>()?;
    let credits = sale.credits.iter().map(|entry| credited(&register, entry)).collect::<Result<_, _>>()?;
    // What others earn is for who answers for the department: one's own entries are one's own, here as in the list of them.
    let (sees_all, me) =
        (reader.reach().covers(sale.department, false), reader.actor().employee.map(Holder::Person));
    let shown = sale.ledger.iter().filter(|entry| sees_all || Some(entry.booked.holder) == me);
    let commission = shown.map(|entry| booked(&register, entry)).collect::<Result<_, _>>()?;
    let settlement = closing.and_then(|closing| closing.settlement.as_ref()).filter(|_| sees_all);
    let settlement = settlement.map(|settlement| settled(&register, settlement)).transpose()?;
    Ok(SaleView {
        id: sale.id,
        status: sale.state(),
        contract_id: sale.deal.contract(),
        order_id: sale.deal.order(),
        customer: {
            let customer = survivor(reader, sale.customer)?;
            refer_to(reader, customer)?
        },
        department: register.placed(sale.department)?,
        submitter: register.named(sale.submitter)?,
        opened_at: sale.opened_at,
        closed_on: closing.map(|closing| closing.on),
        owner: closing.map(|closing| register.named(closing.facts.owner)).transpose()?,
        total: yuan(sale.total),
        received: yuan(sale.received),
        due: sale.due().filter(|_| sees_all).map(yuan),
        attribution,
        settlement,
        waits_for,
        credits,
        commission,
        told: sale.told.into_iter().map(said).collect(),
        number: sale.number,
        version: sale.version,
    })
}

/// A sale in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleSummary)]
pub struct SaleSummary {
    /// Its identity.
    pub id: SaleId,
    /// The number of its contract.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: SaleState,
    /// With whom.
    pub customer: CustomerRef,
    /// The department of its contract.
    pub department: NamedRef,
    /// Whose the customer was when it closed.
    pub owner: Option<PersonRef>,
    /// The rule by which it is attributed.
    pub rule: Option<RuleCode>,
    /// What it comes to.
    pub total: Money,
    /// Received less refunded.
    pub received: Money,
    /// The day it closed.
    pub closed_on: Option<NaiveDate>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SaleSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("owner", &EMPLOYEE)];
}

/// Which sales are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SaleFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "held,closed")]
    pub status: Several<SaleState>,
    /// Only attributed by these rules, separated by commas.
    #[param(inline, example = "plain")]
    pub rule: Several<RuleCode>,
    /// Only of this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only with this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only where the customer was this person's.
    pub owner_id: Option<EmployeeId>,
    /// Only closed on this day or later.
    #[serde(rename = "closed_on[gte]")]
    pub closed_from: Option<NaiveDate>,
    /// Only closed on this day or before.
    #[serde(rename = "closed_on[lte]")]
    pub closed_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: SaleOrder,
}

impl Filter for SaleFilter {}

orders! {
    /// By what sales are ordered.
    pub SaleOrder of Row in sales by id, descending:
    opened_at = id;
    changed_at;
}

type Found = (Row, CustomerColumns);

/// Sales within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SaleFilter,
    page: &Page,
) -> Result<Slice<SaleSummary>, Failure> {
    let mut wanted = covered(reader);
    of_customer!(wanted, reader, sales, filter);
    narrow!(wanted, sales, filter;
        status in status, rule in rule, contract_id = contract_id,
        department_id = department_id, owner_id = owner_id, closed_on >= closed_from, closed_on <= closed_to,
        changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        sales::table.inner_join(customers::table.on(customers::id.eq(sales::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let survivors = Survivors::of(reader, found.data.iter().map(|(row, _)| row.customer_id))?;
    let register = Register::of(reader)?;
    found.try_map(|(row, customer)| summary(&register, row, survivors.shown(customer.into())))
}

fn summary(register: &Register, row: Row, customer: CustomerRef) -> Result<SaleSummary, Failure> {
    Ok(SaleSummary {
        id: row.id.into(),
        status: row.state()?,
        customer,
        department: register.placed(row.department_id.into())?,
        owner: row.owner_id.map(|owner| register.named(owner.into())).transpose()?,
        rule: row.rule.as_deref().and_then(RuleCode::from_code),
        total: yuan(row.total_minor),
        received: yuan(row.received_minor),
        number: row.number,
        closed_on: row.closed_on,
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { SaleSummary as "sales" "成交" "Sales", domain::spine::Permission::ExportSales:
    number "合同编号" "Number";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    department "部门" "Department";
    owner "客户归属人" "Owner";
    rule "归属规则" "Rule";
    total "成交金额" "Total";
    received "已收款" "Received";
    closed_on "成交日期" "Closed on";
    changed_at "更新时间" "Changed at";
}
