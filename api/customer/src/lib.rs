//! Customers and ownership, over HTTP.

pub use api_base::{approval, operation, spine};

mod conduct_violation;
mod customer_consent;
mod customer_export;
pub mod customer_file;
mod customer_helper;
mod customer_look_up;
mod customer_merge;
pub mod customer_tier;
mod interaction;
pub mod ownership;
mod ownership_dispute;
mod ownership_transfer;
mod queue_stream;
pub mod reception;
mod reception_queue;
mod registration;
mod site;
mod tier_override;

use spine::Wing;

// One name inside and outside.
extern crate self as customer;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "customer",
    zh: "客户与归属",
    en: "Customers and ownership",
    tags: &[
        (
            "conduct-violations",
            "接待违规。Violations of the rules of conduct at a reception, as they go to the ledger of penalties.",
        ),
        ("customer-consents", "客户授权。What customers agreed to."),
        ("customer-exports", "客户数据导出申请。Requests to take long lists of customers away."),
        (
            "customer-helpers",
            "客户协作人。Who helps with whose customers, with what they may do and until when.",
        ),
        ("customer-merges", "客户档案合并。Two files of one customer become one, until that is undone."),
        ("customer-tiers", "客户分级。Which tier customers hold, why, and what it brings."),
        ("customers", "客户档案。Files of customers."),
        ("ownership", "客户归属。Whose a customer is, why, until when, and what happens next."),
        ("ownership-disputes", "归属争议。Disputes over whose a customer is: evidence, mediation, ruling."),
        ("ownership-transfers", "客户移交。Customers who are handed to somebody else, once approvers agree."),
        ("reception-queues", "接待排号。Whose turn it is to receive, and the ledger of it."),
        ("receptions", "接待。That visitors are received, by whom, and what came of it."),
        ("registrations", "客户登记。That customers were received: the only proof of ownership."),
        ("sites", "销售现场。Where customers are received."),
        ("tier-overrides", "客户等级调整。Other tiers than the model gives, once approvers agree."),
        ("interactions", "客户跟进。Interactions with customers, planned before and reported after."),
    ],
    rules: domain::WING,
    enums: &[ownership::STEPS],
    chores: &[
        customer_file::VERIFICATIONS,
        customer_tier::RUNS,
        ownership::FALLS,
        ownership::WARNINGS,
        reception::ESCALATIONS,
    ],
    routes: |into| {
        conduct_violation::routes(into);
        customer_file::routes(into);
        customer_look_up::routes(into);
        customer_consent::routes(into);
        customer_export::routes(into);
        customer_helper::routes(into);
        customer_merge::routes(into);
        customer_tier::routes(into);
        interaction::routes(into);
        ownership::routes(into);
        ownership_dispute::routes(into);
        ownership_transfer::routes(into);
        reception_queue::routes(into);
        queue_stream::routes(into);
        reception::routes(into);
        registration::routes(into);
        site::routes(into);
        tier_override::routes(into);
    },
};
