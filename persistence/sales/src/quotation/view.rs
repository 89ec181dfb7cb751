//! What a quotation looks like, and the quotations within the caller's sight. `[SAL-3, INT-4]`

use super::{find, row::Row};
use crate::{
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::of_customer,
    opportunity::OPPORTUNITY,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    product,
    sales_contract::SALES_CONTRACT,
    schema::{customers, quotations},
    search,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    opportunity::OpportunityId,
    quantity::Quantity,
    quotation::{Quotation, QuotationAction, QuotationId, QuotationState},
    sales_contract::SalesContractId,
    spine::{DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a quotation. An alias, because the derive would take a generic type apart.
type QuotationActionView = ActionView<QuotationAction>;

/// A quotation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Quotation)]
pub struct QuotationView {
    /// Its identity.
    pub id: QuotationId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "QT-2026-000012")]
    pub number: String,
    /// Which version of it this is, from 1.
    #[schema(minimum = 1)]
    pub edition: u32,
    /// Where it stands.
    pub status: QuotationState,
    /// Since when.
    pub status_at: Timestamp,
    /// Why it was declined.
    #[schema(max_length = 500)]
    pub status_reason: Option<String>,
    /// For which customer.
    pub customer: CustomerRef,
    /// Of which opportunity.
    pub opportunity_id: Option<OpportunityId>,
    /// Who quotes.
    pub owner: PersonRef,
    /// The department they worked in then.
    pub department: NamedRef,
    /// What it is about.
    #[schema(max_length = 200)]
    pub subject: String,
    /// The region it counts in.
    #[schema(max_length = 40)]
    pub region: Option<String>,
    /// The channel it counts in.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// What is offered.
    #[schema(max_items = 200)]
    pub lines: Vec<QuotationLineView>,
    /// What is taken off the whole.
    pub discount: Money,
    /// What the customer would pay, tax included.
    pub total: Money,
    /// The last day it is valid.
    pub valid_until: NaiveDate,
    /// When it was first sent.
    pub sent_at: Option<Timestamp>,
    /// The contract that was made of it.
    pub contract_id: Option<SalesContractId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<QuotationActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A line of a quotation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QuotationLine)]
pub struct QuotationLineView {
    /// What is offered.
    pub product: NamedRef,
    /// How many.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
    /// Its part of the discount.
    pub discount: Money,
    /// What the customer would pay for it.
    pub gross: Money,
}

impl View for QuotationView {
    const REFERS: &'static [Refers] = &[
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("opportunity", &OPPORTUNITY).by("opportunity_id"),
        Refers::to("owner", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/quotations/{}", self.id))
    }
}

/// One quotation, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: QuotationId) -> Result<QuotationView, Failure> {
    let quotation = find(reader, id)?;
    show(reader, quotation)
}

/// How a quotation at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, quotation: Quotation) -> Result<QuotationView, Failure> {
    let (register, customer) = (Register::of(reader)?, refer_to(reader, quotation.customer)?);
    let actions = quotation.actions(reader.actor(), reader.today());
    let total = quotation.content.total().map_err(Failure::fault)?;
    let lines = lines(reader, &quotation)?;
    let (id, content) = (quotation.id, quotation.content);
    Ok(QuotationView {
        id,
        number: quotation.number,
        edition: quotation.edition,
        status: quotation.state,
        status_at: quotation.state_at,
        status_reason: quotation.reason,
        customer,
        opportunity_id: quotation.opportunity,
        owner: register.named(quotation.owner)?,
        department: register.placed(quotation.department)?,
        subject: content.subject,
        region: content.region,
        channel: content.channel,
        lines,
        discount: content.discount,
        total,
        valid_until: content.valid_until,
        sent_at: quotation.sent_at,
        contract_id: quotation.contract,
        actions: ActionView::listed(&format!("/api/v1/quotations/{id}"), actions),
        version: quotation.version,
    })
}

