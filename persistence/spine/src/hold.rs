//! What a batch will move is locked before its first item moves. Two batches that come to the same rows by different
//! items would else wait for each other in a circle until PostgreSQL breaks it, a second later.

use super::{Failure, Gate, Key, Tx};
use domain::spine::Id;

/// A table of which different documents move the same rows. In the order in which the wings register them they are
/// locked, by a single document as it moves and by a batch beforehand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shared {
    /// The table.
    pub table: &'static str,
    /// Against what its rows are locked.
    pub lock: Lock,
    /// The gate that whoever moves its rows shares, before the rows.
    pub gate: Option<Gate>,
}

/// Against what rows are locked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// Against updates, and against rows that begin to refer to them.
    Update,
    /// Against updates alone: rows that refer to them may be written meanwhile.
    NoKeyUpdate,
}

/// The items of a batch that may meet another one; none where nothing need be locked beforehand: who waits for nobody
/// needs nothing, and a single item locks what it moves in that order by itself.
pub fn several<T>(tx: &mut Tx<'_>, batch: &[Id<T>]) -> Option<Vec<Key>> {
    let may_meet = batch.len() > 1 && tx.connection().locks_rows();
    may_meet.then(|| batch.iter().copied().map(Key::from).collect())
}

/// Locks what a batch will move, table by table, each in the order of the ids. `rows` names those of a table when all
/// before it are locked: what documents hold may have moved until then.
///
/// # Errors
/// What `rows` fails with, and where the database does.
pub fn in_order(
    tx: &mut Tx<'_>,
    rows: impl Fn(&mut Tx<'_>, Shared) -> Result<Vec<Key>, Failure>,
) -> Result<(), Failure> {
    for shared in tx.house().all::<Shared>() {
        let rows = rows(tx, *shared)?;
        if rows.is_empty() {
            continue;
        }
        if let Some(gate) = shared.gate {
            tx.share(gate)?;
        }
        let connection = tx.connection();
        match shared.lock {
            Lock::NoKeyUpdate => connection.hold_rows(shared.table, &rows)?,
            Lock::Update => connection.lock_rows(shared.table, &rows)?,
        }
    }
    Ok(())
}
