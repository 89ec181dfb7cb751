//! Sales and commission, over HTTP.

pub use api_base::{approval, spine};

mod price_list;
mod product;

use spine::Wing;

// One name inside and outside.
extern crate self as sales;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "sales",
    zh: "销售与佣金",
    en: "Sales and commission",
    tags: &[
        ("price-lists", "价目表。What products cost whom, where and when."),
        ("products", "产品。What is sold."),
    ],
    rules: domain::WING,
    enums: &[],
    chores: &[],
    routes: |into| {
        product::routes(into);
        price_list::routes(into);
    },
};
