//! The tables of sales.
#![allow(clippy::wildcard_imports, missing_docs)]

mod commission_statement;
mod counted_figure;
mod filing;
mod opportunity;
mod price_list;
mod product;
mod quotation;
mod receipt;
mod refund;
mod sale;
mod sales_contract;
mod sales_plan;
mod sales_report;

pub use commission_statement::*;
pub use counted_figure::*;
pub use filing::*;
pub use opportunity::*;
pub use persistence_customer_tables::*;
pub use price_list::*;
pub use product::*;
pub use quotation::*;
pub use receipt::*;
pub use refund::*;
pub use sale::*;
pub use sales_contract::*;
pub use sales_plan::*;
pub use sales_report::*;

use persistence_spine_tables as spine;

spine::together!(
    price_lists,
    prices,
    product_costs,
    products,
    sales_contracts,
    sales_contract_lines,
    counted_figures,
    counted_entries,
    receipts,
    receipt_allocations,
    refunds,
    sales,
    sale_lines,
    credit_entries,
    commission_entries,
    commission_batches,
    commission_statements,
    commission_statement_lines,
    filings,
    opportunities,
    opportunity_moves,
    quotations,
    quotation_lines,
    sales_plans,
    sales_plan_nodes,
    sales_reports,
);
spine::beside!(
    sales_contracts, receipts, receipt_allocations, refunds, sales, credit_entries, commission_entries, commission_statements, products,
    filings, opportunities, quotations, sales_plans, sales_plan_nodes, sales_reports;
    (customers, departments, document_readers, employees)
);
