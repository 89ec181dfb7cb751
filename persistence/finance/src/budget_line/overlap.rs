//! Which open line stands where a budget wants to open one. `[BUD-2]`

use super::row::Row;
use crate::{
    schema::{budget_lines as lines, budgets},
    spine::{Failure, Reader, db},
};
use diesel::prelude::*;
use domain::finance::{
    budget::{LineKey, OpenedLine},
    budget_line::{BudgetLine, Purpose},
};
use std::collections::HashMap;

/// The first of these lines that is open already, and the number of the budget that has it.
pub fn open_lines_like(
    reader: &mut Reader<'_>,
    fiscal_year: i32,
    wanted: &[OpenedLine],
) -> Result<Option<(OpenedLine, String)>, Failure> {
    let rows: Vec<(Row, String)> = db!(reader, |c| lines::table
        .inner_join(budgets::table.on(budgets::id.eq(lines::budget_id)))
        .filter(lines::fiscal_year.eq(fiscal_year).and(lines::is_open.eq(true)))
        .select((Row::as_select(), budgets::number))
        .load(c))?;
    let mut open = HashMap::with_capacity(rows.len());
    for (row, budget) in rows {
        open.insert(key_of(row.try_into()?), budget);
    }
    let taken = |line: &&OpenedLine| open.contains_key(&line.key);
    Ok(wanted.iter().find(taken).map(|line| (line.clone(), open.remove(&line.key).unwrap_or_default())))
}

fn key_of(line: BudgetLine) -> LineKey {
    LineKey {
        department: line.department,
        category: line.category,
        period: line.period,
        campaign: line.campaign,
        region: line.region,
        is_emergency_fund: line.purpose == Purpose::EmergencyFund,
    }
}
