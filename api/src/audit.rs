//! The audit trail, to be read. `[AUD-1]`

use crate::spine::{Can, Listing, Paged, Query, Reading, Reply, Routes, routes};
use domain::spine::{AnyId, perm};
use persistence::spine::{AuditEntryView, AuditFilter, list_audit};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "audit", [list_audit_entries]);
}

/// Which entries are wanted.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct ListAuditEntries {
    /// Only those of this thing.
    #[param(value_type = Option<String>, max_length = 36)]
    entity: Option<AnyId>,
    /// Only those of this kind of thing, such as `expense_claim`.
    #[validate(length(max = 60))]
    #[param(max_length = 60)]
    entity_kind: Option<String>,
    /// Only those of this account.
    #[param(value_type = Option<String>, max_length = 36)]
    actor: Option<AnyId>,
}

/// List the audit trail, newest first. `[AUD-1]`
#[utoipa::path(get, path = "/api/v1/audit-entries")]
async fn list_audit_entries(
    who: Can<perm::ReadAudit>,
    filter: Query<ListAuditEntries>,
    paged: Paged,
    reading: Reading,
) -> Reply<Listing<AuditEntryView>> {
    let Query(ListAuditEntries { entity, entity_kind, actor }) = filter;
    let filter = AuditFilter { entity: entity.map(Into::into), entity_kind, actor: actor.map(Into::into) };
    let page = paged.page()?;
    reading.list(who, paged, move |reader| list_audit(reader, &filter, &page)).await
}
