//! For whom sales count, and what moves with that: the money that came in for them, and the customers who are new by them. One
//! reading for targets, indicators and analyses. `[SAL-1c, ANA-1, KPI-1]`

pub(crate) use super::row::CreditRow;
use crate::{
    merged,
    schema::{credit_entries as credits, receipt_allocations as allocations, receipts, refunds, sales},
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    spine::{BusinessDate, Timestamp, allocate},
    working_time::midnight,
};
use std::collections::{BTreeMap, BTreeSet};

/// So many are asked for at once.
const PIECE: usize = 500;

/// Whom something counts for: a person in a department, or the department alone.
pub(crate) type Counts = (Option<Key>, Key);

/// From one day on and before another.
pub(crate) type Days = (BusinessDate, BusinessDate);

/// Entries of credit that came about together: what a sale counts for from a day on, or what is taken back of that.
struct Block {
    entries: Vec<CreditRow>,
    is_taken_back: bool,
}

impl Block {
    fn on(&self) -> Option<BusinessDate> {
        self.entries.first().map(|entry| entry.counted_on)
    }
    /// Whom it counts for: the primary, whose entries come first.
    fn primary(&self) -> Option<Counts> {
        self.entries.first().map(|entry| (entry.employee_id, entry.department_id))
    }
}

/// The entries of sales in their order, in blocks.
fn blocks(reader: &mut Reader<'_>, sales: &[Key]) -> Result<BTreeMap<Key, Vec<Block>>, Failure> {
    let mut found: BTreeMap<Key, Vec<Block>> = BTreeMap::new();
    for piece in sales.chunks(PIECE) {
        let rows: Vec<CreditRow> = db!(reader, |c| credits::table
            .filter(credits::sale_id.eq_any(piece))
            .order((credits::sale_id, credits::place))
            .select(CreditRow::as_select())
            .load(c))?;
        for row in rows {
            let of_sale = found.entry(row.sale_id).or_default();
            let is_taken_back = row.quantity < 0;
            match of_sale
                .last_mut()
                .filter(|last| last.is_taken_back == is_taken_back && last.on() == Some(row.counted_on))
            {
                Some(last) => last.entries.push(row),
                None => of_sale.push(Block { entries: vec![row], is_taken_back }),
            }
        }
    }
    Ok(found)
}

/// For whom sales count now, each with a weight; of one of which nothing is left, for whom it counted last.
fn standing(reader: &mut Reader<'_>, sales: &[Key]) -> Result<BTreeMap<Key, Vec<(Counts, u64)>>, Failure> {
    let weighed = |(sale, blocks): (Key, Vec<Block>)| {
        let mut parts: Vec<(Counts, u64)> = Vec::new();
        for entry in blocks.last().iter().flat_map(|block| &block.entries) {
            let (counts, weight) = ((entry.employee_id, entry.department_id), entry.net_minor.unsigned_abs());
            match parts.iter_mut().find(|(known, _)| *known == counts) {
                Some((_, sum)) => *sum += weight,
                None => parts.push((counts, weight)),
            }
        }
        (sale, parts)
    };
    Ok(blocks(reader, sales)?.into_iter().map(weighed).collect())
}

/// Money that came in for a sale, or went back of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Flow {
    /// The allocation or refund.
    pub source: Key,
    /// In minor units; below nothing where it bounced or went back.
    pub amount: i64,
    /// The day it counts: that of the receipt where it was allocated as it was recorded, else that of the allocation, the
    /// bouncing or the refund; and none before the sale closed, since until then it counts for nobody.
    on: BusinessDate,
}

/// A sale to which money goes, and when it closed.
type Paid = (Key, Option<Key>, Option<Key>, Option<BusinessDate>);

