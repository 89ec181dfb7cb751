//! Deeds that move more than the claim itself: its approval, or the claim it reverses. Each in the one
//! transaction of its unit of work; the approval is always written before the claim, so that two deeds
//! never wait for each other.

use super::{
    PoliciesInForce, advance, apply, charge, load::find_unscoped, next_number, reference, request, settle,
};
use crate::{
    approval::{self, document},
    finance::{accounting_period, budget_line},
    separation_policy,
    spine::{Failure, Reader, Tx},
};
use domain::{
    finance::{
        expense_claim::{
            ClaimRules, ExpenseClaim, NewClaim, PostingRefusal, Voucher, hand_over::HandedOver,
            reduce::LineDecision, submit::Met,
        },
        payment::{PaymentNotice, refund::ReturnNotice},
    },
    separation_policy::SeparationRule,
    spine::{BusinessDate, Change, Explanation, Refusal},
};
use serde_json::json;

/// Hands a claim to its approvers: takes of its request what it asks for, reserves the rest, and opens its
/// approval, or takes up the one that was returned or withdrawn.
pub fn submit(tx: &mut Tx<'_>, claim: ExpenseClaim) -> Result<ExpenseClaim, Failure> {
    let policies = PoliciesInForce::on(tx, claim.content.business_date)?;
    let (today, now) = (tx.today(), tx.now());
    let request = request::locked(tx, &claim.content)?;
    let applications = request::applications(tx, &claim.content)?;
    let fellows = request::fellows(tx, &claim, request.as_ref())?;
    let rules = ClaimRules {
        request: request.as_ref(),
        fellows: &fellows,
        applications: &applications,
        ..policies.rules()
    };
    claim.check_submission(tx.actor(), today, rules)?;
    reference::check_people(tx, &claim)?;
    let over_run = request::draw(tx, &claim, request.clone())?;
    advance::hold(tx, &claim)?;
    let verdict = budget_line::reserve(tx, &charge::asking(&claim, &policies)?)?;
    let met = Met { over_budget: verdict.over_budget, over_run };
    let approval = document::hand_in(tx, &claim, settle::routed(&claim, met)?)?;
    let change = claim.submit(approval.id, tx.actor(), now, today, rules)?;
    apply(tx, change)
}

/// Approves less on some lines, by an approver whose task of this claim is open.
pub fn reduce(
    tx: &mut Tx<'_>,
    claim: ExpenseClaim,
    decisions: &[LineDecision],
) -> Result<ExpenseClaim, Failure> {
    if !settle::decides(tx, &claim)? {
        return Err(Refusal::new(domain::finance::expense_claim::NOT_DECIDING).into());
    }
    let change = claim.reduce(decisions, tx.actor())?;
    let (version, approval) = (change.after().version, change.after().petition.approval);
    if let Some(approval) = approval {
        let named = approval::document_moved(tx, approval, version)?;
        return apply(tx, change.in_the_name_of(named));
    }
    apply(tx, change)
}

/// Takes an approved claim back before finance has it; a reversing document lets its claim go.
pub fn revoke(tx: &mut Tx<'_>, claim: ExpenseClaim, reason: String) -> Result<ExpenseClaim, Failure> {
    let change = claim.revoke(reason, tx.actor(), tx.now())?;
    let original = let_go_by(tx, change.after())?;
    let claim = apply(tx, change)?;
    original.map(|original| apply(tx, original)).transpose()?;
    Ok(claim)
}

/// Makes the counter-document of a posted claim; answers it.
pub fn reverse(tx: &mut Tx<'_>, claim: ExpenseClaim, reason: String) -> Result<ExpenseClaim, Failure> {
    let (today, told) = (tx.today(), held_apart(tx, &claim)?);
    let policies = PoliciesInForce::on(tx, today)?;
    let new = NewClaim { id: tx.id(), number: next_number(tx, &policies)?, submitter: None, external: None };
    let (original, counter) = claim.reverse(new, reason, tx.actor(), tx.now(), today)?;
    let counter = apply(tx, counter)?;
    apply(tx, original.explained(told))?;
    Ok(counter)
}

/// Refuses whoever would take their own claim into the books, or move its money.
pub(super) fn held_apart(
    reader: &mut Reader<'_>,
    claim: &ExpenseClaim,
) -> Result<Option<Explanation>, Failure> {
    let is_own = claim.is_own_in_books(reader.actor());
    let number = json!({"number": claim.petition.number});
    separation_policy::apart(reader, SeparationRule::OwnInBooks, is_own, number)
}

