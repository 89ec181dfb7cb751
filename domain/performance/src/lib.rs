//! How people are measured and judged: indicators, schemes, appraisals, consequences. `[KPI-1 … KPI-10]`
#![warn(missing_docs)]

pub use domain_base::{
    approval, duty, events, file, identity, incentive_entry, labels, organisation, refusals, spine, status,
    task, working_time,
};

// One name inside and outside.
pub extern crate self as performance;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing { name: "performance", nouns: &[] };
