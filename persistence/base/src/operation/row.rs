//! Rows of operations. Lease and fence lie beside what a state of it writes: a timer moves them.

use crate::{
    schema::operations,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    operation::{Operation, OperationResult, OperationState, OperationStatus, Progress},
    spine::{Id, Version, search_text},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = operations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub kind: String,
    pub title: String,
    pub asker_id: Key,
    pub api_key_id: Option<Key>,
    pub asked: String,
    pub status: String,
    pub place: Option<i64>,
    pub done: i64,
    pub total: Option<i64>,
    pub is_cancelling: bool,
    pub attempts: i64,
    pub detail: String,
    pub asked_at: Instant,
    pub changed_at: Instant,
    pub ended_at: Option<Instant>,
    pub version: Version,
    pub search_text: String,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    called: (String, String),
    unit: String,
    phase: String,
    checkpoint: Value,
    result: OperationResult,
    status: OperationStatus,
}

impl Row {
    fn of(operation: &Operation, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Operation { id, kind, title, asker, api_key, asked, progress, result, attempts, .. } = operation;
        let Operation { called, cancel_asked, status, asked_at, version, .. } = operation;
        let Progress { done, total, unit, phase, checkpoint } = progress;
        let place = match status {
            OperationStatus::Running { place } => Some(*place),
            _ => None,
        };
        let detail = Detail {
            called: called.clone(),
            unit: unit.clone(),
            phase: phase.clone(),
            checkpoint: checkpoint.clone(),
            result: result.clone(),
            status: status.clone(),
        };
        Ok(Self {
            id: (*id).into(),
            kind: kind.clone(),
            title: title.clone(),
            asker_id: (*asker).into(),
            api_key_id: api_key.map(Into::into),
            asked: asked.to_string(),
            status: status.state().code().to_owned(),
            place,
            done: *done,
            total: *total,
            is_cancelling: *cancel_asked,
            attempts: *attempts,
            detail: serde_json::to_string(&detail)?,
            asked_at: (*asked_at).into(),
            changed_at: tx.now().into(),
            ended_at: operation.ended_at().map(Into::into),
            version: *version,
            search_text: search_text(&[title], &[]),
        })
    }
}

impl TryFrom<Row> for Operation {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { called, unit, phase, checkpoint, result, status } = serde_json::from_str(&row.detail)?;
        Ok(Self {
            id: row.id.into(),
            kind: row.kind,
            called,
            title: row.title,
            asker: row.asker_id.into(),
            api_key: row.api_key_id.map(Into::into),
            asked: serde_json::from_str(&row.asked)?,
            progress: Progress { done: row.done, total: row.total, unit, phase, checkpoint },
            result,
            attempts: row.attempts,
            cancel_asked: row.is_cancelling,
            status,
            asked_at: row.asked_at.into(),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for Operation {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, operations, &row, before) {
            // Another of the same person took the place in this instant: what is free is looked at anew.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            touched => guard(touched?),
        }
    }
}

/// One operation, whoever asks: for workers, never for an answer.
///
/// # Errors
/// Where there is none.
pub fn find_unscoped(reader: &mut Reader<'_>, id: Id<Operation>) -> Result<Operation, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| operations::table.filter(operations::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One operation of the caller's own: what it did and found is within their sight alone.
///
/// # Errors
/// Not found where it is another's.
pub fn find(reader: &mut Reader<'_>, id: Id<Operation>) -> Result<Operation, Failure> {
    let found = find_unscoped(reader, id)?;
    if found.asker == reader.actor().user { Ok(found) } else { Err(Failure::NotFound) }
}

/// How many of somebody's operations wait, and which of their places are taken.
pub(super) fn of_asker(reader: &mut Reader<'_>, asker: Key) -> Result<(i64, Vec<i64>), Failure> {
    let mine = operations::asker_id.eq(asker);
    let queued = operations::status.eq(OperationState::Queued.code());
    let waiting: i64 = db!(reader, |c| operations::table.filter(mine).filter(queued).count().get_result(c))?;
    let taken: Vec<Option<i64>> = db!(reader, |c| operations::table
        .filter(mine)
        .filter(operations::place.is_not_null())
        .select(operations::place)
        .load(c))?;
    Ok((waiting, taken.into_iter().flatten().collect()))
}
