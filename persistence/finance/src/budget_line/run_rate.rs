//! Whether what moved has a year lead beyond its budget. Asks the database only where more is certain to be spent than
//! before, the settings watch it, and nothing was told of the line this month. `[BUD-5]`

use super::{row::Row, settings};
use crate::{
    schema::budget_lines as lines,
    spine::{Failure, Key, Tx, cached, db},
};
use diesel::prelude::*;
use domain::finance::{
    budget_line::{BudgetLine, Desk},
    period::Period,
};

/// Looks at the years of the lines that moved on a desk.
pub(super) fn watch(tx: &mut Tx<'_>, desk: &mut Desk) -> Result<(), Failure> {
    let today = tx.today();
    let unwatched: Vec<BudgetLine> = desk.unwatched(today).cloned().collect();
    if unwatched.is_empty() {
        return Ok(());
    }
    let Some(percent) = settings(tx, today)?.content.run_rate_percent else { return Ok(()) };
    for line in unwatched {
        let beside = beside(tx, &line)?;
        desk.watch(line.id, &beside, percent, today)?;
    }
    Ok(())
}

/// The lines of the same department, category and year.
fn beside(tx: &mut Tx<'_>, line: &BudgetLine) -> Result<Vec<BudgetLine>, Failure> {
    let Some(year) = Period::year(line.period.fiscal_year()) else { return Ok(Vec::new()) };
    let rows: Vec<Row> = db!(tx, |c| cached(
        lines::table
            .filter(lines::department_id.eq(Key::from(line.department)))
            .filter(lines::first_day.ge(year.first_day()).and(lines::first_day.le(year.last_day())))
            .filter(lines::category.eq(&line.category))
            .select(Row::as_select())
    )
    .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
