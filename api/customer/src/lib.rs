//! Customers and ownership, over HTTP.

pub use api_base::{approval, spine};

mod customer_file;

use spine::Wing;

// One name inside and outside.
extern crate self as customer;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "customer",
    zh: "客户与归属",
    en: "Customers and ownership",
    tags: &[("customers", "客户档案。Files of customers.")],
    rules: domain::WING,
    enums: &[],
    chores: &[],
    routes: |into| {
        customer_file::routes(into);
    },
};
