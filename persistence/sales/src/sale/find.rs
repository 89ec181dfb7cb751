//! Which sales are in sight, and what those of an owner came to.

use super::row::{Row, whole};
use crate::{
    merged,
    schema::{commission_entries as booked, credit_entries as credits, document_readers, sales},
    spine::{Failure, Instant, Key, Reader, Sight, Tx, Where, db, load_locked},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    sale::{Closing, Deal, Sale, SaleId, SaleState},
    spine::{AnyId, BusinessDate},
    working_time::{Period, Span},
};

/// That a sale lies within the caller's sight: of departments in reach, of one's own contracts, or one whose commission one
/// shares.
pub(super) fn covered(reader: &Reader<'_>) -> Where {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if sight.all {
        return wanted;
    }
    let shared = booked::table.filter(booked::employee_id.eq(Some(sight.employee))).select(booked::sale_id);
    let counted =
        credits::table.filter(credits::employee_id.eq(Some(sight.employee))).select(credits::sale_id);
    let read = document_readers::table
        .filter(document_readers::document_kind.eq("sales_contract"))
        .filter(document_readers::employee_id.eq(sight.employee))
        .select(document_readers::document.nullable());
    let read_order = document_readers::table
        .filter(document_readers::document_kind.eq("sales_order"))
        .filter(document_readers::employee_id.eq(sight.employee))
        .select(document_readers::document.nullable());
    let own = sales::submitter_id.eq(sight.employee).or(sales::id.eq_any(shared));
    let own = own.or(sales::id.eq_any(counted));
    let of_documents = sales::contract_id.eq_any(read).or(sales::order_id.eq_any(read_order));
    wanted.also(own.or(sales::department_id.eq_any(sight.departments)).nullable().or(of_documents));
    wanted
}

/// One sale, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: SaleId) -> Result<Sale, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(sales::id.eq(key));
    let row: Row = db!(reader, |c| sales::table.filter(wanted).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

/// The sale of a contract or an order, locked until the unit of work ends; for rules, never for an answer.
pub(super) fn locked_of(tx: &mut Tx<'_>, deal: Deal) -> Result<Sale, Failure> {
    let (contract, order) = (deal.contract().map(Key::from), deal.order().map(Key::from));
    let rows: Vec<Row> = match deal {
        Deal::Contract(_) => {
            load_locked!(tx, sales::table.filter(sales::contract_id.eq(contract)).select(Row::as_select()))?
        }
        Deal::Order(_) => {
            load_locked!(tx, sales::table.filter(sales::order_id.eq(order)).select(Row::as_select()))?
        }
    };
    let row = rows.into_iter().next().ok_or(Failure::NotFound)?;
    whole(tx, row)
}

/// The sales with a customer, or with one whose file was merged into theirs, that did not fall through, locked until the unit of work ends, by their ids; for rules, never
/// for an answer.
pub(super) fn locked_with(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Sale>, Failure> {
    let (family, gone) = (merged::family(tx, customer)?, SaleState::FellThrough.code());
    let rows: Vec<Row> = load_locked!(
        tx,
        sales::table
            .filter(sales::customer_id.eq_any(&family).and(sales::status.ne(gone)))
            .order(sales::id)
            .select(Row::as_select())
    )?;
    rows.into_iter().map(|row| whole(tx, row)).collect()
}

/// The number of a sale with a customer that did not fall through.
pub(super) fn standing_with(
    reader: &mut Reader<'_>,
    customer: CustomerId,
) -> Result<Option<String>, Failure> {
    let (family, gone) = (merged::family(reader, customer)?, SaleState::FellThrough.code());
    Ok(db!(reader, |c| sales::table
        .filter(sales::customer_id.eq_any(&family).and(sales::status.ne(gone)))
        .order(sales::id.desc())
        .select(sales::number)
        .first(c)
        .optional())?)
}

/// The number of the sale that is a deal.
pub(super) fn number_of(reader: &mut Reader<'_>, deal: AnyId) -> Result<Option<String>, Failure> {
    let key = Key(deal.uuid());
    let found = sales::table.filter(sales::id.eq(key)).select(sales::number);
    Ok(db!(reader, |c| found.first(c).optional())?)
}

/// One sale whoever asks: for proof, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, key: Key) -> Result<Sale, Failure> {
    let row: Row = db!(reader, |c| sales::table.filter(sales::id.eq(key)).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

/// What somebody's customers closed in some days, as tiers count it.
pub(super) fn closed_before(
    reader: &mut Reader<'_>,
    owner: Key,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<i64, Failure> {
    let bases: Vec<Option<i64>> = db!(reader, |c| sales::table
        .filter(sales::owner_id.eq(Some(owner)).and(sales::closed_on.between(from, to)))
        .select(sales::tier_base_minor)
        .load(c))?;
    Ok(bases.into_iter().flatten().sum())
}

/// What somebody's customers closed in the month of a closing before it, as tiers count it.
pub(super) fn earned_before(reader: &mut Reader<'_>, owner: Key, closing: &Closing) -> Result<i64, Failure> {
    let month = Period::containing(Span::Month, closing.on);
    let at = Some(Instant::from(closing.at));
    let bases: Vec<Option<i64>> = db!(reader, |c| sales::table
        .filter(sales::owner_id.eq(Some(owner)).and(sales::closed_on.between(month.first(), month.last())))
        .filter(sales::closed_at.lt(at))
        .select(sales::tier_base_minor)
        .load(c))?;
    Ok(bases.into_iter().flatten().sum())
}
