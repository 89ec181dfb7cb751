//! What an instalment looks like, and those within the caller's sight. `[REC-1a, REC-1d, INT-4]`

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
    sales_contract::SALES_CONTRACT,
    sales_order::view::SALES_ORDER,
    schema::{customer_standings as standings, customers, instalments},
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Slice, View, columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    instalment::{
        Instalment, InstalmentId, InstalmentState, InstalmentTerm, Milestone, amounts_of, overdue_days,
    },
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What a document says of an instalment, and what that comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InstalmentTerm)]
pub struct InstalmentTermView {
    /// Its share of the whole in basis points; null where its amount is said.
    #[schema(minimum = 1, maximum = 10000)]
    pub share_bp: Option<u32>,
    /// What it comes to.
    pub amount: Money,
    /// The day by whose end it is due; null where it waits for something.
    pub due_on: Option<NaiveDate>,
    /// What it waits for.
    pub after: Option<Milestone>,
    /// How many days after that it is due.
    #[schema(minimum = 0, maximum = 3650)]
    pub days: Option<u32>,
}

/// What a document of this total says of its instalments.
pub(crate) fn terms(said: &[InstalmentTerm], total: Money) -> Vec<InstalmentTermView> {
    let shown = said.iter().zip(amounts_of(said, total.minor())).map(|(term, minor)| InstalmentTermView {
        share_bp: term.share_bp,
        amount: Money::from_minor(minor, total.currency()),
        due_on: term.due_on,
        after: term.after,
        days: term.awaited().map(|(_, days)| days),
    });
    shown.collect()
}

/// What a customer is to pay of a contract or an order, by a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Instalment)]
pub struct InstalmentView {
    /// Its identity.
    pub id: InstalmentId,
    /// Where it stands.
    pub status: InstalmentState,
    /// The number of its contract or order.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Its contract; null where it is of an order.
    pub contract_id: Option<SalesContractId>,
    /// Its order; null where it is of a contract.
    pub order_id: Option<SalesOrderId>,
    /// Its place among those of the same document, from 1 on.
    #[schema(minimum = 1)]
    pub place: u32,
    /// The department of the document.
    pub department: NamedRef,
    /// Who pays.
    pub customer: CustomerRef,
    /// Who drew the document up.
    pub submitter: PersonRef,
    /// How much it is.
    pub amount: Money,
    /// What is open of it.
    pub open: Money,
    /// What it waits for; null where its day was said.
    pub after: Option<Milestone>,
    /// How many days after that it is due.
    #[schema(minimum = 0)]
    pub days: Option<u32>,
    /// The day by whose end it is due; null until that is known.
    pub due_on: Option<NaiveDate>,
    /// How many days it is overdue today; null where it is not.
    #[schema(minimum = 1)]
    pub overdue_days: Option<i64>,
    /// How what is open of it came to be, the earliest first.
    #[schema(max_items = 10000)]
    pub entries: Vec<InstalmentEntryView>,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What was added to what is open, or taken off it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InstalmentEntry)]
pub struct InstalmentEntryView {
    /// The business day.
    pub counted_on: NaiveDate,
    /// How much; below nothing where it was taken off.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}

impl View for InstalmentView {
    const REFERS: &'static [Refers] = &[
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("order", &SALES_ORDER).by("order_id"),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
}

/// One instalment, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: InstalmentId) -> Result<InstalmentView, Failure> {
    let (instalment, register, today) = (find(reader, id)?, Register::of(reader)?, reader.today());
    let yuan = |minor| Money::from_minor(minor, Currency::Cny);
    let (status, open, overdue_days) =
        (instalment.state(), yuan(instalment.open()), instalment.overdue_days(today));
    let Instalment { id, deal, number, place, department, customer, submitter, amount, after, .. } =
        instalment;
    let Instalment { due_on, entries, version, .. } = instalment;
    let shown = entries.iter().map(|entry| InstalmentEntryView {
        counted_on: entry.on,
        amount: yuan(entry.amount),
        at: entry.at,
    });
    Ok(InstalmentView {
        id,
        status,
        number,
        contract_id: deal.contract(),
        order_id: deal.order(),
        place,
        department: register.placed(department)?,
        customer: refer_to(reader, customer)?,
        submitter: register.named(submitter)?,
        amount: yuan(amount),
        open,
        after: after.map(|(milestone, _)| milestone),
        days: after.map(|(_, days)| days),
        due_on,
        overdue_days,
        entries: shown.collect(),
        version,
    })
}

