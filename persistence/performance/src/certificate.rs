//! Certificates in the database: issued once for what they are given for, found by who may see them. `[KPI-8]`

/// How certificates are issued by rules, and revoked where their ground is gone.
pub(crate) mod deed;
mod row;
/// What a certificate looks like, and all of them.
pub mod view;

pub use row::find;
pub use view::{CERTIFICATE, CertificateFilter, CertificateView, list, show, view};

use crate::spine::{Failure, Tx};
use domain::{certificate::Certificate, spine::Change};

crate::spine::resource! { crate::Performance: Certificate as CertificateView; find, apply, show = show }

/// Writes a change of a certificate.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Certificate>) -> Result<Certificate, Failure> {
    tx.apply(change)
}
