//! Customers and ownership, over HTTP.

pub use api_base::{approval, spine};

mod customer_consent;
pub mod customer_file;
mod customer_look_up;
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
        ("customer-consents", "客户授权。What customers agreed to."),
        ("customers", "客户档案。Files of customers."),
        ("interactions", "客户跟进。Interactions with customers, planned before and reported after."),
    ],
    rules: domain::WING,
    enums: &[],
    chores: &[customer_file::VERIFICATIONS],
    routes: |into| {
        customer_file::routes(into);
        customer_look_up::routes(into);
        customer_consent::routes(into);
        interaction::routes(into);
    },
};
