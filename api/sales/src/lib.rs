//! Sales and commission, over HTTP.

pub use api_base::{approval, spine};

mod commission_batch;
mod commission_statement;
mod price_list;
mod product;
mod receipt;
mod refund;
mod sale;
mod sales_contract;

use spine::Wing;

// One name inside and outside.
extern crate self as sales;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "sales",
    zh: "销售与佣金",
    en: "Sales and commission",
    tags: &[
        ("commission-batches", "佣金发放批次。What goes to the payroll of commission."),
        ("commission-statements", "佣金结算单。What people are paid of commission for a month."),
        ("price-lists", "价目表。What products cost whom, where and when."),
        ("products", "产品。What is sold."),
        ("receipts", "收款。What customers paid."),
        ("refunds", "退款。What goes back to customers."),
        ("sales", "成交。Whom sales count for, and what they pay."),
        ("sales-contracts", "销售合同。What is agreed with customers."),
    ],
    rules: domain::WING,
    enums: &[sale::SAID],
    chores: &[],
    routes: |into| {
        product::routes(into);
        price_list::routes(into);
        sales_contract::routes(into);
        receipt::routes(into);
        refund::routes(into);
        sale::routes(into);
        commission_statement::routes(into);
        commission_batch::routes(into);
    },
};