/// What came in for sales in some days, as it counts for whom the sales count: parted by the largest remainder, so that nothing is
/// lost. For one person alone where one is named.
///
/// # Errors
/// Where the database fails.
pub(crate) fn received(
    reader: &mut Reader<'_>,
    days: Days,
    only: Option<Key>,
) -> Result<Vec<(Counts, Key, i64)>, Failure> {
    let sold = paid_sales(reader, days, only)?;
    let flows = flows(reader, &sold, days.1)?;
    let keys: Vec<Key> = sold.iter().map(|(sale, ..)| *sale).collect();
    let counts = standing(reader, &keys)?;
    let mut found = Vec::new();
    for (sale, contract, order, closed_on) in sold {
        let Some(closed_on) = closed_on else { continue };
        let parts = counts.get(&sale).map(Vec::as_slice).unwrap_or_default();
        let weights: Vec<u64> = parts.iter().map(|(_, weight)| *weight).collect();
        for flow in flows.get(&contract.or(order)).into_iter().flatten() {
            let on = flow.on.max(closed_on);
            if on < days.0 || on >= days.1 {
                continue;
            }
            for ((whose, _), part) in parts.iter().zip(allocate(flow.amount, &weights)) {
                found.push((*whose, flow.source, part));
            }
        }
    }
    found.sort_unstable();
    Ok(found.into_iter().filter(|((person, _), ..)| only.is_none() || *person == only).collect())
}

/// Sales that closed before a day and are not known to have no money in these days; somebody's alone where one is named.
fn paid_sales(reader: &mut Reader<'_>, days: Days, only: Option<Key>) -> Result<Vec<Paid>, Failure> {
    let mut wanted = crate::spine::Where::new();
    wanted.also(sales::closed_on.lt(Some(days.1)));
    if only.is_some() {
        let theirs = credits::table.filter(credits::employee_id.eq(only)).select(credits::sale_id);
        wanted.also(sales::id.eq_any(theirs).nullable());
    }
    Ok(db!(reader, |c| sales::table
        .filter(wanted)
        .order(sales::id)
        .select((sales::id, sales::contract_id, sales::order_id, sales::closed_on))
        .load(c))?)
}

/// What went to contracts and orders and back before a day, by them.
fn flows(
    reader: &mut Reader<'_>,
    sold: &[Paid],
    before: BusinessDate,
) -> Result<BTreeMap<Option<Key>, Vec<Flow>>, Failure> {
    type Row = (Key, Option<Key>, Option<Key>, i64, Instant, Instant, BusinessDate);
    type Back = (Key, Option<Key>, Option<Key>, i64, Option<Instant>);
    let (zone, end) = (reader.zone(), Instant::from(midnight(before, reader.zone())));
    let mut found: BTreeMap<Option<Key>, Vec<Flow>> = BTreeMap::new();
    for piece in sold.chunks(PIECE) {
        let contracts: Vec<Option<Key>> = piece.iter().map(|row| row.1).filter(Option::is_some).collect();
        let orders: Vec<Option<Key>> = piece.iter().map(|row| row.2).filter(Option::is_some).collect();
        let of = allocations::contract_id.eq_any(&contracts).or(allocations::order_id.eq_any(&orders));
        let rows: Vec<Row> = db!(reader, |c| allocations::table
            .inner_join(receipts::table.on(receipts::id.eq(allocations::receipt_id)))
            .filter(of)
            .filter(allocations::at.lt(end).or(receipts::received_on.lt(before)))
            .order(allocations::id)
            .select((
                allocations::id,
                allocations::contract_id,
                allocations::order_id,
                allocations::amount_minor,
                allocations::at,
                receipts::recorded_at,
                receipts::received_on
            ))
            .load(c))?;
        for (source, contract, order, amount, at, recorded_at, received_on) in rows {
            let is_at_once = amount > 0 && at == recorded_at;
            let on = if is_at_once { received_on } else { Timestamp::from(at).date_in(zone) };
            found.entry(contract.or(order)).or_default().push(Flow { source, amount, on });
        }
        let of = refunds::contract_id.eq_any(&contracts).or(refunds::order_id.eq_any(&orders));
        let rows: Vec<Back> = db!(reader, |c| refunds::table
            .filter(of.and(refunds::paid_at.lt(Some(end))))
            .order(refunds::id)
            .select((
                refunds::id,
                refunds::contract_id,
                refunds::order_id,
                refunds::amount_minor,
                refunds::paid_at
            ))
            .load(c))?;
        for (source, contract, order, amount, at) in rows {
            let Some(at) = at else { continue };
            let on = Timestamp::from(at).date_in(zone);
            found.entry(contract.or(order)).or_default().push(Flow { source, amount: -amount, on });
        }
    }
    Ok(found)
}

