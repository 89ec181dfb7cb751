//! Indicators, schemes, appraisals and what follows in the database.

pub use persistence_base::{
    approval, audit, duty, file, identity, incentive_entry, organisation, policy, spine, task, vacancy,
};

/// One person's sheet of a period.
pub mod appraisal;
/// The course of all of them.
pub mod appraisal_period;
/// What people say about each other.
pub mod appraisal_review;
/// What is measured.
pub mod indicator;
/// What is entered, where nothing measures it.
pub mod indicator_figure;
/// Which indicators a position is measured by.
pub mod scheme;

pub(crate) use persistence_base::search;

use persistence_performance_tables as schema;
use sha2::{Digest, Sha256};
use spine::Wing;

// One name inside and outside.
pub extern crate self as performance;

/// This wing as the keeper of its entities.
pub struct Performance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "performance",
    nouns: &[
        indicator::NOUN,
        scheme::NOUN,
        indicator_figure::NOUN,
        appraisal_period::NOUN,
        appraisal::NOUN,
        appraisal_review::NOUN,
    ],
};

/// A digest of rows, by which it can be shown later that a value was computed from these.
fn digest(rows: impl IntoIterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
