//! Rows of duties and of what happens to them.

use super::{World, tally};
use crate::{
    organisation::Organisation,
    schema::{duties, duty_effects as effects},
    spine::{
        Failure, Instant, Key, Reader, Stored, Tx, Where, db, guard, insert_all, is_taken, load_locked,
        save_row,
    },
};
use diesel::prelude::*;
use domain::{
    approval::{Directory, PolicyReference},
    duty::{
        Duty, DutyState, DutyStatus, DutySubject, Holding, Retiming, Times, UndoneBy,
        effect::{Effect, EffectKind},
    },
    spine::{DepartmentId, EmployeeId, Id, Timestamp, Version},
};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = duties, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub rule_id: Key,
    pub rule_code: String,
    pub rule_number: i32,
    pub clause: String,
    pub source: String,
    pub subject: String,
    pub occasion: String,
    pub responsible_id: Key,
    pub department_id: Key,
    pub opens_at: Instant,
    pub due_at: Option<Instant>,
    pub overdue_at: Option<Instant>,
    pub missed_at: Option<Instant>,
    pub status: String,
    pub tallied: String,
    pub record: Option<Key>,
    pub counted_at: Option<Instant>,
    pub detail: String,
    pub raised_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = effects, treat_none_as_default_value = false)]
pub(super) struct EffectRow {
    pub duty_id: Key,
    pub number: i32,
    pub recipient: Option<String>,
    pub at: Instant,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    subject: DutySubject,
    holdings: Vec<Holding>,
    times: Times,
    retimings: Vec<Retiming>,
    status: DutyStatus,
    undone: Option<UndoneBy>,
}

/// Whose a duty is, as one text.
pub(super) fn subject_text(subject: &DutySubject) -> String {
    match subject {
        DutySubject::Person { employee } => format!("person:{employee}"),
        DutySubject::Post { department, position: None } => format!("post:{department}"),
        DutySubject::Post { department, position: Some(position) } => format!("post:{department}:{position}"),
        DutySubject::Record { kind, id } => format!("record:{kind}:{id}"),
    }
}

/// The department a duty is counted in: of its post, else of who is responsible.
fn department(duty: &Duty, organisation: &Organisation) -> Option<DepartmentId> {
    match duty.subject {
        DutySubject::Post { department, .. } => Some(department),
        _ => duty.responsible().and_then(|employee| organisation.department_of(employee)),
    }
}

fn status_text(status: &DutyStatus) -> &'static str {
    match status {
        DutyStatus::Pending {} => "pending",
        DutyStatus::Reported { .. } => "reported",
        DutyStatus::Fulfilled { .. } => "fulfilled",
        DutyStatus::Waived { .. } => "waived",
        DutyStatus::Excused { .. } => "excused",
        DutyStatus::Cancelled { .. } => "cancelled",
    }
}

/// Where a duty is counted once it is done, let go, or known to be missed; empty before.
fn tallied(duty: &Duty, now: Timestamp) -> &'static str {
    match duty.state(now) {
        DutyState::Scheduled | DutyState::Open | DutyState::Overdue | DutyState::Reported => "",
        state => state.code(),
    }
}

