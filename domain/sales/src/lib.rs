//! From the opportunity to the commission: targets, prices, contracts, orders, receivables, the sale. `[SAL, PRI, CON, ORD, REC, COM, ANA]`
#![warn(missing_docs)]

pub use domain_base::payroll_batch;
pub use domain_customer::{
    approval, customer, customer_file, duty, events, file, identity, incentive_entry, interaction, labels,
    organisation, ownership, ownership_dispute, policy_replay, refusals, spine, status, task, working_time,
};

/// Papers of contracts in the archive.
pub mod archived_paper;
/// Performance credit and commission.
pub mod commission;
/// What goes to the payroll of commission.
pub mod commission_batch;
/// What a person is paid of commission for a month.
pub mod commission_statement;
/// Contracts amended and terminated.
pub mod contract_amendment;
/// Contracts checked by who leads.
pub mod contract_check;
/// What is to come about of contracts.
pub mod contract_milestone;
/// One counted figure with a ceiling.
pub mod counted_figure;
/// What customers may owe.
pub mod credit_grant;
/// Days that documents bear.
mod dated;
/// What the lines of a document come to.
pub mod document_line;
/// Protected chances.
pub mod filing;
/// What customers are to pay, and by when.
pub mod instalment;
/// Pursued from stage to stage.
pub mod opportunity;
/// The company's terms of pricing, ordering and granting credit.
pub mod order_terms;
/// Who sells for the company.
pub mod partner;
/// What partners are paid of sales.
pub mod partner_commission;
/// The company's terms of pursuing sales.
pub mod pipeline_terms;
/// How far a price is from the list, and who may agree to that.
pub mod price_deviation;
/// What a product costs whom, where and when.
pub mod price_list;
/// What a cut of the list costs partners.
pub mod price_protection;
/// What is sold.
pub mod product;
/// How many of something.
pub mod quantity;
/// What customers are offered.
pub mod quotation;
/// What customers paid.
pub mod receipt;
/// The company's terms of receivables.
pub mod receivable_terms;
/// What goes back to customers.
pub mod refund;
/// Whom a sale counts for, and what it earns.
pub mod sale;
/// Sales analysed.
pub mod sales_analysis;
/// What is agreed with a customer.
pub mod sales_contract;
/// What customers order.
pub mod sales_order;
/// What is to be sold.
pub mod sales_plan;
/// What somebody did and sold on a day or in a month.
pub mod sales_report;
/// The company's terms of selling.
pub mod sales_terms;
/// Goods on their way.
pub mod shipment;
/// What terms of the company have in common.
mod terms;
/// What one customer holds at a time.
pub mod unit;

// One name inside and outside.
pub extern crate self as sales;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
    name: "sales",
    nouns: &[
        commission::NOUN,
        commission_batch::NOUN,
        commission_statement::NOUN,
        archived_paper::NOUN,
        contract_amendment::NOUN,
        contract_check::NOUN,
        contract_milestone::NOUN,
        counted_figure::NOUN,
        filing::NOUN,
        instalment::NOUN,
        opportunity::NOUN,
        partner::NOUN,
        partner_commission::NOUN,
        pipeline_terms::NOUN,
        credit_grant::NOUN,
        price_deviation::NOUN,
        price_list::NOUN,
        price_protection::NOUN,
        product::NOUN,
        quantity::NOUN,
        quotation::NOUN,
        receipt::NOUN,
        refund::NOUN,
        sale::NOUN,
        sales_analysis::NOUN,
        sales_contract::NOUN,
        sales_order::NOUN,
        sales_plan::NOUN,
        sales_report::NOUN,
        shipment::NOUN,
        unit::NOUN,
    ],
};
