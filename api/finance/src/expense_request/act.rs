//! Creating and rewriting requests, and the named actions: state moves through them and nothing else. `[ACT-2]`

use super::body::CreateExpenseRequest;
use crate::spine::{At, Can, Created, Merge, Note, Reason, Reply, UnitOfWork, Valid};
use domain::{
    approval::{Document, NewDocument},
    finance::expense_request::{ExpenseRequest, RequestContent},
    spine::{EmployeeId, perm},
};
use persistence::{
    approval::document,
    finance::{
        expense_claim::reference::home_of,
        expense_request::{self as requests, ExpenseRequestView, RequestPolicies, deed},
    },
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
    let submitter = body.submitter_id;
    let (content, policies) = said(tx, submitter, body)?;
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
    at: At<ExpenseRequest>,
    patch: Merge<CreateExpenseRequest>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.moves(who, at, move |request, tx| revise(tx, request, &patch)).await
}

fn revise(
    tx: &mut Tx<'_>,
    request: ExpenseRequest,
    patch: &Merge<CreateExpenseRequest>,
) -> Result<ExpenseRequest, Failure> {
    request.may_revise(tx.actor())?;
    let body = patch.over(&(&request.content).into())?;
    let (content, policies) = said(tx, Some(request.petition.submitter), body)?;
    let change = request.revise(content, tx.actor(), policies.rules())?;
    let request = requests::apply(tx, change)?;
    requests::keep_papers(tx, &request)?;
    Ok(request)
}

/// What a request says in somebody's name, and the policies it is judged by.
fn said(
    tx: &mut Tx<'_>,
    submitter: Option<EmployeeId>,
    body: CreateExpenseRequest,
) -> Result<(RequestContent, RequestPolicies), Failure> {
    let today = tx.today();
    let policies = RequestPolicies::on(tx, body.business_date().unwrap_or(today))?;
    let home = home_of(tx, submitter, body.business_date().unwrap_or(today))?;
    let content = body.content(home, today, policies.book_currency())?;
    requests::refer(tx, submitter, &content)?;
    Ok((content, policies))
}

/// Submit an expense request for approval. `[EXP-2, EXP-3, EXP-7, BUD-4]`
///
/// Everything a policy demands is checked, and all that is missing is said at once. Its budget is reserved in the
/// same moment; with `validate_only=true` the answer shows what would be reserved, and nothing is kept.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/submit")]
pub(super) async fn submit_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequest>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.moves(who, at, move |request, tx| deed::submit(tx, request)).await
}

/// Withdraw an expense request that waits for approval. `[APR-3]`
///
/// Its reservation ends; it may be changed and submitted again.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/withdraw")]
pub(super) async fn withdraw_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequest>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.moves(who, at, move |request, tx| document::withdraw(tx, &request, body.note.clone())).await
}

/// Void an expense request. `[EXP-2]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/void")]
pub(super) async fn void_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequest>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.moves(who, at, move |request, tx| document::void(tx, request, body.reason.clone())).await
}

/// Revoke an approved expense request while nothing was claimed on it. `[EXP-2]`
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/revoke")]
pub(super) async fn revoke_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequest>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.moves(who, at, move |request, tx| deed::revoke(tx, request, body.reason.clone())).await
}

/// Close an approved expense request. `[EXP-2, EXP-4]`
///
/// By its owner or by finance. What was not claimed is free again; claims that draw on it run their course.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/close")]
pub(super) async fn close_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequest>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ExpenseRequestView> {
    work.moves(who, at, move |request, tx| deed::close(tx, request, body.reason.clone())).await
}
