//! What a grant of credit looks like, those within the caller's sight, and how a customer stands. `[REC-1e, INT-4]`

use super::{
    exposure::{limit_of, unallocated},
    find,
    row::{Row, limit_in_force},
};
use crate::{
    approval::{APPROVAL, document::owner},
    counted_figure, customer_file,
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::of_customer,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    sales_order::SALES_ORDER,
    schema::{credit_grants, customers},
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    counted_figure::CountedKind,
    credit_grant::{
        CreditGrant, CreditGrantAction, CreditGrantId, CreditGrantKind, CreditGrantState, Granted,
    },
    customer_file::CustomerId,
    sales_order::SalesOrderId,
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Money, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a grant. An alias, because the derive would take a generic type apart.
type CreditGrantActionView = ActionView<CreditGrantAction>;

/// Credit that is granted to a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CreditGrant)]
pub struct CreditGrantView {
    /// Its identity.
    pub id: CreditGrantId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "CG-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: CreditGrantState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who asks.
    pub submitter: PersonRef,
    /// The department of whoever asks.
    pub department: NamedRef,
    /// To whom.
    pub customer: CustomerRef,
    /// What kind.
    pub kind: CreditGrantKind,
    /// What the customer may owe at most; null for a release.
    pub limit: Option<Money>,
    /// How many days after its approval an order is due; null for a release.
    #[schema(minimum = 0, maximum = 3660)]
    pub days: Option<u32>,
    /// The last day it holds; null: until another takes its place.
    pub valid_to: Option<NaiveDate>,
    /// The order that may go beyond; null for a limit.
    pub order_id: Option<SalesOrderId>,
    /// Why.
    #[schema(max_length = 500, example = "长期合作，回款及时")]
    pub grounds: String,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<CreditGrantActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CreditGrantView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("order", &SALES_ORDER).by("order_id"),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/credit-grants/{}", self.id))
    }
}

/// How a customer stands with us.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerCredit)]
pub struct CustomerCreditView {
    /// Who.
    pub customer: CustomerRef,
    /// What they may owe at most; null where they are not limited.
    pub limit: Option<Money>,
    /// How many days after its approval an order is due; null where no limit was granted.
    #[schema(minimum = 0, maximum = 3660)]
    pub days: Option<u32>,
    /// The last day the limit holds.
    pub valid_to: Option<NaiveDate>,
    /// What they owe: of orders from their submission on, less what is paid, cancelled or came back.
    pub exposure: Money,
    /// What they paid and nothing has yet: so much more they may owe.
    pub unallocated: Money,
    /// What they may still order; below nothing where the limit was cut; null where they are not limited.
    pub left: Option<Money>,
}

impl View for CustomerCreditView {}

/// How a customer in sight stands with us.
///
/// # Errors
/// Not found where the caller may not see them.
pub fn of_customer(reader: &mut Reader<'_>, id: CustomerId) -> Result<CustomerCreditView, Failure> {
    let customer = customer_file::find(reader, id)?.id;
    let counted = counted_figure::of(reader, CountedKind::Credit, customer.uuid())?;
    let exposure = counted.map_or(0, |figure| figure.counted);
    let (limit, unallocated) = (limit_of(reader, customer)?, unallocated(reader, customer)?);
    let yuan = |minor| Money::from_minor(minor, Currency::Cny);
    let granted = limit_in_force(reader, customer)?.map(|grant| grant.content.granted);
    let (days, valid_to) = match granted {
        Some(Granted::Limit { days, valid_to, .. }) => (Some(days), valid_to),
        _ => (None, None),
    };
    Ok(CustomerCreditView {
        customer: refer_to(reader, customer)?,
        limit: limit.map(yuan),
        days,
        valid_to,
        exposure: yuan(exposure),
        unallocated: yuan(unallocated),
        left: limit.map(|limit| yuan(limit + unallocated - exposure)),
    })
}

/// One grant, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: CreditGrantId) -> Result<CreditGrantView, Failure> {
    let grant = find(reader, id)?;
    show(reader, grant)
}

/// How a grant at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, grant: CreditGrant) -> Result<CreditGrantView, Failure> {
    let register = Register::of(reader)?;
    let (status, actions) = (grant.state(), grant.actions(owner(reader, &grant)?, reader.actor()));
    let CreditGrant { id, petition, department, content, version } = grant;
    let (status_at, reason) = petition.standing.told();
    let (limit, days, valid_to, order_id) = match content.granted {
        Granted::Limit { limit, days, valid_to } => (Some(limit), Some(days), valid_to, None),
        Granted::Release { order } => (None, None, None, Some(order)),
    };
    Ok(CreditGrantView {
        id,
        status,
        status_at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        customer: refer_to(reader, content.customer)?,
        kind: content.granted.kind(),
        limit,
        days,
        valid_to,
        order_id,
        grounds: content.grounds,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/credit-grants/{id}"), actions),
        version,
        number: petition.number,
    })
}

impl Placed<crate::Sales> for CreditGrantAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// A grant in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CreditGrantSummary)]
pub struct CreditGrantSummary {
    /// Its identity.
    pub id: CreditGrantId,
    /// Its number.
    #[schema(max_length = 60, example = "CG-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: CreditGrantState,
    /// Who asks.
    pub submitter: PersonRef,
    /// The department of whoever asks.
    pub department: NamedRef,
    /// To whom.
    pub customer: CustomerRef,
    /// What kind.
    pub kind: CreditGrantKind,
    /// What the customer may owe at most.
    pub limit: Option<Money>,
    /// The last day it holds.
    pub valid_to: Option<NaiveDate>,
    /// The order that may go beyond.
    pub order_id: Option<SalesOrderId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CreditGrantSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which grants are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CreditGrantFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "in_force")]
    pub status: Several<CreditGrantState>,
    /// Only of these kinds, separated by commas.
    #[param(inline, example = "limit")]
    pub kind: Several<CreditGrantKind>,
    /// Only to this customer.
    pub customer_id: Option<CustomerId>,
    /// Only for this order.
    pub order_id: Option<SalesOrderId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever asked.
    pub submitter_id: Option<EmployeeId>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: CreditGrantOrder,
}

impl Filter for CreditGrantFilter {}

orders! {
    /// By what grants are ordered.
    pub CreditGrantOrder of Row in credit_grants by id, descending:
    created_at = id;
    changed_at;
}

type Found = (Row, CustomerColumns);

/// Grants within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CreditGrantFilter,
    page: &Page,
) -> Result<Slice<CreditGrantSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), credit_grants, "credit_grant");
    of_customer!(wanted, reader, credit_grants, filter);
    narrow!(wanted, credit_grants, filter;
        status in status, kind in kind, order_id = order_id,
        department_id = department_id, submitter_id = submitter_id, changed_at >= changed_from,
        changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        credit_grants::table.inner_join(customers::table.on(customers::id.eq(credit_grants::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, customer): Found) -> Result<CreditGrantSummary, Failure> {
    Ok(CreditGrantSummary {
        id: row.id.into(),
        status: row.state()?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        customer: customer.into(),
        kind: row.kind()?,
        limit: row.limit()?,
        number: row.number,
        valid_to: row.valid_to,
        order_id: row.order_id.map(Into::into),
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { CreditGrantSummary as "credit-grants" "客户授信" "Credit granted", domain::spine::Permission::ExportSales:
    number "单号" "Number";
    status "状态" "Status";
    kind "类型" "Kind";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    limit "额度" "Limit";
    valid_to "有效期至" "Valid to";
    submitter "申请人" "Asked by";
    department "部门" "Department";
    created_at "填报时间" "Created at";
}
