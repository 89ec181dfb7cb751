//! Whom sales count for (业绩), entry by entry: what targets, points and analyses read. `[SAL-1c, ANA-1]`

use super::row::CreditRow as Row;
use crate::{
    customer_file::CustomerRef,
    customer_file::view::CustomerColumns,
    merged::{Survivors, of_customer},
    organisation::{DEPARTMENT, EMPLOYEE, NamedColumns, NamedRef, PersonRef, Register},
    schema::{credit_entries, customers, products},
    spine::{
        Failure, Filter, Page, Reader, Refers, Sight, Slice, View, Where, columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    product::ProductId,
    quantity::Quantity,
    sale::SaleId,
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Money},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An entry of performance credit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CreditEntry)]
pub struct CreditEntryView {
    /// Its identity.
    pub id: AnyId,
    /// The sale.
    pub sale_id: SaleId,
    /// Whom it counts for; null: the department alone.
    pub employee: Option<PersonRef>,
    /// The department it counts for, as of the day.
    pub department: NamedRef,
    /// With whom.
    pub customer: CustomerRef,
    /// What was sold.
    pub product: NamedRef,
    /// The region.
    #[schema(max_length = 40)]
    pub region: Option<String>,
    /// The channel.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// How many; below nothing where it is taken back.
    pub quantity: Quantity,
    /// The amount without tax.
    pub net: Money,
    /// The day it counts.
    pub counted_on: NaiveDate,
}

impl View for CreditEntryView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
}

/// Which entries are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CreditEntryFilter {
    /// Only of this sale.
    pub sale_id: Option<SaleId>,
    /// Only those that count for this person.
    pub employee_id: Option<EmployeeId>,
    /// Only those that count for this department.
    pub department_id: Option<DepartmentId>,
    /// Only with this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this product.
    pub product_id: Option<ProductId>,
    /// Only those that count on this day or later.
    #[serde(rename = "counted_on[gte]")]
    pub counted_from: Option<NaiveDate>,
    /// Only those that count on this day or before.
    #[serde(rename = "counted_on[lte]")]
    pub counted_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: CreditEntryOrder,
}

impl Filter for CreditEntryFilter {}

orders! {
    /// By what entries are ordered.
    pub CreditEntryOrder of Row in credit_entries by id, descending:
    created_at = id;
    counted_on;
}

type Found = (Row, CustomerColumns, NamedColumns);

/// Entries of credit within the caller's sight: one's own, and of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CreditEntryFilter,
    page: &Page,
) -> Result<Slice<CreditEntryView>, Failure> {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if !sight.all {
        let own = credit_entries::employee_id.eq(Some(sight.employee));
        wanted.also(own.or(credit_entries::department_id.eq_any(sight.departments).nullable()));
    }
    of_customer!(wanted, reader, credit_entries, filter);
    narrow!(wanted, credit_entries, filter;
        sale_id = sale_id, employee_id = employee_id, department_id = department_id,
        product_id = product_id, counted_on >= counted_from, counted_on <= counted_to);
    let found = paged!(reader, page, filter.sort, wanted;
        credit_entries::table
            .inner_join(customers::table.on(customers::id.eq(credit_entries::customer_id)))
            .inner_join(products::table.on(products::id.eq(credit_entries::product_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name),
            (products::id, products::code, products::name_zh, products::name_en));
        |found: &Found| &found.0);
    let survivors = Survivors::of(reader, found.data.iter().map(|(row, ..)| row.customer_id))?;
    let register = Register::of(reader)?;
    found.try_map(|row| shown(&register, &survivors, row))
}

fn shown(
    register: &Register,
    survivors: &Survivors,
    (row, customer, product): Found,
) -> Result<CreditEntryView, Failure> {
    Ok(CreditEntryView {
        id: row.id.into(),
        sale_id: row.sale_id.into(),
        employee: row.employee_id.map(|person| register.named(person.into())).transpose()?,
        department: register.placed(row.department_id.into())?,
        customer: survivors.shown(customer.into()),
        product: product.into(),
        region: row.region,
        channel: row.channel,
        quantity: Quantity::from_scaled(row.quantity),
        net: Money::from_minor(row.net_minor, Currency::Cny),
        counted_on: row.counted_on,
    })
}

columns! { CreditEntryView as "credit-entries" "业绩明细" "Performance credit", domain::spine::Permission::ExportSales:
    counted_on "日期" "Date";
    employee "业绩归属人" "Counts for";
    department "部门" "Department";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    product "产品" "Product";
    quantity "数量" "Quantity" = |row| row.quantity.to_string();
    net "不含税金额" "Net";
    region "区域" "Region";
    channel "渠道" "Channel";
}
