//! What was handed in, a batch each, so that a batch reads no more than its own; and the file of results as it grows. `[OPR-1]`

use crate::{
    schema::{operation_pieces as pieces, operations},
    spine::{Failure, Instant, Key, Reader, Tx, db, insert_all},
};
use chrono::Duration;
use diesel::prelude::*;
use domain::{
    operation::{Operation, RESULT_DAYS},
    spine::Id,
};

/// What is kept of an operation beside itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// What was handed in; gone once the operation is over.
    Input,
    /// The file of results; kept for a week.
    Result,
}

impl Piece {
    const fn code(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Result => "result",
        }
    }
}

/// Keeps pieces, numbered from 0 in their order.
///
/// # Errors
/// Where the database fails.
pub fn keep(tx: &mut Tx<'_>, id: Id<Operation>, piece: Piece, bodies: Vec<Vec<u8>>) -> Result<(), Failure> {
    let key = Key::from(id);
    let rows: Vec<_> = (0_i64..)
        .zip(bodies)
        .map(|(number, body)| PieceRow { operation_id: key, part: piece.code(), number, body })
        .collect();
    insert_all!(tx, pieces::table, &rows);
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = pieces)]
struct PieceRow {
    operation_id: Key,
    part: &'static str,
    number: i64,
    body: Vec<u8>,
}

/// Adds one piece behind those there are.
///
/// # Errors
/// Where the database fails.
pub fn add(tx: &mut Tx<'_>, id: Id<Operation>, piece: Piece, body: Vec<u8>) -> Result<(), Failure> {
    let key = Key::from(id);
    let last: Option<i64> = db!(tx, |c| pieces::table
        .filter(pieces::operation_id.eq(key).and(pieces::part.eq(piece.code())))
        .select(diesel::dsl::max(pieces::number))
        .first(c))?;
    let number = last.map_or(0, |last| last + 1);
    let row = PieceRow { operation_id: key, part: piece.code(), number, body };
    db!(tx, |c| diesel::insert_into(pieces::table).values(&row).execute(c))?;
    Ok(())
}

/// One piece, if there is one of this number.
///
/// # Errors
/// Where the database fails.
pub fn read(
    reader: &mut Reader<'_>,
    id: Id<Operation>,
    piece: Piece,
    number: i64,
) -> Result<Option<Vec<u8>>, Failure> {
    let key = Key::from(id);
    Ok(db!(reader, |c| pieces::table
        .filter(pieces::operation_id.eq(key).and(pieces::part.eq(piece.code())))
        .filter(pieces::number.eq(number))
        .select(pieces::body)
        .first(c)
        .optional())?)
}

/// Drops what was handed in of an operation that is over.
///
/// # Errors
/// Where the database fails.
pub fn drop_input(tx: &mut Tx<'_>, id: Id<Operation>) -> Result<(), Failure> {
    let mine = pieces::operation_id.eq(Key::from(id)).and(pieces::part.eq(Piece::Input.code()));
    db!(tx, |c| diesel::delete(pieces::table.filter(mine)).execute(c))?;
    Ok(())
}

/// Drops the files of results that are not kept any more.
///
/// # Errors
/// Where the database fails.
pub fn forget(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let before = Instant::from(tx.now().plus(-Duration::days(RESULT_DAYS)));
    let old = operations::table.filter(operations::ended_at.le(before)).select(operations::id);
    db!(tx, |c| diesel::delete(pieces::table.filter(pieces::operation_id.eq_any(old))).execute(c))?;
    Ok(())
}
