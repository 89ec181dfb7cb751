//! Rows of what was recorded of advances by mistake, with what undoes it. They are only ever added.

use crate::{
    schema::cash_advance_reversals as reversals,
    spine::{Failure, Instant, Key, Reader, Tx, db, insert_all},
};
use diesel::prelude::*;
use domain::{
    finance::cash_advance::{Reversal, ReversalKind, reversal::CashEntry},
    spine::{BusinessDate, Currency, Money},
};

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = reversals, treat_none_as_default_value = false)]
struct ReversalRow {
    advance_id: Key,
    position: i32,
    kind: String,
    amount_minor: i64,
    original_reference: String,
    original_on: BusinessDate,
    original_at: Instant,
    original_by_id: Key,
    reference: String,
    reversed_on: BusinessDate,
    reason: String,
    recorded_at: Instant,
    recorded_by_id: Key,
    advance_account: String,
    bank_account: String,
}

impl ReversalRow {
    fn of(advance: Key, index: usize, reversal: &Reversal) -> Result<Self, Failure> {
        let Reversal { kind, original, reference, on, reason, at, by, advance_account, bank_account } =
            reversal;
        let CashEntry {
            reference: original_reference,
            amount,
            on: original_on,
            at: original_at,
            by: original_by,
        } = original;
        Ok(Self {
            advance_id: advance,
            position: i32::try_from(index + 1).map_err(Failure::fault)?,
            kind: kind.code().to_owned(),
            amount_minor: amount.minor(),
            original_reference: original_reference.clone(),
            original_on: *original_on,
            original_at: (*original_at).into(),
            original_by_id: (*original_by).into(),
            reference: reference.clone(),
            reversed_on: *on,
            reason: reason.clone(),
            recorded_at: (*at).into(),
            recorded_by_id: (*by).into(),
            advance_account: advance_account.clone(),
            bank_account: bank_account.clone(),
        })
    }

    fn reversal(self, currency: Currency) -> Result<Reversal, Failure> {
        let corrupt = || Failure::corrupt("cash_advance_reversals", "kind", self.advance_id.0);
        Ok(Reversal {
            kind: ReversalKind::from_code(&self.kind).ok_or_else(corrupt)?,
            original: CashEntry {
                reference: self.original_reference,
                amount: Money::from_minor(self.amount_minor, currency),
                on: self.original_on,
                at: self.original_at.into(),
                by: self.original_by_id.into(),
            },
            reference: self.reference,
            on: self.reversed_on,
            reason: self.reason,
            at: self.recorded_at.into(),
            by: self.recorded_by_id.into(),
            advance_account: self.advance_account,
            bank_account: self.bank_account,
        })
    }
}

/// What was undone of an advance, in order.
pub(super) fn of(
    reader: &mut Reader<'_>,
    advance: Key,
    currency: Currency,
) -> Result<Vec<Reversal>, Failure> {
    let rows: Vec<ReversalRow> = db!(reader, |c| reversals::table
        .filter(reversals::advance_id.eq(advance))
        .order(reversals::position)
        .select(ReversalRow::as_select())
        .load(c))?;
    rows.into_iter().map(|row| row.reversal(currency)).collect()
}

/// Adds what came to those that are `known`.
pub(super) fn add(tx: &mut Tx<'_>, advance: Key, known: usize, all: &[Reversal]) -> Result<(), Failure> {
    let new = all.iter().enumerate().skip(known);
    let rows = new.map(|(index, one)| ReversalRow::of(advance, index, one)).collect::<Result<Vec<_>, _>>()?;
    insert_all!(tx, reversals::table, &rows);
    Ok(())
}
