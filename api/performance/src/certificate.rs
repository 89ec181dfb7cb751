//! Certificates over HTTP. `[KPI-8]`

mod document;

use crate::spine::{
    At, Can, List, PathId, Problem, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use document::Pdf;
use domain::{certificate::Certificate, spine::perm};
use persistence::certificate::{self as certificates, CertificateFilter, CertificateView};

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "certificates",
        [list_certificates, show_certificate, show_certificate_document, revoke_certificate]
    );
}

/// List certificates. `[KPI-8, INT-4]`
///
/// One's own, those of people below one and in reach, and those of one's team.
#[utoipa::path(get, path = "/api/v1/certificates")]
async fn list_certificates(
    who: Can<perm::ReadAppraisals>,
    wanted: Wanted<CertificateFilter>,
    reading: Reading,
) -> List<CertificateView> {
    reading.list(who, wanted, certificates::list).await
}

/// Show a certificate. `[KPI-8]`
#[utoipa::path(get, path = "/api/v1/certificates/{id}")]
async fn show_certificate(
    who: Can<perm::ReadAppraisals>,
    id: PathId<Certificate>,
    reading: Reading,
) -> Reply<CertificateView> {
    reading.read(who, move |reader| certificates::view(reader, *id)).await
}

/// Print a certificate, as a PDF. `[KPI-8]`
///
/// With all it is written in inside, so that it looks alike everywhere. Of one that is revoked there is none.
#[utoipa::path(get, path = "/api/v1/certificates/{id}/document")]
async fn show_certificate_document(
    who: Can<perm::ReadAppraisals>,
    id: PathId<Certificate>,
    reading: Reading,
) -> Result<Pdf, Problem> {
    let certificate = reading
        .value(who, move |reader| {
            let certificate = certificates::find(reader, *id)?;
            certificate.ensure_issued()?;
            Ok(certificate)
        })
        .await?;
    Ok(document::print(&certificate))
}

/// Revoke a certificate. `[KPI-8]`
///
/// With the reason; its number stays taken. Nobody revokes their own.
#[utoipa::path(post, path = "/api/v1/certificates/{id}/revoke")]
async fn revoke_certificate(
    who: Can<perm::ManageAppraisals>,
    at: At<Certificate>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<CertificateView> {
    work.moves(who, at, move |certificate, tx| {
        Ok(certificate.revoke(body.reason.clone(), tx.actor(), tx.now())?)
    })
    .await
}
