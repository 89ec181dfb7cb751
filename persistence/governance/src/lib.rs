//! Regulations, announcements and webhooks in the database.

pub use persistence_base::{
    approval, audit, duty, file, identity, operation, organisation, pack, policy, setup, spine, task, vacancy,
};

pub(crate) use persistence_base::search;

/// Notices and announcements.
pub mod announcement;
/// What notices and regulations bring to indicators.
mod measure;
/// What somebody does not want to be reminded of.
pub mod notice_preference;
/// What the company has written down.
pub mod regulation;
/// Who knows of it.
pub mod regulation_acknowledgement;
/// How it could be better.
pub mod regulation_suggestion;
/// What it says from a day on.
pub mod regulation_version;
/// Webhook endpoints.
pub mod webhook;

use persistence_governance_tables as schema;
use spine::Wing;

// One name inside and outside.
pub extern crate self as governance;

/// This wing as the keeper of its entities.
pub struct Governance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "governance",
    nouns: &[
        announcement::NOUN,
        notice_preference::NOUN,
        measure::NOUN,
        regulation::NOUN,
        regulation_version::NOUN,
        regulation_acknowledgement::NOUN,
        regulation_suggestion::NOUN,
        webhook::NOUN,
    ],
};
