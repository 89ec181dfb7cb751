//! Batches of the payroll over HTTP: taken, acknowledged, confirmed; each call may be made again. `[INC-2a, INC-3]`

use crate::spine::{Can, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use domain::{
    payroll_batch::PayrollBatch,
    spine::{Refusal, codes, perm},
    working_time::Period,
};
use persistence::{
    payroll_batch::{self as batches, PayrollBatchFilter, PayrollBatchView},
    spine::Failure,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "payroll-batches",
        [
            list_payroll_batches,
            take_payroll_batch,
            show_payroll_batch,
            acknowledge_payroll_batch,
            confirm_payroll_batch,
        ]
    );
}

/// List the batches of the payroll. `[INC-3, INT-4]`
///
/// The newest first. What goes with one, `/incentive-entries?payroll_batch_id=` lists.
#[utoipa::path(get, path = "/api/v1/payroll-batches")]
async fn list_payroll_batches(
    who: Can<perm::PayIncentiveEntries>,
    wanted: Wanted<PayrollBatchFilter>,
    reading: Reading,
) -> List<PayrollBatchView> {
    reading.list(who, wanted, batches::list).await
}

/// Show a batch of the payroll. `[INC-3]`
#[utoipa::path(get, path = "/api/v1/payroll-batches/{id}")]
async fn show_payroll_batch(
    who: Can<perm::PayIncentiveEntries>,
    id: PathId<PayrollBatch>,
    reading: Reading,
) -> Reply<PayrollBatchView> {
    reading.read(who, move |reader| batches::view(reader, *id)).await
}

/// Of which month.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakePayrollBatch {
    /// The month whose wages are reckoned.
    #[validate(length(min = 7, max = 7))]
    #[schema(min_length = 7, max_length = 7, example = "2026-05")]
    month: String,
}

/// Take what goes with the wages of a month. `[INC-2a, INC-3]`
///
/// Whatever is confirmed up to that month and went with no batch yet, set apart and summed; the month is closed from then
/// on. Until the batch is confirmed the same one is answered, whoever asks again; afterwards what was confirmed meanwhile
/// goes with a further one.
#[utoipa::path(post, path = "/api/v1/payroll-batches")]
async fn take_payroll_batch(
    who: Can<perm::PayIncentiveEntries>,
    body: Valid<TakePayrollBatch>,
    work: UnitOfWork,
) -> Reply<PayrollBatchView> {
    work.write(who, move |tx| batches::take(tx, month(&body.month)?).map(Into::into)).await
}

fn month(text: &str) -> Result<Period, Failure> {
    let refused = || Refusal::new(codes::BAD_FORMAT).with("expected", "2026-05").at("/month");
    text.parse().map_err(|_| refused().into())
}

/// Under what it was taken.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcknowledgePayrollBatch {
    /// What the payroll calls it.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "GZ-2026-05")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    reference: String,
}

/// Acknowledge a batch of the payroll. `[INC-2a]`
///
/// The same reference again changes nothing, another one is refused.
#[utoipa::path(post, path = "/api/v1/payroll-batches/{id}/acknowledge")]
async fn acknowledge_payroll_batch(
    who: Can<perm::PayIncentiveEntries>,
    id: PathId<PayrollBatch>,
    body: Valid<AcknowledgePayrollBatch>,
    work: UnitOfWork,
) -> Reply<PayrollBatchView> {
    work.write(who, move |tx| {
        let batch = batches::find(tx, *id)?;
        batches::acknowledge(tx, batch, body.reference.clone()).map(Into::into)
    })
    .await
}

/// Confirm that a batch went with the wages. `[INC-2a]`
///
/// Its entries are carried out, each once. Again, it changes nothing.
#[utoipa::path(post, path = "/api/v1/payroll-batches/{id}/confirm")]
async fn confirm_payroll_batch(
    who: Can<perm::PayIncentiveEntries>,
    id: PathId<PayrollBatch>,
    work: UnitOfWork,
) -> Reply<PayrollBatchView> {
    work.write(who, move |tx| {
        let batch = batches::find(tx, *id)?;
        batches::confirm(tx, batch).map(Into::into)
    })
    .await
}
