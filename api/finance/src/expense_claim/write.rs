//! Creating and rewriting claims.

use super::body::{CreateExpenseClaim, Given};
use crate::spine::{At, Can, Created, Merge, PathOf, Reply, UnitOfWork, Valid};
use domain::{
    approval::Document,
    finance::expense_claim::{ExpenseClaim, External, NewClaim},
    spine::{Change, Findings, Refusal, codes, perm},
};
use persistence::{
    finance::expense_claim::{self as claims, ExpenseClaimView, PoliciesInForce},
    spine::{Failure, Tx},
};
use serde::Deserialize;
use utoipa::IntoParams;

/// Create an expense claim. `[EXP-4, EXP-14b]`
///
/// A draft may be incomplete, but never malformed. Its number is taken now and never used again.
#[utoipa::path(post, path = "/api/v1/expense-claims")]
pub(super) async fn create_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    body: Valid<CreateExpenseClaim>,
    work: UnitOfWork,
) -> Created<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = create(tx, body.0.clone())?;
        claims::show(tx, claim)
    })
    .await
}

fn create(tx: &mut Tx<'_>, body: CreateExpenseClaim) -> Result<ExpenseClaim, Failure> {
    let external = external_of(&body)?;
    let submitter = body.submitter_id;
    let today = tx.today();
    let policies = PoliciesInForce::on(tx, body.business_date().unwrap_or(today))?;
    let home = claims::reference::home_of(tx, body.acted_for(), body.business_date().unwrap_or(today))?;
    let content = body.content(&Given { actor: tx.actor(), home, today, book: policies.book_currency() })?;
    claims::reference::check(tx, submitter, &content)?;
    claims::refer_payee(tx, None, &content)?;
    let number = claims::next_number(tx, &policies)?;
    let new = NewClaim { id: tx.id(), number, submitter, external };
    let change: Change<ExpenseClaim> =
        ExpenseClaim::create(new, content, tx.actor(), tx.now(), policies.rules())?;
    let claim = claims::apply(tx, change)?;
    // A new claim has no evidence that could be taken off.
    if !claim.content.attachments.is_empty() {
        claims::keep_evidence(tx, &claim)?;
    }
    Ok(claim)
}

fn external_of(body: &CreateExpenseClaim) -> Result<Option<External>, Refusal> {
    let mut findings = Findings::new();
    match (&body.source, &body.external_id) {
        (None, None) => return Ok(None),
        (Some(source), Some(id)) => {
            return Ok(Some(External { source: source.clone(), external_id: id.clone() }));
        }
        (None, Some(_)) => findings.add("/source", codes::REQUIRED),
        (Some(_), None) => findings.add("/external_id", codes::REQUIRED),
    }
    findings.into_result().map(|()| None)
}

/// Change an expense claim. `[EXP-4]`
///
/// While it is a draft, returned or withdrawn. State is never written here: it moves through the actions.
#[utoipa::path(patch, path = "/api/v1/expense-claims/{id}")]
pub(super) async fn revise_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    at: At<ExpenseClaim>,
    patch: Merge<CreateExpenseClaim>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.moves(who, at, move |claim, tx| revise(tx, claim, &patch)).await
}

fn revise(
    tx: &mut Tx<'_>,
    claim: ExpenseClaim,
    patch: &Merge<CreateExpenseClaim>,
) -> Result<ExpenseClaim, Failure> {
    claim.may_revise(tx.actor())?;
    let (today, book) = (tx.today(), claim.content.exchange.book);
    let body = patch.over(&(&claim).into())?;
    let person = body.acted_for().or(Some(claim.petition.submitter));
    let home = claims::reference::home_of(tx, person, body.business_date().unwrap_or(today))?;
    let content = body.content(&Given { actor: tx.actor(), home, today, book })?;
    claims::reference::check(tx, Some(claim.petition.submitter), &content)?;
    claims::refer_payee(tx, Some(&claim.content), &content)?;
    let policies = PoliciesInForce::on(tx, content.business_date)?;
    let change = claim.revise(content, tx.actor(), policies.rules())?;
    let claim = claims::apply(tx, change)?;
    claims::keep_evidence(tx, &claim)?;
    Ok(claim)
}

/// Which claim of which system.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub(super) struct ExternalPath {
    /// The other system.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[param(min_length = 1, max_length = 40, example = "mini-program")]
    source: String,
    /// The claim's identity there.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[param(min_length = 1, max_length = 100)]
    external_id: String,
}

/// Create or replace the expense claim of another system. `[EXP-10]`
///
/// Sent twice, the second call replaces the first while the claim lies with its submitter; the same content changes
/// nothing, wherever the claim stands by then.
#[utoipa::path(put, path = "/api/v1/expense-claims/by-external/{source}/{external_id}")]
pub(super) async fn mirror_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    path: PathOf<ExternalPath>,
    body: Valid<CreateExpenseClaim>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = mirror(tx, path.0.clone(), body.0.clone())?;
        claims::show(tx, claim)
    })
    .await
}

fn mirror(
    tx: &mut Tx<'_>,
    path: ExternalPath,
    mut body: CreateExpenseClaim,
) -> Result<ExpenseClaim, Failure> {
    let ExternalPath { source, external_id } = path;
    let named = [(&body.source, &source, "/source"), (&body.external_id, &external_id, "/external_id")];
    for (sent, of_path, pointer) in named {
        if sent.as_ref().is_some_and(|sent| sent != of_path) {
            let refusal = Refusal::new(codes::BAD_FORMAT).with("expected", of_path.as_str());
            return Err(refusal.at(pointer).into());
        }
    }
    let known = claims::find_by_external(tx, &source, &external_id)?;
    let Some(claim) = known else {
        (body.source, body.external_id) = (Some(source), Some(external_id));
        return create(tx, body);
    };
    // Sent again on another day without a date of its own it is of the day on which it was sent first.
    let (actor, today, book) = (tx.actor().clone(), claim.content.business_date, claim.content.exchange.book);
    body.submitter_id = Some(claim.petition.submitter);
    let home = claims::reference::home_of(tx, body.acted_for(), body.business_date().unwrap_or(today))?;
    let content = body.content(&Given { actor: &actor, home, today, book })?;
    claims::reference::check(tx, Some(claim.petition.submitter), &content)?;
    claims::refer_payee(tx, Some(&claim.content), &content)?;
    let policies = PoliciesInForce::on(tx, content.business_date)?;
    // Wherever it stands: what it says already is not refused to whoever only lost an answer.
    if claim.says(&content, policies.rules()) {
        return Ok(claim);
    }
    claim.may_revise(tx.actor())?;
    let change = claim.revise(content, &actor, policies.rules())?;
    let claim = claims::apply(tx, change)?;
    claims::keep_evidence(tx, &claim)?;
    Ok(claim)
}
