//! The hand-over to an ERP: take, acknowledge, confirm or refuse posting, confirm payments, reconcile. Each
//! call is idempotent per item and answers per item. `[EXP-9, EXP-10]`

use crate::spine::{
    Can, ItemOutcome, Items, Listing, Paged, PerItem, Reading, Reply, UnitOfWork, Valid, View,
};
use chrono::NaiveDate;
use domain::{
    finance::{
        expense_claim::{ClaimState, ExpenseClaim, PostingRefusal, Voucher, hand_over::UNKNOWN_CLAIM},
        payment::{PaidState, PaymentNotice, refund::ReturnNotice},
    },
    spine::{AnyId, Id, Money, Refusal, Version, perm},
};
use persistence::{
    finance::expense_claim::{
        self as claims, ExpenseClaimView, deed,
        hand_over::{ReconciliationView, TheirItem},
        hold,
    },
    spine::{Failure, RefusalView, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Take the expense claims that are ready for the books. `[EXP-10]`
///
/// Approved, with a journal entry that balances, and acknowledged by nobody yet; the longest waiting first. The
/// cursor pages through one such list. What is taken but not acknowledged is offered again from the beginning.
#[utoipa::path(get, path = "/api/v1/erp/expense-claims")]
pub(super) async fn take_expense_claims(
    who: Can<perm::AccountExpenseClaims>,
    paged: Paged,
    reading: Reading,
) -> Reply<Listing<ExpenseClaimView>> {
    reading.page(who, paged, claims::hand_over::ready).await
}

/// The answer for one item, in the order they were sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct HandOverResult {
    /// The claim.
    claim_id: AnyId,
    /// Its number, where it is known.
    #[schema(max_length = 60)]
    number: Option<String>,
    /// How the item was answered.
    outcome: ItemOutcome,
    /// Where the claim stands now.
    status: Option<ClaimState>,
    /// How far it is paid.
    paid_status: Option<PaidState>,
    /// Its version now.
    #[schema(minimum = 1)]
    version: Option<Version>,
    /// Why it was refused.
    refusal: Option<RefusalView>,
}

/// The answers, one per item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct HandOverResults {
    /// In the order the items were sent.
    #[schema(max_items = 500)]
    data: Vec<HandOverResult>,
}
impl View for HandOverResults {}

/// Does an item each, in the order of the claims' ids; a refused item is undone whole and leaves the others alone.
/// `hold` locks beforehand what the batch will move beside its claims, so that two that meet wait in a row.
fn each<T>(
    tx: &mut Tx<'_>,
    items: &[T],
    id_of: impl Fn(&T) -> Id<ExpenseClaim>,
    hold: impl Fn(&mut Tx<'_>, &[Id<ExpenseClaim>]) -> Result<(), Failure>,
    deed: impl Fn(&mut Tx<'_>, ExpenseClaim, &T) -> Result<(ExpenseClaim, bool), Failure>,
) -> Result<HandOverResults, Failure> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| id_of(&items[*index]));
    hold(tx, &items.iter().map(&id_of).collect::<Vec<_>>())?;
    let mut data: Vec<Option<HandOverResult>> = vec![None; items.len()];
    for index in order {
        let (item, id) = (&items[index], id_of(&items[index]));
        let claim = match claims::find(tx, id) {
            Ok(claim) => claim,
            Err(Failure::NotFound) => {
                data[index] = Some(refused(id, None, Refusal::new(UNKNOWN_CLAIM)));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let before = claim.clone();
        data[index] = Some(match tx.attempt(|tx| deed(tx, claim, item))? {
            Ok((claim, already)) => done(&claim, already),
            Err(Failure::Refused(refusal)) => refused(id, Some(&before), *refusal),
            Err(failure) => return Err(failure),
        });
    }
    Ok(HandOverResults { data: data.into_iter().flatten().collect() })
}

fn done(claim: &ExpenseClaim, already: bool) -> HandOverResult {
    HandOverResult {
        claim_id: Id::from_uuid(claim.id.uuid()),
        number: Some(claim.petition.number.clone()),
        outcome: if already { ItemOutcome::Already } else { ItemOutcome::Done },
        status: Some(claim.state()),
        paid_status: claim.paid_state(),
        version: Some(claim.version),
        refusal: None,
    }
}

fn refused(id: Id<ExpenseClaim>, claim: Option<&ExpenseClaim>, refusal: Refusal) -> HandOverResult {
    HandOverResult {
        claim_id: Id::from_uuid(id.uuid()),
        number: claim.map(|claim| claim.petition.number.clone()),
        outcome: ItemOutcome::Refused,
        status: claim.map(|claim| claim.state()),
        paid_status: claim.and_then(ExpenseClaim::paid_state),
        version: claim.map(|claim| claim.version),
        refusal: Some(RefusalView::of(&refusal)),
    }
}

/// Claims that were taken.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcknowledgeExpenseClaims {
    /// Under what they were taken: the ERP's batch or document.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "ERP-20260305-01")]
    reference: String,
    /// The claims.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_items = 1, max_items = 500, value_type = Vec<AnyId>)]
    claim_ids: Vec<Id<ExpenseClaim>>,
}

/// Acknowledge expense claims taken into the books. `[EXP-9, EXP-10]`
///
/// Locks them: from now on they are immutable here, and can no longer be revoked. The same reference again
/// answers `already`.
#[utoipa::path(post, path = "/api/v1/erp/expense-claims/acknowledge")]
pub(super) async fn acknowledge_expense_claims(
    who: Can<perm::AccountExpenseClaims>,
    body: Valid<AcknowledgeExpenseClaims>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.claim_ids,
            |id| *id,
            |_, _| Ok(()),
            |tx, claim, _| deed::acknowledge(tx, claim, body.reference.clone()),
        )
    })
    .await
}

