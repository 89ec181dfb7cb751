//! What a filing looks like, and the filings within the caller's sight. `[SAL-2, INT-4]`

use super::{find, row::Row};
use crate::{
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::of_customer,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{customers, filings},
    search,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, Target,
        View, columns, covered, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    filing::{Filing, FilingAction, FilingContent, FilingId, FilingState},
    spine::{AnyId, DepartmentId, EmployeeId, Money, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a filing. An alias, because the derive would take a generic type apart.
type FilingActionView = ActionView<FilingAction>;

/// A filing.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Filing)]
pub struct FilingView {
    /// Its identity.
    pub id: FilingId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "FL-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: FilingState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was refused, released or ruled against.
    #[schema(max_length = 500)]
    pub status_reason: Option<String>,
    /// Of which customer.
    pub customer: CustomerRef,
    /// Of which product line.
    #[schema(max_length = 60, example = "监护仪")]
    pub product_line: String,
    /// Who filed it.
    pub filer: PersonRef,
    /// The department they worked in then.
    pub department: NamedRef,
    /// At which site or in which project.
    #[schema(max_length = 200)]
    pub site: Option<String>,
    /// What it may come to.
    pub estimate: Money,
    /// The day it is expected to close.
    pub expected_on: NaiveDate,
    /// What shows the chance.
    #[schema(max_length = 2000)]
    pub grounds: String,
    /// Files that prove it.
    #[schema(max_items = 20)]
    pub evidence: Vec<AnyId>,
    /// The last day it protects at most.
    pub protected_until: Option<NaiveDate>,
    /// The last day it protects as things stand: without progress it lapses earlier.
    pub lapses_on: Option<NaiveDate>,
    /// Whether it was extended.
    pub is_extended: bool,
    /// Why.
    #[schema(max_length = 500)]
    pub extension_reason: Option<String>,
    /// The day of the last progress.
    pub progressed_on: Option<NaiveDate>,
    /// The filing it meets, where it is contested.
    pub against_id: Option<FilingId>,
    /// Who reviewed or ruled.
    pub decided_by: Option<PersonRef>,
    /// When it was drafted.
    pub created_at: Timestamp,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<FilingActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for FilingView {
    const REFERS: &'static [Refers] = &[
        Refers::to("decided_by", &EMPLOYEE),
        Refers::to("department", &DEPARTMENT),
        Refers::to("filer", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/filings/{}", self.id))
    }
}

/// One filing, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: FilingId) -> Result<FilingView, Failure> {
    let filing = find(reader, id)?;
    show(reader, filing)
}

/// A filing where something refers to it.
pub static FILING: Target =
    Target { permission: Permission::ReadFilings, look: |reader, id| in_json(view(reader, id.into())) };

/// How a filing at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, filing: Filing) -> Result<FilingView, Failure> {
    let (customer, register) = (refer_to(reader, filing.customer)?, Register::of(reader)?);
    shown(reader, &register, filing, customer)
}

fn shown(
    reader: &Reader<'_>,
    register: &Register,
    filing: Filing,
    customer: CustomerRef,
) -> Result<FilingView, Failure> {
    let actions = filing.actions(reader.actor(), reader.today());
    let (status_at, reason) = filing.status.told();
    let FilingContent { product_line, site, estimate, expected_on, grounds, evidence } = filing.content;
    Ok(FilingView {
        id: filing.id,
        status: filing.status.state(),
        status_at,
        status_reason: reason.map(str::to_owned),
        customer,
        product_line,
        filer: register.named(filing.filer)?,
        department: register.placed(filing.department)?,
        site,
        estimate,
        expected_on,
        grounds,
        evidence: evidence.into_iter().map(|file| AnyId::from_uuid(file.uuid())).collect(),
        protected_until: filing.protection.map(|protection| protection.until),
        lapses_on: filing.protection.map(|protection| protection.lapses_on()),
        is_extended: filing.protection.is_some_and(|protection| protection.is_extended),
        extension_reason: filing.extension_reason,
        progressed_on: filing.protection.map(|protection| protection.progressed_on),
        against_id: filing.against,
        decided_by: filing.decided_by.map(|person| register.named(person)).transpose()?,
        created_at: filing.created_at,
        actions: ActionView::listed(&format!("/api/v1/filings/{}", filing.id), actions),
        version: filing.version,
        number: filing.number,
    })
}

impl Placed<crate::Sales> for FilingAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::File => Place::Post("/file"),
            Self::Extend => Place::Post("/extend"),
            Self::Release => Place::Post("/release"),
            Self::Protect => Place::Post("/protect"),
            Self::Refuse => Place::Post("/refuse"),
            Self::Rule => Place::Post("/rule"),
        }
    }
}

/// Which filings are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct FilingFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "filed,protected")]
    pub status: Several<FilingState>,
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this product line.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60)]
    pub product_line: Option<String>,
    /// Only of who filed.
    pub filer_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only what lapses on this day or before.
    #[serde(rename = "lapses_on[lte]")]
    pub lapses_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, product line or the name of who filed, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "监护")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: FilingOrder,
}

impl Filter for FilingFilter {}

orders! {
    /// By what filings are ordered.
    pub FilingOrder of Row in filings by id, descending:
    created_at = id;
    changed_at;
    expected_on;
}

type Found = (Row, CustomerColumns);

/// Filings within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &FilingFilter,
    page: &Page,
) -> Result<Slice<FilingView>, Failure> {
    let sight = Sight::of(reader);
    let own = filings::filer_id.eq(sight.employee);
    let mut wanted = covered!(sight, filings, "filing", own);
    of_customer!(wanted, reader, filings, filter);
    narrow!(wanted, filings, filter;
        status in status, product_line = product_line, filer_id = filer_id,
        department_id = department_id, lapses_on <= lapses_to, changed_at >= changed_from,
        changed_at < changed_before);
    search!(wanted, filter, filings::search_text; filings::filer_id);
    let found = paged!(reader, page, filter.sort, wanted;
        filings::table.inner_join(customers::table.on(customers::id.eq(filings::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|(row, customer): Found| shown(reader, &register, row.filing()?, customer.into()))
}

columns! { FilingView as "filings" "销售报备" "Filings", domain::spine::Permission::ExportSales:
    number "报备编号" "Number";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    product_line "产品线" "Product line";
    site "项目或地点" "Site";
    filer "报备人" "Filed by";
    department "部门" "Department";
    estimate "预计金额" "Estimate";
    expected_on "预计成交" "Expected on";
    protected_until "保护期至" "Protected until";
    lapses_on "失效日" "Lapses on";
    created_at "报备时间" "Created at";
}
