//! Targets, products, prices, contracts, orders, receivables, sales and commission in the database.

pub use persistence_customer::{
    approval, audit, customer, customer_file, duty, file, identity, interaction, organisation, policy, spine,
    task, vacancy,
};

/// What a product costs whom, where and when.
pub mod price_list;
/// What is sold.
pub mod product;

pub(crate) use persistence_base::search;

use persistence_sales_tables as schema;
use spine::Wing;

// One name inside and outside.
pub extern crate self as sales;

/// This wing as the keeper of its entities.
pub struct Sales;

/// What this wing brings.
pub const WING: &Wing = &Wing { name: "sales", nouns: &[price_list::NOUN] };
