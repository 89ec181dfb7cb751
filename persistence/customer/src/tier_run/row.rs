//! Rows of runs.

use crate::{
    schema::tier_runs,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    spine::{BusinessDate, Id, Version},
    tier_run::TierRun,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = tier_runs, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub cut_off: BusinessDate,
    holds_from: BusinessDate,
    model: i32,
    opened_by_id: Option<Key>,
    opened_at: Instant,
    is_under_way: bool,
    behind: Option<Key>,
    done: i64,
    moved: i64,
    version: Version,
}

impl From<&TierRun> for Row {
    fn from(run: &TierRun) -> Self {
        let TierRun { id, cut_off, holds_from, model, opened_by, opened_at, is_under_way, .. } = run;
        let TierRun { behind, done, moved, version, .. } = run;
        Self {
            id: (*id).into(),
            cut_off: *cut_off,
            holds_from: *holds_from,
            model: *model,
            opened_by_id: opened_by.map(Into::into),
            opened_at: (*opened_at).into(),
            is_under_way: *is_under_way,
            behind: behind.map(Key),
            done: *done,
            moved: *moved,
            version: *version,
        }
    }
}

impl From<Row> for TierRun {
    fn from(row: Row) -> Self {
        let Row { id, cut_off, holds_from, model, opened_by_id, opened_at, is_under_way, .. } = row;
        let Row { behind, done, moved, version, .. } = row;
        Self {
            id: id.into(),
            cut_off,
            holds_from,
            model,
            opened_by: opened_by_id.map(Into::into),
            opened_at: opened_at.into(),
            is_under_way,
            behind: behind.map(|key| key.0),
            done,
            moved,
            version,
        }
    }
}

impl Stored<crate::Customer> for TierRun {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        match save_row!(tx, tier_runs, &row, before) {
            // Another opened one as of that day meanwhile: done again, it is found.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One run: whoever reads customers may read each of them.
///
/// # Errors
/// Where there is none.
pub fn find(reader: &mut Reader<'_>, id: Id<TierRun>) -> Result<TierRun, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| tier_runs::table.filter(tier_runs::id.eq(key)).select(Row::as_select()).first(c))?;
    Ok(row.into())
}

/// The run with the latest cut-off.
pub(super) fn last(reader: &mut Reader<'_>) -> Result<Option<TierRun>, Failure> {
    let row: Option<Row> = db!(reader, |c| tier_runs::table
        .order(tier_runs::cut_off.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Into::into))
}

/// The runs whose customers are being gone through.
///
/// # Errors
/// Where the database fails.
pub fn under_way(reader: &mut Reader<'_>) -> Result<Vec<Id<TierRun>>, Failure> {
    let keys: Vec<Key> = db!(reader, |c| tier_runs::table
        .filter(tier_runs::is_under_way.eq(true))
        .order(tier_runs::id)
        .select(tier_runs::id)
        .load(c))?;
    Ok(keys.into_iter().map(Into::into).collect())
}
