//! What is in force and who knows of it: regulations, announcements, webhooks. `[REG-1 … REG-8, NOT-1, INT-1]`
#![warn(missing_docs)]

pub use domain_base::{
    approval, duty, events, file, identity, incentive_entry, labels, operation, organisation, pack, refusals,
    spine, status, task, working_time,
};

/// Notices and announcements.
pub mod announcement;
/// What somebody does not want to be reminded of.
pub mod notice_preference;
/// What the company has written down.
pub mod regulation;
/// That somebody knows what a regulation says.
pub mod regulation_acknowledgement;
/// How a regulation could be better.
pub mod regulation_suggestion;
/// What a regulation says from a day on.
pub mod regulation_version;
/// Webhook endpoints.
pub mod webhook;

// One name inside and outside.
pub extern crate self as governance;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
    name: "governance",
    nouns: &[
        announcement::NOUN,
        notice_preference::NOUN,
        regulation::NOUN,
        regulation_version::NOUN,
        regulation_acknowledgement::NOUN,
        regulation_suggestion::NOUN,
        webhook::NOUN,
    ],
};
