//! Keys of invoices as they are made now, for those that an earlier product wrote: what an invoice is was told then by its
//! kind and by how it was typed. What would make one paper of two that are held is left to people, and said.

use crate::{
    schema::{held_invoices as held, invoice_holds as holds, invoices, removed_invoices as removed},
    spine::{Failure, Key, Tx, db},
};
use diesel::prelude::*;
use domain::{
    finance::invoice::{Invoice, InvoiceKind, Party},
    spine::{BusinessDate, Currency, Money},
};
use std::collections::BTreeMap;

/// What a key is made of: key, code, number, seller.
type Named = (String, Option<String>, String, String);

/// The columns of a [`Named`] in a table of invoices, of rows with an old key.
macro_rules! old_ones {
    ($tx:ident, $table:ident) => {{
        let old = $table::unique_key.like("vat:%").or($table::unique_key.like("other:%"));
        db!($tx, |c| $table::table
            .filter(old)
            .select(($table::unique_key, $table::code, $table::number, $table::seller_name))
            .load::<Named>(c))?
    }};
}

/// Gives every invoice with an old key the key it has now.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let mut named: Vec<Named> = old_ones!(tx, invoices);
    named.extend(old_ones!(tx, removed));
    let keys: BTreeMap<String, String> =
        named.into_iter().map(|(old, code, number, seller)| (old, key_of(code, number, seller))).collect();
    for (old, new) in keys {
        let taken: Option<Key> =
            db!(tx, |c| held::table.find(&new).select(held::holder_id).first(c).optional())?;
        if taken.is_some() {
            log::warn!("an invoice is held twice under two spellings; the later one keeps its old key");
            continue;
        }
        db!(tx, |c| diesel::update(held::table.find(&old)).set(held::unique_key.eq(&new)).execute(c))?;
        db!(tx, |c| diesel::update(holds::table.filter(holds::unique_key.eq(&old)))
            .set(holds::unique_key.eq(&new))
            .execute(c))?;
        db!(tx, |c| diesel::update(invoices::table.filter(invoices::unique_key.eq(&old)))
            .set(invoices::unique_key.eq(&new))
            .execute(c))?;
        db!(tx, |c| diesel::update(removed::table.filter(removed::unique_key.eq(&old)))
            .set(removed::unique_key.eq(&new))
            .execute(c))?;
    }
    Ok(())
}

fn key_of(code: Option<String>, number: String, seller: String) -> String {
    let nothing = Money::from_minor(0, Currency::Cny);
    let invoice = Invoice {
        kind: InvoiceKind::Other,
        code,
        number,
        issued_on: BusinessDate::default(),
        seller: Party { name: seller, tax_number: None },
        buyer: None,
        net: nothing,
        tax: nothing,
        total: nothing,
        reimbursed: None,
    };
    invoice.unique_key()
}
