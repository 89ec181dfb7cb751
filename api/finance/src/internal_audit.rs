//! Internal audits over HTTP: planned, begun, sampled, concluded, reported, closed. `[EXP-11]`

mod body;

use crate::spine::{
    At, Can, Created, List, Merge, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use body::*;
use domain::{
    finance::internal_audit::{AuditItem, Auditor, InternalAudit},
    spine::perm,
};
use persistence::{
    finance::internal_audit::{
        self as audits, InternalAuditFilter, InternalAuditSummaryView, InternalAuditView, auditor,
        item::{self, AuditItemFilter, AuditItemView},
    },
    organisation::{department, employee},
    spine::{Failure, Tx},
};

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "internal-audits",
        [
            list_internal_audits,
            plan_internal_audit,
            show_internal_audit,
            revise_internal_audit,
            start_internal_audit,
            draw_internal_audit_sample,
            list_internal_audit_items,
            pick_internal_audit_item,
            show_internal_audit_item,
            conclude_internal_audit_item,
            summarise_internal_audit,
            report_internal_audit,
            close_internal_audit,
            cancel_internal_audit,
        ]
    );
}

/// List internal audits, the newest first. `[EXP-11]`
#[utoipa::path(get, path = "/api/v1/internal-audits")]
async fn list_internal_audits(
    who: Can<perm::ReadInternalAudits>,
    wanted: Wanted<InternalAuditFilter>,
    reading: Reading,
) -> List<InternalAuditView> {
    reading.list(who, wanted, audits::list).await
}

/// Refuses a plan that refers to nothing.
fn check_references(tx: &mut Tx<'_>, body: &PlanInternalAudit) -> Result<(), Failure> {
    employee::refer(tx, body.auditor_id, "/auditor_id")?;
    if let Some(id) = body.scope.department_id {
        department::refer(tx, id, "/scope/department_id")?;
    }
    Ok(())
}

/// Plan an internal audit. `[EXP-11]`
#[utoipa::path(post, path = "/api/v1/internal-audits")]
async fn plan_internal_audit(
    who: Can<perm::ConductInternalAudits>,
    body: Valid<PlanInternalAudit>,
    work: UnitOfWork,
) -> Created<InternalAuditView> {
    work.write(who, move |tx| {
        check_references(tx, &body)?;
        let (id, number) = (tx.id(), audits::next_number(tx)?);
        let change = InternalAudit::plan(id, number, body.0.clone().plan(), tx.actor(), tx.now())?;
        let audit = audits::apply(tx, change)?;
        audits::view(tx, audit.id)
    })
    .await
}

/// Show an internal audit. `[EXP-11]`
#[utoipa::path(get, path = "/api/v1/internal-audits/{id}")]
async fn show_internal_audit(
    who: Can<perm::ReadInternalAudits>,
    id: PathId<InternalAudit>,
    reading: Reading,
) -> Reply<InternalAuditView> {
    reading.read(who, move |reader| audits::view(reader, *id)).await
}

/// Change a planned internal audit. `[EXP-11]`
#[utoipa::path(patch, path = "/api/v1/internal-audits/{id}")]
async fn revise_internal_audit(
    who: Can<perm::ConductInternalAudits>,
    at: At<InternalAudit>,
    patch: Merge<PlanInternalAudit>,
    work: UnitOfWork,
) -> Reply<InternalAuditView> {
    work.moves(who, at, move |audit, tx| {
        let body = patch.over(&audit.plan.clone().into())?;
        check_references(tx, &body)?;
        Ok(audit.revise(body.plan())?)
    })
    .await
}

/// Begin an internal audit. `[EXP-11]`
#[utoipa::path(post, path = "/api/v1/internal-audits/{id}/start")]
async fn start_internal_audit(
    who: Can<perm::ConductInternalAudits>,
    at: At<InternalAudit>,
    work: UnitOfWork,
) -> Reply<InternalAuditView> {
    work.moves(who, at, move |audit, tx| Ok(audit.start(tx.now())?)).await
}

/// Draw a sample: at random with a recorded seed, by risk, or both. `[EXP-11]`
///
/// The same seed over the same population draws the same claims: size and digest of the population are recorded.
/// Claims the auditor is a party to are never drawn, and counted with the reason; what was drawn before is not
/// drawn again. Amounts and risk signals are frozen as they are now.
#[utoipa::path(post, path = "/api/v1/internal-audits/{id}/draw")]
async fn draw_internal_audit_sample(
    who: Can<perm::ConductInternalAudits>,
    at: At<InternalAudit>,
    body: Valid<DrawSample>,
    work: UnitOfWork,
) -> Reply<InternalAuditView> {
    work.moves(who, at, move |audit, tx| audits::draw(tx, audit, &body.0.clone().order())).await
}

