//! What is done with statements: a month is reckoned for everybody, shown to them, objected to, approved. `[COM-11, COM-10b]`

use super::{
    RECKONING, apply, find,
    row::{also_of, carried, compiled, earlier_open, of, unpaid},
};
use crate::{
    organisation::Register,
    policy, sales_terms,
    spine::{Failure, Tx, View},
};
use domain::{
    commission::statement::{Statement, StatementLine},
    commission_statement::{self as statements, CommissionStatement, check_month},
    organisation::working_calendar::WorkingCalendar,
    spine::{EmployeeId, PolicyVersion},
    working_time::{Period, WorkingTime},
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// What reckoning or publishing a month did.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommissionRun)]
pub struct CommissionRunView {
    /// The month.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// How many statements it has touched.
    #[schema(minimum = 0)]
    pub statements: u32,
    /// How many of them came to something else than before.
    #[schema(minimum = 0)]
    pub changed: u32,
}

impl View for CommissionRunView {}

/// Reckons a month for everybody of departments in reach: entries booked by its end that no statement has paid, upon what the month before left below
/// nothing. Again, it comes to the same, but for what was booked meanwhile; those that are published stay.
///
/// # Errors
/// A month that has not begun; an earlier one in reach that is not approved.
pub fn compile(tx: &mut Tx<'_>, month: Period) -> Result<CommissionRunView, Failure> {
    check_month(month, tx.today())?;
    tx.hold_alone(RECKONING)?;
    if let Some(open) = earlier_open(tx, month)? {
        return Err(statements::earlier_open(open).into());
    }
    let mut people: BTreeMap<EmployeeId, Vec<StatementLine>> =
        also_of(tx, month)?.into_iter().map(|person| (person, Vec::new())).collect();
    for (person, line) in unpaid(tx, month)? {
        people.entry(person).or_default().push(line);
    }
    let (register, reach) = (Register::of(tx)?, tx.reach().clone());
    let (mut touched, mut changed) = (0, 0);
    for (person, lines) in people {
        let department = register.department_on(person, month.last());
        let department = department.ok_or_else(|| Failure::corrupt("employees", "department_id", person))?;
        if !reach.covers(department, false) {
            continue;
        }
        let known = of(tx, person, month)?;
        let is_past = known.as_ref().is_some_and(|known| !known.is_open());
        let carried = carried(tx, person, month)?;
        if is_past || (known.is_none() && lines.is_empty() && carried == 0) {
            continue;
        }
        touched += 1;
        let reckoned = Statement::compile(person, carried, lines, 0);
        let change = CommissionStatement::compile(known, tx.id(), (month, department), reckoned)?;
        if let Some(change) = change {
            apply(tx, change)?;
            changed += 1;
        }
    }
    Ok(CommissionRunView { month: month.to_string(), statements: touched, changed })
}

/// Publishes what is reckoned of a month in departments in reach: everybody sees theirs, and may object for so many working days.
///
/// # Errors
/// Where the database fails.
pub fn publish(tx: &mut Tx<'_>, month: Period) -> Result<CommissionRunView, Failure> {
    tx.hold_alone(RECKONING)?;
    let (terms, today) = (sales_terms::today(tx)?, tx.today());
    let calendar: Arc<PolicyVersion<WorkingCalendar>> = policy::in_force(tx, "company", today)?;
    let time = WorkingTime::new(&calendar.content, tx.zone());
    let until = time.plus_working_days(tx.now(), terms.content.objection_working_days).value;
    let ids = compiled(tx, month)?;
    for id in &ids {
        let statement = find(tx, *id)?;
        apply(tx, statement.publish(until)?)?;
    }
    let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    Ok(CommissionRunView { month: month.to_string(), statements: count, changed: count })
}
