//! The tallies of the board: kept in the transaction that raises or settles a duty, and proven by counting anew.
//! `[DUT-4]`

use super::row::Row;
use crate::{
    schema::{duties, duty_tallies as tallies},
    spine::{Failure, Instant, Key, Reader, Tx, db, is_taken},
};
use chrono::Datelike;
use diesel::prelude::*;
use domain::duty::{DutyState, board::Tally};
use std::collections::BTreeMap;

/// What a tally is kept by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct TallyKey {
    month: String,
    rule_code: String,
    clause: String,
    department_id: Key,
    employee_id: Key,
}

/// Changes of the eight counts.
type Counts = [i64; 8];

#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = tallies)]
pub(super) struct TallyRow {
    pub month: String,
    pub rule_code: String,
    pub clause: String,
    pub department_id: Key,
    pub employee_id: Key,
    pub raised: i64,
    pub on_time: i64,
    pub late: i64,
    pub missed: i64,
    pub made_up: i64,
    pub excused: i64,
    pub waived: i64,
    pub cancelled: i64,
}

impl TallyRow {
    fn counts(&self) -> Counts {
        let Self { raised, on_time, late, missed, made_up, excused, waived, cancelled, .. } = *self;
        [raised, on_time, late, missed, made_up, excused, waived, cancelled]
    }

    fn key(self) -> TallyKey {
        let Self { month, rule_code, clause, department_id, employee_id, .. } = self;
        TallyKey { month, rule_code, clause, department_id, employee_id }
    }
}

/// The month a duty is counted in: of its due, else of its opening.
pub(super) fn month(opens: Instant, due: Option<Instant>, zone: chrono_tz::Tz) -> String {
    let day = due.unwrap_or(opens).0.date_in(zone);
    format!("{:04}-{:02}", day.year(), day.month())
}

impl TallyKey {
    fn of(row: &Row, zone: chrono_tz::Tz) -> Self {
        Self {
            month: month(row.opens_at, row.due_at, zone),
            rule_code: row.rule_code.clone(),
            clause: row.clause.clone(),
            department_id: row.department_id,
            employee_id: row.responsible_id,
        }
    }
}

fn counts(tallied: &str) -> Counts {
    let mut tally = Tally::default();
    match DutyState::from_code(tallied) {
        Some(state) => tally.count(state),
        None => tally.raised = 1,
    }
    let Tally { raised, on_time, late, missed, made_up, excused, waived, cancelled } = tally;
    [raised, on_time, late, missed, made_up, excused, waived, cancelled]
        .map(|count| i64::try_from(count).unwrap_or(0))
}

/// Counts a duty where it stands now, and no longer where it stood.
pub(super) fn moved(tx: &mut Tx<'_>, was: Option<&Row>, is: &Row) -> Result<(), Failure> {
    let mut by = BTreeMap::new();
    collect(&mut by, was, is, tx.zone());
    add_all(tx, by)
}

/// What a change of a duty changes of the tallies.
pub(super) fn collect(by: &mut BTreeMap<TallyKey, Counts>, was: Option<&Row>, is: &Row, zone: chrono_tz::Tz) {
    let mut add = |row: &Row, sign: i64| {
        let total = by.entry(TallyKey::of(row, zone)).or_insert([0; 8]);
        for (sum, count) in total.iter_mut().zip(counts(&row.tallied)) {
            *sum += sign * count;
        }
    };
    if let Some(was) = was {
        add(was, -1);
    }
    add(is, 1);
}

/// Adds changes to the tallies, in the order of their keys.
pub(super) fn add_all(tx: &mut Tx<'_>, by: BTreeMap<TallyKey, Counts>) -> Result<(), Failure> {
    for (key, change) in by.into_iter().filter(|(_, change)| *change != [0; 8]) {
        add(tx, &key, change)?;
    }
    Ok(())
}

