//! Rows of the batches of commission.

use crate::{
    payroll_batch::StatusColumns,
    schema::commission_batches as batches,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    commission_batch::CommissionBatch,
    payroll_batch::PayrollBatchStatus,
    spine::{Id, Version},
    working_time::Period,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = batches, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub month: String,
    pub part: i32,
    pub statements: i64,
    pub total_minor: i64,
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

impl Row {
    fn of(batch: &CommissionBatch) -> Self {
        let CommissionBatch { id, month, part, statements, total, taken_by, taken_at, status, version } =
            batch;
        let (acknowledged, confirmed) = (status.acknowledgement(), status.confirmation());
        Self {
            id: (*id).into(),
            month: month.to_string(),
            part: i32::try_from(*part).unwrap_or(i32::MAX),
            statements: (*statements).into(),
            total_minor: *total,
            taken_by_id: (*taken_by).into(),
            taken_at: (*taken_at).into(),
            status: status.state().code().to_owned(),
            acknowledged_by_id: acknowledged.map(|known| known.by.into()),
            acknowledged_at: acknowledged.map(|known| known.at.into()),
            reference: acknowledged.map(|known| known.reference.clone()),
            confirmed_by_id: confirmed.map(|(_, by)| by.into()),
            confirmed_at: confirmed.map(|(at, _)| at.into()),
            version: *version,
        }
    }

    fn status(&self) -> Result<PayrollBatchStatus, Failure> {
        let columns = StatusColumns {
            status: &self.status,
            acknowledged: (self.acknowledged_at, self.acknowledged_by_id),
            reference: self.reference.as_deref(),
            confirmed: (self.confirmed_at, self.confirmed_by_id),
        };
        columns.read(|column| Failure::corrupt("commission_batches", column, self.id.0))
    }
}

impl TryFrom<Row> for CommissionBatch {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let status = row.status()?;
        let corrupt = |column| Failure::corrupt("commission_batches", column, row.id.0);
        Ok(Self {
            id: row.id.into(),
            month: row.month.parse().map_err(|_| corrupt("month"))?,
            part: u32::try_from(row.part).map_err(|_| corrupt("part"))?,
            statements: u32::try_from(row.statements).map_err(|_| corrupt("statements"))?,
            total: row.total_minor,
            taken_by: row.taken_by_id.into(),
            taken_at: row.taken_at.into(),
            status,
            version: row.version,
        })
    }
}

impl Stored<crate::Sales> for CommissionBatch {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self);
        match save_row!(tx, batches, &row, before) {
            // Somebody else took the same month in the same instant: found when this is done again.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One batch; none is seen by whoever does not answer for the whole company.
pub fn find(reader: &mut Reader<'_>, id: Id<CommissionBatch>) -> Result<CommissionBatch, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| batches::table.filter(batches::id.eq(key)).select(Row::as_select()).first(c))?;
    if reader.reach().all { row.try_into() } else { Err(Failure::NotFound) }
}

/// The last batch of a month, if there is one.
pub(super) fn last_of(reader: &mut Reader<'_>, month: Period) -> Result<Option<CommissionBatch>, Failure> {
    let month = month.to_string();
    let row: Option<Row> = db!(reader, |c| batches::table
        .filter(batches::month.eq(&month))
        .order(batches::part.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}
