//! Audit findings over HTTP: raised, mended, verified. `[EXP-11]`

mod body;

use super::internal_audit::acting;
use crate::spine::{
    At, Can, Created, List, LongReason, Merge, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use body::*;
use domain::{
    finance::{
        audit_finding::{AuditFinding, FindingContent, NewFinding},
        internal_audit::InternalAudit,
    },
    spine::{Id, Permission, perm},
};
use persistence::{
    finance::{
        audit_finding::{self as findings, AuditFindingFilter, AuditFindingView},
        internal_audit::{self as audits, item},
    },
    organisation::{department, employee, referred},
    spine::{Failure, Tx},
};

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "internal-audits",
        [
            list_audit_findings,
            raise_audit_finding,
            show_audit_finding,
            revise_audit_finding,
            report_audit_finding_remediation,
            reject_audit_finding_remediation,
            close_audit_finding,
            withdraw_audit_finding,
        ]
    );
}

/// List audit findings, the newest first. `[EXP-11]`
///
/// Those one is responsible for, those of departments in reach, and those of audits one conducts;
/// `overdue=true` for those whose date has passed.
#[utoipa::path(get, path = "/api/v1/audit-findings")]
async fn list_audit_findings(
    who: Can<perm::ReadAuditFindings>,
    wanted: Wanted<AuditFindingFilter>,
    reading: Reading,
) -> List<AuditFindingView> {
    reading.list(who, wanted, findings::list).await
}

/// Refuses a finding that refers to nothing.
fn check_references(tx: &mut Tx<'_>, content: &FindingContent) -> Result<(), Failure> {
    department::refer(tx, content.department, "/department_id")?;
    if let Some(person) = content.responsible {
        employee::refer(tx, person, "/responsible_id")?;
    }
    Ok(())
}

fn raise(tx: &mut Tx<'_>, audit: Id<InternalAudit>, body: RaiseFinding) -> Result<AuditFinding, Failure> {
    let audit = audits::find(tx, audit)?;
    audits::hold_still(tx, &audit)?;
    let auditor = acting(tx)?;
    let RaiseFinding { item_id, content } = body;
    let subject = match item_id {
        None => None,
        Some(id) => {
            let found = referred(item::find(tx, Id::from_uuid(id.uuid())), "/item_id")?;
            let of_this = if found.1.id == audit.id { Ok(found.0) } else { Err(Failure::NotFound) };
            let item = referred(of_this, "/item_id")?;
            auditor.ensure_independent(&item.claim.parties())?;
            Some(findings::subject(tx, &item)?)
        }
    };
    let content = content.content();
    check_references(tx, &content)?;
    let (id, number) = (tx.id(), findings::next_number(tx)?);
    let new = NewFinding { id, number, subject, content };
    let change = AuditFinding::raise(new, &audit, tx.actor(), tx.now(), tx.today())?;
    findings::apply(tx, change)
}

/// Raise a finding of an internal audit. `[EXP-11]`
///
/// About an item of its sample, perhaps one line of it, or about the scope as a whole.
#[utoipa::path(post, path = "/api/v1/internal-audits/{id}/findings")]
async fn raise_audit_finding(
    who: Can<perm::ConductInternalAudits>,
    id: PathId<InternalAudit>,
    body: Valid<RaiseFinding>,
    work: UnitOfWork,
) -> Created<AuditFindingView> {
    work.write(who, move |tx| {
        let finding = raise(tx, *id, body.0.clone())?;
        findings::view(tx, finding.id)
    })
    .await
}

/// Show an audit finding. `[EXP-11]`
#[utoipa::path(get, path = "/api/v1/audit-findings/{id}")]
async fn show_audit_finding(
    who: Can<perm::ReadAuditFindings>,
    id: PathId<AuditFinding>,
    reading: Reading,
) -> Reply<AuditFindingView> {
    reading.read(who, move |reader| findings::view(reader, *id)).await
}

/// Change an open audit finding. `[EXP-11]`
#[utoipa::path(patch, path = "/api/v1/audit-findings/{id}")]
async fn revise_audit_finding(
    who: Can<perm::ConductInternalAudits>,
    at: At<AuditFinding>,
    patch: Merge<FindingBody>,
    work: UnitOfWork,
) -> Reply<AuditFindingView> {
    work.moves(who, at, move |finding, tx| {
        let content = patch.over(&finding.content.clone().into())?.content();
        check_references(tx, &content)?;
        Ok(finding.revise(content, tx.today())?)
    })
    .await
}

/// Report that a finding is mended. `[EXP-11]`
///
/// By the person responsible, the head of the department, or an auditor; with evidence.
#[utoipa::path(post, path = "/api/v1/audit-findings/{id}/report-remediation")]
async fn report_audit_finding_remediation(
    who: Can<perm::RemediateAuditFindings>,
    at: At<AuditFinding>,
    body: Valid<ReportRemediation>,
    work: UnitOfWork,
) -> Reply<AuditFindingView> {
    work.moves(who, at, move |finding, tx| {
        let is_head = findings::is_head(tx, &finding)?;
        let roles = (is_head, tx.actor().may(Permission::ConductInternalAudits));
        let (text, files) = body.0.clone().said();
        Ok(finding.report_remediation(text, files, roles, tx.actor(), tx.now())?)
    })
    .await
}

/// Hand a remediation back: it does not do. `[EXP-11]`
#[utoipa::path(post, path = "/api/v1/audit-findings/{id}/reject-remediation")]
async fn reject_audit_finding_remediation(
    who: Can<perm::ConductInternalAudits>,
    at: At<AuditFinding>,
    body: Valid<LongReason>,
    work: UnitOfWork,
) -> Reply<AuditFindingView> {
    work.moves(who, at, move |finding, tx| {
        let auditor = acting(tx)?;
        Ok(finding.reject(body.reason.clone(), &auditor, tx.actor(), tx.now())?)
    })
    .await
}

/// Close a finding: the auditor saw that it is mended. `[EXP-11]`
#[utoipa::path(post, path = "/api/v1/audit-findings/{id}/close")]
async fn close_audit_finding(
    who: Can<perm::ConductInternalAudits>,
    at: At<AuditFinding>,
    body: Valid<CloseFinding>,
    work: UnitOfWork,
) -> Reply<AuditFindingView> {
    work.moves(who, at, move |finding, tx| {
        let auditor = acting(tx)?;
        Ok(finding.close(body.note.clone(), &auditor, tx.actor(), tx.now())?)
    })
    .await
}

/// Withdraw a finding that was raised in error. `[EXP-11]`
///
/// By an auditor who does not owe its remediation.
#[utoipa::path(post, path = "/api/v1/audit-findings/{id}/withdraw")]
async fn withdraw_audit_finding(
    who: Can<perm::ConductInternalAudits>,
    at: At<AuditFinding>,
    body: Valid<LongReason>,
    work: UnitOfWork,
) -> Reply<AuditFindingView> {
    work.moves(who, at, move |finding, tx| {
        let auditor = acting(tx)?;
        Ok(finding.withdraw(body.reason.clone(), &auditor, tx.actor(), tx.now())?)
    })
    .await
}
