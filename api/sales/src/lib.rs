//! Sales and commission, over HTTP.

pub use api_base::{approval, spine};

mod commission_batch;
mod commission_statement;
/// Protected chances.
pub mod filing;
mod opportunity;
mod price_list;
mod product;
mod quotation;
mod receipt;
mod refund;
mod sale;
mod sales_analysis;
mod sales_contract;
mod sales_plan;
mod sales_report;

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
        ("filings", "销售报备。Protected chances per customer and product line."),
        ("opportunities", "销售机会与漏斗。What is pursued, from stage to stage."),
        ("price-lists", "价目表。What products cost whom, where and when."),
        ("products", "产品。What is sold."),
        ("quotations", "报价。What customers are offered, and until when."),
        ("receipts", "收款。What customers paid."),
        ("refunds", "退款。What goes back to customers."),
        ("sales", "成交。Whom sales count for, and what they pay."),
        ("sales-analysis", "销售分析。How much, by whom, of what; what stands out."),
        ("sales-plans", "销售计划与目标。What is to be sold, and how far it is."),
        ("sales-reports", "销售日报与月报。What people did and sold on a day or in a month."),
        ("sales-contracts", "销售合同。What is agreed with customers."),
    ],
    rules: domain::WING,
    enums: &[sale::SAID],
    chores: &[filing::EXPIRIES],
    routes: |into| {
        product::routes(into);
        price_list::routes(into);
        filing::routes(into);
        opportunity::routes(into);
        quotation::routes(into);
        sales_contract::routes(into);
        sales_plan::routes(into);
        sales_report::routes(into);
        sales_analysis::routes(into);
        receipt::routes(into);
        refund::routes(into);
        sale::routes(into);
        commission_statement::routes(into);
        commission_batch::routes(into);
    },
};
