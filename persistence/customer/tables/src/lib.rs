//! The tables of customer.
#![allow(clippy::wildcard_imports, missing_docs)]

mod customer_file;
mod interaction;

pub use customer_file::*;
pub use interaction::*;
pub use persistence_base_tables::*;

use persistence_spine_tables as spine;

spine::together!(customer_phones, customer_standings, customers, field_keys, interactions);
spine::beside!(customer_standings, customers, interactions; (departments, document_readers, employees, files));
