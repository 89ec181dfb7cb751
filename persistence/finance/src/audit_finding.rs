//! Audit findings in the database: seen by auditors, by who is responsible, and by who answers for the department.
//! `[EXP-11]`

mod duty;
mod row;
mod view;

pub use view::{AuditFindingFilter, AuditFindingView, list, view};

use self::row::Row;
use crate::{
    file,
    organisation::department,
    policy::Shipped,
    schema::{audit_findings as findings, expense_claim_lines as lines, internal_audits as audits},
    spine::{Failure, Key, Part, Reader, Sight, Stored, Tx, Where, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    finance::{
        audit_finding::{AuditFinding, FindingSubject},
        internal_audit::AuditItem,
    },
    spine::{Change, Entity, Id, Permission},
};
use uuid::Uuid;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &file::DocumentKind { kind: AuditFinding::KIND, may_read },
    &duty::CALLED,
    &duty::FILED,
    &Shipped::text("duty-rule/audit-finding", "审计整改", "000 §9.2 五", duty::REMEDIATION_RULE),
];

impl Stored<crate::Finance> for AuditFinding {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx.now())?;
        guard(save_row!(tx, findings, &row, before)?)
    }
}

crate::spine::resource! { crate::Finance: AuditFinding as AuditFindingView; find, apply, view = view }

/// Writes a change of a finding; its attachments become exactly those it names.
pub fn apply(tx: &mut Tx<'_>, change: Change<AuditFinding>) -> Result<AuditFinding, Failure> {
    let finding = tx.apply(change)?;
    let (id, files) = (finding.id.uuid(), &finding.attachments);
    file::attach_exactly(tx, files, AuditFinding::KIND, id, "/attachments")?;
    Ok(finding)
}

/// The number of a new finding of this year.
pub fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    crate::spine::next_number(tx, "AF")
}

/// The findings within sight: those one must mend oneself, and those of departments in reach. Who conducts an audit
/// reads its findings.
fn seen(sight: &Sight) -> Where {
    let mut wanted = Where::new();
    if !sight.all {
        let conducted = audits::table.filter(audits::auditor_id.eq(sight.employee)).select(audits::id);
        let of_department = findings::department_id.eq_any(sight.departments.clone());
        let own = findings::audit_id.eq_any(conducted).or(findings::responsible_id.eq(sight.employee));
        wanted.also(of_department.or(own));
    }
    wanted
}

fn row_of(reader: &mut Reader<'_>, id: Id<AuditFinding>) -> Result<Row, Failure> {
    let (key, seen) = (Key::from(id), seen(&Sight::of(reader)));
    Ok(db!(reader, |c| findings::table
        .filter(findings::id.eq(key))
        .filter(&seen)
        .select(Row::as_select())
        .first(c))?)
}

/// A finding within the caller's sight.
pub fn find(reader: &mut Reader<'_>, id: Id<AuditFinding>) -> Result<AuditFinding, Failure> {
    let row = row_of(reader, id)?;
    let held = file::list_of(reader, AuditFinding::KIND, id.uuid())?;
    row.finding(held.into_iter().map(|file| Id::from_uuid(file.id.uuid())).collect())
}

/// Whether the caller may read a finding, and with it its files.
pub(crate) fn may_read(reader: &mut Reader<'_>, finding: Uuid) -> Result<bool, Failure> {
    reader.finds_by(Permission::ReadAuditFindings, |reader| row_of(reader, Id::from_uuid(finding)))
}

/// What a finding about an item of a sample is about.
pub fn subject(reader: &mut Reader<'_>, item: &AuditItem) -> Result<FindingSubject, Failure> {
    let key = Key::from(item.claim.id);
    let count: i64 = db!(reader, |c| lines::table.filter(lines::claim_id.eq(key)).count().get_result(c))?;
    Ok(FindingSubject {
        item: item.id,
        claim: item.claim.id,
        claim_number: item.claim.number.clone(),
        lines: i32::try_from(count).map_err(Failure::fault)?,
    })
}

/// Whether the caller heads the department that must mend a finding, or one above it.
pub fn is_head(reader: &mut Reader<'_>, finding: &AuditFinding) -> Result<bool, Failure> {
    let Some(own) = reader.actor().employee else { return Ok(false) };
    let headed = department::headed_by(reader, own)?;
    let above = department::tree(reader)?.above(finding.content.department);
    Ok(headed.iter().any(|known| known.id == finding.content.department || above.contains(&known.id)))
}
