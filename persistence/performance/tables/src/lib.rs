//! The tables of performance.
#![allow(clippy::wildcard_imports, missing_docs)]

pub use persistence_base_tables::*;
