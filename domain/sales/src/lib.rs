//! From the opportunity to the commission: targets, prices, contracts, orders, receivables, the sale. `[SAL, PRI, CON, ORD, REC, COM, ANA]`
#![warn(missing_docs)]

pub use domain_customer::{
    approval, customer, duty, events, file, identity, incentive_entry, labels, organisation, refusals, spine,
    status, task, working_time,
};

// One name inside and outside.
pub extern crate self as sales;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing { name: "sales", nouns: &[] };
