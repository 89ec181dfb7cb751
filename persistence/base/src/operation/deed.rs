//! What is done with an operation: queued with what was handed in, taken by one worker, held while a batch is written, let
//! go at its end. `[OPR-2]`

use super::{
    apply,
    piece::{self, Piece},
    row::{find_unscoped, of_asker},
};
use crate::{
    schema::operations,
    spine::{Credential, Failure, Instant, Key, Reader, Tx, db, end_lease, keep_lease, take_lease},
};
use diesel::prelude::*;
use domain::{
    operation::{AT_ONCE_OF_ONE, Asked, LEASE_SECONDS, Operation, OperationState, Progress},
    spine::{Id, Timestamp},
};
use serde_json::Value;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which kind.
    pub kind: &'static str,
    /// What people call that kind, in Chinese and English.
    pub called: (&'static str, &'static str),
    /// What people know it by.
    pub title: String,
    /// What exactly; read by the kind alone.
    pub asked: Value,
    /// Where it begins.
    pub progress: Progress,
    /// What was handed in, a batch each.
    pub input: Vec<Vec<u8>>,
}

/// Queues an operation of the caller, with what was handed in.
///
/// # Errors
/// `operation.too_many_waiting`.
pub fn queue(tx: &mut Tx<'_>, wanted: Wanted) -> Result<Operation, Failure> {
    let Wanted { kind, called: (zh, en), title, asked, progress, input } = wanted;
    let api_key = match tx.principal().credential {
        Credential::ApiKey(key) => Some(Id::from_uuid(key)),
        _ => None,
    };
    let by = tx.actor().clone();
    let (waiting, _) = of_asker(tx, by.user.into())?;
    let asked = Asked {
        kind: kind.to_owned(),
        called: (zh.to_owned(), en.to_owned()),
        title,
        asked,
        progress,
        api_key,
    };
    let change = Operation::queue(tx.id(), asked, waiting, &by, tx.now())?;
    let queued = apply(tx, change)?;
    piece::keep(tx, queued.id, Piece::Input, input)?;
    Ok(queued)
}

/// The operations nobody holds, the oldest first: those that wait, of whoever has a place free, and those whose worker died.
///
/// # Errors
/// Where the database fails.
pub fn waiting(reader: &mut Reader<'_>) -> Result<Vec<Id<Operation>>, Failure> {
    /// So many are looked at: more than all servers begin at once.
    const LOOKED_AT: i64 = 200;
    let now = Instant::from(reader.now());
    let open = [OperationState::Queued, OperationState::Running].map(OperationState::code);
    let found: Vec<(Key, Key, String)> = db!(reader, |c| operations::table
        .filter(operations::status.eq_any(open))
        .filter(operations::lease_until.is_null().or(operations::lease_until.le(now)))
        .order(operations::id)
        .limit(LOOKED_AT)
        .select((operations::id, operations::asker_id, operations::status))
        .load(c))?;
    let mut waiting = Vec::new();
    for (id, asker, status) in found {
        let takes_a_place = status == OperationState::Queued.code();
        if !takes_a_place || free_place(reader, asker)?.is_some() {
            waiting.push(id.into());
        }
    }
    Ok(waiting)
}

/// The first place of somebody that no operation takes.
fn free_place(reader: &mut Reader<'_>, asker: Key) -> Result<Option<i64>, Failure> {
    let (_, taken) = of_asker(reader, asker)?;
    Ok((1..=AT_ONCE_OF_ONE).find(|place| !taken.contains(place)))
}

/// Takes an operation that nobody holds, in a place that its asker has free; answers the fence. None where another holds
/// it, where there is no place, and where it is over, also with this.
///
/// # Errors
/// [`Failure::Moved`] where another takes the last place in the same instant.
pub fn take(tx: &mut Tx<'_>, id: Id<Operation>) -> Result<Option<i64>, Failure> {
    let (found, now) = (find_unscoped(tx, id)?, tx.now());
    let is_queued = found.status.state() == OperationState::Queued;
    let place = free_place(tx, found.asker.into())?;
    if is_queued && place.is_none() {
        return Ok(None);
    }
    let Some(fence) = take_lease!(tx, operations, operations::id.eq(Key::from(id)), LEASE_SECONDS) else {
        return Ok(None);
    };
    let Some(change) = found.take(place.unwrap_or(1), now) else { return Ok(None) };
    let taken = apply(tx, change)?;
    if taken.status.state().is_over() {
        over(tx, id, fence)?;
        return Ok(None);
    }
    Ok(Some(fence))
}

/// Holds an operation on; answers whether the worker with this fence still does. A timer calls it, and each batch does at
/// its end, in its own transaction: what a worker brings who lost it is undone.
///
/// # Errors
/// Where the database fails.
pub fn hold(tx: &mut Tx<'_>, id: Id<Operation>, fence: i64) -> Result<bool, Failure> {
    Ok(keep_lease!(tx, operations, operations::id.eq(Key::from(id)), fence, LEASE_SECONDS))
}

/// Lets an operation go that is over: nobody takes it again, and what was handed in is dropped. Answers whether the worker
/// with this fence still held it.
///
/// # Errors
/// Where the database fails.
pub fn over(tx: &mut Tx<'_>, id: Id<Operation>, fence: i64) -> Result<bool, Failure> {
    // Who lost it drops nothing: the input is whose worker holds it now.
    let is_held = end_lease!(tx, operations, operations::id.eq(Key::from(id)), fence);
    if is_held {
        piece::drop_input(tx, id)?;
    }
    Ok(is_held)
}

/// Cancels an operation of the caller: one that waits at once, one that runs before its next batch. The second time
/// nothing moves.
///
/// # Errors
/// `operation.ended`.
pub fn cancel(tx: &mut Tx<'_>, found: Operation) -> Result<Operation, Failure> {
    let now: Timestamp = tx.now();
    let Some(change) = found.clone().cancel(now)? else { return Ok(found) };
    let cancelled = apply(tx, change)?;
    if cancelled.status.state().is_over() {
        piece::drop_input(tx, cancelled.id)?;
    }
    Ok(cancelled)
}