/// An instalment in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InstalmentSummary)]
pub struct InstalmentSummary {
    /// Its identity.
    pub id: InstalmentId,
    /// Where it stands.
    pub status: InstalmentState,
    /// The number of its contract or order.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Its place among those of the same document, from 1 on.
    #[schema(minimum = 1)]
    pub place: i32,
    /// The department of the document.
    pub department: NamedRef,
    /// Who pays.
    pub customer: CustomerRef,
    /// Who owns the customer today.
    pub owner: Option<PersonRef>,
    /// How much it is.
    pub amount: Money,
    /// What is open of it.
    pub open: Money,
    /// What it waits for; null where its day was said.
    pub after: Option<Milestone>,
    /// The day by whose end it is due; null until that is known.
    pub due_on: Option<NaiveDate>,
    /// How many days it is overdue today; null where it is not.
    #[schema(minimum = 1)]
    pub overdue_days: Option<i64>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for InstalmentSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("owner", &EMPLOYEE)];
}

/// Which instalments are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct InstalmentFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "open")]
    pub status: Several<InstalmentState>,
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of customers whom this person owns today.
    pub owner_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only of this order.
    pub order_id: Option<SalesOrderId>,
    /// Only what is overdue today, or only what is not.
    pub overdue: Option<bool>,
    /// Only due on this day or later.
    #[serde(rename = "due_on[gte]")]
    pub due_from: Option<NaiveDate>,
    /// Only due on this day or before.
    #[serde(rename = "due_on[lte]")]
    pub due_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: InstalmentOrder,
}

impl Filter for InstalmentFilter {}

orders! {
    /// By what instalments are ordered.
    pub InstalmentOrder of Row in instalments by id, descending:
    created_at = id;
    changed_at;
}

type Found = (Row, CustomerColumns, Option<Key>);

/// Instalments within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &InstalmentFilter,
    page: &Page,
) -> Result<Slice<InstalmentSummary>, Failure> {
    let (mut wanted, today) = (covered(reader), reader.today());
    of_customer!(wanted, reader, instalments, filter);
    narrow!(wanted, instalments, filter;
        status in status, department_id = department_id, contract_id = contract_id,
        order_id = order_id, due_on >= due_from, due_on <= due_to,
        changed_at >= changed_from, changed_at < changed_before);
    if let Some(owner) = filter.owner_id {
        let owned = standings::table
            .filter(standings::owner_id.eq(Some(Key::from(owner))))
            .select(standings::customer_id);
        wanted.also(instalments::customer_id.eq_any(owned));
    }
    let is_open = || instalments::status.eq(InstalmentState::Open.code());
    match filter.overdue {
        Some(true) => wanted.also(is_open().nullable().and(instalments::due_on.lt(Some(today)))),
        Some(false) => {
            let later = instalments::due_on.is_null().nullable().or(instalments::due_on.ge(Some(today)));
            wanted.also(instalments::status.ne(InstalmentState::Open.code()).nullable().or(later));
        }
        None => {}
    }
    let found = paged!(reader, page, filter.sort, wanted;
        instalments::table
            .inner_join(customers::table.on(customers::id.eq(instalments::customer_id)))
            .left_join(standings::table.on(standings::customer_id.eq(instalments::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name), standings::owner_id.nullable());
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row, today))
}

fn summary(
    register: &Register,
    (row, customer, owner): Found,
    today: NaiveDate,
) -> Result<InstalmentSummary, Failure> {
    let (status, yuan) = (row.state()?, |minor| Money::from_minor(minor, Currency::Cny));
    Ok(InstalmentSummary {
        id: row.id.into(),
        status,
        place: row.place,
        department: register.placed(row.department_id.into())?,
        customer: customer.into(),
        owner: owner.map(|owner| register.named(owner.into())).transpose()?,
        amount: yuan(row.amount_minor),
        open: yuan(row.open_minor),
        after: row.milestone()?,
        due_on: row.due_on,
        overdue_days: overdue_days(status, row.due_on, today),
        changed_at: row.changed_at.into(),
        version: row.version,
        number: row.number,
    })
}

columns! { InstalmentSummary as "instalments" "分期应收" "Instalments", domain::spine::Permission::ExportSales:
    number "单据编号" "Number";
    place "期次" "Instalment";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    owner "负责人" "Owner" = |row| row.owner.as_ref().map(|owner| owner.name.as_str());
    department "部门" "Department";
    amount "金额" "Amount";
    open "未收金额" "Open";
    currency "币种" "Currency" = |row| row.amount.currency().code();
    after "条件" "After";
    due_on "到期日" "Due on";
    overdue_days "逾期天数" "Days overdue";
    changed_at "更新时间" "Changed at";
}