fn add(tx: &mut Tx<'_>, key: &TallyKey, change: Counts) -> Result<(), Failure> {
    let [raised, on_time, late, missed, made_up, excused, waived, cancelled] = change;
    let TallyKey { month, rule_code, clause, department_id, employee_id } = key;
    let mine = tallies::month
        .eq(month)
        .and(tallies::rule_code.eq(rule_code))
        .and(tallies::clause.eq(clause))
        .and(tallies::department_id.eq(department_id))
        .and(tallies::employee_id.eq(employee_id));
    let there = db!(tx, |c| diesel::update(tallies::table.filter(mine))
        .set((
            tallies::raised.eq(tallies::raised + raised),
            tallies::on_time.eq(tallies::on_time + on_time),
            tallies::late.eq(tallies::late + late),
            tallies::missed.eq(tallies::missed + missed),
            tallies::made_up.eq(tallies::made_up + made_up),
            tallies::excused.eq(tallies::excused + excused),
            tallies::waived.eq(tallies::waived + waived),
            tallies::cancelled.eq(tallies::cancelled + cancelled),
        ))
        .execute(c))?;
    if there > 0 {
        return Ok(());
    }
    let row = (
        tallies::month.eq(month),
        tallies::rule_code.eq(rule_code),
        tallies::clause.eq(clause),
        tallies::department_id.eq(department_id),
        tallies::employee_id.eq(employee_id),
        (
            tallies::raised.eq(raised),
            tallies::on_time.eq(on_time),
            tallies::late.eq(late),
            tallies::missed.eq(missed),
            tallies::made_up.eq(made_up),
            tallies::excused.eq(excused),
            tallies::waived.eq(waived),
            tallies::cancelled.eq(cancelled),
        ),
    );
    match db!(tx, |c| diesel::insert_into(tallies::table).values(row).execute(c)) {
        // Made by somebody else meanwhile: added to when this is done again.
        Err(error) if is_taken(&error) => Err(Failure::Moved),
        made => Ok(made.map(drop)?),
    }
}

/// A tally that is not what its duties add up to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Month, rule, clause, and the ids of department and employee.
    pub of: String,
    /// What is kept.
    pub kept: [i64; 8],
    /// What the duties add up to.
    pub counted: [i64; 8],
}

type CountedRow = (Instant, Option<Instant>, String, String, Key, Key, String);

/// Counts all duties anew and compares: the tallies that differ. `[DUT-4]`
///
/// # Errors
/// Where the database fails.
pub fn verify(reader: &mut Reader<'_>) -> Result<Vec<Difference>, Failure> {
    let zone = reader.zone();
    let rows: Vec<CountedRow> = db!(reader, |c| duties::table
        .select((
            duties::opens_at,
            duties::due_at,
            duties::rule_code,
            duties::clause,
            duties::department_id,
            duties::responsible_id,
            duties::tallied,
        ))
        .load(c))?;
    let mut both: BTreeMap<TallyKey, (Counts, Counts)> = BTreeMap::new();
    for (opens, due, rule_code, clause, department_id, employee_id, tallied) in rows {
        let key = TallyKey { month: month(opens, due, zone), rule_code, clause, department_id, employee_id };
        let (_, counted) = both.entry(key).or_default();
        for (sum, count) in counted.iter_mut().zip(counts(&tallied)) {
            *sum += count;
        }
    }
    let kept: Vec<TallyRow> = db!(reader, |c| tallies::table.select(TallyRow::as_select()).load(c))?;
    for row in kept {
        let counts = row.counts();
        both.entry(row.key()).or_default().0 = counts;
    }
    let unlike = both.into_iter().filter(|(_, (kept, counted))| kept != counted);
    let told = unlike.map(|(key, (kept, counted))| {
        let TallyKey { month, rule_code, clause, department_id, employee_id } = key;
        let of = format!("{month} {rule_code} {clause} {} {}", department_id.0, employee_id.0);
        Difference { of, kept, counted }
    });
    Ok(told.collect())
}
