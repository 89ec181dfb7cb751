//! Sales and commission, over HTTP.

pub use api_base::{approval, spine};

mod archived_paper;
mod commission_batch;
mod commission_statement;
mod contract_amendment;
mod contract_check;
mod contract_milestone;
mod credit_grant;
/// Protected chances.
pub mod filing;
mod instalment;
mod opportunity;
mod partner;
mod partner_commission;
pub mod price_deviation;
mod price_list;
/// Price protection.
pub mod price_protection;
mod product;
mod quotation;
mod receipt;
mod refund;
mod sale;
mod sales_analysis;
mod sales_contract;
mod sales_order;
mod sales_plan;
mod sales_report;
mod shipment;
mod unit;

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
        ("archived-papers", "合同档案。Papers of contracts in the archive, and who has them."),
        ("contract-checks", "合同履行检查。Contracts checked by who leads, month by month."),
        ("contract-milestones", "合同节点。What is to come about of contracts, and by when."),
        ("contract-amendments", "合同变更与终止。Contracts amended and terminated."),
        ("filings", "销售报备。Protected chances per customer and product line."),
        ("instalments", "分期应收与账龄。What customers are to pay, by when, and how long it is overdue."),
        ("opportunities", "销售机会与漏斗。What is pursued, from stage to stage."),
        ("credit-grants", "客户授信。What customers may owe, and orders that may go beyond."),
        (
            "partners",
            "渠道伙伴与渠道佣金。Who sells for the company, what they brought and what they are paid.",
        ),
        ("price-deviations", "价格偏差。Prices above and below the list, and who agreed to them."),
        ("price-protections", "价格保护。What a cut of the list costs partners who bought before it."),
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
        ("sales-orders", "销售订单。What customers order, and how far it is."),
        ("shipments", "发货单。Goods on their way to customers."),
        ("units", "房源。What one customer holds at a time, by a large deposit."),
    ],
    rules: domain::WING,
    enums: &[sale::SAID],
    chores: &[filing::EXPIRIES, price_deviation::EXPIRIES, price_protection::EXPIRIES],
    routes: |into| {
        product::routes(into);
        price_list::routes(into);
        price_deviation::routes(into);
        price_protection::routes(into);
        filing::routes(into);
        opportunity::routes(into);
        quotation::routes(into);
        sales_contract::routes(into);
        contract_amendment::routes(into);
        contract_milestone::routes(into);
        contract_check::routes(into);
        archived_paper::routes(into);
        sales_order::routes(into);
        shipment::routes(into);
        credit_grant::routes(into);
        unit::routes(into);
        sales_plan::routes(into);
        sales_report::routes(into);
        sales_analysis::routes(into);
        instalment::routes(into);
        receipt::routes(into);
        refund::routes(into);
        sale::routes(into);
        commission_statement::routes(into);
        commission_batch::routes(into);
        partner::routes(into);
        partner_commission::routes(into);
    },
};
