//! The tables of sales.
#![allow(clippy::wildcard_imports, missing_docs)]

mod price_list;
mod product;

pub use persistence_customer_tables::*;
pub use price_list::*;
pub use product::*;

use persistence_spine_tables as spine;

spine::together!(price_lists, prices, product_costs, products);
