//! Performance, over HTTP.

pub use api_base::{approval, spine};

use spine::Wing;

// One name inside and outside.
extern crate self as performance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "performance",
    zh: "绩效考核",
    en: "Performance",
    tags: &[],
    rules: domain::WING,
    enums: &[],
    chores: &[],
    routes: |_into| {},
};
