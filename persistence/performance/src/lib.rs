//! Indicators, schemes, appraisals and what follows in the database.

pub use persistence_base::{
    approval, audit, duty, file, identity, organisation, policy, spine, task, vacancy,
};

use persistence_performance_tables as schema;
use spine::Wing;

// One name inside and outside.
pub extern crate self as performance;

/// This wing as the keeper of its entities.
pub struct Performance;

/// What this wing brings.
pub const WING: &Wing = &Wing { name: "performance", nouns: &[] };
