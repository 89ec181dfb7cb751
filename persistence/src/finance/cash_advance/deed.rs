//! Deeds that move more than the advance itself, or are answered for once.

use super::{AdvancePolicies, apply, row, settle};
use crate::{
    approval,
    finance::{accounting_period, expense_request, petition},
    spine::{Failure, Reader, Tx},
};
use domain::{
    finance::cash_advance::CashAdvance,
    spine::{BusinessDate, Money},
};

/// Hands an advance to its approvers, unless its submitter has an overdue one.
pub fn submit(tx: &mut Tx<'_>, advance: CashAdvance) -> Result<CashAdvance, Failure> {
    let now = tx.now();
    check(tx, &advance)?;
    let approval =
        approval::hand_in(tx, advance.petition.goes_on(), settle::CHAIN, settle::subject(&advance))?;
    let change = advance.submit(approval.id, tx.actor(), now)?;
    apply(tx, change)
}

/// Refuses an advance that may not be submitted now.
pub(super) fn check(reader: &mut Reader<'_>, advance: &CashAdvance) -> Result<(), Failure> {
    let policies = AdvancePolicies::on(reader, advance.content.business_date)?;
    let today = reader.today();
    let overdue = row::overdue_of(reader, advance.petition.submitter.into(), today)?;
    let request = advance.content.request.map(|request| expense_request::find_unscoped(reader, request));
    let request = request.transpose()?;
    let rules = policies.rules();
    Ok(advance.check_submission(reader.actor(), today, &overdue, request.as_ref(), rules)?)
}

/// Takes an advance back while it waits for its approvers.
pub fn withdraw(tx: &mut Tx<'_>, advance: &CashAdvance, note: Option<String>) -> Result<(), Failure> {
    petition::withdraw(tx, &advance.petition, note)
}

/// Confirms that an advance was paid out.
pub fn confirm_payout(
    tx: &mut Tx<'_>,
    advance: CashAdvance,
    reference: String,
    paid_on: BusinessDate,
) -> Result<CashAdvance, Failure> {
    let policies = AdvancePolicies::on(tx, paid_on)?;
    let when = (tx.now(), tx.today());
    let change = advance.pay_out(reference, paid_on, tx.actor(), when, policies.rules())?;
    accounting_period::ensure_open(tx, paid_on)?;
    apply(tx, change)
}

/// Records that cash came back.
pub fn repay(
    tx: &mut Tx<'_>,
    advance: CashAdvance,
    reference: String,
    amount: Money,
    received_on: BusinessDate,
) -> Result<CashAdvance, Failure> {
    accounting_period::ensure_open(tx, received_on)?;
    let when = (tx.now(), tx.today());
    let change = advance.repay(reference, amount, received_on, tx.actor(), when)?;
    apply(tx, change)
}