impl Row {
    pub fn of(duty: &Duty, source: &str, world: &World, now: Timestamp) -> Result<Self, Failure> {
        let Duty { id, rule, clause, subject, occasion, holdings, times, retimings, .. } = duty;
        let Duty { status, undone, raised_at, version, .. } = duty;
        let missing = |column| move || Failure::corrupt("duties", column, *id);
        let responsible = duty.responsible().ok_or_else(missing("responsible_id"))?;
        let department = department(duty, &world.organisation).ok_or_else(missing("department_id"))?;
        let proof = match status {
            DutyStatus::Reported { proof } | DutyStatus::Fulfilled { proof } => Some(proof),
            _ => None,
        };
        let detail = Detail {
            subject: subject.clone(),
            holdings: holdings.clone(),
            times: *times,
            retimings: retimings.clone(),
            status: status.clone(),
            undone: *undone,
        };
        Ok(Self {
            id: (*id).into(),
            rule_id: rule.id.into(),
            rule_code: rule.code.clone(),
            rule_number: rule.number,
            clause: clause.clone(),
            source: source.to_owned(),
            subject: subject_text(subject),
            occasion: occasion.to_string(),
            responsible_id: responsible.into(),
            department_id: department.into(),
            opens_at: times.opens.into(),
            due_at: times.due.map(Into::into),
            overdue_at: duty.overdue_at().map(Into::into),
            missed_at: duty.missed_at().map(Into::into),
            status: status_text(status).to_owned(),
            tallied: tallied(duty, now).to_owned(),
            record: proof.and_then(|proof| proof.record).map(Key),
            counted_at: proof.map(|proof| proof.counted.into()),
            detail: serde_json::to_string(&detail)?,
            raised_at: (*raised_at).into(),
            changed_at: now.into(),
            version: *version,
        })
    }
}

