//! Customers and ownership, over HTTP.

pub use api_base::{approval, operation, spine};

mod customer_consent;
pub mod customer_file;
mod customer_look_up;
mod interaction;
pub mod ownership;
mod ownership_dispute;
mod ownership_transfer;
pub mod reception;
mod reception_queue;
mod registration;
mod site;

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
        ("ownership", "客户归属。Whose a customer is, why, until when, and what happens next."),
        ("ownership-disputes", "归属争议。Disputes over whose a customer is: evidence, mediation, ruling."),
        ("ownership-transfers", "客户移交。Customers who are handed to somebody else, once approvers agree."),
        ("reception-queues", "接待排号。Whose turn it is to receive, and the ledger of it."),
        ("receptions", "接待。That visitors are received, by whom, and what came of it."),
        ("registrations", "客户登记。That customers were received: the only proof of ownership."),
        ("sites", "销售现场。Where customers are received."),
        ("interactions", "客户跟进。Interactions with customers, planned before and reported after."),
    ],
    rules: domain::WING,
    enums: &[ownership::STEPS],
    chores: &[customer_file::VERIFICATIONS, ownership::FALLS, reception::ESCALATIONS],
    routes: |into| {
        customer_file::routes(into);
        customer_look_up::routes(into);
        customer_consent::routes(into);
        interaction::routes(into);
        ownership::routes(into);
        ownership_dispute::routes(into);
        ownership_transfer::routes(into);
        reception_queue::routes(into);
        reception::routes(into);
        registration::routes(into);
        site::routes(into);
    },
};
