//! Rows of regulations.

use crate::{
    organisation::{department, referred, unless_taken},
    schema::regulations,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    regulation::{Regulation, RegulationDetails},
    spine::{Id, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = regulations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub code: String,
    pub title: String,
    pub department_id: Key,
    pub interpreter_id: Key,
    pub scope: String,
    pub shipped_digest: Option<String>,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

impl Row {
    fn of(regulation: &Regulation, created_at: Instant, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Regulation { id, details, shipped_digest, version } = regulation;
        let RegulationDetails { code, title, department, interpreter, scope } = details;
        Ok(Self {
            id: (*id).into(),
            code: code.clone(),
            title: title.clone(),
            department_id: (*department).into(),
            interpreter_id: (*interpreter).into(),
            scope: serde_json::to_string(scope)?,
            shipped_digest: shipped_digest.clone(),
            created_at,
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[title], &[code]),
        })
    }
}

impl TryFrom<Row> for Regulation {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row {
            id,
            code,
            title,
            department_id,
            interpreter_id,
            scope,
            shipped_digest,
            created_at: _,
            changed_at: _,
            version,
            search_text: _,
        } = row;
        let details = RegulationDetails {
            code,
            title,
            department: department_id.into(),
            interpreter: interpreter_id.into(),
            scope: serde_json::from_str(&scope)?,
        };
        Ok(Self { id: id.into(), details, shipped_digest, version })
    }
}

impl Stored<crate::Governance> for Regulation {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let key = Key::from(self.id);
        let created_at = match before {
            None => tx.now().into(),
            Some(_) => db!(tx, |c| regulations::table
                .filter(regulations::id.eq(key))
                .select(regulations::created_at)
                .first(c))?,
        };
        let row = Row::of(self, created_at, tx)?;
        guard(unless_taken(save_row!(tx, regulations, &row, before), "/code", &row.code)?)
    }
}

/// One regulation, whoever asks: whoever works here may read it.
///
/// # Errors
/// Not found where there is none.
pub fn load(reader: &mut Reader<'_>, id: Id<Regulation>) -> Result<Regulation, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| regulations::table
        .filter(regulations::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// The regulation of a code, if there is one.
pub(super) fn of_code(reader: &mut Reader<'_>, code: &str) -> Result<Option<Regulation>, Failure> {
    let row: Option<Row> = db!(reader, |c| regulations::table
        .filter(regulations::code.eq(code))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// A regulation that the caller may change: one that a department within reach issues.
///
/// # Errors
/// Not found where there is none.
pub fn find(reader: &mut Reader<'_>, id: Id<Regulation>) -> Result<Regulation, Failure> {
    let regulation = load(reader, id)?;
    department::ensure_within_reach(reader, regulation.details.department)?;
    Ok(regulation)
}

/// A regulation that a field refers to: it must exist.
///
/// # Errors
/// A refusal that names the field.
pub fn refer(reader: &mut Reader<'_>, id: Id<Regulation>, pointer: &str) -> Result<Regulation, Failure> {
    referred(load(reader, id), pointer)
}

/// The codes of all of them.
pub(super) fn all_codes(reader: &mut Reader<'_>) -> Result<Vec<String>, Failure> {
    Ok(db!(reader, |c| regulations::table.order(regulations::id).select(regulations::code).load(c))?)
}
