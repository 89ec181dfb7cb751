//! Transfers of customers over HTTP. `[OWN-16]`

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, Can, Created, List, Merge, Merged, Note, PathId, Reading, Reason, Reply, Routes, UnitOfWork,
        Valid, Wanted, routes,
    },
};
use domain::{
    approval::Document,
    customer_file::CustomerId,
    ownership_transfer::{OwnershipTransfer, TransferContent},
    spine::{EmployeeId, perm},
};
use persistence::{
    approval::document,
    ownership_transfer::{self as transfers, TransferFilter, TransferView, deed},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "ownership-transfers",
        [
            list_ownership_transfers,
            create_ownership_transfer,
            show_ownership_transfer,
            revise_ownership_transfer,
            preview_ownership_transfer_approval,
            submit_ownership_transfer,
            withdraw_ownership_transfer,
            void_ownership_transfer,
        ]
    );
}

/// List transfers of customers. `[OWN-16, INT-4]`
///
/// Those the caller asked for, gives or receives by, those of departments in reach, and those that came to them for approval;
/// the newest first.
#[utoipa::path(get, path = "/api/v1/ownership-transfers")]
async fn list_ownership_transfers(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<TransferFilter>,
    reading: Reading,
) -> List<TransferView> {
    reading.list(who, wanted, transfers::list).await
}

/// Show a transfer of customers. `[OWN-16]`
#[utoipa::path(get, path = "/api/v1/ownership-transfers/{id}")]
async fn show_ownership_transfer(
    who: Can<perm::ReadCustomers>,
    id: PathId<OwnershipTransfer>,
    reading: Reading,
) -> Reply<TransferView> {
    reading.read(who, move |reader| transfers::view(reader, *id)).await
}

/// Something that is still to be done.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = HandedOverMatter, min_length = 1, max_length = 200, example = "三月八日复访")]
struct OpenMatter(String);

/// What is to be handed over.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateOwnershipTransfer {
    /// Whose customers; the caller's where absent. Those of others are handed over by whoever manages ownership there.
    #[serde(default)]
    from_id: Option<EmployeeId>,
    /// To whom.
    to_id: EmployeeId,
    /// Which customers; all of theirs where none is listed.
    #[serde(default)]
    #[validate(length(max = 1000))]
    #[schema(max_items = 1000)]
    customer_ids: Vec<CustomerId>,
    /// What is still to be done, as it is handed over.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    open_matters: Vec<OpenMatter>,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "调往城南项目")]
    reason: String,
}

impl Merged for CreateOwnershipTransfer {
    const PATCH: &'static str = "ReviseOwnershipTransfer";
    const FILLED: &'static [&'static str] = &[];
}

impl From<TransferContent> for CreateOwnershipTransfer {
    fn from(content: TransferContent) -> Self {
        let TransferContent { from, to, department: _, is_hand_over, reason, open_matters, customers } =
            content;
        let listed = customers.into_iter().filter(|_| !is_hand_over).map(|handed| handed.customer);
        Self {
            from_id: Some(from),
            to_id: to,
            customer_ids: listed.collect(),
            open_matters: open_matters.into_iter().map(OpenMatter).collect(),
            reason,
        }
    }
}

impl From<CreateOwnershipTransfer> for deed::Asked {
    fn from(body: CreateOwnershipTransfer) -> Self {
        let CreateOwnershipTransfer { from_id, to_id, customer_ids, open_matters, reason } = body;
        let open_matters = open_matters.into_iter().map(|OpenMatter(matter)| matter).collect();
        Self { from: from_id, to: to_id, reason, open_matters, customers: customer_ids }
    }
}

/// Draft a transfer of customers. `[OWN-16; 000 §5.1]`
///
/// Some of one's customers, or all of them: they are listed now. Nothing moves before approvers agree.
#[utoipa::path(post, path = "/api/v1/ownership-transfers")]
async fn create_ownership_transfer(
    who: Can<perm::RegisterCustomers>,
    body: Valid<CreateOwnershipTransfer>,
    work: UnitOfWork,
) -> Created<TransferView> {
    work.write(who, move |tx| {
        let transfer = deed::create(tx, body.0.clone().into())?;
        transfers::show(tx, transfer)
    })
    .await
}

/// Change a transfer of customers. `[OWN-16]`
///
/// While it is a draft, returned or withdrawn; whose customers are handed over stays, and they are listed anew.
#[utoipa::path(patch, path = "/api/v1/ownership-transfers/{id}")]
async fn revise_ownership_transfer(
    who: Can<perm::RegisterCustomers>,
    at: At<OwnershipTransfer>,
    patch: Merge<CreateOwnershipTransfer>,
    work: UnitOfWork,
) -> Reply<TransferView> {
    work.moves(who, at, move |transfer, tx| {
        transfer.may_revise(tx.actor())?;
        let asked = patch.over(&transfer.content.clone().into())?.into();
        deed::revise(tx, transfer, asked)
    })
    .await
}

/// Preview the approval of a transfer. `[APR-8]`
#[utoipa::path(get, path = "/api/v1/ownership-transfers/{id}/approval-preview")]
async fn preview_ownership_transfer_approval(
    who: Can<perm::ReadCustomers>,
    id: PathId<OwnershipTransfer>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let transfer = transfers::find(reader, *id)?;
            transfers::preview(reader, &transfer).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a transfer for approval. `[OWN-16]`
///
/// Once approved, each customer who is still theirs is handed over in the same transaction; one who is disputed by then
/// stays, and says so.
#[utoipa::path(post, path = "/api/v1/ownership-transfers/{id}/submit")]
async fn submit_ownership_transfer(
    who: Can<perm::RegisterCustomers>,
    at: At<OwnershipTransfer>,
    work: UnitOfWork,
) -> Reply<TransferView> {
    work.moves(who, at, move |transfer, tx| deed::submit(tx, transfer)).await
}

/// Withdraw a transfer that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/ownership-transfers/{id}/withdraw")]
async fn withdraw_ownership_transfer(
    who: Can<perm::RegisterCustomers>,
    at: At<OwnershipTransfer>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<TransferView> {
    work.moves(who, at, move |transfer, tx| document::withdraw(tx, &transfer, body.note.clone())).await
}

/// Void a transfer. `[OWN-16]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/ownership-transfers/{id}/void")]
async fn void_ownership_transfer(
    who: Can<perm::RegisterCustomers>,
    at: At<OwnershipTransfer>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<TransferView> {
    work.moves(who, at, move |transfer, tx| document::void(tx, transfer, body.reason.clone())).await
}
