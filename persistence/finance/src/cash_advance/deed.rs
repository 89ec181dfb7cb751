//! Deeds that move more than the advance itself, or are answered for once.

use super::{AdvancePolicies, apply, row, settle};
use crate::{
    approval::document,
    finance::{accounting_period, expense_request},
    schema::cash_advances as advances,
    separation_policy,
    shared::{CASH_ADVANCES, EXPENSE_REQUESTS},
    spine::{Failure, Key, Reader, Tx, db, in_order, several},
};
use diesel::prelude::*;
use domain::{
    finance::cash_advance::{
        Beside, CashAdvance,
        reversal::{Mistake, Undoing},
    },
    separation_policy::SeparationRule,
    spine::{BusinessDate, Explanation, Id, Money, Refusal},
};
use serde_json::json;

/// Hands an advance to its approvers, unless its submitter has an overdue one or its request has not so much left.
pub fn submit(tx: &mut Tx<'_>, advance: CashAdvance) -> Result<CashAdvance, Failure> {
    lock_request(tx, &advance)?;
    check(tx, &advance)?;
    let routed = settle::routed(&advance);
    document::submit(tx, advance, routed)
}

/// Refuses an advance that may not be submitted now.
pub(super) fn check(reader: &mut Reader<'_>, advance: &CashAdvance) -> Result<(), Failure> {
    let policies = AdvancePolicies::on(reader, advance.content.business_date)?;
    let (today, beside) = (reader.today(), beside(reader, advance)?);
    super::refer(reader, Some(advance.petition.submitter), &advance.content)?;
    Ok(advance.check_submission(reader.actor(), today, &beside, policies.rules())?)
}

/// Why an advance could not be paid out now, where it could not.
pub(super) fn payout_refusal(
    reader: &mut Reader<'_>,
    advance: &CashAdvance,
) -> Result<Option<Refusal>, Failure> {
    let policies = AdvancePolicies::on(reader, advance.content.business_date)?;
    // What its state forbids is answered without asking what stands beside it.
    if let Err(refusal) = advance.check_payout(&Beside::default(), policies.rules()) {
        return Ok(Some(refusal));
    }
    let beside = beside(reader, advance)?;
    Ok(advance.check_payout(&beside, policies.rules()).err())
}

/// What stands beside an advance now.
fn beside(reader: &mut Reader<'_>, advance: &CashAdvance) -> Result<Beside, Failure> {
    let today = reader.today();
    let overdue = row::overdue_of(reader, &[advance.petition.submitter.into()], today)?;
    let overdue = overdue.into_iter().map(|(_, number)| number).collect();
    let Some(request) = advance.content.request else {
        return Ok(Beside { overdue, ..Beside::default() });
    };
    let held = row::held_of_request(reader, request.into(), advance.id.into())?;
    let request = Some(expense_request::find_unscoped(reader, request)?);
    Ok(Beside { overdue, request, held })
}

/// Holds the request an advance is for until the end of the unit of work: two advances never take what is left of it
/// at once. Requests are locked before advances, as claims do.
fn lock_request(tx: &mut Tx<'_>, advance: &CashAdvance) -> Result<(), Failure> {
    if let Some(request) = advance.content.request {
        tx.connection().lock_rows("expense_requests", &[request.into()])?;
    }
    Ok(())
}

/// Locks the requests that these advances are for, and the advances: what a batch of pay-outs looks at and moves.
pub fn hold_payouts(tx: &mut Tx<'_>, batch: &[Id<CashAdvance>]) -> Result<(), Failure> {
    let Some(keys) = several(tx, batch) else { return Ok(()) };
    in_order(tx, |tx, table| match table {
        EXPENSE_REQUESTS => {
            let of: Vec<Option<Key>> = db!(tx, |c| advances::table
                .filter(advances::id.eq_any(&keys).and(advances::request_id.is_not_null()))
                .select(advances::request_id)
                .load(c))?;
            Ok(of.into_iter().flatten().collect())
        }
        CASH_ADVANCES => Ok(keys.clone()),
        _ => Ok(Vec::new()),
    })
}

/// Refuses whoever would move the money of their own advance.
pub(super) fn held_apart(
    reader: &mut Reader<'_>,
    advance: &CashAdvance,
) -> Result<Option<Explanation>, Failure> {
    let is_own = advance.petition.is_own(reader.actor());
    let number = json!({"number": advance.petition.number});
    separation_policy::apart(reader, SeparationRule::OwnInBooks, is_own, number)
}

/// Confirms that an advance was paid out: not beside an overdue one, nor beyond what is left of its request. The same
/// said again changes nothing.
pub fn confirm_payout(
    tx: &mut Tx<'_>,
    advance: CashAdvance,
    reference: String,
    paid_on: BusinessDate,
) -> Result<CashAdvance, Failure> {
    if advance.is_paid_out_as(&reference, paid_on) {
        return Ok(advance);
    }
    lock_request(tx, &advance)?;
    if let Some(refusal) = payout_refusal(tx, &advance)? {
        return Err(refusal.into());
    }
    let told = held_apart(tx, &advance)?;
    let policies = AdvancePolicies::on(tx, paid_on)?;
    let when = (tx.now(), tx.today());
    let change = advance.pay_out(reference, paid_on, tx.actor(), when, policies.rules())?;
    accounting_period::ensure_open(tx, paid_on)?;
    apply(tx, change.explained(told))
}

/// Records that cash came back. The same said again changes nothing.
pub fn repay(
    tx: &mut Tx<'_>,
    advance: CashAdvance,
    reference: String,
    amount: Money,
    received_on: BusinessDate,
) -> Result<CashAdvance, Failure> {
    if advance.is_repaid_as(&reference, amount, received_on) {
        return Ok(advance);
    }
    let (when, told) = ((tx.now(), tx.today()), held_apart(tx, &advance)?);
    let change = advance.repay(reference, amount, received_on, tx.actor(), when)?;
    accounting_period::ensure_open(tx, received_on)?;
    apply(tx, change.explained(told))
}

/// Undoes a pay-out or a repayment that was recorded by mistake, by a counter-entry in an open month. The
/// same said again changes nothing.
pub fn reverse(
    tx: &mut Tx<'_>,
    advance: CashAdvance,
    mistake: &Mistake,
    undoing: Undoing,
) -> Result<CashAdvance, Failure> {
    if advance.is_reversed_as(mistake, &undoing) {
        return Ok(advance);
    }
    let (when, day, told) = ((tx.now(), tx.today()), undoing.on, held_apart(tx, &advance)?);
    let change = advance.reverse(mistake, undoing, tx.actor(), when)?;
    accounting_period::ensure_open(tx, day)?;
    apply(tx, change.explained(told))
}
