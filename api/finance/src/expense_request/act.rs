//! Creating and rewriting requests, and the named actions: state moves through them and nothing else. `[ACT-2]`

use super::body::{CreateExpenseRequest, ReviseExpenseRequest, WithdrawDocument};
use crate::{
    finance::expense_claim::body::GiveReason,
    spine::{Can, Created, IfMatch, PathId, Reply, UnitOfWork, Valid},
};
use domain::{
    finance::{expense_request::ExpenseRequest, petition::NewDocument},
    spine::perm,
};
use persistence::{
    finance::expense_request::{self as requests, ExpenseRequestView, RequestPolicies, deed},
    spine::{Failure, Tx},
};

/// Create an expense request. `[EXP-2]`
///
/// A draft may be incomplete, but never malformed. Its number is taken now and never used again.
#[utoipa::path(post, path = "/api/v1/expense-requests")]
pub(super) async fn create_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    body: Valid<CreateExpenseRequest>,
    work: UnitOfWork,
) -> Created<ExpenseRequestView> {
    work.write(who, move |tx| {
        let request = create(tx, body.0.clone())?;
        requests::show(tx, request)
    })
    .await
}

fn create(tx: &mut Tx<'_>, body: CreateExpenseRequest) -> Result<ExpenseRequest, Failure> {
    let (submitter, today) = (body.submitter_id, tx.today());
    let policies = RequestPolicies::on(tx, body.business_date().unwrap_or(today))?;
    let content = body.content(tx.actor(), today, policies.book_currency())?;
    requests::refer(tx, submitter, &content)?;
    let number = requests::next_number(tx, &policies)?;
    let new = NewDocument { id: tx.id(), number, submitter };
    let change = ExpenseRequest::create(new, content, tx.actor(), tx.now(), policies.rules())?;
    let request = requests::apply(tx, change)?;
    requests::keep_papers(tx, &request)?;
    Ok(request)
}

/// Change an expense request. `[EXP-2]`
///
/// While it is a draft, returned or withdrawn. An approved one is changed by an amendment.
#[utoipa::path(patch, path = "/api/v1/expense-requests/{id}")]
pub(super) async fn revise_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequest>,
    version: IfMatch,
    body: Valid<ReviseExpenseRequest>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.write(who, move |tx| {
        let request = requests::find(tx, *id)?;
        version.check(request.version)?;
        let request = revise(tx, request, body.0.clone())?;
        requests::show(tx, request)
    })
    .await
}

fn revise(
    tx: &mut Tx<'_>,
    request: ExpenseRequest,
    patch: ReviseExpenseRequest,
) -> Result<ExpenseRequest, Failure> {
    request.petition.may_revise(tx.actor())?;
    let content = patch.over(request.content.clone())?;
    requests::refer(tx, Some(request.petition.submitter), &content)?;
    let policies = RequestPolicies::on(tx, content.business_date)?;
    let change = request.revise(content, tx.actor(), policies.rules())?;
    let request = requests::apply(tx, change)?;
    requests::keep_papers(tx, &request)?;
    Ok(request)
}

/// Submit an expense request for approval. `[EXP-2, EXP-3, EXP-7, BUD-4]`
///
/// Everything a policy demands is checked, and all that is missing is said at once. Its budget is reserved in the
/// same moment; with `validate_only=true` the answer shows what would be reserved, and nothing is kept.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/submit")]
pub(super) async fn submit_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequest>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.write(who, move |tx| {
        let request = requests::find(tx, *id)?;
        version.check(request.version)?;
        let request = deed::submit(tx, request)?;
        requests::show(tx, request)
    })
    .await
}

/// Withdraw an expense request that waits for approval. `[APR-3]`
///
/// Its reservation ends; it may be changed and submitted again.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/withdraw")]
pub(super) async fn withdraw_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequest>,
    version: IfMatch,
    body: Valid<WithdrawDocument>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.write(who, move |tx| {
        let request = requests::find(tx, *id)?;
        version.check(request.version)?;
        deed::withdraw(tx, &request, body.note.clone())?;
        requests::view(tx, *id)
    })
    .await
}

/// Void an expense request. `[EXP-2]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/void")]
pub(super) async fn void_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequest>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.write(who, move |tx| {
        let request = requests::find(tx, *id)?;
        version.check(request.version)?;
        let change = request.void(body.reason.clone(), tx.actor(), tx.now())?;
        let request = requests::apply(tx, change)?;
        requests::show(tx, request)
    })
    .await
}

/// Revoke an approved expense request while nothing was claimed on it. `[EXP-2]`
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/revoke")]
pub(super) async fn revoke_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequest>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.write(who, move |tx| {
        let request = requests::find(tx, *id)?;
        version.check(request.version)?;
        let request = deed::revoke(tx, request, body.reason.clone())?;
        requests::show(tx, request)
    })
    .await
}

/// Close an approved expense request. `[EXP-2, EXP-4]`
///
/// By its owner or by finance. What was not claimed is free again; claims that draw on it run their course.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/close")]
pub(super) async fn close_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequest>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.write(who, move |tx| {
        let request = requests::find(tx, *id)?;
        version.check(request.version)?;
        let request = deed::close(tx, request, body.reason.clone())?;
        requests::show(tx, request)
    })
    .await
}
