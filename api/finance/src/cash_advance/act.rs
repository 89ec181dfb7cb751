//! Creating and rewriting advances, and the named actions: state moves through them and nothing else. `[ACT-2]`

use super::body::{
    ConfirmPayout, CreateCashAdvance, RepayCashAdvance, ReverseCashAdvancePayout,
    ReverseCashAdvanceRepayment, ReviseCashAdvance,
};
use crate::{
    finance::{expense_claim::body::GiveReason, expense_request::body::WithdrawDocument},
    spine::{Can, Created, IfMatch, PathId, Reply, UnitOfWork, Valid},
};
use domain::{
    finance::{
        cash_advance::{
            CashAdvance,
            reversal::{Mistake, Undoing},
        },
        petition::NewDocument,
    },
    spine::{Id, perm},
};
use persistence::{
    finance::cash_advance::{self as advances, AdvancePolicies, CashAdvanceView, deed},
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
    let (submitter, today) = (body.submitter_id, tx.today());
    let policies = AdvancePolicies::on(tx, body.business_date().unwrap_or(today))?;
    let within = policies.rules().policy.content.settle_within_days;
    let content = body.content(tx.actor(), today, within)?;
    advances::refer(tx, submitter, &content)?;
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
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<ReviseCashAdvance>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = advances::find(tx, *id)?;
        version.check(advance.version)?;
        let advance = revise(tx, advance, body.0.clone())?;
        advances::show(tx, advance)
    })
    .await
}

fn revise(tx: &mut Tx<'_>, advance: CashAdvance, patch: ReviseCashAdvance) -> Result<CashAdvance, Failure> {
    advance.petition.may_revise(tx.actor())?;
    let content = patch.over(advance.content.clone())?;
    advances::refer(tx, Some(advance.petition.submitter), &content)?;
    let policies = AdvancePolicies::on(tx, content.business_date)?;
    let change = advance.revise(content, tx.actor(), policies.rules())?;
    let advance = advances::apply(tx, change)?;
    advances::keep_papers(tx, &advance)?;
    Ok(advance)
}

/// Submit a cash advance for approval. `[EXP-14, EXP-3]`
///
/// Refused while its submitter has an overdue advance, where the settings say so, and beyond what is left of its
/// request beside the other advances on it.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/submit")]
pub(super) async fn submit_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    id: PathId<CashAdvance>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = advances::find(tx, *id)?;
        version.check(advance.version)?;
        let advance = deed::submit(tx, advance)?;
        advances::show(tx, advance)
    })
    .await
}

/// Withdraw a cash advance that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/withdraw")]
pub(super) async fn withdraw_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<WithdrawDocument>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = advances::find(tx, *id)?;
        version.check(advance.version)?;
        deed::withdraw(tx, &advance, body.note.clone())?;
        advances::view(tx, *id)
    })
    .await
}

/// Void a cash advance. `[EXP-14]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/void")]
pub(super) async fn void_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = advances::find(tx, *id)?;
        version.check(advance.version)?;
        let change = advance.void(body.reason.clone(), tx.actor(), tx.now())?;
        let advance = advances::apply(tx, change)?;
        advances::show(tx, advance)
    })
    .await
}

/// Revoke an approved cash advance before it is paid out. `[EXP-14]`
///
/// By its owner or by finance.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/revoke")]
pub(super) async fn revoke_cash_advance(
    who: Can<perm::SubmitCashAdvances>,
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = advances::find(tx, *id)?;
        version.check(advance.version)?;
        let change = advance.revoke(body.reason.clone(), tx.actor(), tx.now())?;
        let advance = advances::apply(tx, change)?;
        advances::show(tx, advance)
    })
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
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<ConfirmPayout>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = advances::find(tx, *id)?;
        version.check(advance.version)?;
        let advance = deed::confirm_payout(tx, advance, body.reference.clone(), body.paid_on)?;
        advances::show(tx, advance)
    })
    .await
}

/// Record that cash of an advance was paid back. `[EXP-14]`
///
/// Each reference counts once: the same said again is answered as it stands.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/repay")]
pub(super) async fn repay_cash_advance(
    who: Can<perm::AccountCashAdvances>,
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<RepayCashAdvance>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| {
        let advance = advances::find(tx, *id)?;
        version.check(advance.version)?;
        let RepayCashAdvance { reference, amount, received_on } = body.0.clone();
        let advance = deed::repay(tx, advance, reference, amount, received_on)?;
        advances::show(tx, advance)
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
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<ReverseCashAdvancePayout>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| reverse(tx, *id, &version, body.0.clone().undoing())).await
}

/// Reverse a repayment of a cash advance that was recorded by mistake. `[EXP-14, EXP-9]`
///
/// By a counter-entry in an open month; both stay readable, and the reference is not used again. What it settled is
/// outstanding again. The same said again is answered as it stands.
#[utoipa::path(post, path = "/api/v1/cash-advances/{id}/reverse-repayment")]
pub(super) async fn reverse_cash_advance_repayment(
    who: Can<perm::AccountCashAdvances>,
    id: PathId<CashAdvance>,
    version: IfMatch,
    body: Valid<ReverseCashAdvanceRepayment>,
    work: UnitOfWork,
) -> Reply<CashAdvanceView> {
    work.write(who, move |tx| reverse(tx, *id, &version, body.0.clone().undoing())).await
}

fn reverse(
    tx: &mut Tx<'_>,
    id: Id<CashAdvance>,
    version: &IfMatch,
    (mistake, undoing): (Mistake, Undoing),
) -> Result<CashAdvanceView, Failure> {
    let advance = advances::find(tx, id)?;
    version.check(advance.version)?;
    let advance = deed::reverse(tx, advance, &mistake, undoing)?;
    advances::show(tx, advance)
}
