//! What the ERP has of advances, compared with what we have. `[EXP-10, EXP-14]`

use crate::spine::{Can, Reading, Reply, Valid};
use chrono::NaiveDate;
use domain::spine::{Money, perm};
use persistence::finance::cash_advance::reconcile::{
    AdvanceReconciliationView, EntryKind, TheirEntry, reconcile,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The ERP's list of a period.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReconcileCashAdvances {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// What the ERP has.
    #[validate(length(max = 5000), nested)]
    #[schema(max_items = 5000)]
    items: Vec<TheirEntryBody>,
}

/// What the ERP has of one advance.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TheirEntryBody {
    /// The advance's number.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "CA-2026-000012")]
    number: String,
    /// Whether it is the pay-out, a settlement by a claim, a repayment, or the reversal of one of them.
    kind: EntryKind,
    /// The payment's reference; of a settlement the claim's number.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "PAY-20260305-7")]
    reference: String,
    /// How much.
    amount: Money,
    /// The day the money moved, or the claim was posted; absent: not compared.
    #[serde(default)]
    booked_on: Option<NaiveDate>,
}

/// Compare the ERP's pay-outs, settlements and repayments of cash advances with ours. `[EXP-10, EXP-14]`
///
/// Ours are pay-outs and repayments whose money moved in the period, their reversals, and what claims settled that were
/// posted in it.
/// Nothing is changed.
#[utoipa::path(post, path = "/api/v1/erp/cash-advances/reconcile")]
pub(super) async fn reconcile_cash_advances(
    who: Can<perm::AccountCashAdvances>,
    body: Valid<ReconcileCashAdvances>,
    reading: Reading,
) -> Reply<AdvanceReconciliationView> {
    let Valid(ReconcileCashAdvances { from, to, items }) = body;
    let theirs: Vec<TheirEntry> = items
        .into_iter()
        .map(|TheirEntryBody { number, kind, reference, amount, booked_on }| TheirEntry {
            number,
            kind,
            reference,
            amount,
            booked_on,
        })
        .collect();
    reading.read(who, move |reader| reconcile(reader, from, to, &theirs)).await
}