fn lines(reader: &mut Reader<'_>, quotation: &Quotation) -> Result<Vec<QuotationLineView>, Failure> {
    let names = product::names(reader, quotation.content.lines.iter().map(|line| line.product))?;
    let amounts = quotation.content.amounts().map_err(Failure::fault)?;
    let shown = quotation.content.lines.iter().zip(amounts).map(|(line, amounts)| {
        Ok(QuotationLineView {
            product: names.get(&line.product).cloned().ok_or(Failure::NotFound)?,
            quantity: line.quantity,
            price: line.price,
            discount: amounts.discount,
            gross: amounts.gross,
        })
    });
    shown.collect()
}

impl Placed<crate::Sales> for QuotationAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Send => Place::Post("/send"),
            Self::Accept => Place::Post("/accept"),
            Self::Decline => Place::Post("/decline"),
            Self::Convert => Place::Post("/convert"),
        }
    }
}

/// A quotation in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QuotationSummary)]
pub struct QuotationSummary {
    /// Its identity.
    pub id: QuotationId,
    /// Its number.
    #[schema(max_length = 60, example = "QT-2026-000012")]
    pub number: String,
    /// Which version of it this is.
    pub edition: i32,
    /// Where it stands.
    pub status: QuotationState,
    /// For which customer.
    pub customer: CustomerRef,
    /// Who quotes.
    pub owner: PersonRef,
    /// The department they worked in then.
    pub department: NamedRef,
    /// What it is about.
    #[schema(max_length = 200)]
    pub subject: String,
    /// What the customer would pay.
    pub total: Money,
    /// The last day it is valid.
    pub valid_until: NaiveDate,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for QuotationSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("owner", &EMPLOYEE)];
}

/// Which quotations are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct QuotationFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "sent,accepted")]
    pub status: Several<QuotationState>,
    /// Only for this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this opportunity.
    pub opportunity_id: Option<OpportunityId>,
    /// Only of who quotes.
    pub owner_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only valid until this day or before.
    #[serde(rename = "valid_until[lte]")]
    pub valid_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, subject or the name of who quotes, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "监护")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: QuotationOrder,
}

impl Filter for QuotationFilter {}

orders! {
    /// By what quotations are ordered.
    pub QuotationOrder of Row in quotations by id, descending:
    created_at = id;
    changed_at;
    valid_until;
}

type Found = (Row, CustomerColumns);

/// Quotations within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &QuotationFilter,
    page: &Page,
) -> Result<Slice<QuotationSummary>, Failure> {
    let sight = Sight::of(reader);
    let own = quotations::owner_id.eq(sight.employee);
    let mut wanted = covered!(sight, quotations, "quotation", own);
    of_customer!(wanted, reader, quotations, filter);
    narrow!(wanted, quotations, filter;
        status in status, opportunity_id = opportunity_id, owner_id = owner_id,
        department_id = department_id, valid_until <= valid_to, changed_at >= changed_from,
        changed_at < changed_before);
    search!(wanted, filter, quotations::search_text; quotations::owner_id);
    let found = paged!(reader, page, filter.sort, wanted;
        quotations::table.inner_join(customers::table.on(customers::id.eq(quotations::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|(row, customer): Found| {
        Ok(QuotationSummary {
            id: row.id.into(),
            status: row.state()?,
            total: row.total()?,
            customer: customer.into(),
            owner: register.named(row.owner_id.into())?,
            department: register.placed(row.department_id.into())?,
            number: row.number,
            edition: row.edition,
            subject: row.subject,
            valid_until: row.valid_until,
            changed_at: row.changed_at.into(),
            version: row.version,
        })
    })
}

columns! { QuotationSummary as "quotations" "报价单" "Quotations", domain::spine::Permission::ExportSales:
    number "报价单号" "Number";
    edition "版本" "Version";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    subject "标的" "Subject";
    owner "报价人" "Quoted by";
    department "部门" "Department";
    total "总额" "Total";
    valid_until "有效期至" "Valid until";
    changed_at "更新时间" "Changed at";
}