/// A posting that was made.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmedPosting)]
pub(super) struct PostingBody {
    /// The claim.
    #[schema(value_type = AnyId)]
    claim_id: Id<ExpenseClaim>,
    /// Where it stands in the ledger.
    voucher: Voucher,
}

/// Confirm that expense claims are posted. `[EXP-9, EXP-10]`
///
/// The same voucher again answers `already`, another is refused. Posting a reversing document reverses its claim.
#[utoipa::path(post, path = "/api/v1/erp/expense-claims/confirm-posting")]
pub(super) async fn confirm_expense_claim_postings(
    who: Can<perm::AccountExpenseClaims>,
    body: Valid<Items<PostingBody>>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.items,
            |item| item.claim_id,
            hold::reversed,
            |tx, claim, item| deed::confirm_posting(tx, claim, item.voucher.clone()),
        )
    })
    .await
}

/// A posting that was refused.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RefusedPosting)]
pub(super) struct RefusedPostingBody {
    /// The claim.
    #[schema(value_type = AnyId)]
    claim_id: Id<ExpenseClaim>,
    /// The ERP's code and words.
    refusal: PostingRefusal,
}

/// Refuse the posting of expense claims. `[EXP-9]`
///
/// A claim goes back to its submitter whole, with the ERP's reason; a reversing document becomes void and its
/// claim stands as before.
#[utoipa::path(post, path = "/api/v1/erp/expense-claims/refuse-posting")]
pub(super) async fn refuse_expense_claim_postings(
    who: Can<perm::AccountExpenseClaims>,
    body: Valid<Items<RefusedPostingBody>>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.items,
            |item| item.claim_id,
            hold::taken,
            |tx, claim, item| deed::refuse_posting(tx, claim, item.refusal.clone()),
        )
    })
    .await
}

/// A payment that was made.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmedPayment)]
pub(super) struct PaymentBody {
    /// The claim.
    #[schema(value_type = AnyId)]
    claim_id: Id<ExpenseClaim>,
    /// The payment's reference: unique within the claim.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[schema(min_length = 1, max_length = 60, example = "PAY-20260306-007")]
    reference: String,
    /// How much, in the book currency; negative on a counter-document, where it comes back.
    amount: Money,
    /// The day the money moved.
    paid_on: NaiveDate,
}

