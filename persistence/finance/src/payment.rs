//! Payments: added, never changed.

use crate::{
    schema::expense_payments as payments,
    spine::{Failure, Instant, Key, Reader, Tx, db, insert_all},
};
use diesel::prelude::*;
use domain::{
    finance::payment::{Payment, PaymentNotice},
    spine::{BusinessDate, Currency, Money},
};

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = payments, treat_none_as_default_value = false)]
struct Row {
    claim_id: Key,
    position: i32,
    reference: String,
    amount_minor: i64,
    paid_on: BusinessDate,
    confirmed_at: Instant,
    confirmed_by_id: Key,
}

/// Adds the payments behind the first `known`.
pub(super) fn add(tx: &mut Tx<'_>, claim: Key, known: usize, all: &[Payment]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (index, payment) in all.iter().enumerate().skip(known) {
        let Payment { notice: PaymentNotice { reference, amount, paid_on }, confirmed_at, confirmed_by } =
            payment;
        rows.push(Row {
            claim_id: claim,
            position: i32::try_from(index + 1).map_err(Failure::fault)?,
            reference: reference.clone(),
            amount_minor: amount.minor(),
            paid_on: *paid_on,
            confirmed_at: (*confirmed_at).into(),
            confirmed_by_id: (*confirmed_by).into(),
        });
    }
    insert_all!(tx, payments::table, &rows);
    Ok(())
}

/// The payments of a claim, in the order of their confirmation.
pub(super) fn of(reader: &mut Reader<'_>, claim: Key, book: Currency) -> Result<Vec<Payment>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| payments::table
        .filter(payments::claim_id.eq(claim))
        .order(payments::position)
        .select(Row::as_select())
        .load(c))?;
    let payment = |row: Row| Payment {
        notice: PaymentNotice {
            reference: row.reference,
            amount: Money::from_minor(row.amount_minor, book),
            paid_on: row.paid_on,
        },
        confirmed_at: row.confirmed_at.into(),
        confirmed_by: row.confirmed_by_id.into(),
    };
    Ok(rows.into_iter().map(payment).collect())
}
