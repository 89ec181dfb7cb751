//! What is in force and who knows of it: regulations, announcements, webhooks. `[REG-1 … REG-8, NOT-1, INT-1]`
#![warn(missing_docs)]

pub use domain_base::{
    approval, duty, events, file, identity, incentive_entry, labels, organisation, refusals, spine, status,
    task, working_time,
};

/// Notices and announcements.
pub mod announcement;
/// Webhook endpoints.
pub mod webhook;

// One name inside and outside.
pub extern crate self as governance;

/// What this wing brings.
pub const WING: &spine::Wing =
    &spine::Wing { name: "governance", nouns: &[announcement::NOUN, webhook::NOUN] };
