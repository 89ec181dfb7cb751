//! The audit trail, to be read. `[AUD-1]`

use crate::spine::{Can, Chore, Every, List, Reading, Reply, Routes, Wanted, routes};
use domain::spine::perm;
use persistence::{
    audit::{AuditEntryView, AuditFilter, list_audit},
    spine::{AuditHead, Database, Failure, Request, StoredAnswer, audit_head, tell_head},
};

/// Tells the log of the head of the trail every hour, and the feed every day: outside the database it shows later whether
/// the trail was cut.
pub const HEADS: &Chore = &Chore {
    name: "audit-head",
    every: Every::Seconds(3_600),
    run: |state| Box::pin(tell_audit_head(&state.database)),
};

/// Tells the log of the head of the trail, and the feed where it was not told of for a day.
///
/// # Errors
/// Where the database fails.
pub async fn tell_audit_head(database: &Database) -> Result<(), Failure> {
    let head = database.read(Request::system("audit-head"), audit_head).await?;
    log::info!("audit head {head}");
    let tell = |tx: &mut persistence::spine::Tx<'_>| tell_head(tx).map(|_| StoredAnswer::default());
    database.write(Request::system("audit-head"), tell).await.map(drop)
}

pub fn routes(into: &mut Routes) {
    routes!(into, "audit", [list_audit_entries, show_audit_head]);
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

/// Show the head of the audit trail, signed. `[AUD-1]`
///
/// Kept elsewhere, it shows later whether the trail was cut behind it or written anew: `audit verify --head`.
#[utoipa::path(get, path = "/api/v1/audit-head")]
async fn show_audit_head(who: Can<perm::ReadAudit>, reading: Reading) -> Reply<AuditHead> {
    reading
        .read(who, |reader| {
            reader.over_everything()?;
            audit_head(reader)
        })
        .await
}
