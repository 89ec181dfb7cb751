//! The tables of customer.
#![allow(clippy::wildcard_imports, missing_docs)]

mod conduct_violation;
mod customer_consent;
mod customer_export;
mod customer_file;
mod customer_helper;
mod customer_look_up;
mod customer_merge;
mod customer_tier;
mod interaction;
mod ownership;
mod ownership_dispute;
mod ownership_transfer;
mod reception;

pub use conduct_violation::*;
pub use customer_consent::*;
pub use customer_export::*;
pub use customer_file::*;
pub use customer_helper::*;
pub use customer_look_up::*;
pub use customer_merge::*;
pub use customer_tier::*;
pub use interaction::*;
pub use ownership::*;
pub use ownership_dispute::*;
pub use ownership_transfer::*;
pub use persistence_base_tables::*;
pub use reception::*;

use persistence_spine_tables as spine;

spine::together!(
    conduct_violations,
    customer_consents,
    customer_exports,
    customer_helpers,
    customer_look_ups,
    customer_merges,
    customer_phones,
    customer_standings,
    customer_tiers,
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
    sites,
    tier_assessments,
    tier_figures,
    tier_overrides,
    tier_runs
);
spine::beside!(customer_exports, customer_standings, customers, interactions, ownership_transfers, registrations, sites, tier_overrides; (departments, document_readers, employees, files));
