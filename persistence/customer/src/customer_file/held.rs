//! What is held of a customer, noun by noun: each brings what it holds to the copy a customer may ask for, and destroys what is
//! personal in it when the customer is erased. `[CUS-9]`

use crate::{
    file,
    spine::{Failure, Key, Reader, Tx},
};
use domain::{
    customer_file::{Customer, CustomerId},
    spine::{Id, search_text},
};
use serde_json::Value;
use uuid::Uuid;

/// What stands for a text that was erased.
pub const ERASED: &str = "（已删除）";

/// What a noun registers that refers to customers: what it holds of one, as it is shown to whoever may hand out all of it.
pub struct HeldWith {
    /// Of what kind the records are: `registration`.
    pub kind: &'static str,
    /// What people call them, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// The tables in which it refers to customers.
    pub tables: &'static [&'static str],
    /// Every one of a customer, the oldest first, whoever asks.
    pub all: fn(&mut Reader<'_>, CustomerId) -> Result<Vec<Value>, Failure>,
}

/// A table that refers to customers, of which nothing is handed out that is not handed out elsewhere.
pub struct HeldElsewhere {
    /// Which.
    pub table: &'static str,
    /// Where else, or why not.
    pub because: &'static str,
}

/// What a noun registers that keeps something personal of customers: destroys it in its rows, and answers of which things the
/// trail may tell it.
pub struct ErasedWith(pub fn(&mut Tx<'_>, CustomerId) -> Result<Vec<Key>, Failure>);

/// Brings a noun whose table names the customer: `held_with!("registration", "客户登记", "Registrations"; registrations, load,
/// show)`, where `load` finds one whoever asks.
#[macro_export]
macro_rules! held_with {
    ($kind:literal, $zh:literal, $en:literal; $table:ident, $load:path, $show:path) => {
        $crate::held_with!($kind, $zh, $en; $table.customer_id, $load, $show)
    };
    ($kind:literal, $zh:literal, $en:literal; $table:ident.$column:ident, $load:path, $show:path) => {
        $crate::customer_file::held::HeldWith {
            kind: $kind,
            zh: $zh,
            en: $en,
            tables: &[stringify!($table)],
            all: |reader, customer| {
                use ::diesel::prelude::*;
                use $crate::spine::{Failure, Key};
                let is_theirs = $table::$column.eq(Key::from(customer));
                let keys: Vec<Key> = $crate::spine::db!(reader, |c| $table::table
                    .filter(is_theirs)
                    .order($table::id)
                    .select($table::id)
                    .load(c))?;
                let shown = |key: Key| {
                    let found = $load(reader, key.into())?;
                    Ok(::serde_json::to_value($show(reader, found)?)?)
                };
                keys.into_iter().map(shown).collect::<Result<Vec<_>, Failure>>()
            },
        }
    };
}

/// Puts [`ERASED`] in the place of texts of the rows for which something holds, of those that there must be and, behind a
/// semicolon, of those that there may be: `erase_texts!(tx, orders, of; note; status_reason)`. Answers which rows they are.
#[macro_export]
macro_rules! erase_texts {
    ($tx:expr, $table:ident, $of:expr; $($text:ident),*; $($optional:ident),*) => {{
        use $crate::customer_file::held::ERASED;
        $(
            $crate::spine::db!($tx, |c| ::diesel::update($table::table.filter($of))
                .set($table::$text.eq(ERASED))
                .execute(c))?;
        )*
        $(
            let is_said = $of.and($table::$optional.is_not_null());
            $crate::spine::db!($tx, |c| ::diesel::update($table::table.filter(is_said))
                .set($table::$optional.eq(Some(ERASED)))
                .execute(c))?;
        )*
        let keys: Vec<$crate::spine::Key> =
            $crate::spine::db!($tx, |c| $table::table.filter($of).select($table::id).load(c))?;
        keys
    }};
}

/// Lets rows be found by their numbers alone, where what else they were found by is erased.
#[macro_export]
macro_rules! erase_search {
    ($tx:expr, $table:ident, $of:expr) => {
        let numbers: Vec<($crate::spine::Key, String)> = $crate::spine::db!($tx, |c| $table::table
            .filter($of)
            .select(($table::id, $table::number))
            .load(c))?;
        for (id, number) in numbers {
            let text = $crate::customer_file::held::by_number(&number);
            $crate::spine::db!($tx, |c| ::diesel::update($table::table.filter($table::id.eq(id)))
                .set($table::search_text.eq(&text))
                .execute(c))?;
        }
    };
}

/// By what a record is found of which only the number is left.
pub fn by_number(number: &str) -> String {
    search_text(&[], &[number])
}

/// Ends the files that hang on a record.
///
/// # Errors
/// Where the database fails.
pub fn forget_files(tx: &mut Tx<'_>, kind: &'static str, record: Uuid) -> Result<(), Failure> {
    let held = file::list_of(tx, kind, record)?;
    file::attach_exactly(tx, &[], kind, record, "")?;
    for one in held {
        file::end(tx, Id::from_uuid(one.id.uuid()))?;
    }
    Ok(())
}

/// The words by which texts that refer to no customer tell of one: names, numbers, addresses.
pub(crate) fn words_of(customer: &Customer) -> Vec<String> {
    let (content, personal) = (&customer.content, &customer.content.personal);
    let of_contacts = personal.contacts.iter().flat_map(|contact| &contact.phones);
    let phones = personal.phones.iter().chain(of_contacts);
    // As they are kept, and as people type them here.
    let phones = phones.flat_map(|phone| [phone.as_str(), phone.as_str().trim_start_matches("+86")]);
    let names = personal.contacts.iter().map(|contact| contact.name.as_str());
    let mails = personal.contacts.iter().filter_map(|contact| contact.e_mail.as_deref());
    let single = [content.tax_number.as_deref(), personal.e_mail.as_deref(), personal.id_number.as_deref()];
    let all = [content.name.as_str()].into_iter().chain(single.into_iter().flatten());
    let all =
        all.chain(names).chain(mails).chain(phones).chain(personal.addresses.iter().map(String::as_str));
    // One character stands in any text.
    all.filter(|word| word.chars().count() > 1).map(str::to_owned).collect()
}