/// Takes a claim into the books.
pub fn acknowledge(
    tx: &mut Tx<'_>,
    claim: ExpenseClaim,
    reference: String,
) -> Result<(ExpenseClaim, bool), Failure> {
    let told = held_apart(tx, &claim)?;
    match claim.acknowledge(reference, tx.actor(), tx.now())? {
        HandedOver::Already(claim) => Ok((*claim, true)),
        HandedOver::Now(change) => Ok((apply(tx, change.explained(told))?, false)),
    }
}

/// Confirms a posting; a counter-document's posting undoes its claim.
pub fn confirm_posting(
    tx: &mut Tx<'_>,
    claim: ExpenseClaim,
    voucher: Voucher,
) -> Result<(ExpenseClaim, bool), Failure> {
    let (now, told) = (tx.now(), held_apart(tx, &claim)?);
    if claim.voucher() != Some(&voucher) {
        accounting_period::ensure_open(tx, voucher.posted_on)?;
    }
    let change = match claim.confirm_posting(voucher, tx.today())? {
        HandedOver::Already(claim) => return Ok((*claim, true)),
        HandedOver::Now(change) => change,
    };
    let original = match &change.after().reverses {
        Some(of) => Some(find_unscoped(tx, of.claim)?.complete_reversal(change.after().id, now)?),
        None => None,
    };
    let claim = apply(tx, change.explained(told))?;
    original.map(|original| apply(tx, original)).transpose()?;
    Ok((claim, false))
}

/// Confirms a payment: in an open month, as everything that lands in the books.
pub fn confirm_payment(
    tx: &mut Tx<'_>,
    claim: ExpenseClaim,
    notice: PaymentNotice,
) -> Result<(ExpenseClaim, bool), Failure> {
    let (paid_on, told) = (notice.paid_on, held_apart(tx, &claim)?);
    let handed = claim.confirm_payment(notice, tx.actor(), tx.now(), tx.today())?;
    in_open_month(tx, handed, paid_on, told)
}

/// Records that the bank returned a payment: in an open month.
pub fn return_payment(
    tx: &mut Tx<'_>,
    claim: ExpenseClaim,
    notice: ReturnNotice,
) -> Result<(ExpenseClaim, bool), Failure> {
    let (returned_on, told) = (notice.returned_on, held_apart(tx, &claim)?);
    let handed = claim.return_payment(notice, tx.actor(), tx.now(), tx.today())?;
    in_open_month(tx, handed, returned_on, told)
}

/// Applies what moves one claim alone, if its day lies in an open month; whether it had been said before.
fn in_open_month(
    tx: &mut Tx<'_>,
    handed: HandedOver,
    day: BusinessDate,
    told: Option<Explanation>,
) -> Result<(ExpenseClaim, bool), Failure> {
    match handed {
        HandedOver::Already(claim) => Ok((*claim, true)),
        HandedOver::Now(change) => {
            accounting_period::ensure_open(tx, day)?;
            Ok((apply(tx, change.explained(told))?, false))
        }
    }
}

/// Refuses a posting: the claim goes back whole; a counter-document lets its claim go.
pub fn refuse_posting(
    tx: &mut Tx<'_>,
    claim: ExpenseClaim,
    refusal: PostingRefusal,
) -> Result<(ExpenseClaim, bool), Failure> {
    let told = held_apart(tx, &claim)?;
    let change = match claim.refuse_posting(refusal, tx.now())? {
        HandedOver::Already(claim) => return Ok((*claim, true)),
        HandedOver::Now(change) => change,
    };
    let original = let_go_by(tx, change.after())?;
    let claim = apply(tx, change.explained(told))?;
    original.map(|original| apply(tx, original)).transpose()?;
    Ok((claim, false))
}

/// The claim that a counter-document lets go as it comes to nothing, not yet written.
fn let_go_by(tx: &mut Tx<'_>, counter: &ExpenseClaim) -> Result<Option<Change<ExpenseClaim>>, Failure> {
    let Some(of) = &counter.reverses else { return Ok(None) };
    Ok(Some(find_unscoped(tx, of.claim)?.drop_reversal(counter.id)?))
}
