//! The tables of sales.
#![allow(clippy::wildcard_imports, missing_docs)]

mod commission_statement;
mod counted_figure;
mod price_list;
mod product;
mod receipt;
mod refund;
mod sale;
mod sales_contract;

pub use commission_statement::*;
pub use counted_figure::*;
pub use persistence_customer_tables::*;
pub use price_list::*;
pub use product::*;
pub use receipt::*;
pub use refund::*;
pub use sale::*;
pub use sales_contract::*;

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
);
spine::beside!(
    sales_contracts, receipts, receipt_allocations, refunds, sales, credit_entries, commission_entries, commission_statements, products;
    (customers, departments, document_readers, employees)
);
