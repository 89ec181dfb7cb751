//! By which numbers a customer is found. `[CUS-2, INT-4]`

use crate::{
    schema::customer_phones as phones,
    spine::{Failure, Key, Tx, db},
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

/// Writes by which numbers a customer is found, where they are others than before.
pub(super) fn keep(tx: &mut Tx<'_>, before: Option<&Customer>, after: &Customer) -> Result<(), Failure> {
    let numbers = |customer: &Customer| -> Vec<(u32, Phone)> {
        let personal = &customer.content.personal;
        personal.all_phones().map(|(contact, phone)| (contact, phone.clone())).collect()
    };
    let (known, wanted) = (before.map(numbers).unwrap_or_default(), numbers(after));
    if known == wanted {
        return Ok(());
    }
    let customer = Key::from(after.id);
    db!(tx, |c| diesel::delete(phones::table.filter(phones::customer_id.eq(customer))).execute(c))?;
    for (place, (contact, phone)) in (1..).zip(wanted) {
        let row = Row {
            customer_id: customer,
            place,
            contact: i32::try_from(contact).unwrap_or(i32::MAX),
            lookup: phone.as_str().to_owned(),
            tail: Some(phone.tail()),
        };
        db!(tx, |c| diesel::insert_into(phones::table).values(&row).execute(c))?;
    }
    Ok(())
}

/// What a number may stand as in `lookup`.
///
/// # Errors
/// Where the database fails.
pub(super) fn lookups(_: &mut crate::spine::Reader<'_>, phone: &Phone) -> Result<Vec<String>, Failure> {
    Ok(vec![phone.as_str().to_owned()])
}
