//! Statements that diesel would prepare anew each time.
//!
//! diesel keeps prepared what can only ever be one text. An UPDATE, an upsert or an insert of several
//! rows might be another text each time, so it is prepared at every execution: a round trip more on
//! PostgreSQL, and more work than the statement itself on SQLite. Ours are always the same few texts.
//! Of those it does keep it asks every part, at every execution, whether the text may be kept: what is asked for
//! again and again is spared that here too.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// A statement whose text is one of a few, kept prepared under its text.
#[derive(Clone, Copy, Debug)]
pub struct Cached<S>(S);

/// Keeps a statement prepared. Only for statements whose text does not depend on the data.
pub fn cached<S>(statement: S) -> Cached<S> {
    Cached(statement)
}

impl<S: QueryId> QueryId for Cached<S> {
    type QueryId = S::QueryId;
    // Without an id of its type, the cache goes by the text and the types of the binds.
    const HAS_STATIC_QUERY_ID: bool = S::HAS_STATIC_QUERY_ID;
}

impl<S: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Cached<S> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<S: Query> Query for Cached<S> {
    type SqlType = S::SqlType;
}

impl<S, C> RunQueryDsl<C> for Cached<S> {}

/// Cuts rows into pieces of up to 16 rows, or of 32 or 64: so that inserts of any number of rows are a handful
/// of texts, and the usual few rows one statement.
pub fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = match rows.len() {
            0 => return None,
            length @ 1..=16 => length,
            17..32 => 16,
            32..64 => 32,
            64.. => 64,
        };
        let (piece, rest) = rows.split_at(length);
        rows = rest;
        Some(piece)
    })
}

/// As many keys as the next power of two, the last one repeated: so that `IN` lists of any length are a handful of
/// texts on SQLite, each of which is worth keeping prepared. PostgreSQL gets them as one array.
pub fn padded<T: Clone>(keys: &[T]) -> Vec<T> {
    let length = if keys.is_empty() { 0 } else { keys.len().next_power_of_two() };
    keys.iter().chain(keys.last().into_iter().cycle()).take(length).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{padded, pieces};

    #[test]
    fn padding_repeats_the_last_key_and_makes_no_keys_up() {
        assert!(padded::<u8>(&[]).is_empty());
        assert_eq!(padded(&[1]), [1]);
        assert_eq!(padded(&[1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded(&[1, 2, 3, 4, 5]).len(), 8);
    }

    #[test]
    fn pieces_have_few_lengths_and_cover_all_rows_in_order() {
        for length in [0, 1, 2, 3, 5, 16, 17, 31, 32, 63, 64, 65, 200] {
            let rows: Vec<usize> = (0..length).collect();
            let cut: Vec<&[usize]> = pieces(&rows).collect();
            assert!(cut.iter().all(|piece| matches!(piece.len(), 1..=16 | 32 | 64)));
            assert_eq!(cut.concat(), rows);
        }
    }
}
