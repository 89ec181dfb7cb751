//! Targets, products, prices, contracts, orders, receivables, sales and commission in the database.

pub use persistence_customer::{
    approval, audit, customer, customer_file, customer_tier, duty, file, identity, incentive_entry,
    interaction, organisation, ownership, ownership_dispute, payroll_batch, policy, policy_replay, setup,
    spine, task, vacancy,
};

/// Papers of contracts in the archive.
pub mod archived_paper;
/// The rules and the plan of commission.
mod commission;
/// What goes to the payroll of commission.
pub mod commission_batch;
/// What people are paid of commission for a month.
pub mod commission_statement;
/// Contracts amended and terminated.
pub mod contract_amendment;
/// Contracts checked by who leads.
pub mod contract_check;
/// What is to come about of contracts.
pub mod contract_milestone;
/// Figures with a ceiling.
pub mod counted_figure;
/// What customers may owe.
pub mod credit_grant;
/// Protected chances.
pub mod filing;
/// What customers are to pay, and by when.
pub mod instalment;
/// What sales bring to indicators.
mod measure;
/// Files of customers that were merged.
mod merged;
/// Pursued from stage to stage.
pub mod opportunity;
/// Who sells for the company.
pub mod partner;
/// What partners are paid of sales.
pub mod partner_commission;
/// Prices above and below the list, and who agreed to them.
pub mod price_deviation;
/// What a product costs whom, where and when.
pub mod price_list;
/// What a cut of the list costs partners.
pub mod price_protection;
/// What is sold.
pub mod product;
/// What customers are offered.
pub mod quotation;
/// What customers paid.
pub mod receipt;
/// What goes back to customers.
pub mod refund;
/// Who sees to something.
mod responsible;
/// Whom sales count for, and what they earn.
pub mod sale;
/// Sales analysed.
pub mod sales_analysis;
/// What is agreed with customers.
pub mod sales_contract;
/// What customers order.
pub mod sales_order;
/// What is to be sold.
pub mod sales_plan;
/// What people did and sold on a day or in a month.
pub mod sales_report;
/// Goods on their way.
pub mod shipment;
/// The company's terms.
mod terms;
/// What one customer holds at a time.
pub mod unit;

pub(crate) use persistence_base::search;
pub use terms::pipeline_terms;
pub(crate) use terms::{order_terms, receivable_terms, sales_terms};

use persistence_sales_tables as schema;
use spine::Wing;

// One name inside and outside.
pub extern crate self as sales;

/// This wing as the keeper of its entities.
pub struct Sales;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "sales",
    nouns: &[
        commission::NOUN,
        commission_statement::NOUN,
        archived_paper::NOUN,
        contract_amendment::NOUN,
        contract_check::NOUN,
        product::NOUN,
        filing::NOUN,
        instalment::NOUN,
        opportunity::NOUN,
        pipeline_terms::NOUN,
        measure::NOUN,
        credit_grant::NOUN,
        order_terms::NOUN,
        price_deviation::NOUN,
        price_list::NOUN,
        receipt::NOUN,
        receivable_terms::NOUN,
        refund::NOUN,
        sale::NOUN,
        sales_contract::NOUN,
        sales_plan::NOUN,
        sales_report::NOUN,
        sales_order::NOUN,
        sales_terms::NOUN,
    ],
};
