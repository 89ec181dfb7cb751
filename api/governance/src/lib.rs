//! Regulations and notices, over HTTP.

pub use api_base::{approval, spine};

use spine::Wing;

// One name inside and outside.
extern crate self as governance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "governance",
    zh: "制度与通知",
    en: "Regulations and notices",
    tags: &[],
    rules: domain::WING,
    enums: &[],
    chores: &[],
    routes: |_into| {},
};
