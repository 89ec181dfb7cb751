//! Internal audits in the database: the audit, its sample, how far it has come. `[EXP-11]`

mod draw;
mod independence;
/// The items of a sample.
pub mod item;
/// What came of an audit, in figures.
pub mod summary;
/// What an audit looks like, and its lists.
pub mod view;

pub use draw::{DrawOrder, draw, pick};
pub use independence::auditor;
pub use summary::{InternalAuditSummaryView, summary};
pub use view::{INTERNAL_AUDIT, InternalAuditFilter, InternalAuditView, list, view};

use crate::{
    finance::audit_risk::ClaimScope,
    schema::{audit_findings as findings, internal_audit_items as items, internal_audits as audits},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    finance::internal_audit::{
        AuditPlan, AuditProgress, AuditReport, AuditScope, AuditState, AuditStatus, InternalAudit,
    },
    spine::{BusinessDate, Change, Id, Timestamp, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = audits, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    number: String,
    title: String,
    purpose: String,
    from_on: BusinessDate,
    to_on: BusinessDate,
    department_id: Option<Key>,
    category: Option<String>,
    states: String,
    auditor_id: Key,
    created_by: Key,
    created_at: Instant,
    status: String,
    started_at: Option<Instant>,
    conclusion: Option<String>,
    reported_by: Option<Key>,
    reported_at: Option<Instant>,
    ended_at: Option<Instant>,
    end_reason: Option<String>,
    draws: String,
    version: Version,
    changed_at: Instant,
    search_text: String,
}

/// The columns that belong to a state.
#[derive(Default)]
struct StatusColumns {
    started_at: Option<Instant>,
    report: Option<AuditReport>,
    ended_at: Option<Instant>,
    end_reason: Option<String>,
}

impl StatusColumns {
    fn of(status: &AuditStatus) -> Self {
        match status.clone() {
            AuditStatus::Planned => Self::default(),
            AuditStatus::UnderWay { since } => Self { started_at: Some(since.into()), ..Self::default() },
            AuditStatus::Reported { since, report } => {
                Self { started_at: Some(since.into()), report: Some(report), ..Self::default() }
            }
            AuditStatus::Closed { since, report, at } => Self {
                started_at: Some(since.into()),
                report: Some(report),
                ended_at: Some(at.into()),
                ..Self::default()
            },
            AuditStatus::Cancelled { at, reason } => {
                Self { ended_at: Some(at.into()), end_reason: Some(reason), ..Self::default() }
            }
        }
    }
}

impl Row {
    fn of(audit: &InternalAudit, now: Timestamp) -> Result<Self, Failure> {
        let InternalAudit { id, number, plan, created_by, created_at, status, draws, version } = audit;
        let AuditPlan { title, purpose, scope, auditor } = plan;
        let AuditScope { from, to, department, category, states } = scope;
        let StatusColumns { started_at, report, ended_at, end_reason } = StatusColumns::of(status);
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            title: title.clone(),
            purpose: purpose.clone(),
            from_on: *from,
            to_on: *to,
            department_id: department.map(Into::into),
            category: category.clone(),
            states: serde_json::to_string(states)?,
            auditor_id: (*auditor).into(),
            created_by: (*created_by).into(),
            created_at: (*created_at).into(),
            status: status.state().code().to_owned(),
            started_at,
            conclusion: report.as_ref().map(|report| report.conclusion.clone()),
            reported_by: report.as_ref().map(|report| report.by.into()),
            reported_at: report.as_ref().map(|report| report.at.into()),
            ended_at,
            end_reason,
            draws: serde_json::to_string(draws)?,
            version: *version,
            changed_at: now.into(),
            search_text: search_text(&[title], &[number, purpose]),
        })
    }

    fn status(&self) -> Result<AuditStatus, Failure> {
        let corrupt = |column| Failure::corrupt("internal_audits", column, self.id.0);
        let since = || self.started_at.map(Into::into).ok_or_else(|| corrupt("started_at"));
        let report = || {
            let said = self.conclusion.clone().zip(self.reported_by).zip(self.reported_at);
            let ((conclusion, by), at) = said.ok_or_else(|| corrupt("conclusion"))?;
            Ok::<_, Failure>(AuditReport { conclusion, by: by.into(), at: at.into() })
        };
        let ended = || self.ended_at.map(Into::into).ok_or_else(|| corrupt("ended_at"));
        Ok(match AuditState::from_code(&self.status).ok_or_else(|| corrupt("status"))? {
            AuditState::Planned => AuditStatus::Planned,
            AuditState::UnderWay => AuditStatus::UnderWay { since: since()? },
            AuditState::Reported => AuditStatus::Reported { since: since()?, report: report()? },
            AuditState::Closed => AuditStatus::Closed { since: since()?, report: report()?, at: ended()? },
            AuditState::Cancelled => {
                let reason = self.end_reason.clone().ok_or_else(|| corrupt("end_reason"))?;
                AuditStatus::Cancelled { at: ended()?, reason }
            }
        })
    }
}

