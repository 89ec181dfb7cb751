//! Readable document numbers: taken in the document's own transaction, never used twice.

use super::{Failure, Tx, cached, db};
use crate::schema::document_numbers as numbers;
use diesel::prelude::*;

/// The next number of a series in this year: `EC-2026-000123`. A rolled back unit gives its number back;
/// a void document keeps its own.
pub(crate) fn next_number(tx: &mut Tx<'_>, series: &str) -> Result<String, Failure> {
    let year = chrono::Datelike::year(&tx.today());
    let row = (numbers::series.eq(series), numbers::year.eq(year), numbers::last.eq(1_i64));
    let last: i64 = db!(tx, |c| cached(
        diesel::insert_into(numbers::table)
            .values(row)
            .on_conflict((numbers::series, numbers::year))
            .do_update()
            .set(numbers::last.eq(numbers::last + 1))
            .returning(numbers::last)
    )
    .get_result(c))?;
    Ok(format!("{series}-{year}-{last:06}"))
}
