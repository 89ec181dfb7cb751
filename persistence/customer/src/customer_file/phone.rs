//! By which numbers a customer is found. `[CUS-2, CUS-4, INT-4]`
//!
//! A number stands as it is, with its digits turned round for whoever knows the last of them; of a customer who is sealed
//! there stands only what a key makes of it, so that the exact number still finds them and nobody reads it there.

use crate::{
    field_key::ring,
    schema::customer_phones as phones,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::customer_file::{Customer, Phone};

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = phones, treat_none_as_default_value = false)]
struct Row {
    customer_id: Key,
    place: i32,
    contact: i32,
    lookup: String,
    tail: Option<String>,
}

/// Writes by which numbers a customer is found, where they are others than before, or stand otherwise.
pub(super) fn keep(tx: &mut Tx<'_>, before: Option<&Customer>, after: &Customer) -> Result<(), Failure> {
    let classes = |customer: &Customer| (customer.importance, customer.sensitivity);
    let same = before.is_some_and(|before| {
        let numbers = before.content.personal.all_phones();
        numbers.eq(after.content.personal.all_phones()) && classes(before) == classes(after)
    });
    if same { Ok(()) } else { write(tx, after) }
}

/// Writes by which numbers a customer is found.
pub(super) fn write(tx: &mut Tx<'_>, customer: &Customer) -> Result<(), Failure> {
    let key = Key::from(customer.id);
    db!(tx, |c| diesel::delete(phones::table.filter(phones::customer_id.eq(key))).execute(c))?;
    let personal = &customer.content.personal;
    for (place, (contact, phone)) in (1..).zip(personal.all_phones()) {
        let (lookup, tail) = match personal.is_sealed {
            true => (ring(tx)?.hidden(phone.as_str())?, None),
            false => (phone.as_str().to_owned(), Some(phone.tail())),
        };
        let contact = i32::try_from(contact).unwrap_or(i32::MAX);
        let row = Row { customer_id: key, place, contact, lookup, tail };
        db!(tx, |c| diesel::insert_into(phones::table).values(&row).execute(c))?;
    }
    Ok(())
}

/// As what a number may stand.
///
/// # Errors
/// Where the keys cannot be opened.
pub(crate) fn lookups(reader: &mut Reader<'_>, phone: &Phone) -> Result<Vec<String>, Failure> {
    let mut lookups = ring(reader)?.hidden_by_each(phone.as_str())?;
    lookups.push(phone.as_str().to_owned());
    Ok(lookups)
}
