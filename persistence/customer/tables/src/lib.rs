//! The tables of customer.
#![allow(clippy::wildcard_imports, missing_docs)]

mod customer_consent;
mod customer_file;
mod customer_look_up;
mod interaction;
mod ownership;
mod ownership_dispute;
mod ownership_transfer;
mod reception;

pub use customer_consent::*;
pub use customer_file::*;
pub use customer_look_up::*;
pub use interaction::*;
pub use ownership::*;
pub use ownership_dispute::*;
pub use ownership_transfer::*;
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
    ownership_dispute_respondents,
    ownership_disputes,
    ownership_transfer_customers,
    ownership_transfers,
    reception_entries,
    reception_places,
    reception_queues,
    receptions,
    registrations,
    sites
);
spine::beside!(customer_standings, customers, interactions, ownership_transfers, registrations, sites; (departments, document_readers, employees, files));
