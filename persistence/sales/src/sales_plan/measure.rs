//! What was attained: the sum of credit entries by business date, of people and of the departments they belonged to on that
//! day. Receipts count for whom the sale counts. `[SAL-1c]`

use crate::{
    merged,
    schema::{credit_entries, receipt_allocations as allocations, receipts, sales},
    spine::{Failure, Key, Reader, db},
};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    quantity::Quantity,
    sales_plan::{Measure, PlanPeriod},
    spine::{BusinessDate, DepartmentId, EmployeeId, allocate},
};
use std::collections::{BTreeMap, BTreeSet};

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

/// What was received of sales, parted as each counts: by the largest remainder, so that nothing is lost.
fn received(
    reader: &mut Reader<'_>,
    (from, before): (BusinessDate, BusinessDate),
) -> Result<BTreeMap<Whose, i64>, Failure> {
    let rows: Vec<(Key, i64)> = db!(reader, |c| allocations::table
        .inner_join(receipts::table.on(receipts::id.eq(allocations::receipt_id)))
        .inner_join(sales::table.on(sales::contract_id.eq(allocations::contract_id)))
        .filter(receipts::received_on.ge(from).and(receipts::received_on.lt(before)))
        .group_by(sales::id)
        .select((sales::id, sql::<BigInt>("CAST(SUM(receipt_allocations.amount_minor) AS BIGINT)")))
        .load(c))?;
    let mut found: BTreeMap<Whose, i64> = BTreeMap::new();
    let keys: Vec<Key> = rows.iter().map(|(sale, _)| *sale).collect();
    let mut counts = counting_for(reader, &keys)?;
    for (sale, amount) in rows {
        let parts = counts.remove(&sale).unwrap_or_default();
        let weights: Vec<u64> = parts.iter().map(|(_, net)| u64::try_from(*net).unwrap_or(0)).collect();
        for ((whose, _), part) in parts.iter().zip(allocate(amount, &weights)) {
            *found.entry(*whose).or_default() += part;
        }
    }
    Ok(found)
}

/// For whom sales count, and by how much.
fn counting_for(reader: &mut Reader<'_>, sales: &[Key]) -> Result<BTreeMap<Key, Vec<(Whose, i64)>>, Failure> {
    /// So many are asked for at once.
    const PIECE: usize = 500;
    let mut found: BTreeMap<Key, Vec<(Whose, i64)>> = BTreeMap::new();
    for piece in sales.chunks(PIECE) {
        let rows: Vec<(Key, Option<Key>, Key, i64)> = db!(reader, |c| credit_entries::table
            .filter(credit_entries::sale_id.eq_any(piece))
            .group_by((credit_entries::sale_id, credit_entries::employee_id, credit_entries::department_id))
            .select((
                credit_entries::sale_id,
                credit_entries::employee_id,
                credit_entries::department_id,
                sql::<BigInt>("CAST(SUM(credit_entries.net_minor) AS BIGINT)")
            ))
            .load(c))?;
        for (sale, person, department, net) in rows {
            let whose = (person.map(Into::into), department.into());
            found.entry(sale).or_default().push((whose, net));
        }
    }
    found.values_mut().for_each(|parts| parts.sort_unstable());
    Ok(found)
}

/// Customers whose first closed sale ever falls into these days: each counts for whom that sale counts.
fn new_customers(
    reader: &mut Reader<'_>,
    (from, before): (BusinessDate, BusinessDate),
) -> Result<BTreeMap<Whose, i64>, Failure> {
    let firsts: Vec<(Key, BusinessDate)> = db!(reader, |c| credit_entries::table
        .filter(credit_entries::counted_on.ge(from).and(credit_entries::counted_on.lt(before)))
        .filter(credit_entries::net_minor.gt(0))
        .group_by(credit_entries::customer_id)
        .select((credit_entries::customer_id, diesel::dsl::min(credit_entries::counted_on).assume_not_null()))
        .load(c))?;
    // Two files that were merged are one customer, who is new once. `[CUS-3]`
    let stands = merged::survivors(reader, firsts.iter().map(|(customer, _)| *customer))?;
    let stands_for = |key: Key| stands.get(&key).copied().unwrap_or(key);
    let mut first: BTreeMap<Key, BusinessDate> = BTreeMap::new();
    for (customer, on) in &firsts {
        let day = first.entry(stands_for(*customer)).or_insert(*on);
        *day = (*day).min(*on);
    }
    let mut counted: BTreeSet<(Key, Whose)> = BTreeSet::new();
    for piece in firsts.chunks(500) {
        let keys: Vec<Key> = piece.iter().map(|(customer, _)| *customer).collect();
        let known = known_before(reader, &keys, from)?;
        let new: Vec<Key> = keys.into_iter().filter(|key| !known.contains(key)).collect();
        type Row = (Key, BusinessDate, Option<Key>, Key);
        let rows: Vec<Row> = db!(reader, |c| credit_entries::table
            .filter(credit_entries::customer_id.eq_any(&new).and(credit_entries::net_minor.gt(0)))
            .filter(credit_entries::counted_on.ge(from).and(credit_entries::counted_on.lt(before)))
            .select((
                credit_entries::customer_id,
                credit_entries::counted_on,
                credit_entries::employee_id,
                credit_entries::department_id
            ))
            .distinct()
            .load(c))?;
        for (customer, on, person, department) in rows {
            let head = stands_for(customer);
            if first.get(&head) == Some(&on) {
                counted.insert((head, (person.map(Into::into), department.into())));
            }
        }
    }
    let mut found: BTreeMap<Whose, i64> = BTreeMap::new();
    for (_, whose) in counted {
        *found.entry(whose).or_default() += 1;
    }
    Ok(found)
}

/// Which of some customers bought before a day, under any file of theirs: two files that were merged are one customer. `[CUS-3]`
fn known_before(
    reader: &mut Reader<'_>,
    customers: &[Key],
    from: BusinessDate,
) -> Result<BTreeSet<Key>, Failure> {
    let stands = merged::survivors(reader, customers.iter().copied())?;
    let stands_for = |key: &Key| stands.get(key).copied().unwrap_or(*key);
    let heads: Vec<Key> = customers.iter().map(stands_for).collect();
    let families = merged::families(reader, &heads)?;
    let all: Vec<Key> = families.keys().copied().collect();
    let bought: Vec<Key> = db!(reader, |c| credit_entries::table
        .filter(credit_entries::customer_id.eq_any(&all).and(credit_entries::counted_on.lt(from)))
        .select(credit_entries::customer_id)
        .distinct()
        .load(c))?;
    let known: BTreeSet<Key> = bought.iter().filter_map(|key| families.get(key).copied()).collect();
    Ok(customers.iter().copied().filter(|key| known.contains(&stands_for(key))).collect())
}
