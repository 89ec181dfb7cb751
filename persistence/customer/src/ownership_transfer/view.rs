//! What a transfer looks like, and those within the caller's sight. `[OWN-16, INT-4]`

use super::row::{Row, find};
use crate::{
    approval::{APPROVAL, document::owner},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::ownership_transfers,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    ownership::Because,
    ownership_transfer::{OwnershipTransfer, TransferAction, TransferOutcome},
    spine::{AnyId, EmployeeId, Id, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A customer who is to be handed over.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipTransferCustomer)]
pub struct HandedView {
    /// Who.
    pub customer_id: AnyId,
    /// What became of it.
    pub outcome: TransferOutcome,
    /// Why a rule stood against it.
    pub because: Option<Because>,
}

/// What the caller may do with a transfer. An alias, because the derive would take a generic type apart.
type TransferActionView = ActionView<TransferAction>;

/// A transfer of customers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipTransfer)]
pub struct TransferView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never used again.
    #[schema(max_length = 60, example = "OT-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: StandingState,
    /// Since when it stands there; null for a draft.
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
    /// The department of whoever hands over.
    pub department: NamedRef,
    /// Whose customers.
    pub from: PersonRef,
    /// To whom.
    pub to: PersonRef,
    /// Whether all of them are handed over.
    pub is_hand_over: bool,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// What is still to be done, as it is handed over.
    #[schema(max_items = 200)]
    pub open_matters: Vec<String>,
    /// The customers, with what became of each.
    #[schema(max_items = 1000)]
    pub customers: Vec<HandedView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<TransferActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for TransferView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
        Refers::to("from", &EMPLOYEE),
        Refers::to("to", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/ownership-transfers/{}", self.id))
    }
}

impl Placed<crate::Customer> for TransferAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

fn shown(reader: &mut Reader<'_>, transfer: OwnershipTransfer) -> Result<TransferView, Failure> {
    let register = Register::of(reader)?;
    let actions = transfer.actions(owner(reader, &transfer)?, reader.actor());
    let OwnershipTransfer { id, petition, content, version } = transfer;
    let (at, reason) = petition.standing.told();
    let customers = content.customers.into_iter().map(|handed| HandedView {
        customer_id: handed.customer.uuid().into(),
        outcome: handed.outcome,
        because: handed.because,
    });
    Ok(TransferView {
        id: id.uuid().into(),
        status: petition.state(),
        status_at: at,
        status_reason: reason.map(str::to_owned),
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(content.department)?,
        from: register.named(content.from)?,
        to: register.named(content.to)?,
        is_hand_over: content.is_hand_over,
        reason: content.reason,
        open_matters: content.open_matters,
        customers: customers.collect(),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/ownership-transfers/{id}"), actions),
        number: petition.number,
        version,
    })
}

/// How a transfer at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, transfer: OwnershipTransfer) -> Result<TransferView, Failure> {
    shown(reader, transfer)
}

/// One transfer, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<OwnershipTransfer>) -> Result<TransferView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

/// Which transfers are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct TransferFilter {
    /// Only of this one's customers.
    pub from_id: Option<EmployeeId>,
    /// Only to this one.
    pub to_id: Option<EmployeeId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval")]
    pub status: Several<StandingState>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: TransferOrder,
}

impl Filter for TransferFilter {}

orders! {
    /// By what transfers are ordered.
    pub TransferOrder of Row in ownership_transfers by id, descending:
    created_at = id;
}

/// The transfers that the caller asked for, gives or receives by, those of departments in reach, and those that came to them
/// for approval.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &TransferFilter,
    page: &Page,
) -> Result<Slice<TransferView>, Failure> {
    use ownership_transfers as own;
    let sight = Sight::of(reader);
    let (me, user) = (sight.employee, sight.user);
    let mine =
        own::creator_id.eq(user).or(own::submitter_id.eq(me)).or(own::from_id.eq(me)).or(own::to_id.eq(me));
    let mut wanted = covered!(sight, ownership_transfers, "ownership_transfer", mine);
    narrow!(wanted, ownership_transfers, filter; from_id = from_id, to_id = to_id, status in status);
    let found = paged!(reader, page, filter.sort, wanted;
        ownership_transfers::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| {
        let transfer = row.whole(reader)?;
        shown(reader, transfer)
    })
}

columns! { TransferView as "ownership-transfers" "客户移交" "Transfers of customers", domain::spine::Permission::ExportCustomers:
    number "单号" "Number";
    status "状态" "Status";
    submitter "申请人" "Asked by";
    department "部门" "Department";
    from "移交人" "From";
    to "接收人" "To";
    is_hand_over "是否全部移交" "All of them";
    customers "客户数" "Customers" = |one| i64::try_from(one.customers.len()).ok();
    reason "原因" "Reason";
    created_at "填报时间" "Created at";
}
