//! What the ERP takes and confirms of advances, and its list compared with ours. `[EXP-10, EXP-14]`

use crate::spine::{
    Can, ItemOutcome, Items, Listing, Paged, PerItem, Reading, Reply, UnitOfWork, Valid, View,
};
use chrono::NaiveDate;
use domain::{
    finance::cash_advance::{CashAdvance, SettlementState, UNKNOWN_ADVANCE},
    spine::{AnyId, Id, Money, Refusal, Version, perm},
};
use persistence::{
    finance::cash_advance::{
        self as advances, CashAdvanceView, deed,
        reconcile::{AdvanceReconciliationView, EntryKind, TheirEntry, reconcile},
    },
    spine::{Failure, RefusalView, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Take the cash advances that are to be paid out. `[EXP-14, EXP-10]`
///
/// Approved and not paid out yet; the longest waiting first. The cursor pages through one such list. What is taken and
/// not confirmed is offered again from the beginning.
#[utoipa::path(get, path = "/api/v1/erp/cash-advances")]
pub(super) async fn take_cash_advances(
    who: Can<perm::AccountCashAdvances>,
    paged: Paged,
    reading: Reading,
) -> Reply<Listing<CashAdvanceView>> {
    reading.page(who, paged, advances::list::ready).await
}

/// A pay-out that was made.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmedPayout)]
pub(super) struct PayoutBody {
    /// The advance.
    #[schema(value_type = AnyId)]
    advance_id: Id<CashAdvance>,
    /// The payment's reference in the ERP or at the bank.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[schema(min_length = 1, max_length = 60, example = "PAY-20260305-7")]
    reference: String,
    /// The day the money moved.
    paid_on: NaiveDate,
}

/// The answer for one pay-out, in the order they were sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct PayoutResult {
    /// The advance.
    advance_id: AnyId,
    /// Its number, where it is known.
    #[schema(max_length = 60)]
    number: Option<String>,
    /// How the item was answered.
    outcome: ItemOutcome,
    /// How far it is settled now.
    settlement: Option<SettlementState>,
    /// Its version now.
    #[schema(minimum = 1)]
    version: Option<Version>,
    /// Why it was refused.
    refusal: Option<RefusalView>,
}

/// The answers, one per item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PayoutResults {
    /// In the order the items were sent.
    #[schema(max_items = 500)]
    data: Vec<PayoutResult>,
}
impl View for PayoutResults {}

/// Confirm pay-outs of cash advances. `[EXP-14, EXP-10]`
///
/// The same reference and day again answers `already`; another is refused, naming the one under which it is known. Each
/// item stands or falls alone.
#[utoipa::path(post, path = "/api/v1/erp/cash-advances/confirm-payouts")]
pub(super) async fn confirm_cash_advance_payouts(
    who: Can<perm::AccountCashAdvances>,
    body: Valid<Items<PayoutBody>>,
    work: UnitOfWork,
) -> PerItem<PayoutResults> {
    work.write(who, move |tx| {
        let mut order: Vec<usize> = (0..body.items.len()).collect();
        order.sort_by_key(|index| body.items[*index].advance_id);
        deed::hold_payouts(tx, &body.items.iter().map(|item| item.advance_id).collect::<Vec<_>>())?;
        let mut data: Vec<Option<PayoutResult>> = vec![None; body.items.len()];
        for index in order {
            data[index] = Some(pay_out(tx, &body.items[index])?);
        }
        Ok::<_, Failure>(PayoutResults { data: data.into_iter().flatten().collect() })
    })
    .await
}

fn pay_out(tx: &mut Tx<'_>, item: &PayoutBody) -> Result<PayoutResult, Failure> {
    let advance = match advances::find(tx, item.advance_id) {
        Ok(advance) => advance,
        Err(Failure::NotFound) => {
            return Ok(answer(tx, item, None, ItemOutcome::Refused, Some(&Refusal::new(UNKNOWN_ADVANCE))));
        }
        Err(failure) => return Err(failure),
    };
    let already = advance.is_paid_out_as(&item.reference, item.paid_on);
    let before = advance.clone();
    let confirm = |tx: &mut Tx<'_>| deed::confirm_payout(tx, advance, item.reference.clone(), item.paid_on);
    match tx.attempt(confirm)? {
        Ok(advance) => {
            let outcome = if already { ItemOutcome::Already } else { ItemOutcome::Done };
            Ok(answer(tx, item, Some(&advance), outcome, None))
        }
        Err(Failure::Refused(refusal)) => {
            Ok(answer(tx, item, Some(&before), ItemOutcome::Refused, Some(&refusal)))
        }
        Err(failure) => Err(failure),
    }
}

fn answer(
    tx: &Tx<'_>,
    item: &PayoutBody,
    advance: Option<&CashAdvance>,
    outcome: ItemOutcome,
    refusal: Option<&Refusal>,
) -> PayoutResult {
    PayoutResult {
        advance_id: Id::from_uuid(item.advance_id.uuid()),
        number: advance.map(|advance| advance.petition.number.clone()),
        outcome,
        settlement: advance.and_then(|advance| advance.settlement(tx.today())),
        version: advance.map(|advance| advance.version),
        refusal: refusal.map(RefusalView::of),
    }
}

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
#[schema(as = TheirCashAdvance)]
struct TheirEntryBody {
    /// The advance's number.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "CA-2026-000012")]
    number: String,
    /// Whether it is the pay-out, a settlement by a claim, a repayment, or the reversal of one of them.
    kind: EntryKind,
    /// The payment's reference; of a settlement the claim's number.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
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
    domain::spine::check_span(from, to)?;
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
