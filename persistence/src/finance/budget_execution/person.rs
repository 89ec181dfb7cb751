//! What each person's documents use of lines: summed up in the database, over the entries in their names.

use super::Reported;
use crate::{
    schema::{budget_entries as entries, budget_lines as lines},
    spine::{Failure, Key, Reader, db},
};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::finance::budget_line::Balance;
use std::collections::HashMap;

type Sums = (Option<Key>, Key, i64, i64, i64);

/// The lines once more for each person who uses them, with what they use; what was given belongs to nobody.
pub(super) fn by_person(
    reader: &mut Reader<'_>,
    fiscal_year: i32,
    of: Vec<Reported>,
) -> Result<Vec<(Option<Key>, Reported)>, Failure> {
    let sums: Vec<Sums> = db!(reader, |c| entries::table
        .inner_join(lines::table.on(lines::id.eq(entries::line_id)))
        .filter(lines::fiscal_year.eq(fiscal_year))
        .filter(entries::employee_id.is_not_null())
        .group_by((entries::employee_id, entries::line_id))
        .select((
            entries::employee_id,
            entries::line_id,
            sql::<BigInt>("CAST(SUM(budget_entries.reserved_minor) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(budget_entries.committed_minor) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(budget_entries.spent_minor) AS BIGINT)"),
        ))
        .load(c))?;
    let known: HashMap<Key, Reported> = of.into_iter().map(|line| (line.id, line)).collect();
    let mut found = Vec::with_capacity(sums.len());
    for (person, line, reserved, committed, spent) in sums {
        let used = reserved != 0 || committed != 0 || spent != 0;
        if let Some(line) = known.get(&line).filter(|_| used) {
            let balance = Balance { reserved, committed, spent, ..Balance::default() };
            found.push((person, Reported { balance, ..line.clone() }));
        }
    }
    Ok(found)
}