impl TryFrom<Row> for Duty {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { subject, holdings, times, retimings, status, undone } =
            serde_json::from_str(&row.detail)?;
        let corrupt = || Failure::corrupt("duties", "occasion", row.id.0);
        Ok(Self {
            id: row.id.into(),
            rule: PolicyReference { id: row.rule_id.into(), code: row.rule_code, number: row.rule_number },
            clause: row.clause,
            subject,
            occasion: row.occasion.parse().map_err(|_| corrupt())?,
            holdings,
            times,
            retimings,
            status,
            undone,
            raised_at: row.raised_at.into(),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for Duty {
    const GROWING: &'static [&'static str] = &["holdings", "retimings"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (world, now) = (World::today(tx)?, tx.now());
        let rule = world.rules.version(&self.rule)?;
        let source = rule.content.fulfilled_by.source.clone();
        let row = Row::of(self, &source, &world, now)?;
        let was = match before {
            Some(_) => Some(row_of(tx, row.id)?),
            None => None,
        };
        match save_row!(tx, duties, &row, before) {
            // Raised by somebody else in the same instant: found when this is done again.
            Err(error) if is_taken(&error) => return Err(Failure::Moved),
            saved => guard(saved?)?,
        }
        tally::moved(tx, was.as_ref(), &row)?;
        if before.is_none_or(|before| self.happens_otherwise(before)) {
            write_effects(tx, row.id, &self.effects(&rule.content, world.time()), now)?;
        }
        Ok(())
    }
}

/// The effects of a duty that are still ahead, in place of those that were.
fn write_effects(tx: &mut Tx<'_>, duty: Key, ahead: &[Effect], now: Timestamp) -> Result<(), Failure> {
    let own = effects::duty_id.eq(duty);
    db!(tx, |c| diesel::delete(effects::table.filter(own)).execute(c))?;
    insert_effects(tx, duty, ahead, now)
}

/// Effects of a duty that are still ahead.
pub(super) fn insert_effects(
    tx: &mut Tx<'_>,
    duty: Key,
    ahead: &[Effect],
    now: Timestamp,
) -> Result<(), Failure> {
    let rows = effect_rows(duty, ahead, now);
    insert_all!(tx, effects::table, &rows);
    Ok(())
}

/// What is still to happen to a duty. Reminders whose instant has passed as it is raised or moved are not sent late; what
/// is missed is missed whenever it is seen.
pub(super) fn effect_rows(duty: Key, ahead: &[Effect], now: Timestamp) -> Vec<EffectRow> {
    let ahead = ahead.iter().filter(|effect| effect.kind == EffectKind::Missed || effect.at >= now);
    ahead
        .map(|effect| EffectRow {
            duty_id: duty,
            number: i32::try_from(effect.n).unwrap_or(i32::MAX),
            recipient: match effect.kind {
                EffectKind::Told { to } => Some(to.code().to_owned()),
                EffectKind::Missed => None,
            },
            at: effect.at.into(),
        })
        .collect()
}

fn row_of(reader: &mut Reader<'_>, key: Key) -> Result<Row, Failure> {
    Ok(db!(reader, |c| duties::table.filter(duties::id.eq(key)).select(Row::as_select()).first(c))?)
}

/// One duty whoever asks, and nobody else moves it until the unit of work ends.
pub(super) fn locked(tx: &mut Tx<'_>, id: Id<Duty>) -> Result<Duty, Failure> {
    let key = Key::from(id);
    let rows: Vec<Row> = load_locked!(tx, duties::table.filter(duties::id.eq(key)).select(Row::as_select()))?;
    rows.into_iter().next().ok_or(Failure::NotFound)?.try_into()
}

/// Duties that meet a condition, whoever asks, in the order of their ids.
pub(super) fn several(reader: &mut Reader<'_>, keys: &[Key]) -> Result<Vec<Duty>, Failure> {
    let mut found = Vec::with_capacity(keys.len());
    // In parts: an engine binds only so many values.
    for part in keys.chunks(1_000) {
        let rows: Vec<Row> = db!(reader, |c| duties::table
            .filter(duties::id.eq_any(part))
            .order(duties::id)
            .select(Row::as_select())
            .load(c))?;
        found.extend(rows);
    }
    found.into_iter().map(TryInto::try_into).collect()
}

/// The duties of a rule for an occasion, whoever asks.
pub(super) fn of_occasion(reader: &mut Reader<'_>, code: &str, occasion: &str) -> Result<Vec<Duty>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| duties::table
        .filter(duties::rule_code.eq(code).and(duties::occasion.eq(occasion)))
        .order(duties::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The duty of a rule that was raised for a record at an instant.
pub(super) fn raised_for(
    reader: &mut Reader<'_>,
    code: &str,
    subject: &DutySubject,
    at: Timestamp,
) -> Result<Option<Duty>, Failure> {
    let row: Option<Row> = db!(reader, |c| duties::table
        .filter(duties::subject.eq(subject_text(subject)).and(duties::rule_code.eq(code)))
        .filter(duties::raised_at.eq(Instant::from(at)))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// The duties of a rule that are not done, behind one of them, in the order of their ids; at most so many.
pub(super) fn pending_behind(
    reader: &mut Reader<'_>,
    code: &str,
    behind: Option<Key>,
    limit: i64,
) -> Result<Vec<Duty>, Failure> {
    let mut wanted = Where::new();
    wanted.also(duties::rule_code.eq(code.to_owned()).and(duties::status.eq("pending")));
    if let Some(behind) = behind {
        wanted.also(duties::id.gt(behind));
    }
    let rows: Vec<Row> = db!(reader, |c| duties::table
        .filter(&wanted)
        .order(duties::id)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What somebody owed themselves between two instants, and did too late.
pub(super) fn done_too_late(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    (start, end): (Timestamp, Timestamp),
) -> Result<Vec<Duty>, Failure> {
    let own = subject_text(&DutySubject::Person { employee });
    let (start, end) = (Instant::from(start), Instant::from(end));
    let done = duties::status.eq_any(["fulfilled", "reported"]).and(duties::counted_at.ge(duties::due_at));
    let rows: Vec<Row> = db!(reader, |c| duties::table
        .filter(duties::subject.eq(&own).and(done))
        .filter(duties::due_at.ge(start).and(duties::opens_at.lt(end)))
        .order(duties::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One duty that the caller may see: their own, that of somebody below them, and what lies within reach.
pub fn find(reader: &mut Reader<'_>, id: Id<Duty>) -> Result<Duty, Failure> {
    let row = row_of(reader, id.into())?;
    let responsible = EmployeeId::from(row.responsible_id);
    let is_own = reader.actor().is(responsible);
    if is_own || reader.reach().covers(row.department_id.into(), false) {
        return row.try_into();
    }
    let duty = Duty::try_from(row)?;
    let held = duty.holdings.iter().any(|holding| reader.actor().is(holding.employee));
    if held || Organisation::caller_is_above(reader, responsible)? {
        Ok(duty)
    } else {
        Err(Failure::NotFound)
    }
}
