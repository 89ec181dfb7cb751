//! Regulations, announcements and webhooks in the database.

pub use persistence_base::{
    approval, audit, duty, file, identity, organisation, policy, spine, task, vacancy,
};

/// Notices and announcements.
pub mod announcement;
/// Webhook endpoints.
pub mod webhook;

use persistence_governance_tables as schema;
use spine::Wing;

// One name inside and outside.
pub extern crate self as governance;

/// This wing as the keeper of its entities.
pub struct Governance;

/// What this wing brings.
pub const WING: &Wing = &Wing { name: "governance", nouns: &[announcement::NOUN, webhook::NOUN] };
