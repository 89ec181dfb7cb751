//! Batches of commission over HTTP: taken, acknowledged, confirmed; each call may be made again. `[COM-11, EXP-10]`

use crate::commission_statement::month;
use crate::spine::{Can, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use domain::{commission_batch::CommissionBatch, spine::perm};
use persistence::commission_batch::{self as batches, CommissionBatchFilter, CommissionBatchView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "commission-batches",
        [
            list_commission_batches,
            take_commission_batch,
            show_commission_batch,
            acknowledge_commission_batch,
            confirm_commission_batch,
        ]
    );
}

/// List the batches of commission. `[COM-11, INT-4]`
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/commission-batches")]
async fn list_commission_batches(
    who: Can<perm::PayCommission>,
    wanted: Wanted<CommissionBatchFilter>,
    reading: Reading,
) -> List<CommissionBatchView> {
    reading.list(who, wanted, batches::list).await
}

/// Show a batch of commission. `[COM-11]`
#[utoipa::path(get, path = "/api/v1/commission-batches/{id}")]
async fn show_commission_batch(
    who: Can<perm::PayCommission>,
    id: PathId<CommissionBatch>,
    reading: Reading,
) -> Reply<CommissionBatchView> {
    reading.read(who, move |reader| batches::view(reader, *id)).await
}

/// Of which month.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeCommissionBatch {
    /// The month whose wages are reckoned.
    #[validate(length(min = 7, max = 7))]
    #[schema(min_length = 7, max_length = 7, example = "2026-05")]
    month: String,
}

/// Take the commission that goes with the wages of a month. `[COM-11, EXP-10]`
///
/// The statements of the month that are approved and went with no batch yet. Until the batch is confirmed the same one is
/// answered, whoever asks again; afterwards what was approved meanwhile goes with a further one.
#[utoipa::path(post, path = "/api/v1/commission-batches")]
async fn take_commission_batch(
    who: Can<perm::PayCommission>,
    body: Valid<TakeCommissionBatch>,
    work: UnitOfWork,
) -> Reply<CommissionBatchView> {
    work.write(who, move |tx| batches::take(tx, month(&body.month)?).map(Into::into)).await
}

/// Under what it was taken.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcknowledgeCommissionBatch {
    /// What the payroll calls it.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "GZ-2026-05")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    reference: String,
}

/// Acknowledge a batch of commission. `[EXP-10]`
///
/// The same reference again changes nothing, another one is refused.
#[utoipa::path(post, path = "/api/v1/commission-batches/{id}/acknowledge")]
async fn acknowledge_commission_batch(
    who: Can<perm::PayCommission>,
    id: PathId<CommissionBatch>,
    body: Valid<AcknowledgeCommissionBatch>,
    work: UnitOfWork,
) -> Reply<CommissionBatchView> {
    work.write(who, move |tx| {
        let batch = batches::find(tx, *id)?;
        batches::acknowledge(tx, batch, body.reference.clone()).map(Into::into)
    })
    .await
}

/// Confirm that a batch of commission went with the wages. `[EXP-10]`
///
/// Its statements are paid, each once. Again, it changes nothing.
#[utoipa::path(post, path = "/api/v1/commission-batches/{id}/confirm")]
async fn confirm_commission_batch(
    who: Can<perm::PayCommission>,
    id: PathId<CommissionBatch>,
    work: UnitOfWork,
) -> Reply<CommissionBatchView> {
    work.write(who, move |tx| {
        let batch = batches::find(tx, *id)?;
        batches::confirm(tx, batch).map(Into::into)
    })
    .await
}
