//! What a refund looks like, and the refunds within the caller's sight. `[REC-1c, INT-4]`

use super::{find, row::Row};
use crate::{
    approval::{APPROVAL, document::owner},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    sales_contract::SALES_CONTRACT,
    sales_order::SALES_ORDER,
    schema::refunds,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    refund::{Refund, RefundAction, RefundId, RefundState},
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{AnyId, DepartmentId, EmployeeId, Money, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a refund. An alias, because the derive would take a generic type apart.
type RefundActionView = ActionView<RefundAction>;

/// Money that goes back to a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
pub struct RefundView {
    /// Its identity.
    pub id: RefundId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "RF-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: RefundState,
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
    /// The department of the contract or order.
    pub department: NamedRef,
    /// Of which contract; null where it is of an order.
    pub contract_id: Option<SalesContractId>,
    /// Of which order; null where it is of a contract.
    pub order_id: Option<SalesOrderId>,
    /// How much.
    pub amount: Money,
    /// Why.
    #[schema(max_length = 500, example = "客户退订一台")]
    pub grounds: String,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// What finance calls the payment.
    #[schema(max_length = 100)]
    pub reference: Option<String>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<RefundActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RefundView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("order", &SALES_ORDER).by("order_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/refunds/{}", self.id))
    }
}

/// One refund, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: RefundId) -> Result<RefundView, Failure> {
    let refund = find(reader, id)?;
    show(reader, refund)
}

/// How a refund at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, refund: Refund) -> Result<RefundView, Failure> {
    let register = Register::of(reader)?;
    let (status, actions) = (refund.state(), refund.actions(owner(reader, &refund)?, reader.actor()));
    let Refund { id, petition, department, content, payment, version } = refund;
    let (status_at, reason) = petition.standing.told();
    Ok(RefundView {
        id,
        status,
        status_at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        contract_id: content.deal.contract(),
        order_id: content.deal.order(),
        amount: content.amount,
        grounds: content.grounds,
        paid_at: payment.as_ref().map(|payment| payment.at),
        reference: payment.map(|payment| payment.reference),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/refunds/{id}"), actions),
        version,
        number: petition.number,
    })
}

impl Placed<crate::Sales> for RefundAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// A refund in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RefundSummary)]
pub struct RefundSummary {
    /// Its identity.
    pub id: RefundId,
    /// Its number.
    #[schema(max_length = 60, example = "RF-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: RefundState,
    /// Who asks.
    pub submitter: PersonRef,
    /// The department of the contract or order.
    pub department: NamedRef,
    /// Of which contract; null where it is of an order.
    pub contract_id: Option<SalesContractId>,
    /// Of which order; null where it is of a contract.
    pub order_id: Option<SalesOrderId>,
    /// How much.
    pub amount: Money,
    /// What finance calls the payment.
    #[schema(max_length = 100)]
    pub reference: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RefundSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which refunds are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct RefundFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "approved,paid")]
    pub status: Several<RefundState>,
    /// Only of this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only of this order.
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
    pub sort: RefundOrder,
}

impl Filter for RefundFilter {}

orders! {
    /// By what refunds are ordered.
    pub RefundOrder of Row in refunds by id, descending:
    created_at = id;
    changed_at;
}

/// Refunds within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &RefundFilter,
    page: &Page,
) -> Result<Slice<RefundSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), refunds, "refund");
    narrow!(wanted, refunds, filter;
        status in status, contract_id = contract_id, order_id = order_id, department_id = department_id, submitter_id = submitter_id,
        changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        refunds::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: Row) -> Result<RefundSummary, Failure> {
    Ok(RefundSummary {
        id: row.id.into(),
        status: row.state()?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        contract_id: row.contract_id.map(Into::into),
        order_id: row.order_id.map(Into::into),
        amount: row.amount()?,
        number: row.number,
        reference: row.reference,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { RefundSummary as "refunds" "退款" "Refunds", domain::spine::Permission::ExportSales:
    number "单号" "Number";
    status "状态" "Status";
    submitter "申请人" "Asked by";
    department "部门" "Department";
    amount "金额" "Amount";
    currency "币种" "Currency" = |row| row.amount.currency().code();
    reference "支付编号" "Reference";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
