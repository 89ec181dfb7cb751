//! The tables of the spine, and the column types of all tables; one schema for both engines.
//!
//! The tables of a wing are a crate of their own: a finder that changes does not have them made anew.
#![allow(clippy::wildcard_imports, missing_docs)]

mod column;
mod tables;

pub use column::{Instant, Key, SqlId, SqlInstant};
pub use tables::*;

// Every crate of tables says `crate::spine::SqlId`.
extern crate self as spine;

/// Lets tables stand in one query, each with each. `allow_tables_to_appear_in_same_query!` does the same with ten
/// implementations a pair, for samples of tables too, and not across crates.
#[macro_export]
macro_rules! together {
    ($only:ident $(,)?) => {};
    ($first:ident, $($rest:ident),+ $(,)?) => {
        $crate::beside!($first; ($($rest),+));
        $crate::together!($($rest),+);
    };
}

/// Lets each of a wing's own tables stand in one query with each of some others, of its own or of a wing below.
#[macro_export]
macro_rules! beside {
    ($($own:ident),* $(,)?; $others:tt) => { $($crate::beside!(@one $own $others);)* };
    (@one $own:ident ($($other:ident),* $(,)?)) => {
        $(
            impl diesel::query_source::TableNotEqual<$own::table> for $other::table {}
            impl diesel::query_source::TableNotEqual<$other::table> for $own::table {}
        )*
    };
}

together!(access_epoch, idempotency_keys);
