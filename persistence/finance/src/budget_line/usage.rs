//! What of each line is used in whose name. It is the sum of the line's entries in that name, kept beside them so
//! that a report by person reads thousands of sums and not millions of entries. `[BUD-4, BUD-8]`

use crate::{
    schema::{budget_lines as lines, budget_uses as uses},
    spine::{Failure, Key, Reader, Tx, cached, db},
};
use diesel::prelude::*;
use domain::{
    finance::budget_line::{Balance, BudgetEntry},
    spine::EmployeeId,
};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = uses, treat_none_as_default_value = false)]
struct Row {
    line_id: Key,
    employee_id: Key,
    reserved_minor: i64,
    committed_minor: i64,
    spent_minor: i64,
}

impl Row {
    const fn balance(&self) -> Balance {
        Balance {
            reserved: self.reserved_minor,
            committed: self.committed_minor,
            spent: self.spent_minor,
            allocated: 0,
            beyond: 0,
        }
    }
}

/// The part of a balance that somebody used; what was given belongs to nobody.
pub(super) fn used(delta: Balance) -> Balance {
    Balance { allocated: 0, beyond: 0, ..delta }
}

/// Adds what entries move to what is used in their names. The lines are locked by whoever posts.
pub(super) fn add(
    tx: &mut Tx<'_>,
    posted: &[BudgetEntry],
    named: impl Fn(&BudgetEntry) -> Option<EmployeeId>,
) -> Result<(), Failure> {
    let mut moved: BTreeMap<(Key, Key), Balance> = BTreeMap::new();
    for entry in posted {
        let Some(by) = named(entry) else { continue };
        *moved.entry((entry.line.into(), by.into())).or_default() += used(entry.delta);
    }
    moved.retain(|_, delta| *delta != Balance::default());
    for ((line_id, employee_id), Balance { reserved, committed, spent, .. }) in moved {
        let row = Row {
            line_id,
            employee_id,
            reserved_minor: reserved,
            committed_minor: committed,
            spent_minor: spent,
        };
        let mine = uses::line_id.eq(row.line_id).and(uses::employee_id.eq(row.employee_id));
        let sums = (
            uses::reserved_minor.eq(uses::reserved_minor + reserved),
            uses::committed_minor.eq(uses::committed_minor + committed),
            uses::spent_minor.eq(uses::spent_minor + spent),
        );
        let known = db!(tx, |c| cached(diesel::update(uses::table.filter(mine)).set(sums)).execute(c))?;
        if known == 0 {
            db!(tx, |c| diesel::insert_into(uses::table).values(&row).execute(c))?;
        }
    }
    Ok(())
}

/// What is used of lines from one to another, line by line: line, person, and how much.
pub(super) fn of_lines(
    reader: &mut Reader<'_>,
    (first, last): (Key, Key),
) -> Result<Vec<(Key, Key, Balance)>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| uses::table
        .filter(uses::line_id.ge(first).and(uses::line_id.le(last)))
        .order(uses::line_id)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.line_id, row.employee_id, row.balance())).collect())
}

/// What is used of the lines of a year: person, line, and how much.
pub(crate) fn of_year(
    reader: &mut Reader<'_>,
    fiscal_year: i32,
) -> Result<Vec<(Key, Key, Balance)>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| uses::table
        .inner_join(lines::table.on(lines::id.eq(uses::line_id)))
        .filter(lines::fiscal_year.eq(fiscal_year))
        .order((uses::employee_id, uses::line_id))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.employee_id, row.line_id, row.balance())).collect())
}
