//! What was attained: the sum of credit entries by business date, of people and of the departments they belonged to on that
//! day. Receipts count for whom the sale counts. `[SAL-1c]`

use crate::{
    sale::counted,
    schema::credit_entries,
    spine::{Failure, Key, Reader, db},
};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    quantity::Quantity,
    sales_plan::{Measure, PlanPeriod},
    spine::{BusinessDate, DepartmentId, EmployeeId},
};
use std::collections::BTreeMap;

/// Whose it is: a person in a department, or the department's alone.
pub(crate) type Whose = (Option<EmployeeId>, DepartmentId);

/// What was attained in the unit of a measure, by whom and in which month.
pub(crate) type ByMonth = BTreeMap<(Whose, PlanPeriod), i64>;

/// What was attained in a year up to a day.
pub(crate) fn of_year(
    reader: &mut Reader<'_>,
    measure: Measure,
    year: i32,
    as_of: BusinessDate,
) -> Result<ByMonth, Failure> {
    let mut found = ByMonth::new();
    for month in PlanPeriod::Year(year).months() {
        let (first, end) = (month.first_day(), month.next_first_day().min(as_of.succ_opt().unwrap_or(as_of)));
        if first >= end {
            break;
        }
        for (whose, value) in between(reader, measure, (first, end))? {
            found.insert((whose, month), value);
        }
    }
    Ok(found)
}

/// What was attained from one day on and before another.
fn between(
    reader: &mut Reader<'_>,
    measure: Measure,
    days: (BusinessDate, BusinessDate),
) -> Result<BTreeMap<Whose, i64>, Failure> {
    match measure {
        Measure::Amount => summed(reader, "CAST(SUM(credit_entries.net_minor) AS BIGINT)", days),
        Measure::Quantity => {
            let scaled = summed(reader, "CAST(SUM(credit_entries.quantity) AS BIGINT)", days)?;
            let pieces = |(whose, scaled): (Whose, i64)| (whose, scaled / Quantity::SCALE);
            Ok(scaled.into_iter().map(pieces).collect())
        }
        // Lines whose cost nobody has said are left out.
        Measure::Profit => summed(
            reader,
            "CAST(COALESCE(SUM(CASE WHEN credit_entries.cost_minor IS NULL THEN 0 \
             ELSE credit_entries.net_minor - credit_entries.cost_minor END), 0) AS BIGINT)",
            days,
        ),
        Measure::Receipts => received(reader, days),
        Measure::NewCustomers => new_customers(reader, days),
    }
}

fn summed(
    reader: &mut Reader<'_>,
    what: &'static str,
    (from, before): (BusinessDate, BusinessDate),
) -> Result<BTreeMap<Whose, i64>, Failure> {
    // Exact on both engines; diesel's own sum would go through a decimal type.
    let rows: Vec<(Option<Key>, Key, i64)> = db!(reader, |c| credit_entries::table
        .filter(credit_entries::counted_on.ge(from).and(credit_entries::counted_on.lt(before)))
        .group_by((credit_entries::employee_id, credit_entries::department_id))
        .select((credit_entries::employee_id, credit_entries::department_id, sql::<BigInt>(what)))
        .load(c))?;
    let row = |(person, department, sum): (Option<Key>, Key, i64)| {
        ((person.map(Into::into), department.into()), sum)
    };
    Ok(rows.into_iter().map(row).collect())
}

/// What was received of sales, parted as each counts.
fn received(
    reader: &mut Reader<'_>,
    days: (BusinessDate, BusinessDate),
) -> Result<BTreeMap<Whose, i64>, Failure> {
    let mut found: BTreeMap<Whose, i64> = BTreeMap::new();
    for ((person, department), _, amount) in counted::received(reader, days, None)? {
        *found.entry((person.map(Into::into), department.into())).or_default() += amount;
    }
    Ok(found)
}

/// Customers whose first closed sale ever falls into these days: each counts for whom that sale counts.
fn new_customers(
    reader: &mut Reader<'_>,
    days: (BusinessDate, BusinessDate),
) -> Result<BTreeMap<Whose, i64>, Failure> {
    let mut found: BTreeMap<Whose, i64> = BTreeMap::new();
    for new in counted::newcomers(reader, days)? {
        let (person, department) = new.counts;
        *found.entry((person.map(Into::into), department.into())).or_default() += new.value;
    }
    Ok(found)
}
