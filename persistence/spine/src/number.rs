//! Readable document numbers: taken in the document's own transaction, never used twice.
//!
//! The first number of a series that a transaction takes locks the series until the commit. So what follows in the
//! same transaction, of this unit of work and of others of its group, is counted in memory and written once.

use super::{Connection, Failure, Tx, cached, db};
use crate::schema::document_numbers as numbers;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// The numbers a transaction has taken.
#[derive(Default)]
pub(super) struct Numbers {
    series: BTreeMap<Series, Last>,
    /// What stood here before each taking of the present unit of work, to give numbers back.
    before: Vec<(Series, Option<Last>)>,
}

/// A series in a year.
type Series = (String, i32);

/// The last number taken.
#[derive(Clone, Copy)]
struct Last {
    taken: i64,
    written: i64,
}

impl Numbers {
    /// Forgets everything: another transaction begins.
    pub fn clear(&mut self) {
        self.series.clear();
        self.before.clear();
    }

    /// From here on nothing is given back of what was taken so far.
    pub fn keep(&mut self) {
        self.before.clear();
    }

    /// How much has been taken: for [`Numbers::give_back`].
    pub fn mark(&self) -> usize {
        self.before.len()
    }

    /// Gives back what was taken since a mark, together with the rows behind it.
    pub fn give_back(&mut self, mark: usize) {
        for (series, before) in self.before.drain(mark.min(self.before.len())..).rev() {
            match before {
                Some(before) => self.series.insert(series, before),
                None => self.series.remove(&series),
            };
        }
    }

    fn take(&mut self, series: &Series) -> Option<i64> {
        let last = self.series.get_mut(series)?;
        self.before.push((series.clone(), Some(*last)));
        last.taken += 1;
        Some(last.taken)
    }

    fn learn(&mut self, series: Series, last: i64) {
        self.before.push((series.clone(), None));
        self.series.insert(series, Last { taken: last, written: last });
    }
}

/// The next number of a series in this year: `EC-2026-000123`. A rolled back unit gives its number back;
/// a void document keeps its own.
pub fn next_number(tx: &mut Tx<'_>, series: &str) -> Result<String, Failure> {
    let year = chrono::Datelike::year(&tx.today());
    let of_year = (series.to_owned(), year);
    let last = match tx.connection().numbers.take(&of_year) {
        Some(last) => last,
        None => {
            let last = lock(tx.connection(), &of_year)?;
            tx.connection().numbers.learn(of_year, last);
            last
        }
    };
    Ok(format!("{series}-{year}-{last:06}"))
}

/// Takes the next number in the database, and with it the series.
fn lock(connection: &mut Connection, (series, year): &Series) -> Result<i64, Failure> {
    let row = (numbers::series.eq(series), numbers::year.eq(year), numbers::last.eq(1_i64));
    Ok(db!(connection, |c| cached(
        diesel::insert_into(numbers::table)
            .values(row)
            .on_conflict((numbers::series, numbers::year))
            .do_update()
            .set(numbers::last.eq(numbers::last + 1))
            .returning(numbers::last)
    )
    .get_result(c))?)
}

/// Writes what was counted in memory, before the commit.
pub(super) fn settle(connection: &mut Connection) -> Result<(), Failure> {
    let taken = std::mem::take(&mut connection.numbers.series);
    for ((series, year), last) in taken.iter().filter(|(_, last)| last.taken > last.written) {
        let mine = numbers::series.eq(series).and(numbers::year.eq(year));
        let now = numbers::last.eq(last.taken);
        db!(connection, |c| cached(diesel::update(numbers::table.filter(mine)).set(now)).execute(c))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_an_undone_part_are_taken_again() {
        let claims = ("EC".to_owned(), 2026);
        let mut numbers = Numbers::default();
        assert_eq!(numbers.take(&claims), None, "the database is asked first");
        numbers.learn(claims.clone(), 7);
        numbers.keep();
        assert_eq!((numbers.take(&claims), numbers.take(&claims)), (Some(8), Some(9)));
        let mark = numbers.mark();
        assert_eq!(numbers.take(&claims), Some(10));
        numbers.give_back(mark);
        assert_eq!(numbers.take(&claims), Some(10), "a part gives back its own");
        numbers.give_back(0);
        assert_eq!(numbers.take(&claims), Some(8), "a unit gives back all of its own");
    }

    #[test]
    fn a_series_learned_in_an_undone_unit_is_asked_for_again() {
        let claims = ("EC".to_owned(), 2026);
        let mut numbers = Numbers::default();
        numbers.learn(claims.clone(), 7);
        assert_eq!(numbers.take(&claims), Some(8));
        numbers.give_back(0);
        assert_eq!(numbers.take(&claims), None, "the lock went with the unit");
    }
}
