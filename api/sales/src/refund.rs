//! Refunds over HTTP. `[REC-1c]`

use crate::{
    approval::SubmissionPreview,
    receipt::deal_of,
    spine::{
        At, Can, Created, List, Merge, Merged, Note, PathId, Reading, Reason, Reply, Routes, UnitOfWork,
        Valid, Wanted, routes,
    },
};
use domain::{
    approval::Document,
    receipt::TWO_DEALS,
    refund::{Refund, RefundContent},
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{Money, Refusal, perm},
};
use persistence::{
    approval::document,
    refund::{self as refunds, RefundFilter, RefundSummary, RefundView, deed},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "refunds",
        [
            list_refunds,
            create_refund,
            show_refund,
            revise_refund,
            preview_refund_approval,
            submit_refund,
            withdraw_refund,
            void_refund,
            pay_refund,
        ]
    );
}

/// List refunds. `[REC-1c, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/refunds")]
async fn list_refunds(
    who: Can<perm::ReadReceipts>,
    wanted: Wanted<RefundFilter>,
    reading: Reading,
) -> List<RefundSummary> {
    reading.list(who, wanted, refunds::list).await
}

/// Show a refund. `[REC-1c, ACT-1]`
#[utoipa::path(get, path = "/api/v1/refunds/{id}")]
async fn show_refund(
    who: Can<perm::ReadReceipts>,
    id: PathId<Refund>,
    reading: Reading,
) -> Reply<RefundView> {
    reading.read(who, move |reader| refunds::view(reader, *id)).await
}

/// A new refund.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateRefund {
    /// Of which contract.
    #[serde(default)]
    contract_id: Option<SalesContractId>,
    /// Of which order, where it is under no contract.
    #[serde(default)]
    order_id: Option<SalesOrderId>,
    /// How much, in the book currency.
    amount: Money,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户退订一台")]
    grounds: String,
}

impl Merged for CreateRefund {
    const PATCH: &'static str = "ReviseRefund";
    const FILLED: &'static [&'static str] = &[];
}

impl From<RefundContent> for CreateRefund {
    fn from(content: RefundContent) -> Self {
        let RefundContent { deal, amount, grounds } = content;
        Self { contract_id: deal.contract(), order_id: deal.order(), amount, grounds }
    }
}

/// What a refund says; of a contract or an order, one of the two.
fn content(body: CreateRefund) -> Result<RefundContent, Refusal> {
    let CreateRefund { contract_id, order_id, amount, grounds } = body;
    let deal = deal_of(contract_id, order_id)?;
    let deal = deal.ok_or_else(|| Refusal::new(TWO_DEALS).at("/contract_id"))?;
    Ok(RefundContent { deal, amount, grounds })
}

/// Ask for a refund. `[REC-1c; 002 §7]`
///
/// Of a contract or an order in sight. Starts a draft; its number is taken now and never used again.
#[utoipa::path(post, path = "/api/v1/refunds")]
async fn create_refund(
    who: Can<perm::RequestRefunds>,
    body: Valid<CreateRefund>,
    work: UnitOfWork,
) -> Created<RefundView> {
    work.write(who, move |tx| {
        let refund = deed::create(tx, content(body.0.clone())?)?;
        refunds::show(tx, refund)
    })
    .await
}

/// Change a refund. `[REC-1c]`
///
/// While it is a draft, returned or withdrawn; the contract or order stays.
#[utoipa::path(patch, path = "/api/v1/refunds/{id}")]
async fn revise_refund(
    who: Can<perm::RequestRefunds>,
    at: At<Refund>,
    patch: Merge<CreateRefund>,
    work: UnitOfWork,
) -> Reply<RefundView> {
    work.moves(who, at, move |refund, tx| {
        refund.may_revise(tx.actor())?;
        let CreateRefund { amount, grounds, .. } = patch.over(&refund.content.clone().into())?;
        let content = RefundContent { deal: refund.content.deal, amount, grounds };
        Ok(refund.revise(content, tx.actor())?)
    })
    .await
}

/// Preview the approval of a refund. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/refunds/{id}/approval-preview")]
async fn preview_refund_approval(
    who: Can<perm::ReadReceipts>,
    id: PathId<Refund>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let refund = refunds::find(reader, *id)?;
            refunds::preview(reader, &refund).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a refund for approval. `[REC-1c]`
///
/// Never more than is left of what was collected of the contract.
#[utoipa::path(post, path = "/api/v1/refunds/{id}/submit")]
async fn submit_refund(
    who: Can<perm::RequestRefunds>,
    at: At<Refund>,
    work: UnitOfWork,
) -> Reply<RefundView> {
    work.moves(who, at, move |refund, tx| deed::submit(tx, refund)).await
}

/// Withdraw a refund that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/refunds/{id}/withdraw")]
async fn withdraw_refund(
    who: Can<perm::RequestRefunds>,
    at: At<Refund>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<RefundView> {
    work.moves(who, at, move |refund, tx| document::withdraw(tx, &refund, body.note.clone())).await
}

/// Void a refund. `[REC-1c]`
///
/// From draft, returned, rejected or withdrawn; and while an approved one is not paid, also by whoever supervises the contracts
/// of the department or pays refunds: what was collected may have gone elsewhere meanwhile. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/refunds/{id}/void")]
async fn void_refund(
    who: Can<perm::ReadReceipts>,
    at: At<Refund>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<RefundView> {
    work.moves(who, at, move |refund, tx| document::void(tx, refund, body.reason.clone())).await
}

/// Under what a refund was paid.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PayRefund {
    /// What finance calls the payment; unique.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "PAY-2026-0312")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    reference: String,
}

/// Pay an approved refund. `[REC-1c, COM-10b]`
///
/// Never one's own. The same reference again changes nothing, another one is refused. What was collected of the contract goes
/// down, and the commission of its sale is taken back at the split that froze with it.
#[utoipa::path(post, path = "/api/v1/refunds/{id}/pay")]
async fn pay_refund(
    who: Can<perm::PayRefunds>,
    id: PathId<Refund>,
    body: Valid<PayRefund>,
    work: UnitOfWork,
) -> Reply<RefundView> {
    work.write(who, move |tx| {
        let refund = refunds::find(tx, *id)?;
        let refund = deed::pay(tx, refund, body.reference.clone())?;
        refunds::show(tx, refund)
    })
    .await
}
