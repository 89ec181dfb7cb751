//! Creating and rewriting advances, and the named actions: state moves through them and nothing else. `[ACT-2]`

use super::body::{
    ConfirmPayout, CreateCashAdvance, RepayCashAdvance, ReverseCashAdvancePayout, ReverseCashAdvanceRepayment,
};
use crate::spine::{At, Can, Created, Merge, Note, Reason, Reply, UnitOfWork, Valid};
use domain::{
    approval::{Document, NewDocument},
    finance::cash_advance::{AdvanceContent, CashAdvance},
    spine::perm,
};
use persistence::{
    approval::document,
    finance::{
        cash_advance::{self as advances, AdvancePolicies, CashAdvanceView, deed},
        expense_claim::reference::home_of,
    },
    spine::{Failure, Tx},
};

/// Create a cash advance. `[EXP-14]`
///
/// Its number is taken now and never used again.
#[utoipa::path(post, path = "/api/v1/cash-advances")]
pub(super) async fn create_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    body: Valid<CreateCashAdvance>,
    work: UnitOfWork,
) -> Created<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = create(tx, body.0.clone())?;
        advances::show(tx, advance)
    })
    .await
}

fn create(tx: &mut Tx<'_>, body: CreateCashAdvance) -> Result<CashAdvance, Failure> {
    let submitter = body.submitter_id;
    let (content, policies) = said(tx, body)?;
    let number = advances::next_number(tx, &policies)?;
    let new = NewDocument { id: tx.id(), number, submitter };
    let change = CashAdvance::create(new, content, tx.actor(), tx.now(), policies.rules())?;
    let advance = advances::apply(tx, change)?;
    advances::keep_papers(tx, &advance)?;
    Ok(advance)
}

/// Change a cash advance. `[EXP-14]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/cash-advances/{id}")]
pub(super) async fn revise_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    at: At<CashAdvance>,
    patch: Merge<CreateCashAdvance>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| revise(tx, advance, &patch)).await
}

fn revise(
    tx: &mut Tx<'_>,
    advance: CashAdvance,
    patch: &Merge<CreateCashAdvance>,
) -> Result<CashAdvance, Failure> {
    advance.may_revise(tx.actor())?;
    let (content, policies) = said(tx, patch.over(&(&advance).into())?)?;
    let change = advance.revise(content, tx.actor(), policies.rules())?;
    let advance = advances::apply(tx, change)?;
    advances::keep_papers(tx, &advance)?;
    Ok(advance)
}

/// What an advance says, and the policies it is judged by.
fn said(tx: &mut Tx<'_>, body: CreateCashAdvance) -> Result<(AdvanceContent, AdvancePolicies), Failure> {
    let (submitter, today) = (body.submitter_id, tx.today());
    let policies = AdvancePolicies::on(tx, body.business_date().unwrap_or(today))?;
    let within = policies.rules().policy.content.settle_within_days;
    let home = home_of(tx, submitter, body.business_date().unwrap_or(today))?;
    let content = body.content(home, today, within)?;
    advances::refer(tx, submitter, &content)?;
    Ok((content, policies))
}

/// Submit a cash advance for approval. `[EXP-14, EXP-3]`
///
/// Refused while its submitter has an overdue advance, where the settings say so, and beyond what is left of its
/// request beside the other advances on it.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/submit")]
pub(super) async fn submit_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    at: At<CashAdvance>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| deed::submit(tx, advance)).await
}

/// Withdraw a cash advance that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/withdraw")]
pub(super) async fn withdraw_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    at: At<CashAdvance>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| document::withdraw(tx, &advance, body.note.clone())).await
}

/// Void a cash advance. `[EXP-14]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/void")]
pub(super) async fn void_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    at: At<CashAdvance>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| document::void(tx, advance, body.reason.clone())).await
}

/// Revoke an approved cash advance before it is paid out. `[EXP-14]`
///
/// By its owner or by finance.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/revoke")]
pub(super) async fn revoke_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    at: At<CashAdvance>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| Ok(advance.revoke(body.reason.clone(), tx.actor(), tx.now())?))
        .await
}

/// Confirm that a cash advance was paid out. `[EXP-14, EXP-10]`
///
/// By finance or the ERP, once: the same said again is answered as it stands, another reference is refused, naming the
/// one under which it is known. Refused as well while its submitter has an overdue advance, or where its request has
/// not so much left any more.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/confirm-payout")]
pub(super) async fn confirm_cash_advance_payout(
    who: Can<perm::AccountCashAdvances>,
    at: At<CashAdvance>,
    body: Valid<ConfirmPayout>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| {
        deed::confirm_payout(tx, advance, body.reference.clone(), body.paid_on)
    })
    .await
}

/// Record that cash of an advance was paid back. `[EXP-14]`
///
/// Each reference counts once: the same said again is answered as it stands.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/repay")]
pub(super) async fn repay_cash_advance(
    who: Can<perm::AccountCashAdvances>,
    at: At<CashAdvance>,
    body: Valid<RepayCashAdvance>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| {
        let RepayCashAdvance { reference, amount, received_on } = body.0.clone();
        deed::repay(tx, advance, reference, amount, received_on)
    })
    .await
}

/// Reverse the pay-out of a cash advance that was recorded by mistake. `[EXP-14, EXP-9]`
///
/// By a counter-entry in an open month; both stay readable, and the reference is not used again. The advance is approved
/// and not paid out. Refused while something settles it. The same said again is answered as it stands.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/reverse-payout")]
pub(super) async fn reverse_cash_advance_payout(
    who: Can<perm::AccountCashAdvances>,
    at: At<CashAdvance>,
    body: Valid<ReverseCashAdvancePayout>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| {
        let (mistake, undoing) = body.0.clone().undoing();
        deed::reverse(tx, advance, &mistake, undoing)
    })
    .await
}

/// Reverse a repayment of a cash advance that was recorded by mistake. `[EXP-14, EXP-9]`
///
/// By a counter-entry in an open month; both stay readable, and the reference is not used again. What it settled is
/// outstanding again. The same said again is answered as it stands.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/reverse-repayment")]
pub(super) async fn reverse_cash_advance_repayment(
    who: Can<perm::AccountCashAdvances>,
    at: At<CashAdvance>,
    body: Valid<ReverseCashAdvanceRepayment>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.moves(who, at, move |advance, tx| {
        let (mistake, undoing) = body.0.clone().undoing();
        deed::reverse(tx, advance, &mistake, undoing)
    })
    .await
}
