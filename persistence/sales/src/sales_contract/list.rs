//! The contracts within the caller's sight. `[CON-1, INT-4]`

use super::row::Row;
use crate::{
    customer_file::{CustomerRef, view::CustomerColumns},
    merged::of_customer,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{customers, sales_contracts},
    search,
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Sight, Slice, View, columns, covered, narrow, orders,
        paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    sales_contract::{ContractKind, SalesContractId, SalesContractState},
    spine::{DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A contract in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesContractSummary)]
pub struct SalesContractSummary {
    /// Its identity.
    pub id: SalesContractId,
    /// Its number.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: SalesContractState,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// The department whose sale it is.
    pub department: NamedRef,
    /// With whom.
    pub customer: CustomerRef,
    /// What kind.
    pub kind: ContractKind,
    /// What it is about.
    #[schema(max_length = 200)]
    pub subject: String,
    /// What the customer pays.
    pub total: Money,
    /// The day of its signature.
    pub signed_on: Option<NaiveDate>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SalesContractSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which contracts are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SalesContractFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "approved,signed")]
    pub status: Several<SalesContractState>,
    /// Only of these kinds, separated by commas.
    #[param(inline, example = "sale")]
    pub kind: Several<ContractKind>,
    /// Only with this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever drew it up.
    pub submitter_id: Option<EmployeeId>,
    /// Only signed on this day or later.
    #[serde(rename = "signed_on[gte]")]
    pub signed_from: Option<NaiveDate>,
    /// Only signed on this day or before.
    #[serde(rename = "signed_on[lte]")]
    pub signed_to: Option<NaiveDate>,
    /// Only those whose last day is this one or before.
    #[serde(rename = "expires_on[lte]")]
    pub expires_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, subject or the name of whoever drew it up, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "监护")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: SalesContractOrder,
}

impl Filter for SalesContractFilter {}

orders! {
    /// By what contracts are ordered.
    pub SalesContractOrder of Row in sales_contracts by id, descending:
    created_at = id;
    changed_at;
}

type Found = (Row, CustomerColumns);

/// Contracts within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SalesContractFilter,
    page: &Page,
) -> Result<Slice<SalesContractSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), sales_contracts, "sales_contract");
    of_customer!(wanted, reader, sales_contracts, filter);
    narrow!(wanted, sales_contracts, filter;
        status in status, kind in kind, department_id = department_id,
        submitter_id = submitter_id, signed_on >= signed_from, signed_on <= signed_to, expires_on <= expires_to,
        changed_at >= changed_from, changed_at < changed_before);
    search!(wanted, filter, sales_contracts::search_text; sales_contracts::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        sales_contracts::table.inner_join(customers::table.on(customers::id.eq(sales_contracts::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, customer): Found) -> Result<SalesContractSummary, Failure> {
    Ok(SalesContractSummary {
        id: row.id.into(),
        status: row.state()?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        customer: customer.into(),
        kind: row.kind()?,
        total: row.total()?,
        number: row.number,
        subject: row.subject,
        signed_on: row.signed_on,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { SalesContractSummary as "sales-contracts" "销售合同" "Sales contracts", domain::spine::Permission::ExportSales:
    number "合同编号" "Number";
    status "状态" "Status";
    kind "类型" "Kind";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    subject "标的" "Subject";
    submitter "填报人" "Drawn up by";
    department "部门" "Department";
    total "合同金额" "Total";
    currency "币种" "Currency" = |row| row.total.currency().code();
    signed_on "签署日期" "Signed on";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
