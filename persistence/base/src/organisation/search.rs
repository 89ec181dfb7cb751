//! Search keys of rows that were written before there were any. A key follows from the names in its row: no fact of
//! its own, so filling it leaves no entry in the trail and counts no version.

use crate::{
    schema::{departments, employees},
    spine::{Failure, Key, Tx, db},
};
use diesel::prelude::*;
use domain::spine::search_key;

/// Fills the keys that are missing; where none is, costs two small queries.
pub(super) fn fill(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let people: Vec<(Key, String)> = db!(tx, |c| employees::table
        .filter(employees::search_text.eq(""))
        .select((employees::id, employees::name))
        .load(c))?;
    for (id, name) in people {
        let key = employees::search_text.eq(search_key(&[&name]));
        db!(tx, |c| diesel::update(employees::table.find(id)).set(key).execute(c))?;
    }
    let units: Vec<(Key, String, String, String)> = db!(tx, |c| departments::table
        .filter(departments::search_text.eq(""))
        .select((departments::id, departments::name_zh, departments::name_en, departments::code))
        .load(c))?;
    for (id, name_zh, name_en, code) in units {
        let key = departments::search_text.eq(search_key(&[&name_zh, &name_en, &code]));
        db!(tx, |c| diesel::update(departments::table.find(id)).set(key).execute(c))?;
    }
    Ok(())
}
