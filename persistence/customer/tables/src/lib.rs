//! The tables of customer.
#![allow(clippy::wildcard_imports, missing_docs)]

mod customer_file;

pub use customer_file::*;
pub use persistence_base_tables::*;

use persistence_spine_tables as spine;

spine::together!(customer_phones, customer_standings, customers, field_keys);
spine::beside!(customer_standings, customers; (departments, document_readers, employees, files));
