//! What an amendment looks like, and the amendments within the caller's sight. `[CON-3, INT-4]`

use super::{find, row::Row};
use crate::{
    approval::{APPROVAL, document::owner},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    product,
    sales_contract::SALES_CONTRACT,
    schema::contract_amendments,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    contract_amendment::{
        AmendmentEffect, AmendmentKind, ContractAmendment, ContractAmendmentAction, ContractAmendmentId,
        ContractAmendmentState,
    },
    quantity::Quantity,
    refund::RefundId,
    sales_contract::{ContractLine, SalesContractId},
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Money, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with an amendment. An alias, because the derive would take a generic type apart.
type ContractAmendmentActionView = ActionView<ContractAmendmentAction>;

/// An amendment of a contract, or its termination.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractAmendment)]
pub struct ContractAmendmentView {
    /// Its identity.
    pub id: ContractAmendmentId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "SA-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: ContractAmendmentState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// The department of the contract.
    pub department: NamedRef,
    /// Of which contract.
    pub contract_id: SalesContractId,
    /// What becomes of the contract.
    pub kind: AmendmentKind,
    /// What the contract sells from then on; none of a termination.
    #[schema(max_items = 200)]
    pub lines: Vec<AmendmentLineView>,
    /// What is taken off the whole.
    pub discount: Money,
    /// Whether what was collected beyond what the contract comes to then is refunded.
    pub refunds: bool,
    /// Why.
    #[schema(max_length = 500, example = "客户减单")]
    pub grounds: String,
    /// What it came to; null until it is in force.
    pub effect: Option<AmendmentEffectView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<ContractAmendmentActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A line of a contract as it is amended.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractAmendmentLine)]
pub struct AmendmentLineView {
    /// What is sold.
    pub product: NamedRef,
    /// How many, net of what came back before.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
}

/// What an amendment came to: what was shipped, collected, and is owed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractAmendmentEffect)]
pub struct AmendmentEffectView {
    /// The business day: credit and commission count on it.
    pub on: NaiveDate,
    /// Which revision of the contract it made; of a termination the last one's.
    #[schema(minimum = 1)]
    pub revision: u32,
    /// What the contract came to before.
    pub total_before: Money,
    /// What it comes to since; of a termination, what was shipped and kept.
    pub total: Money,
    /// What was collected by then.
    pub collected: Money,
    /// What was still owed by then.
    pub owed: Money,
    /// The refund of what was collected beyond that.
    pub refund_id: Option<RefundId>,
}

impl View for ContractAmendmentView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/contract-amendments/{}", self.id))
    }
}

/// One amendment, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: ContractAmendmentId) -> Result<ContractAmendmentView, Failure> {
    let amendment = find(reader, id)?;
    show(reader, amendment)
}

/// How an amendment at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, amendment: ContractAmendment) -> Result<ContractAmendmentView, Failure> {
    let register = Register::of(reader)?;
    let actions = amendment.actions(owner(reader, &amendment)?, reader.actor());
    let status = amendment.state();
    let ContractAmendment { id, petition, department, content, effect, version } = amendment;
    let (status_at, reason) = petition.standing.told();
    Ok(ContractAmendmentView {
        id,
        status,
        status_at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        contract_id: content.contract,
        kind: content.kind,
        lines: lines(reader, &content.lines)?,
        discount: content.discount,
        refunds: content.refunds,
        grounds: content.grounds,
        effect: effect.map(shown),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/contract-amendments/{id}"), actions),
        version,
        number: petition.number,
    })
}

fn shown(effect: AmendmentEffect) -> AmendmentEffectView {
    let yuan = |minor| Money::from_minor(minor, Currency::Cny);
    AmendmentEffectView {
        on: effect.on,
        revision: effect.revision,
        total_before: yuan(effect.total_before),
        total: yuan(effect.total),
        collected: yuan(effect.collected),
        owed: yuan(effect.owed()),
        refund_id: effect.refund,
    }
}

fn lines(reader: &mut Reader<'_>, lines: &[ContractLine]) -> Result<Vec<AmendmentLineView>, Failure> {
    let names = product::names(reader, lines.iter().map(|line| line.product))?;
    let shown = lines.iter().map(|line| {
        let product = names.get(&line.product).cloned().ok_or(Failure::NotFound)?;
        Ok(AmendmentLineView { product, quantity: line.quantity, price: line.price })
    });
    shown.collect()
}

impl Placed<crate::Sales> for ContractAmendmentAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// An amendment in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractAmendmentSummary)]
pub struct ContractAmendmentSummary {
    /// Its identity.
    pub id: ContractAmendmentId,
    /// Its number.
    #[schema(max_length = 60, example = "SA-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: ContractAmendmentState,
    /// What becomes of the contract.
    pub kind: AmendmentKind,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// The department of the contract.
    pub department: NamedRef,
    /// Of which contract.
    pub contract_id: SalesContractId,
    /// What the contract came to before; null until it is in force.
    pub total_before: Option<Money>,
    /// What it comes to since; null until it is in force.
    pub total: Option<Money>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ContractAmendmentSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which amendments are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ContractAmendmentFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval,in_force")]
    pub status: Several<ContractAmendmentState>,
    /// Only amendments, or only terminations.
    #[param(inline, example = "terminate")]
    pub kind: Several<AmendmentKind>,
    /// Only of this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever drew it up.
    pub submitter_id: Option<EmployeeId>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ContractAmendmentOrder,
}

impl Filter for ContractAmendmentFilter {}

orders! {
    /// By what amendments are ordered.
    pub ContractAmendmentOrder of Row in contract_amendments by id, descending:
    created_at = id;
    changed_at;
}

/// Amendments within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ContractAmendmentFilter,
    page: &Page,
) -> Result<Slice<ContractAmendmentSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), contract_amendments, "contract_amendment");
    narrow!(wanted, contract_amendments, filter;
        status in status, kind in kind, contract_id = contract_id, department_id = department_id,
        submitter_id = submitter_id, changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        contract_amendments::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: Row) -> Result<ContractAmendmentSummary, Failure> {
    let (effect, yuan) = (row.effect()?, |minor| Money::from_minor(minor, Currency::Cny));
    Ok(ContractAmendmentSummary {
        id: row.id.into(),
        status: row.state()?,
        kind: row.kind()?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        contract_id: row.contract_id.into(),
        total_before: effect.as_ref().map(|effect| yuan(effect.total_before)),
        total: effect.as_ref().map(|effect| yuan(effect.total)),
        number: row.number,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { ContractAmendmentSummary as "contract-amendments" "合同变更" "Amendments of contracts", domain::spine::Permission::ExportSales:
    number "编号" "Number";
    status "状态" "Status";
    kind "类型" "Kind";
    submitter "填报人" "Drawn up by";
    department "部门" "Department";
    total_before "变更前金额" "Total before";
    total "变更后金额" "Total since";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
