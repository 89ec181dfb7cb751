//! What a contract looks like, and the contracts within the caller's sight. `[CON-1, INT-4]`

use super::{find, row::Row};
use crate::{
    merged::of_customer,
    approval::{APPROVAL, document::owner},
    counted_figure,
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    instalment::{InstalmentTermView, view::terms},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    product,
    schema::{customers, sales_contracts},
    search,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, Target,
        View, columns, covered, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    counted_figure::CountedKind,
    customer_file::CustomerId,
    quantity::Quantity,
    sales_contract::{
        ContractKind, ReviewFinding, ReviewSubject, SalesContract, SalesContractAction, SalesContractId,
        SalesContractState,
    },
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Money, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a contract. An alias, because the derive would take a generic type apart.
type SalesContractActionView = ActionView<SalesContractAction>;

/// A contract of sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesContract)]
pub struct SalesContractView {
    /// Its identity.
    pub id: SalesContractId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: SalesContractState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided or cancelled.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// The department whose sale it is.
    pub department: NamedRef,
    /// With whom.
    pub customer: CustomerRef,
    /// What kind.
    pub kind: ContractKind,
    /// What it is about.
    #[schema(max_length = 200, example = "监护仪采购")]
    pub subject: String,
    /// The region it counts in.
    #[schema(max_length = 40, example = "华东")]
    pub region: Option<String>,
    /// The channel it counts in.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// What is sold.
    #[schema(max_items = 200)]
    pub lines: Vec<SalesContractLineView>,
    /// What is taken off the whole.
    pub discount: Money,
    /// What the customer pays, tax included.
    pub total: Money,
    /// What of that is collected; null before it is approved.
    pub collected: Option<Money>,
    /// What its review found.
    #[schema(max_items = 6)]
    pub review: Vec<ContractReviewView>,
    /// In which parts it is paid, each by when; where there are none, as the terms of receivables say.
    #[schema(max_items = 60)]
    pub instalments: Vec<InstalmentTermView>,
    /// The day of its signature.
    pub signed_on: Option<NaiveDate>,
    /// Who took the signature.
    pub taken_by: Option<PersonRef>,
    /// Where the signed original is.
    #[schema(max_length = 200)]
    pub original: Option<String>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<SalesContractActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A line of a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesContractLine)]
pub struct SalesContractLineView {
    /// What is sold.
    pub product: NamedRef,
    /// How many.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
    /// Its part of the discount.
    pub discount: Money,
    /// What the customer pays for it.
    pub gross: Money,
    /// Without tax.
    pub net: Money,
    /// The tax in it.
    pub tax: Money,
}

/// What the review found of a subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractReviewed)]
pub struct ContractReviewView {
    /// Of what.
    pub subject: ReviewSubject,
    /// What was found.
    pub finding: ReviewFinding,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl View for SalesContractView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
        Refers::to("taken_by", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/sales-contracts/{}", self.id))
    }
}

/// One contract, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: SalesContractId) -> Result<SalesContractView, Failure> {
    let contract = find(reader, id)?;
    show(reader, contract)
}

/// A contract where something refers to it.
pub static SALES_CONTRACT: Target =
    Target { permission: Permission::ReadContracts, look: |reader, id| in_json(view(reader, id.into())) };

/// How a contract at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, contract: SalesContract) -> Result<SalesContractView, Failure> {
    let register = Register::of(reader)?;
    let actions = contract.actions(owner(reader, &contract)?, reader.actor());
    let figure = counted_figure::of(reader, CountedKind::Collected, contract.id.uuid())?;
    let (status, lines) = (contract.state(), lines(reader, &contract)?);
    let total = contract.content.total().map_err(Failure::fault)?;
    let SalesContract { id, petition, department, content, signature, version } = contract;
    let (status_at, reason) = petition.standing.told();
    let review = content.review.into_iter().map(|reviewed| ContractReviewView {
        subject: reviewed.subject,
        finding: reviewed.finding,
        reason: reviewed.reason,
    });
    Ok(SalesContractView {
        id,
        status,
        status_at: signature.as_ref().map_or(status_at, |signature| Some(signature.at)),
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        customer: refer_to(reader, content.customer)?,
        kind: content.kind,
        subject: content.subject,
        region: content.region,
        channel: content.channel,
        lines,
        discount: content.discount,
        total,
        collected: figure.map(|figure| Money::from_minor(figure.counted, Currency::Cny)),
        review: review.collect(),
        instalments: terms(&content.instalments, total),
        signed_on: signature.as_ref().map(|signature| signature.on),
        taken_by: signature.as_ref().map(|signature| register.named(signature.taken_by)).transpose()?,
        original: signature.map(|signature| signature.original),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/sales-contracts/{id}"), actions),
        version,
        number: petition.number,
    })
}

fn lines(reader: &mut Reader<'_>, contract: &SalesContract) -> Result<Vec<SalesContractLineView>, Failure> {
    let names = product::names(reader, contract.content.lines.iter().map(|line| line.product))?;
    let amounts = contract.content.amounts().map_err(Failure::fault)?;
    let shown = contract.content.lines.iter().zip(amounts).map(|(line, amounts)| {
        Ok(SalesContractLineView {
            product: names.get(&line.product).cloned().ok_or(Failure::NotFound)?,
            quantity: line.quantity,
            price: line.price,
            discount: amounts.discount,
            gross: amounts.gross,
            net: amounts.net,
            tax: amounts.tax,
        })
    });
    shown.collect()
}

impl Placed<crate::Sales> for SalesContractAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Sign => Place::Post("/sign"),
            Self::Cancel => Place::Post("/cancel"),
        }
    }
}

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
        submitter_id = submitter_id, signed_on >= signed_from, signed_on <= signed_to,
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
