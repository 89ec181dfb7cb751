//! The tables of governance.
#![allow(clippy::wildcard_imports, missing_docs)]

pub use persistence_base_tables::*;
