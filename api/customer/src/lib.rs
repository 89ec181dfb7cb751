//! Customers and ownership, over HTTP.

pub use api_base::{approval, spine};

mod customer_file;
mod interaction;

use spine::Wing;

// One name inside and outside.
extern crate self as customer;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "customer",
    zh: "客户与归属",
    en: "Customers and ownership",
    tags: &[
        ("customers", "客户档案。Files of customers."),
        ("interactions", "客户跟进。Interactions with customers, planned before and reported after."),
    ],
    rules: domain::WING,
    enums: &[],
    chores: &[],
    routes: |into| {
        customer_file::routes(into);
        interaction::routes(into);
    },
};