/// A customer becomes new for somebody, or, where it turned out whom their first sale counts for, is so no more.
pub(crate) struct Newcomer {
    /// The entry that says it.
    pub entry: CreditRow,
    /// The file that stands for the customer.
    pub customer: Key,
    /// For whom.
    pub counts: Counts,
    /// One, or one less.
    pub value: i64,
    /// One entry of each product of the sale, with the same day.
    pub products: Vec<CreditRow>,
}

/// Customers whose first closed sale ever moves in some days: each is new once, for the primary of that sale alone.
///
/// # Errors
/// Where the database fails.
pub(crate) fn newcomers(reader: &mut Reader<'_>, (from, before): Days) -> Result<Vec<Newcomer>, Failure> {
    let met: Vec<Key> = db!(reader, |c| credits::table
        .filter(credits::counted_on.ge(from).and(credits::counted_on.lt(before)))
        .select(credits::customer_id)
        .distinct()
        .load(c))?;
    let firsts = firsts(reader, &met)?;
    let keys: Vec<Key> = firsts.keys().copied().collect();
    let mut found = Vec::new();
    for (sale, blocks) in blocks(reader, &keys)? {
        let Some(customer) = firsts.get(&sale).copied() else { continue };
        let mut whose: Option<Counts> = None;
        let mut taken: Option<Block> = None;
        for block in blocks {
            if block.is_taken_back {
                taken = Some(block);
                continue;
            }
            let counts = block.primary();
            if counts != whose {
                // Whom it counted for before has the customer no more; of what came back whole they keep them.
                found.extend(taken.take().and_then(|back| newcomer(back, customer, -1)));
                whose = counts;
                found.extend(newcomer(block, customer, 1));
            }
            taken = None;
        }
    }
    found.retain(|new| from <= new.entry.counted_on && new.entry.counted_on < before);
    Ok(found)
}

fn newcomer(block: Block, customer: Key, value: i64) -> Option<Newcomer> {
    let counts = block.primary()?;
    let mut seen = BTreeSet::new();
    let products: Vec<CreditRow> =
        block.entries.iter().filter(|entry| seen.insert(entry.product_id)).cloned().collect();
    let entry = block.entries.into_iter().next()?;
    Some(Newcomer { entry, customer, counts, value, products })
}

/// The first closed sale ever of each of some customers, under any file of theirs: two files that were merged are one. `[CUS-3]`
fn firsts(reader: &mut Reader<'_>, customers: &[Key]) -> Result<BTreeMap<Key, Key>, Failure> {
    type Row = (Key, Key, Option<BusinessDate>, Option<Instant>);
    let stands = merged::survivors(reader, customers.iter().copied())?;
    let heads: BTreeSet<Key> = customers.iter().map(|key| stands.get(key).copied().unwrap_or(*key)).collect();
    let families = merged::families(reader, &Vec::from_iter(heads))?;
    let files: Vec<Key> = families.keys().copied().collect();
    let mut first: BTreeMap<Key, (Option<BusinessDate>, Option<Instant>, Key)> = BTreeMap::new();
    for piece in files.chunks(PIECE) {
        let rows: Vec<Row> = db!(reader, |c| sales::table
            .filter(sales::customer_id.eq_any(piece).and(sales::closed_on.is_not_null()))
            .select((sales::customer_id, sales::id, sales::closed_on, sales::closed_at))
            .load(c))?;
        for (customer, sale, on, at) in rows {
            let Some(head) = families.get(&customer).copied() else { continue };
            let known = first.entry(head).or_insert((on, at, sale));
            *known = (*known).min((on, at, sale));
        }
    }
    Ok(first.into_iter().map(|(head, (.., sale))| (sale, head)).collect())
}
