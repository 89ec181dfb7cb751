//! Amendments of expense requests over HTTP. `[EXP-5]`

use super::expense_request::body::CreateExpenseRequest;
use crate::spine::{
    At, Can, Created, List, Merge, Note, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use domain::{
    approval::Document,
    finance::{
        expense_request::{ExpenseRequest, RequestContent},
        expense_request_amendment::ExpenseRequestAmendment,
    },
    spine::perm,
};
use persistence::{
    approval::document,
    finance::expense_request_amendment::{
        self as amendments, AmendmentFilter, AmendmentSummary, AmendmentView, deed,
    },
    spine::{Failure, Tx},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "expense-requests",
        [
            amend_expense_request,
            list_expense_request_amendments,
            show_expense_request_amendment,
            revise_expense_request_amendment,
            submit_expense_request_amendment,
            withdraw_expense_request_amendment,
            void_expense_request_amendment,
        ]
    );
}

/// What changes of what a request says. An alias, because the derive would take a generic type apart.
type RequestChanges = Merge<CreateExpenseRequest>;

/// A change of an approved request.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AmendExpenseRequest {
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "展位由 36 平米改为 54 平米")]
    reason: String,
    /// What is to change, as a merge patch of what the request says. Department, business date and currency stay.
    changes: RequestChanges,
}

/// Amend an approved expense request. `[EXP-5]`
///
/// Starts a draft with its own number; one is under way at a time. A line that was claimed keeps its category and
/// cost centre, and never falls below what was claimed.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/amendments")]
async fn amend_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequest>,
    body: Valid<AmendExpenseRequest>,
    work: UnitOfWork,
) -> Created<AmendmentView> {
    work.write(who, move |tx| {
        let request = at.find(tx)?;
        request.may_amend(tx.actor())?;
        let content = changed(tx, &body.changes, &request.content)?;
        let amendment = deed::create(tx, &request, body.reason.clone(), content)?;
        amendments::show(tx, amendment)
    })
    .await
}

/// What a request is to say, once it is amended.
fn changed(
    tx: &mut Tx<'_>,
    changes: &RequestChanges,
    old: &RequestContent,
) -> Result<RequestContent, Failure> {
    let (today, body) = (tx.today(), changes.over(&old.into())?);
    Ok(body.content(Some(old.department), today, old.exchange.book)?)
}

/// List amendments of expense requests. `[EXP-5, INT-4]`
#[utoipa::path(get, path = "/api/v1/expense-request-amendments")]
async fn list_expense_request_amendments(
    who: Can<perm::ReadExpenseRequests>,
    wanted: Wanted<AmendmentFilter>,
    reading: Reading,
) -> List<AmendmentSummary> {
    reading.list(who, wanted, amendments::list).await
}

/// Show an amendment of an expense request. `[EXP-5, ACT-1]`
#[utoipa::path(get, path = "/api/v1/expense-request-amendments/{id}")]
async fn show_expense_request_amendment(
    who: Can<perm::ReadExpenseRequests>,
    id: PathId<ExpenseRequestAmendment>,
    reading: Reading,
) -> Reply<AmendmentView> {
    reading.read(who, move |reader| amendments::view(reader, *id)).await
}

/// Another wording of an amendment.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviseAmendment {
    /// Why; as before where absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
    /// What is to change of what the amendment says, as a merge patch.
    #[serde(default)]
    changes: Option<RequestChanges>,
}

/// Change an amendment of an expense request. `[EXP-5]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/expense-request-amendments/{id}")]
async fn revise_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequestAmendment>,
    body: Valid<ReviseAmendment>,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.moves(who, at, move |amendment, tx| {
        amendment.may_revise(tx.actor())?;
        let ReviseAmendment { reason, changes } = body.0.clone();
        let reason = reason.unwrap_or_else(|| amendment.reason.clone());
        let content = match changes {
            Some(changes) => changed(tx, &changes, &amendment.content)?,
            None => amendment.content.clone(),
        };
        deed::revise(tx, amendment, reason, content)
    })
    .await
}

/// Submit an amendment of an expense request for approval. `[EXP-5, BUD-4]`
///
/// What it asks for beyond its request is reserved in the same moment.
#[utoipa::path(post, path = "/api/v1/expense-request-amendments/{id}/submit")]
async fn submit_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequestAmendment>,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.moves(who, at, move |amendment, tx| deed::submit(tx, amendment)).await
}

/// Withdraw an amendment of an expense request that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/expense-request-amendments/{id}/withdraw")]
async fn withdraw_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequestAmendment>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.moves(who, at, move |amendment, tx| document::withdraw(tx, &amendment, body.note.clone())).await
}

/// Void an amendment of an expense request. `[EXP-5]`
///
/// From draft, returned, rejected or withdrawn. Another one may then be started.
#[utoipa::path(post, path = "/api/v1/expense-request-amendments/{id}/void")]
async fn void_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    at: At<ExpenseRequestAmendment>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.moves(who, at, move |amendment, tx| document::void(tx, amendment, body.reason.clone())).await
}
