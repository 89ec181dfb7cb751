//! Rows of the batches of the payroll, and of what goes with each.

use crate::{
    schema::{payroll_batch_entries as members_of, payroll_batches as batches},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, insert_all, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    incentive_entry::IncentiveEntry,
    payroll_batch::{Acknowledgement, PayrollBatch, PayrollBatchState, PayrollBatchStatus},
    spine::{Id, Version},
    working_time::Period,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = batches, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub month: String,
    pub part: i32,
    pub entries: i64,
    pub totals: String,
    pub taken_by_id: Key,
    pub taken_at: Instant,
    pub status: String,
    pub acknowledged_by_id: Option<Key>,
    pub acknowledged_at: Option<Instant>,
    pub reference: Option<String>,
    pub confirmed_by_id: Option<Key>,
    pub confirmed_at: Option<Instant>,
    pub version: Version,
}

#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = members_of)]
struct MemberRow {
    entry_id: Key,
    batch_id: Key,
}

impl Row {
    fn of(batch: &PayrollBatch) -> Result<Self, Failure> {
        let PayrollBatch { id, month, part, entries, totals, taken_by, taken_at, status, version } = batch;
        let (acknowledged, confirmed) = (status.acknowledgement(), status.confirmation());
        Ok(Self {
            id: (*id).into(),
            month: month.to_string(),
            part: i32::try_from(*part).unwrap_or(i32::MAX),
            entries: (*entries).into(),
            totals: serde_json::to_string(totals)?,
            taken_by_id: (*taken_by).into(),
            taken_at: (*taken_at).into(),
            status: status.state().code().to_owned(),
            acknowledged_by_id: acknowledged.map(|known| known.by.into()),
            acknowledged_at: acknowledged.map(|known| known.at.into()),
            reference: acknowledged.map(|known| known.reference.clone()),
            confirmed_by_id: confirmed.map(|(_, by)| by.into()),
            confirmed_at: confirmed.map(|(at, _)| at.into()),
            version: *version,
        })
    }

    fn status(&self) -> Result<PayrollBatchStatus, Failure> {
        let columns = StatusColumns {
            status: &self.status,
            acknowledged: (self.acknowledged_at, self.acknowledged_by_id),
            reference: self.reference.as_deref(),
            confirmed: (self.confirmed_at, self.confirmed_by_id),
        };
        columns.read(|column| Failure::corrupt("payroll_batches", column, self.id.0))
    }
}

/// Where a batch stands, as it lies in the columns of its row: of the payroll's own, and of those that other wings hand over
/// in the same way.
pub struct StatusColumns<'a> {
    /// The code of the state.
    pub status: &'a str,
    /// When and by whom it was acknowledged.
    pub acknowledged: (Option<Instant>, Option<Key>),
    /// Under which reference.
    pub reference: Option<&'a str>,
    /// When and by whom it was confirmed.
    pub confirmed: (Option<Instant>, Option<Key>),
}

impl StatusColumns<'_> {
    /// Where the batch stands.
    ///
    /// # Errors
    /// Where a column that the state needs is empty or unknown.
    pub fn read(self, corrupt: impl Fn(&'static str) -> Failure) -> Result<PayrollBatchStatus, Failure> {
        let state = PayrollBatchState::from_code(self.status).ok_or_else(|| corrupt("status"))?;
        if state == PayrollBatchState::Taken {
            return Ok(PayrollBatchStatus::Taken {});
        }
        let (at, by) = self.acknowledged;
        let acknowledgement = Acknowledgement {
            at: at.ok_or_else(|| corrupt("acknowledged_at"))?.into(),
            by: by.ok_or_else(|| corrupt("acknowledged_by_id"))?.into(),
            reference: self.reference.ok_or_else(|| corrupt("reference"))?.to_owned(),
        };
        if state == PayrollBatchState::Acknowledged {
            return Ok(PayrollBatchStatus::Acknowledged { acknowledgement });
        }
        let (at, by) = self.confirmed;
        Ok(PayrollBatchStatus::Confirmed {
            acknowledgement,
            at: at.ok_or_else(|| corrupt("confirmed_at"))?.into(),
            by: by.ok_or_else(|| corrupt("confirmed_by_id"))?.into(),
        })
    }
}

impl TryFrom<Row> for PayrollBatch {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let status = row.status()?;
        let corrupt = |column| Failure::corrupt("payroll_batches", column, row.id.0);
        Ok(Self {
            id: row.id.into(),
            month: row.month.parse().map_err(|_| corrupt("month"))?,
            part: u32::try_from(row.part).map_err(|_| corrupt("part"))?,
            entries: u32::try_from(row.entries).map_err(|_| corrupt("entries"))?,
            totals: serde_json::from_str(&row.totals)?,
            taken_by: row.taken_by_id.into(),
            taken_at: row.taken_at.into(),
            status,
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for PayrollBatch {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        match save_row!(tx, batches, &row, before) {
            // Somebody else took the same month in the same instant: found when this is done again.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One batch; none is seen by whoever does not answer for the whole company.
pub fn find(reader: &mut Reader<'_>, id: Id<PayrollBatch>) -> Result<PayrollBatch, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| batches::table.filter(batches::id.eq(key)).select(Row::as_select()).first(c))?;
    if reader.reach().all { row.try_into() } else { Err(Failure::NotFound) }
}

/// The last batch of a month, if there is one.
pub(super) fn last_of(reader: &mut Reader<'_>, month: Period) -> Result<Option<PayrollBatch>, Failure> {
    let month = month.to_string();
    let row: Option<Row> = db!(reader, |c| batches::table
        .filter(batches::month.eq(&month))
        .order(batches::part.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Sets entries apart for a batch: each goes with one.
pub(super) fn set_apart(
    tx: &mut Tx<'_>,
    batch: Id<PayrollBatch>,
    ready: &[IncentiveEntry],
) -> Result<(), Failure> {
    let batch_id = Key::from(batch);
    let rows: Vec<MemberRow> =
        ready.iter().map(|entry| MemberRow { entry_id: entry.id.into(), batch_id }).collect();
    insert_all!(tx, members_of::table, &rows);
    Ok(())
}

/// What goes with a batch.
pub(super) fn members(reader: &mut Reader<'_>, batch: Id<PayrollBatch>) -> Result<Vec<Key>, Failure> {
    let key = Key::from(batch);
    Ok(db!(reader, |c| members_of::table
        .filter(members_of::batch_id.eq(key))
        .order(members_of::entry_id)
        .select(members_of::entry_id)
        .load(c))?)
}
