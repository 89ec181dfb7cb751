//! Deeds that move more than the amendment itself: its approval, its budget, its request.

use super::{already_open, apply, open_of};
use crate::{
    approval::document,
    finance::{
        budget_line, expense_claim,
        expense_request::{self as requests, RequestPolicies, charge, settle},
    },
    spine::{Failure, Tx},
};
use domain::{
    approval::NewDocument,
    finance::{
        expense_request::{ExpenseRequest, RequestContent},
        expense_request_amendment::ExpenseRequestAmendment,
    },
    spine::Change,
};

/// Starts an amendment of a request, if none is under way.
pub fn create(
    tx: &mut Tx<'_>,
    request: &ExpenseRequest,
    reason: String,
    content: RequestContent,
) -> Result<ExpenseRequestAmendment, Failure> {
    if let Some(open) = open_of(tx, request.id)? {
        return Err(already_open(open.number));
    }
    requests::refer(tx, Some(request.petition.submitter), &content)?;
    let policies = RequestPolicies::on(tx, content.business_date)?;
    let number = requests::next_amendment_number(tx, &policies)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let (by, now) = (tx.actor().clone(), tx.now());
    let change: Change<ExpenseRequestAmendment> =
        ExpenseRequestAmendment::create(new, request, reason, content, &by, now, policies.rules())?;
    let amendment = apply(tx, change)?;
    super::keep_papers(tx, &amendment, request)?;
    Ok(amendment)
}

/// Rewrites what an amendment says.
pub fn revise(
    tx: &mut Tx<'_>,
    amendment: ExpenseRequestAmendment,
    reason: String,
    content: RequestContent,
) -> Result<ExpenseRequestAmendment, Failure> {
    let request = requests::find_unscoped(tx, amendment.request)?;
    requests::refer(tx, Some(request.petition.submitter), &content)?;
    let policies = RequestPolicies::on(tx, content.business_date)?;
    let change = amendment.revise(&request, reason, content, tx.actor(), policies.rules())?;
    let amendment = apply(tx, change)?;
    super::keep_papers(tx, &amendment, &request)?;
    Ok(amendment)
}

/// Hands an amendment to its approvers: reserves what it asks for beyond its request.
pub fn submit(
    tx: &mut Tx<'_>,
    amendment: ExpenseRequestAmendment,
) -> Result<ExpenseRequestAmendment, Failure> {
    let request = expense_claim::lock_request(tx, amendment.request)?;
    let claims = expense_claim::fellows(tx, request.id)?;
    let policies = RequestPolicies::on(tx, amendment.content.business_date)?;
    amendment.check_submission(&request, &claims, tx.actor(), tx.today(), policies.rules())?;
    let asking = charge::asking_more(tx, &amendment, &request, &policies)?;
    let verdict = budget_line::reserve(tx, &asking)?;
    let routed = settle::routed(&amendment.content, verdict.over_budget)?;
    let approval = document::hand_in(tx, &amendment, routed)?;
    let change = amendment.submit(&request, approval.id, tx.actor(), tx.now())?;
    apply(tx, change)
}
