//! The business of a marketing centre, as rules. This list is its table of contents.
//!
//! Nothing here knows a clock, a database, a network or chance: time, actor, ids and policy are
//! parameters. A transition takes the old state and returns a [`spine::Change`] or a [`spine::Refusal`].
//!
//! Each wing is a crate of its own, in the order in which they know each other; this one shows them all.
#![warn(missing_docs)]

#[doc(inline)]
pub use domain_base::{
    approval, duty, file, identity, incentive_entry, operation, organisation, pack, task, vacancy,
    working_time,
};
#[doc(inline)]
pub use domain_customer as customer;
#[doc(inline)]
pub use domain_finance as finance;
#[doc(inline)]
pub use domain_governance as governance;
#[doc(inline)]
pub use domain_performance as performance;
#[doc(inline)]
pub use domain_sales as sales;
#[doc(inline)]
pub use domain_spine::{self as spine, labels, status};

/// The wings in their order: each knows only those before it.
pub const WINGS: &[&spine::Wing] = &[
    spine::WING,
    domain_base::WING,
    governance::WING,
    finance::WING,
    customer::WING,
    sales::WING,
    performance::WING,
];

/// Every refusal the rules can answer with, context by context.
pub fn refusals() -> impl Iterator<Item = &'static spine::RefusalCode> {
    WINGS.iter().flat_map(|wing| wing.refusals())
}

/// Every event the feed can carry, context by context.
pub fn events() -> impl Iterator<Item = &'static spine::EventKind> {
    WINGS.iter().flat_map(|wing| wing.events())
}

/// The labels of every enum of the rules that clients see, context by context.
pub fn enums() -> impl Iterator<Item = &'static spine::EnumLabels> {
    WINGS.iter().flat_map(|wing| wing.enums())
}
