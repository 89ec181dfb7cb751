//! Rows of units.

use crate::{
    organisation::unless_taken,
    schema::units,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    receipt::ReceiptId,
    sales_contract::SalesContractId,
    spine::{BusinessDate, Version},
    unit::{Reservation, Unit, UnitId, UnitState},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = units, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub code: String,
    pub place: String,
    pub product_id: Key,
    pub status: String,
    pub customer_id: Option<Key>,
    pub deposit_id: Option<Key>,
    pub reserved_by_id: Option<Key>,
    pub department_id: Option<Key>,
    pub reserved_at: Option<Instant>,
    pub reserved_until: Option<BusinessDate>,
    pub contract_id: Option<Key>,
    pub changed_at: Instant,
    pub version: Version,
}

impl Row {
    fn of(unit: &Unit, tx: &Tx<'_>) -> Self {
        let Unit { id, code, place, product, reservation, version } = unit;
        let held = reservation.as_ref();
        Self {
            id: (*id).into(),
            code: code.clone(),
            place: place.clone(),
            product_id: (*product).into(),
            status: unit.state().code().to_owned(),
            customer_id: held.map(|held| held.customer.into()),
            deposit_id: held.map(|held| held.deposit.into()),
            reserved_by_id: held.map(|held| held.by.into()),
            department_id: held.map(|held| held.department.into()),
            reserved_at: held.map(|held| held.at.into()),
            reserved_until: held.map(|held| held.until),
            contract_id: held.and_then(|held| held.contract).map(Into::into),
            changed_at: tx.now().into(),
            version: *version,
        }
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<UnitState, Failure> {
        UnitState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("units", column, self.id.0)
    }

    /// By whom it is held.
    pub fn reservation(&self) -> Result<Option<Reservation>, Failure> {
        let Some(deposit) = self.deposit_id else { return Ok(None) };
        let missing = |column| move || self.corrupt(column);
        Ok(Some(Reservation {
            customer: self.customer_id.ok_or_else(missing("customer_id"))?.into(),
            deposit: deposit.into(),
            by: self.reserved_by_id.ok_or_else(missing("reserved_by_id"))?.into(),
            department: self.department_id.ok_or_else(missing("department_id"))?.into(),
            at: self.reserved_at.ok_or_else(missing("reserved_at"))?.into(),
            until: self.reserved_until.ok_or_else(missing("reserved_until"))?,
            contract: self.contract_id.map(Into::into),
        }))
    }

    fn unit(self) -> Result<Unit, Failure> {
        let reservation = self.reservation()?;
        Ok(Unit {
            id: self.id.into(),
            code: self.code,
            place: self.place,
            product: self.product_id.into(),
            reservation,
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for Unit {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(unless_taken(save_row!(tx, units, &row, before), "/code", &self.code)?)
    }
}

/// One unit: whoever sells knows what there is to sell.
///
/// # Errors
/// Where there is none.
pub fn find(reader: &mut Reader<'_>, id: UnitId) -> Result<Unit, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| units::table.filter(units::id.eq(key)).select(Row::as_select()).first(c))?;
    row.unit()
}

/// The unit that a deposit holds.
pub(super) fn held_by(reader: &mut Reader<'_>, deposit: ReceiptId) -> Result<Option<Unit>, Failure> {
    let key = Some(Key::from(deposit));
    let row: Option<Row> = db!(reader, |c| units::table
        .filter(units::deposit_id.eq(key))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(Row::unit).transpose()
}

/// The unit that a contract buys.
pub(super) fn bought_by(reader: &mut Reader<'_>, contract: SalesContractId) -> Result<Option<Unit>, Failure> {
    let key = Some(Key::from(contract));
    let row: Option<Row> = db!(reader, |c| units::table
        .filter(units::contract_id.eq(key))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(Row::unit).transpose()
}
