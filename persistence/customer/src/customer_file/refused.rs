//! The rows of imports that were refused are kept for a week: also there a customer who is erased is found no longer. `[CUS-9]`

use super::{held::words_of, load};
use crate::{
    schema::{operation_pieces as pieces, operations},
    spine::{Failure, Key, Tx, db},
};
use diesel::prelude::*;
use domain::customer_file::CustomerId;

/// Drops the lines of files of refused customers that tell of a customer. It answers nothing: the trail knows no row.
pub(super) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let words = words_of(&load(tx, customer)?);
    let imports: Vec<Key> = db!(tx, |c| operations::table
        .filter(operations::kind.eq("customer_import").and(operations::ended_at.is_not_null()))
        .select(operations::id)
        .load(c))?;
    // Piece by piece: a file may be long.
    let kept: Vec<(Key, String, i64)> = db!(tx, |c| pieces::table
        .filter(pieces::operation_id.eq_any(&imports))
        .select((pieces::operation_id, pieces::part, pieces::number))
        .load(c))?;
    for (operation, part, number) in kept {
        let one = pieces::operation_id.eq(operation);
        let one = one.and(pieces::part.eq(&part)).and(pieces::number.eq(number));
        let body: Vec<u8> = db!(tx, |c| pieces::table.filter(one).select(pieces::body).first(c))?;
        let text = String::from_utf8_lossy(&body);
        let tells = |line: &&str| words.iter().any(|word| line.contains(word.as_str()));
        if !text.split_inclusive('\n').any(|line| tells(&line)) {
            continue;
        }
        let left: String = text.split_inclusive('\n').filter(|line| !tells(line)).collect();
        let left = left.into_bytes();
        db!(tx, |c| diesel::update(pieces::table.filter(one)).set(pieces::body.eq(&left)).execute(c))?;
    }
    Ok(Vec::new())
}