/// Confirm payments of expense claims. `[EXP-9, EXP-10]`
///
/// Parts are allowed, more than is owed is not. The same reference with the same content answers `already`.
/// On a counter-document (`direction` is `collect`) it confirms what came back, as a negative amount; a positive one is
/// refused.
#[utoipa::path(post, path = "/api/v1/erp/expense-claims/confirm-payments")]
pub(super) async fn confirm_expense_claim_payments(
    who: Can<perm::AccountExpenseClaims>,
    body: Valid<Items<PaymentBody>>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.items,
            |item| item.claim_id,
            hold::lines,
            |tx, claim, item| {
                let PaymentBody { claim_id: _, reference, amount, paid_on } = item.clone();
                deed::confirm_payment(tx, claim, PaymentNotice { reference, amount, paid_on })
            },
        )
    })
    .await
}

/// A payment that the bank returned.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BouncedPayment)]
pub(super) struct ReturnedPaymentBody {
    /// The claim.
    #[schema(value_type = AnyId)]
    claim_id: Id<ExpenseClaim>,
    /// The reference of the payment that came back.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[schema(min_length = 1, max_length = 60, example = "PAY-20260306-007")]
    payment: String,
    /// The reference of its return.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[schema(min_length = 1, max_length = 60, example = "RET-20260307-001")]
    reference: String,
    /// The day the money came back.
    returned_on: NaiveDate,
    /// The bank's words.
    #[schema(min_length = 1, max_length = 500, example = "户名不符，银行退汇")]
    reason: String,
}

/// Record payments of expense claims that the bank returned (退汇). `[EXP-9, EXP-10]`
///
/// The payment stays readable and counts no more, so much is owed again, and its reference is not used again. The claim is
/// not reversed. The same said again answers `already`.
#[utoipa::path(post, path = "/api/v1/erp/expense-claims/return-payments")]
pub(super) async fn return_expense_claim_payments(
    who: Can<perm::AccountExpenseClaims>,
    body: Valid<Items<ReturnedPaymentBody>>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.items,
            |item| item.claim_id,
            hold::lines,
            |tx, claim, item| {
                let ReturnedPaymentBody { claim_id: _, payment, reference, returned_on, reason } =
                    item.clone();
                deed::return_payment(tx, claim, ReturnNotice { payment, reference, returned_on, reason })
            },
        )
    })
    .await
}

/// The ERP's list of a period.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReconcileExpenseClaims {
    /// The first business day.
    from: NaiveDate,
    /// The last business day.
    to: NaiveDate,
    /// What the ERP has.
    #[validate(length(max = 5000), nested)]
    #[schema(max_items = 5000)]
    items: Vec<TheirItemBody>,
}

/// What the ERP has of one claim.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TheirExpenseClaim)]
struct TheirItemBody {
    /// The claim's number.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "EC-2026-000123")]
    number: String,
    /// Where it stands there.
    status: ClaimState,
    /// Its voucher there.
    #[serde(default, deserialize_with = "domain::spine::typed::read_optional_reference")]
    #[validate(length(max = 40))]
    #[schema(max_length = 40)]
    voucher_number: Option<String>,
    /// The year of that voucher; absent: not compared.
    #[serde(default)]
    #[validate(range(min = 2000, max = 2999))]
    #[schema(minimum = 2000, maximum = 2999, example = 2026)]
    voucher_year: Option<i32>,
    /// What is approved of it there, in the claim's currency; absent: not compared.
    #[serde(default)]
    amount: Option<Money>,
    /// The same in the book currency; absent: not compared.
    #[serde(default)]
    book_amount: Option<Money>,
    /// What was paid there; absent: not compared.
    #[serde(default)]
    paid: Option<Money>,
}

/// Compare the ERP's expense claims with ours. `[EXP-10]`
///
/// Ours are those acknowledged, posted or reversed whose business date lies in the period. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/erp/expense-claims/reconcile")]
pub(super) async fn reconcile_expense_claims(
    who: Can<perm::AccountExpenseClaims>,
    body: Valid<ReconcileExpenseClaims>,
    reading: Reading,
) -> Reply<ReconciliationView> {
    let Valid(ReconcileExpenseClaims { from, to, items }) = body;
    domain::spine::check_span(from, to)?;
    let theirs: Vec<TheirItem> = items
        .into_iter()
        .map(|TheirItemBody { number, status, voucher_number, voucher_year, amount, book_amount, paid }| {
            TheirItem { number, status, voucher_number, voucher_year, amount, book_amount, paid }
        })
        .collect();
    reading.read(who, move |reader| claims::hand_over::reconcile(reader, from, to, &theirs)).await
}
