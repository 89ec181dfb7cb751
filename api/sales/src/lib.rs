//! Sales and commission, over HTTP.

pub use api_base::{approval, spine};

use spine::Wing;

// One name inside and outside.
extern crate self as sales;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "sales",
    zh: "销售与佣金",
    en: "Sales and commission",
    tags: &[],
    rules: domain::WING,
    enums: &[],
    chores: &[],
    routes: |_into| {},
};
