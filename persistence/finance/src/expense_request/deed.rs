//! Deeds that move more than the request itself: its approval and its budget. Each in the one transaction of its
//! unit of work.

use super::{RequestPolicies, apply, charge, settle};
use crate::{
    approval::document,
    finance::{budget_line, expense_request_amendment},
    spine::{Failure, Tx},
};
use domain::{
    finance::expense_request::{AMENDMENT_OPEN, ExpenseRequest},
    spine::{Citation, Refusal},
};

/// Hands a request to its approvers: reserves its budget, then opens its approval, or takes up the one that was
/// returned or withdrawn.
pub fn submit(tx: &mut Tx<'_>, request: ExpenseRequest) -> Result<ExpenseRequest, Failure> {
    let policies = RequestPolicies::on(tx, request.content.business_date)?;
    request.check_submission(tx.actor(), tx.today(), policies.rules())?;
    super::refer(tx, Some(request.petition.submitter), &request.content)?;
    let verdict = budget_line::reserve(tx, &charge::asking(&request, &policies)?)?;
    let routed = settle::routed(&request.content, verdict.over_budget)?;
    document::submit(tx, request, routed)
}

/// Takes an approved request back while nothing was claimed: its budget is free again.
pub fn revoke(tx: &mut Tx<'_>, request: ExpenseRequest, reason: String) -> Result<ExpenseRequest, Failure> {
    refuse_amended(tx, &request)?;
    let change = request.revoke(reason, tx.actor(), tx.now())?;
    let request = apply(tx, change)?;
    charge::follow(tx, &request)?;
    Ok(request)
}

/// Closes an approved request: what was not claimed is free again.
pub fn close(tx: &mut Tx<'_>, request: ExpenseRequest, reason: String) -> Result<ExpenseRequest, Failure> {
    refuse_amended(tx, &request)?;
    let change = request.close(reason, tx.actor(), tx.now())?;
    let request = apply(tx, change)?;
    charge::follow(tx, &request)?;
    Ok(request)
}

/// Refuses while an amendment of it waits for its approvers: what it would change must still be there.
fn refuse_amended(tx: &mut Tx<'_>, request: &ExpenseRequest) -> Result<(), Failure> {
    match expense_request_amendment::open_of(tx, request.id)? {
        Some(open) if open.in_approval => {
            let refusal = Refusal::new(AMENDMENT_OPEN).with("amendment", open.number);
            Err(refusal.citing(Citation::rule("EXP-5")).into())
        }
        _ => Ok(()),
    }
}
