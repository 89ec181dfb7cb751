//! The tables of sales.
#![allow(clippy::wildcard_imports, missing_docs)]

pub use persistence_customer_tables::*;
