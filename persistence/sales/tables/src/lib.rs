//! The tables of sales.
#![allow(clippy::wildcard_imports, missing_docs)]

mod commission_statement;
mod contract_amendment;
mod contract_course;
mod counted_figure;
mod credit_grant;
mod filing;
mod instalment;
mod opportunity;
mod partner;
mod price_deviation;
mod price_list;
mod product;
mod quotation;
mod receipt;
mod refund;
mod sale;
mod sales_contract;
mod sales_order;
mod sales_plan;
mod sales_report;
mod shipment;
mod unit;

pub use commission_statement::*;
pub use contract_amendment::*;
pub use contract_course::*;
pub use counted_figure::*;
pub use credit_grant::*;
pub use filing::*;
pub use instalment::*;
pub use opportunity::*;
pub use partner::*;
pub use persistence_customer_tables::*;
pub use price_deviation::*;
pub use price_list::*;
pub use product::*;
pub use quotation::*;
pub use receipt::*;
pub use refund::*;
pub use sale::*;
pub use sales_contract::*;
pub use sales_order::*;
pub use sales_plan::*;
pub use sales_report::*;
pub use shipment::*;
pub use unit::*;

use persistence_spine_tables as spine;

spine::together!(
    price_deviations,
    price_lists,
    prices,
    product_costs,
    products,
    sales_contracts,
    sales_contract_lines,
    sales_contract_revisions,
    contract_amendments,
    contract_milestones,
    contract_checks,
    archived_papers,
    sales_orders,
    sales_order_lines,
    shipments,
    shipment_lines,
    credit_grants,
    units,
    counted_figures,
    counted_entries,
    instalments,
    instalment_entries,
    receipts,
    receipt_allocations,
    refunds,
    sales,
    sale_lines,
    credit_entries,
    commission_entries,
    commission_batches,
    partners,
    partner_deals,
    partner_commissions,
    partner_entries,
    partner_settlements,
    price_protections,
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
    price_deviations, sales_contracts, contract_amendments, sales_orders, shipments, credit_grants, receipts, receipt_allocations, refunds, sales,
    credit_entries, commission_entries, commission_statements, products, filings, opportunities, quotations, sales_plans,
    sales_plan_nodes, sales_reports, instalments;
    (customers, departments, document_readers, employees)
);
spine::beside!(instalments; (customer_standings));
