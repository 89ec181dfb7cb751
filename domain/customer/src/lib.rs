//! Whose customer it is, and why: files, registrations, reception, pool, disputes. `[CUS, OWN, QUE, TIE]`
#![warn(missing_docs)]

/// Whose turn it is to receive.
pub mod reception_queue;
/// What one registers when a customer comes: the only proof of ownership.
pub mod registration;
/// Where customers are received.
pub mod site;

/// That a visitor is received.
pub mod reception;

/// Whose a customer is: derived from facts by policy.
pub mod ownership;
/// Disputes over that.
pub mod ownership_dispute;
/// Customers are handed to somebody else.
pub mod ownership_transfer;

pub use domain_base::{
    approval, duty, events, file, identity, incentive_entry, labels, organisation, policy_replay, refusals,
    spine, status, task, working_time,
};

/// Files of customers.
pub mod customer_file;

/// What a customer agreed to.
pub mod customer_consent;
/// Whether a customer is known already.
pub mod customer_look_up;
/// Keys that seal what is personal of important customers.
pub mod field_key;
/// Interactions with customers.
pub mod interaction;

/// Which tier a customer holds, and why.
pub mod customer_tier;
/// Figures of tiers that people enter.
pub mod tier_figure;
/// Other tiers than the model gives, once approvers agree.
pub mod tier_override;
/// Runs of the tier model.
pub mod tier_run;

/// Violations of the rules of conduct at a reception.
pub mod conduct_violation;
/// Requests to take lists of customers away.
pub mod customer_export;
/// Customers whom several serve.
pub mod customer_helper;
/// Two files of one customer become one.
pub mod customer_merge;

pub use customer_file::{Customer, CustomerId};

// One name inside and outside.
pub extern crate self as customer;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
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
