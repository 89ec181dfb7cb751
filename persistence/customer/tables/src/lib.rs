//! The tables of customer.
#![allow(clippy::wildcard_imports, missing_docs)]

mod customer_consent;
mod customer_file;
mod customer_look_up;
mod interaction;
mod ownership;
mod reception;

pub use customer_consent::*;
pub use customer_file::*;
pub use customer_look_up::*;
pub use interaction::*;
pub use ownership::*;
pub use persistence_base_tables::*;
pub use reception::*;

use persistence_spine_tables as spine;

spine::together!(
    customer_consents,
    customer_look_ups,
    customer_phones,
    customer_standings,
    customers,
    field_keys,
    interactions,
    reception_entries,
    reception_places,
    reception_queues,
    receptions,
    registrations,
    sites
);
spine::beside!(customer_standings, customers, interactions, registrations, sites; (departments, document_readers, employees, files));
