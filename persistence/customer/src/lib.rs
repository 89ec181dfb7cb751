//! Customer files, ownership, reception, pool, disputes and tiers in the database.

pub use persistence_base::{
    approval, audit, duty, file, identity, incentive_entry, organisation, payroll_batch, policy,
    policy_replay, setup, spine, task, vacancy,
};

/// Files of customers.
pub mod customer_file;

/// What customers agreed to.
pub mod customer_consent;
/// Whether a customer is known already.
pub mod customer_look_up;
/// Keys that seal what is personal of important customers.
pub mod field_key;
/// Interactions with customers.
pub mod interaction;

/// Violations of the rules of conduct at a reception.
pub mod conduct_violation;
/// Requests to take lists of customers away.
pub mod customer_export;
/// Customers whom several serve.
pub mod customer_helper;
/// Two files of one customer become one.
pub mod customer_merge;
/// Which tier a customer holds, and why.
pub mod customer_tier;
/// What customers bring to indicators.
mod measure;
/// Figures of tiers that people enter.
pub mod tier_figure;
/// Other tiers than the model gives, once approvers agree.
pub mod tier_override;
/// Runs of the tier model.
pub mod tier_run;

/// Whose a customer is, and why.
pub mod ownership;
/// Disputes over that.
pub mod ownership_dispute;
/// Customers are handed to somebody else.
pub mod ownership_transfer;

/// That a visitor is received.
pub mod reception;
/// Whose turn it is to receive.
pub mod reception_queue;
/// That a customer was received.
pub mod registration;

/// Where customers are received.
pub mod site;

use persistence_customer_tables as schema;
use spine::Wing;

// One name inside and outside.
pub extern crate self as customer;

/// This wing as the keeper of its entities.
pub struct Customer;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "customer",
    nouns: &[
        conduct_violation::NOUN,
        customer_file::NOUN,
        customer_consent::NOUN,
        customer_export::NOUN,
        customer_helper::NOUN,
        customer_look_up::NOUN,
        customer_merge::NOUN,
        customer_tier::NOUN,
        field_key::NOUN,
        interaction::NOUN,
        measure::NOUN,
        ownership::NOUN,
        ownership_dispute::NOUN,
        ownership_transfer::NOUN,
        reception::NOUN,
        reception_queue::NOUN,
        registration::NOUN,
        site::NOUN,
        tier_figure::NOUN,
        tier_override::NOUN,
        tier_run::NOUN,
    ],
};
