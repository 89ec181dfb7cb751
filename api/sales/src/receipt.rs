//! Receipts over HTTP. `[REC-1b]`

mod erp;

use erp::*;

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    receipt::{Receipt, ReceiptDetails, TWO_DEALS},
    sale::Deal,
    sales_contract::SalesContractId,
    sales_order::SalesOrderId,
    spine::{Currency, EmployeeId, Money, Refusal, codes, perm},
};
use persistence::receipt::{self as receipts, ReceiptFilter, ReceiptView, deed, view::ReceiptSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "receipts",
        [list_receipts, record_receipt, show_receipt, allocate_receipt, bounce_receipt, tell_receipts]
    );
}

/// List receipts. `[REC-1b, INT-4]`
///
/// Those of customers of departments in reach, and of contracts of one's own. The newest first.
#[utoipa::path(get, path = "/api/v1/receipts")]
async fn list_receipts(
    who: Can<perm::ReadReceipts>,
    wanted: Wanted<ReceiptFilter>,
    reading: Reading,
) -> List<ReceiptSummary> {
    reading.list(who, wanted, receipts::list).await
}

/// Show a receipt. `[REC-1b]`
#[utoipa::path(get, path = "/api/v1/receipts/{id}")]
async fn show_receipt(
    who: Can<perm::ReadReceipts>,
    id: PathId<Receipt>,
    reading: Reading,
) -> Reply<ReceiptView> {
    reading.read(who, move |reader| receipts::view(reader, *id)).await
}

/// How the bank knows it.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct BankReference {
    /// Our account.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "3301 0401 6000 1234567")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    account: String,
    /// The bank's reference.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    reference: String,
}

/// An identity in another system.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceiptExternalIdentity)]
struct ExternalIdentity {
    /// Which system.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "erp")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    source: String,
    /// The identity there.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "10023")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    external_id: String,
}

/// What was received.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordReceipt {
    /// From which customer.
    customer_id: CustomerId,
    /// For which contract; for what was approved first where neither is named.
    #[serde(default)]
    contract_id: Option<SalesContractId>,
    /// For which order, where it is under no contract.
    #[serde(default)]
    order_id: Option<SalesOrderId>,
    /// How much, in the book currency.
    amount: Money,
    /// The day it was received.
    received_on: NaiveDate,
    /// Who paid, as the bank calls them.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    payer: Option<String>,
    /// How the bank knows it; one account has a reference once.
    #[serde(default)]
    #[validate(nested)]
    bank: Option<BankReference>,
    /// The other system that keeps it, and its identity there.
    #[serde(default)]
    #[validate(nested)]
    external: Option<ExternalIdentity>,
    /// Whether it is the large deposit (大定).
    #[serde(default)]
    is_deposit: bool,
    /// Who took it from the customer.
    #[serde(default)]
    taken_by_id: Option<EmployeeId>,
}

impl From<RecordReceipt> for ReceiptDetails {
    fn from(body: RecordReceipt) -> Self {
        Self {
            customer: body.customer_id,
            amount: body.amount,
            received_on: body.received_on,
            payer: body.payer,
            bank: body.bank.map(|bank| (bank.account, bank.reference)),
            external: body.external.map(|external| (external.source, external.external_id)),
            is_deposit: body.is_deposit,
            taken_by: body.taken_by_id,
        }
    }
}

/// Record a receipt. `[REC-1b, CNT; 002 §7]`
///
/// A receipt is a fact and never refused for what it is; what is allocated is bounded by what contracts come to, however many
/// receipts come at once, and the rest stays the customer's. Commission follows in the same moment. One of the same payer,
/// amount and day as another is marked. Its day lies neither ahead nor further back than the terms of receivables allow, and in a
/// month that is not closed.
#[utoipa::path(post, path = "/api/v1/receipts")]
async fn record_receipt(
    who: Can<perm::RecordReceipts>,
    body: Valid<RecordReceipt>,
    work: UnitOfWork,
) -> Created<ReceiptView> {
    work.write(who, move |tx| {
        let body = body.0.clone();
        let deal = deal_of(body.contract_id, body.order_id)?;
        let receipt = deed::record(tx, body.into(), deal)?;
        receipts::show(tx, receipt)
    })
    .await
}

/// The contract or the order that is named.
pub(crate) fn deal_of(
    contract: Option<SalesContractId>,
    order: Option<SalesOrderId>,
) -> Result<Option<Deal>, Refusal> {
    match (contract, order) {
        (Some(_), Some(_)) => Err(Refusal::new(TWO_DEALS).at("/order_id")),
        (Some(contract), None) => Ok(Some(Deal::Contract(contract))),
        (None, order) => Ok(order.map(Deal::Order)),
    }
}

/// To which contract or order, how much.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AllocateReceipt {
    /// To which contract.
    #[serde(default)]
    contract_id: Option<SalesContractId>,
    /// Or to which order, where it is under no contract.
    #[serde(default)]
    order_id: Option<SalesOrderId>,
    /// How much.
    amount: Money,
}

/// Allocate what is left of a receipt. `[REC-1b, CNT]`
#[utoipa::path(post, path = "/api/v1/receipts/{id}/allocate")]
async fn allocate_receipt(
    who: Can<perm::RecordReceipts>,
    at: At<Receipt>,
    body: Valid<AllocateReceipt>,
    work: UnitOfWork,
) -> Reply<ReceiptView> {
    work.moves(who, at, move |receipt, tx| {
        if !body.amount.is_positive() || body.amount.currency() != Currency::Cny {
            return Err(Refusal::new(codes::AMOUNT_NOT_POSITIVE).at("/amount").into());
        }
        let deal = deal_of(body.contract_id, body.order_id)?;
        let deal = deal.ok_or_else(|| Refusal::new(codes::REQUIRED).at("/contract_id"))?;
        deed::allocate(tx, receipt, (deal, body.amount))
    })
    .await
}

/// Bounce a receipt. `[REC-1b]`
///
/// The bank took it back: what was allocated is undone by counter-entries, and commission with it.
#[utoipa::path(post, path = "/api/v1/receipts/{id}/bounce")]
async fn bounce_receipt(
    who: Can<perm::RecordReceipts>,
    at: At<Receipt>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ReceiptView> {
    work.moves(who, at, move |receipt, tx| deed::bounce(tx, receipt, body.reason.clone())).await
}
