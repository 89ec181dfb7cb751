//! The audit trail, to be read. `[AUD-1]`

use crate::spine::{Can, List, Reading, Routes, Wanted, routes};
use domain::spine::perm;
use persistence::audit::{AuditEntryView, AuditFilter, list_audit};

pub fn routes(into: &mut Routes) {
    routes!(into, "audit", [list_audit_entries]);
}

/// List the audit trail, newest first. `[AUD-1]`
#[utoipa::path(get, path = "/api/v1/audit-entries")]
async fn list_audit_entries(
    who: Can<perm::ReadAudit>,
    wanted: Wanted<AuditFilter>,
    reading: Reading,
) -> List<AuditEntryView> {
    reading.list(who, wanted, list_audit).await
}