/// List the sample of an internal audit. `[EXP-11]`
#[utoipa::path(get, path = "/api/v1/internal-audits/{id}/items")]
async fn list_internal_audit_items(
    who: Can<perm::ReadInternalAudits>,
    id: PathId<InternalAudit>,
    wanted: Wanted<AuditItemFilter>,
    reading: Reading,
) -> List<AuditItemView> {
    let id = *id;
    reading.list(who, wanted, move |reader, filter, page| item::list(reader, id, filter, page)).await
}

/// Take one claim into the sample because the auditor wants to see it. `[EXP-11]`
///
/// One the auditor is a party to is refused, and says why.
#[utoipa::path(post, path = "/api/v1/internal-audits/{id}/items")]
async fn pick_internal_audit_item(
    who: Can<perm::ConductInternalAudits>,
    id: PathId<InternalAudit>,
    body: Valid<PickItem>,
    work: UnitOfWork,
) -> Created<AuditItemView> {
    work.write(who, move |tx| {
        let audit = audits::find(tx, *id)?;
        let picked = audits::pick(tx, &audit, body.claim_id.uuid().into())?;
        item::view(tx, picked.id)
    })
    .await
}

/// Show an item of a sample. `[EXP-11]`
#[utoipa::path(get, path = "/api/v1/internal-audit-items/{id}")]
async fn show_internal_audit_item(
    who: Can<perm::ReadInternalAudits>,
    id: PathId<AuditItem>,
    reading: Reading,
) -> Reply<AuditItemView> {
    reading.read(who, move |reader| item::view(reader, *id)).await
}

/// Conclude on an item of a sample. `[EXP-11]`
///
/// Again as often as needed while the audit is under way; never by a party to the claim.
#[utoipa::path(post, path = "/api/v1/internal-audit-items/{id}/conclude")]
async fn conclude_internal_audit_item(
    who: Can<perm::ConductInternalAudits>,
    at: At<AuditItem>,
    body: Valid<ConcludeItem>,
    work: UnitOfWork,
) -> Reply<AuditItemView> {
    work.moves(who, at, move |found, tx| {
        let audit = audits::find(tx, found.audit)?;
        audits::hold_still(tx, &audit)?;
        let auditor = acting(tx)?;
        let ConcludeItem { verdict, note } = body.0.clone();
        let by = (tx.actor(), tx.now());
        Ok(found.conclude(verdict, note, &audit, &auditor, by)?)
    })
    .await
}

/// Whoever acts, as an auditor: an employee with those they depend on.
pub(super) fn acting(tx: &mut Tx<'_>) -> Result<Auditor, Failure> {
    let own = Auditor::employee_of(tx.actor())?;
    auditor(tx, own)
}

/// Summarise an internal audit in figures. `[EXP-11]`
#[utoipa::path(get, path = "/api/v1/internal-audits/{id}/summary")]
async fn summarise_internal_audit(
    who: Can<perm::ReadInternalAudits>,
    id: PathId<InternalAudit>,
    reading: Reading,
) -> Reply<InternalAuditSummaryView> {
    reading.read(who, move |reader| audits::summary(reader, *id)).await
}

/// Report an internal audit. `[EXP-11]`
///
/// Once every item is concluded and every exception has its finding.
#[utoipa::path(post, path = "/api/v1/internal-audits/{id}/report")]
async fn report_internal_audit(
    who: Can<perm::ConductInternalAudits>,
    at: At<InternalAudit>,
    body: Valid<ReportAudit>,
    work: UnitOfWork,
) -> Reply<InternalAuditView> {
    work.moves(who, at, move |audit, tx| {
        audits::hold_still(tx, &audit)?;
        let progress = audits::progress(tx, audit.id)?;
        Ok(audit.report(body.conclusion.clone(), progress, tx.actor(), tx.now())?)
    })
    .await
}

/// Close a reported internal audit. `[EXP-11]`
///
/// Once every finding is verified and closed.
#[utoipa::path(post, path = "/api/v1/internal-audits/{id}/close")]
async fn close_internal_audit(
    who: Can<perm::ConductInternalAudits>,
    at: At<InternalAudit>,
    work: UnitOfWork,
) -> Reply<InternalAuditView> {
    work.moves(who, at, move |audit, tx| {
        audits::hold_still(tx, &audit)?;
        let progress = audits::progress(tx, audit.id)?;
        Ok(audit.close(progress, tx.now())?)
    })
    .await
}

/// Cancel an internal audit that is not reported yet. `[EXP-11]`
#[utoipa::path(post, path = "/api/v1/internal-audits/{id}/cancel")]
async fn cancel_internal_audit(
    who: Can<perm::ConductInternalAudits>,
    at: At<InternalAudit>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<InternalAuditView> {
    work.moves(who, at, move |audit, tx| Ok(audit.cancel(body.reason.clone(), tx.now())?)).await
}
