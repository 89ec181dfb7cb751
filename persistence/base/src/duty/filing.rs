//! What was filed for a period is kept, so that a duty which is raised later finds it done. `[DUT-2a]`

use super::{
    people::Meant,
    row::subject_text,
    source::{Filed, FiledRecord},
};
use crate::{
    schema::duty_filings as filings,
    spine::{Failure, Gate, Instant, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::duty::{DutySubject, Proof, occasion::Called, rule::FieldIs};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What is filed and what is raised for a period meet: whichever comes second sees the other.
const FILING: Gate = Gate { key: 7_221_054_023 };

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = filings)]
struct Row {
    source: String,
    record: Key,
    occasion: String,
    employee_id: Key,
    department_id: Key,
    facts: String,
    filed_by: Key,
    filed_at: Instant,
}

/// Keeps what was filed for a period; filed anew, it says what it says now, and counts from when it was filed first.
pub(super) fn keep(tx: &mut Tx<'_>, source: &str, record: Uuid, what: &FiledRecord) -> Result<(), Failure> {
    let FiledRecord::Period { period, by, department, facts } = what else { return Ok(()) };
    tx.share(FILING)?;
    let row = Row {
        source: source.to_owned(),
        record: Key(record),
        occasion: period.to_string(),
        employee_id: (*by).into(),
        department_id: (*department).into(),
        facts: facts.to_string(),
        filed_by: tx.actor().user.into(),
        filed_at: tx.now().into(),
    };
    db!(tx, |c| diesel::insert_into(filings::table)
        .values(&row)
        .on_conflict((filings::source, filings::record))
        .do_update()
        .set((
            filings::occasion.eq(&row.occasion),
            filings::employee_id.eq(row.employee_id),
            filings::department_id.eq(row.department_id),
            filings::facts.eq(&row.facts),
        ))
        .execute(c))?;
    Ok(())
}

/// Forgets what was taken away.
pub(super) fn forget(tx: &mut Tx<'_>, source: &str, record: Uuid) -> Result<(), Failure> {
    let which = filings::source.eq(source).and(filings::record.eq(Key(record)));
    db!(tx, |c| diesel::delete(filings::table.filter(which)).execute(c))?;
    Ok(())
}

/// What was filed before the duties for it are raised: for each subject the first that the rule asks for.
pub(super) fn before(
    tx: &mut Tx<'_>,
    called: &Called<'_>,
    owed: &[Meant],
) -> Result<HashMap<String, Proof>, Failure> {
    let wanted = &called.rule.content.fulfilled_by;
    if owed.is_empty() || !tx.house().all::<Filed>().any(|filed| filed.source == wanted.source) {
        return Ok(HashMap::new());
    }
    tx.hold_alone(FILING)?;
    let mut there = filed_for(tx, &wanted.source, &called.period.to_string())?;
    there.retain(|filing| FieldIs::all_hold(&wanted.only, &filing.facts));
    let proof_of = |one: &Meant| {
        let filing = there.iter().find(|filing| filing.suits(&one.subject))?;
        Some((subject_text(&one.subject), filing.proof()))
    };
    Ok(owed.iter().filter_map(proof_of).collect())
}

/// Something that was filed for a period.
struct Filing {
    row: Row,
    facts: Value,
}

impl Filing {
    /// Whether it does what somebody, or the posts of a department, owe for the period.
    fn suits(&self, subject: &DutySubject) -> bool {
        match subject {
            DutySubject::Person { employee } => self.row.employee_id == (*employee).into(),
            DutySubject::Post { department, .. } => self.row.department_id == (*department).into(),
            DutySubject::Record { .. } => false,
        }
    }

    fn proof(&self) -> Proof {
        let received = self.row.filed_at.into();
        Proof {
            source: self.row.source.clone(),
            record: Some(self.row.record.0),
            note: None,
            files: Vec::new(),
            by: Some(self.row.filed_by.into()),
            received,
            counted: received,
            confirmed: None,
        }
    }
}

/// What a source filed for a period, the first first.
fn filed_for(reader: &mut Reader<'_>, source: &str, occasion: &str) -> Result<Vec<Filing>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| filings::table
        .filter(filings::source.eq(source).and(filings::occasion.eq(occasion)))
        .order((filings::filed_at, filings::record))
        .select(Row::as_select())
        .load(c))?;
    let read = |row: Row| Ok(Filing { facts: serde_json::from_str(&row.facts)?, row });
    rows.into_iter().map(read).collect()
}
