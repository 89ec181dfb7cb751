//! From the opportunity to the commission: targets, prices, contracts, orders, receivables, the sale. `[SAL, PRI, CON, ORD, REC, COM, ANA]`
#![warn(missing_docs)]

pub use domain_customer::{
    approval, customer, customer_file, duty, events, file, identity, incentive_entry, interaction, labels,
    organisation, refusals, spine, status, task, working_time,
};

/// Performance credit and commission.
pub mod commission;
/// One counted figure with a ceiling.
pub mod counted_figure;
/// What the lines of a document come to.
pub mod document_line;
/// How far a price is from the list, and who may agree to that.
pub mod price_deviation;
/// What a product costs whom, where and when.
pub mod price_list;
/// What is sold.
pub mod product;
/// How many of something.
pub mod quantity;
/// What is to be sold.
pub mod sales_plan;

// One name inside and outside.
pub extern crate self as sales;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
    name: "sales",
    nouns: &[
        commission::NOUN,
        counted_figure::NOUN,
        price_list::NOUN,
        product::NOUN,
        quantity::NOUN,
        sales_plan::NOUN,
    ],
};
