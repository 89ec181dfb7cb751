//! The audit trail, to be read. `[AUD-1]`

use crate::spine::{Can, Format, List, Paged, Query, Reading, Routes, routes};
use domain::spine::{AnyId, EmployeeId, Timestamp, perm};
use persistence::audit::{AuditEntryView, AuditFilter, list_audit};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub fn routes(into: &mut Routes) {
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
    /// Only what was done on behalf of this employee.
    on_behalf_of: Option<EmployeeId>,
    /// Only where this was done: the first event in `action`.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "expense_claim.submitted")]
    action: Option<String>,
    /// Only what was recorded at this instant or later.
    #[serde(rename = "recorded_at[gte]")]
    recorded_from: Option<Timestamp>,
    /// Only what was recorded before this instant.
    #[serde(rename = "recorded_at[lt]")]
    recorded_before: Option<Timestamp>,
}

/// List the audit trail, newest first. `[AUD-1]`
#[utoipa::path(get, path = "/api/v1/audit-entries")]
async fn list_audit_entries(
    who: Can<perm::ReadAudit>,
    filter: Query<ListAuditEntries>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<AuditEntryView> {
    let include_total = paged.include_total;
    let filter = AuditFilter::from(filter.0);
    reading
        .list_as(who, format, paged, move |reader, page| list_audit(reader, &filter, page, include_total))
        .await
}

impl From<ListAuditEntries> for AuditFilter {
    fn from(wanted: ListAuditEntries) -> Self {
        let ListAuditEntries {
            entity,
            entity_kind,
            actor,
            on_behalf_of,
            action,
            recorded_from: from,
            recorded_before: before,
        } = wanted;
        let (entity, actor) = (entity.map(Into::into), actor.map(Into::into));
        Self { entity, entity_kind, actor, on_behalf_of, action, from, before }
    }
}
