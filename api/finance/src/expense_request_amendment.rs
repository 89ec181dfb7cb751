//! Amendments of expense requests over HTTP. `[EXP-5]`

use super::{
    expense_claim::body::GiveReason,
    expense_request::body::{ReviseExpenseRequest, WithdrawDocument},
};
use crate::spine::{
    Can, Created, IfMatch, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    finance::{expense_request::ExpenseRequest, expense_request_amendment::ExpenseRequestAmendment},
    spine::perm,
};
use persistence::finance::{
    expense_request as requests,
    expense_request_amendment::{self as amendments, AmendmentFilter, AmendmentSummary, AmendmentView, deed},
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

/// A change of an approved request.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AmendExpenseRequest {
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "展位由 36 平米改为 54 平米")]
    reason: String,
    /// What is to change, as a merge patch of what the request says. Department, business date and currency stay.
    changes: ReviseExpenseRequest,
}

/// Amend an approved expense request. `[EXP-5]`
///
/// Starts a draft with its own number; one is under way at a time. A line that was claimed keeps its category and
/// cost centre, and never falls below what was claimed.
#[utoipa::path(post, path = "/api/v1/expense-requests/{id}/amendments")]
async fn amend_expense_request(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequest>,
    version: IfMatch,
    body: Valid<AmendExpenseRequest>,
    work: UnitOfWork,
) -> Created<AmendmentView> {
    work.write(who, move |tx| {
        let request = requests::find(tx, *id)?;
        version.check(request.version)?;
        request.may_amend(tx.actor())?;
        let content = body.changes.clone().over(request.content.clone())?;
        let amendment = deed::create(tx, &request, body.reason.clone(), content)?;
        amendments::show(tx, amendment)
    })
    .await
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
    changes: Option<ReviseExpenseRequest>,
}

/// Change an amendment of an expense request. `[EXP-5]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/expense-request-amendments/{id}")]
async fn revise_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequestAmendment>,
    version: IfMatch,
    body: Valid<ReviseAmendment>,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.write(who, move |tx| {
        let amendment = amendments::find(tx, *id)?;
        version.check(amendment.version)?;
        amendment.petition.may_revise(tx.actor())?;
        let ReviseAmendment { reason, changes } = body.0.clone();
        let reason = reason.unwrap_or_else(|| amendment.reason.clone());
        let old = amendment.content.clone();
        let content = changes.map_or(Ok(old.clone()), |changes| changes.over(old))?;
        let amendment = deed::revise(tx, amendment, reason, content)?;
        amendments::show(tx, amendment)
    })
    .await
}

/// Submit an amendment of an expense request for approval. `[EXP-5, BUD-4]`
///
/// What it asks for beyond its request is reserved in the same moment.
#[utoipa::path(post, path = "/api/v1/expense-request-amendments/{id}/submit")]
async fn submit_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequestAmendment>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.write(who, move |tx| {
        let amendment = amendments::find(tx, *id)?;
        version.check(amendment.version)?;
        let amendment = deed::submit(tx, amendment)?;
        amendments::show(tx, amendment)
    })
    .await
}

/// Withdraw an amendment of an expense request that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/expense-request-amendments/{id}/withdraw")]
async fn withdraw_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequestAmendment>,
    version: IfMatch,
    body: Valid<WithdrawDocument>,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.write(who, move |tx| {
        let amendment = amendments::find(tx, *id)?;
        version.check(amendment.version)?;
        deed::withdraw(tx, &amendment, body.note.clone())?;
        amendments::view(tx, *id)
    })
    .await
}

/// Void an amendment of an expense request. `[EXP-5]`
///
/// From draft, returned, rejected or withdrawn. Another one may then be started.
#[utoipa::path(post, path = "/api/v1/expense-request-amendments/{id}/void")]
async fn void_expense_request_amendment(
    who: Can<perm::SubmitExpenseRequests>,
    id: PathId<ExpenseRequestAmendment>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<AmendmentView> {
    work.write(who, move |tx| {
        let amendment = amendments::find(tx, *id)?;
        version.check(amendment.version)?;
        let change = amendment.void(body.reason.clone(), tx.actor(), tx.now())?;
        let amendment = amendments::apply(tx, change)?;
        amendments::show(tx, amendment)
    })
    .await
}
