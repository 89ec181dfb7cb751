//! What packs were loaded.

use crate::{
    schema::loaded_packs as packs,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{pack::LoadedPack, spine::Version};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = packs, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    code: String,
    edition: String,
    written: String,
    loaded_at: Instant,
    version: Version,
}

impl TryFrom<Row> for LoadedPack {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, code, edition, written, loaded_at, version } = row;
        let written = serde_json::from_str(&written)?;
        Ok(Self { id: id.into(), code, edition, written, at: loaded_at.into(), version })
    }
}

impl Stored<crate::Base> for LoadedPack {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Self { id, code, edition, written, at, version } = self;
        let row = Row {
            id: (*id).into(),
            code: code.clone(),
            edition: edition.clone(),
            written: serde_json::to_string(written)?,
            loaded_at: (*at).into(),
            version: *version,
        };
        match save_row!(tx, packs, &row, before) {
            // Somebody else loads the same pack: done again, this finds what they wrote.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// Every pack that was loaded, by code.
pub(super) fn all(reader: &mut Reader<'_>) -> Result<Vec<LoadedPack>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| packs::table.order(packs::code).select(Row::as_select()).load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Whether any was.
pub(super) fn is_any_loaded(reader: &mut Reader<'_>) -> Result<bool, Failure> {
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(packs::table.select(packs::code))).get_result(c))?)
}
