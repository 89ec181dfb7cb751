//! Payments, and those that the bank returned: added, never changed.

use crate::{
    schema::{expense_payment_returns as returns, expense_payments as payments},
    spine::{Failure, Instant, Key, Reader, Tx, db, insert_all},
};
use diesel::prelude::*;
use domain::{
    finance::payment::{Payment, PaymentNotice, refund::ReturnedPayment},
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

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = returns, treat_none_as_default_value = false)]
struct ReturnRow {
    claim_id: Key,
    position: i32,
    reference: String,
    returned_on: BusinessDate,
    reason: String,
    recorded_at: Instant,
    recorded_by_id: Key,
}

impl Row {
    fn of(claim: Key, position: i32, payment: &Payment) -> Self {
        let Payment { notice, confirmed_at, confirmed_by, returned: _ } = payment;
        let PaymentNotice { reference, amount, paid_on } = notice;
        Self {
            claim_id: claim,
            position,
            reference: reference.clone(),
            amount_minor: amount.minor(),
            paid_on: *paid_on,
            confirmed_at: (*confirmed_at).into(),
            confirmed_by_id: (*confirmed_by).into(),
        }
    }

    fn payment(self, returned: Option<ReturnRow>, book: Currency) -> Payment {
        Payment {
            notice: PaymentNotice {
                reference: self.reference,
                amount: Money::from_minor(self.amount_minor, book),
                paid_on: self.paid_on,
            },
            confirmed_at: self.confirmed_at.into(),
            confirmed_by: self.confirmed_by_id.into(),
            returned: returned.map(ReturnedPayment::from),
        }
    }
}

impl ReturnRow {
    fn of(claim: Key, position: i32, returned: &ReturnedPayment) -> Self {
        let ReturnedPayment { reference, on, reason, at, by } = returned;
        Self {
            claim_id: claim,
            position,
            reference: reference.clone(),
            returned_on: *on,
            reason: reason.clone(),
            recorded_at: (*at).into(),
            recorded_by_id: (*by).into(),
        }
    }
}

impl From<ReturnRow> for ReturnedPayment {
    fn from(row: ReturnRow) -> Self {
        let ReturnRow {
            claim_id: _,
            position: _,
            reference,
            returned_on,
            reason,
            recorded_at,
            recorded_by_id,
        } = row;
        Self { reference, on: returned_on, reason, at: recorded_at.into(), by: recorded_by_id.into() }
    }
}

/// Adds the payments, and the returns of payments, that are not among the known ones.
pub(super) fn add(tx: &mut Tx<'_>, claim: Key, known: &[Payment], all: &[Payment]) -> Result<(), Failure> {
    let (mut rows, mut returned) = (Vec::new(), Vec::new());
    for (index, payment) in all.iter().enumerate() {
        let before = known.get(index);
        let position = i32::try_from(index + 1).map_err(Failure::fault)?;
        if before.is_none() {
            rows.push(Row::of(claim, position, payment));
        }
        let was_returned = before.is_some_and(|before| before.returned.is_some());
        returned.extend(
            payment
                .returned
                .as_ref()
                .filter(|_| !was_returned)
                .map(|now| ReturnRow::of(claim, position, now)),
        );
    }
    insert_all!(tx, payments::table, &rows);
    insert_all!(tx, returns::table, &returned);
    Ok(())
}

/// The payments of a claim, in the order of their confirmation.
pub(super) fn of(reader: &mut Reader<'_>, claim: Key, book: Currency) -> Result<Vec<Payment>, Failure> {
    let on = returns::claim_id.eq(payments::claim_id).and(returns::position.eq(payments::position));
    let rows: Vec<(Row, Option<ReturnRow>)> = db!(reader, |c| payments::table
        .left_join(returns::table.on(on))
        .filter(payments::claim_id.eq(claim))
        .order(payments::position)
        .select((Row::as_select(), Option::<ReturnRow>::as_select()))
        .load(c))?;
    Ok(rows.into_iter().map(|(row, returned)| row.payment(returned, book)).collect())
}
