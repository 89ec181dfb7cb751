//! Who works here and may do what, what they agree to, and the evidence.
#![warn(missing_docs)]

/// Who must agree to a document: chains, plans, tasks, decisions. Knows no document.
pub mod approval;
/// Attachments as evidence.
pub mod file;
/// Accounts, passwords, sessions, API keys, roles and grants.
pub mod identity;
/// Departments, positions, employees, absences.
pub mod organisation;
/// Two pairs of eyes: what one person may not both do.
pub mod separation_policy;

pub use domain_spine::{self as spine, events, labels, refusals, status};

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
    name: "base",
    nouns: &[organisation::NOUN, identity::NOUN, approval::NOUN, file::NOUN, separation_policy::NOUN],
};
