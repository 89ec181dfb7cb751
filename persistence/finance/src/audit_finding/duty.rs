//! A finding is to be remediated by its day. `[EXP-11, DUT-1a]`

use crate::{
    duty::{Called, Filed, FiledRecord, Undone},
    organisation::Organisation,
    schema::audit_findings as findings,
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::Directory, duty::TakenBy, finance::audit_finding::AuditFinding, spine::EmployeeId,
    spine::Entity,
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for the remediation of findings.
pub const REMEDIATION_RULE: &str = include_str!("../shipped/remediation_rule.json");

/// A finding calls for its remediation.
pub static CALLED: Called = Called {
    event: "audit_finding.raised",
    kind: AuditFinding::KIND,
    responsible,
    gone: &["audit_finding.withdrawn"],
    passed: &["audit_finding.changed"],
    redated: &["audit_finding.due_moved"],
};

/// A remediation that was reported fulfils it; one that was rejected is owed again.
pub static FILED: Filed = Filed {
    source: "audit_finding.remediated",
    zh: "审计整改已提交",
    en: "The remediation of a finding was reported",
    event: "audit_finding.remediation_reported",
    undone: &[Undone { event: "audit_finding.remediation_rejected", by: |_| Some(TakenBy::Another) }],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: AuditFinding::KIND, id, facts: json!({}) })),
};

/// Whoever the finding names, else the head of its department.
fn responsible(reader: &mut Reader<'_>, finding: Uuid) -> Result<Option<EmployeeId>, Failure> {
    let key = Key(finding);
    let (named, department): (Option<Key>, Key) = db!(reader, |c| findings::table
        .filter(findings::id.eq(key))
        .select((findings::responsible_id, findings::department_id))
        .first(c))?;
    match named {
        Some(named) => Ok(Some(named.into())),
        None => Ok(Organisation::today(reader)?.department_head(department.into())),
    }
}
