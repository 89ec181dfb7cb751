//! Sales plans in the database: drawn up, agreed to, one revision in force; and what was attained of them. `[SAL-1]`

/// What is done with a plan and looks at others.
pub mod deed;
/// Who owes a plan.
mod duty;
/// What was attained of a measure.
pub(crate) mod measure;
/// Whom a table of targets names.
pub mod people;
mod row;
mod settle;
/// A year in its months.
pub mod split;
/// What is to be reached and what was attained.
pub mod target;
/// What one plan looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use settle::preview;
pub use view::{SalesPlanFilter, SalesPlanSummary, SalesPlanView, list, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    sales_plan::{SALES_PLAN_CHAIN_CODE, SHIPPED_SALES_PLAN_CHAIN, SalesPlan, routed_fields},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<SalesPlan, crate::Sales>() },
    &Routing(routed_fields),
    &Shipped::text(SALES_PLAN_CHAIN_CODE, "销售计划审批链", "004 §2", SHIPPED_SALES_PLAN_CHAIN),
    &duty::APPROVED,
    &Shipped::text("duty-rule/sales-plan", "年度销售计划", "004 §2", duty::SALES_PLAN_RULE),
];

crate::spine::resource! { crate::Sales: SalesPlan as SalesPlanView; find, apply, show = show }

/// Writes a change of a plan.
///
/// # Errors
/// Where it moved meanwhile, or another of its department and year came first.
pub fn apply(tx: &mut Tx<'_>, change: Change<SalesPlan>) -> Result<SalesPlan, Failure> {
    tx.apply(change)
}
