//! Sales plans (销售计划): what the centre, its regions, teams and people are to reach in a year, a quarter, a month.
//! `[SAL-1; 004 §2]`
//!
//! A plan is of one year and one measure. What stands below a node and its declared reserve come to exactly the node, by
//! scope and by period. These are the rules alone; the document that bears a plan is not here yet.

mod adding_up;
mod period;
mod split;

pub use adding_up::check;
pub use period::PlanPeriod;
pub use split::{SplitBy, split};

use crate::spine::{Citation, DepartmentId, EmployeeId, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::refusals! { SALES_PLAN_REFUSALS:
    DOES_NOT_ADD_UP = "sales_plan.does_not_add_up", Invalid, "“{period}”的下级目标与预留合计不等于本级目标，相差 {difference}", "What lies below the target of {period}, and its reserve, does not come to it: {difference} is missing";
    NODE_TWICE = "sales_plan.node_twice", Invalid, "同一对象、同一期间的目标重复", "This scope has two targets for the period";
    NO_TOP = "sales_plan.no_top", Invalid, "计划须有所属部门的全年目标", "The plan needs the target of its department for the year";
    OUTSIDE = "sales_plan.outside", Invalid, "该对象不属于计划所属部门", "This scope lies outside the department of the plan";
    OTHER_YEAR = "sales_plan.other_year", Invalid, "期间不在计划年度 {year} 内", "The period lies outside the year {year} of the plan";
    LEVELS_REVERSED = "sales_plan.levels_reversed", Invalid, "须满足：底线目标 ≤ 计划目标 ≤ 挑战目标", "The floor must not lie above the target, nor the target above the challenge";
    SPLIT_WEIGHTS = "sales_plan.split_weights", Invalid, "权重须为 {months} 项", "There must be {months} weights";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[SALES_PLAN_REFUSALS], events: &[], enums: &[] };

/// What a plan measures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesMeasure)]
pub enum Measure {
    /// Sales in minor units of the book currency.
    Amount,
    /// Pieces sold.
    Quantity,
    /// Profit in minor units of the book currency.
    Profit,
    /// Receipts in minor units of the book currency.
    Receipts,
    /// Customers with their first sale.
    NewCustomers,
}

crate::labels! { Measure = "SalesMeasure":
    Amount = "amount", "销售额", "Sales amount";
    Quantity = "quantity", "销量", "Quantity";
    Profit = "profit", "毛利", "Profit";
    Receipts = "receipts", "回款", "Receipts";
    NewCustomers = "new_customers", "新客户数", "New customers";
}

/// Whose target: a department's, or a person's in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Scope {
    /// The department: the centre, a region, a team.
    pub department: DepartmentId,
    /// Somebody in it.
    pub person: Option<EmployeeId>,
}

/// What a scope is to reach in a period; whole numbers in the unit of the measure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlanNode {
    /// Whose.
    pub scope: Scope,
    /// When.
    pub period: PlanPeriod,
    /// At least.
    pub floor: i64,
    /// The target: what adds up.
    pub target: i64,
    /// At best.
    pub challenge: i64,
    /// What of it no scope below has; below nothing where they were given more.
    pub reserve_of_scopes: i64,
    /// What of it no period within has.
    pub reserve_of_periods: i64,
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("SAL-1", "004 §2"))
}

#[cfg(test)]
mod tests;
