//! The tables of customer.
#![allow(clippy::wildcard_imports, missing_docs)]

mod customer_file;
mod interaction;
mod ownership;

pub use customer_file::*;
pub use interaction::*;
pub use ownership::*;
pub use persistence_base_tables::*;

use persistence_spine_tables as spine;

spine::together!(
    customer_phones,
    customer_standings,
    customers,
    field_keys,
    interactions,
    registrations,
    sites
);
spine::beside!(customer_standings, customers, interactions, registrations, sites; (departments, document_readers, employees, files));