impl TryFrom<Row> for InternalAudit {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        Ok(Self {
            status: row.status()?,
            id: row.id.into(),
            plan: AuditPlan {
                scope: AuditScope {
                    from: row.from_on,
                    to: row.to_on,
                    department: row.department_id.map(Into::into),
                    category: row.category,
                    states: serde_json::from_str(&row.states)?,
                },
                title: row.title,
                purpose: row.purpose,
                auditor: row.auditor_id.into(),
            },
            number: row.number,
            created_by: row.created_by.into(),
            created_at: row.created_at.into(),
            draws: serde_json::from_str(&row.draws)?,
            version: row.version,
        })
    }
}

impl Stored<crate::Finance> for InternalAudit {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx.now())?;
        guard(save_row!(tx, audits, &row, before)?)
    }
}

crate::spine::resource! { crate::Finance: InternalAudit as InternalAuditView; find, apply, view = view }

/// Writes a change of an audit.
pub fn apply(tx: &mut Tx<'_>, change: Change<InternalAudit>) -> Result<InternalAudit, Failure> {
    tx.apply(change)
}

/// The number of a new audit of this year.
pub fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    crate::spine::next_number(tx, "IA")
}

/// The audits within sight: those the caller conducts, and those of departments in reach.
fn seen(sight: &Sight) -> Where {
    let mut wanted = Where::new();
    if !sight.all {
        let of_department = audits::department_id.eq_any(sight.departments.clone());
        wanted.also(of_department.or(audits::auditor_id.eq(sight.employee)));
    }
    wanted
}

/// An audit within the caller's sight.
pub fn find(reader: &mut Reader<'_>, id: Id<InternalAudit>) -> Result<InternalAudit, Failure> {
    row(reader, id)?.try_into()
}

fn row(reader: &mut Reader<'_>, id: Id<InternalAudit>) -> Result<Row, Failure> {
    let (key, seen) = (Key::from(id), seen(&Sight::of(reader)));
    Ok(db!(reader, |c| audits::table
        .filter(audits::id.eq(key))
        .filter(&seen)
        .select(Row::as_select())
        .first(c))?)
}

/// Makes sure that the audit stays as it was read until this unit of work ends: what is written beside it —
/// items, findings — rests on its state.
pub fn hold_still(tx: &mut Tx<'_>, audit: &InternalAudit) -> Result<(), Failure> {
    let mine = audits::id.eq(Key::from(audit.id)).and(audits::version.eq(audit.version));
    let same = audits::version.eq(audits::version);
    guard(db!(tx, |c| diesel::update(audits::table.filter(mine)).set(same).execute(c))?)
}

/// How far the work on an audit has come.
pub fn progress(reader: &mut Reader<'_>, id: Id<InternalAudit>) -> Result<AuditProgress, Failure> {
    let mine = Key::from(id);
    let of_audit = || items::table.filter(items::audit_id.eq(mine));
    let stand = findings::table
        .filter(findings::audit_id.eq(mine).and(findings::status.ne("withdrawn")))
        .filter(findings::item_id.is_not_null())
        .select(findings::item_id);
    Ok(AuditProgress {
        items: db!(reader, |c| of_audit().count().get_result(c))?,
        items_open: db!(reader, |c| of_audit().filter(items::verdict.is_null()).count().get_result(c))?,
        exceptions_without_finding: db!(reader, |c| of_audit()
            .filter(items::verdict.eq("exception"))
            .filter(items::id.nullable().ne_all(stand))
            .count()
            .get_result(c))?,
        findings_open: db!(reader, |c| findings::table
            .filter(findings::audit_id.eq(mine))
            .filter(findings::status.eq_any(["open", "remediation_reported"]))
            .count()
            .get_result(c))?,
    })
}

/// The claims an audit is about.
fn claim_scope(scope: &AuditScope) -> ClaimScope {
    let AuditScope { from, to, department, category, states } = scope.clone();
    ClaimScope { from, to, department, category, states }
}
