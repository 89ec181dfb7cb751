//! Sales plans (销售计划): what the centre, its regions, teams and people are to reach in a year, a quarter, a month.
//! `[SAL-1; 004 §2]`
//!
//! A plan is of one year and one measure. What stands below a node and its declared reserve come to exactly the node, by
//! scope and by period. A revision is a plan of its own that takes the chain again: the one in force holds until then.

mod adding_up;
mod document;
mod period;
mod split;

pub use adding_up::Above;
pub use document::{
    CREATED, IN_FORCE, PlanState, SALES_PLAN_CHAIN, SALES_PLAN_CHAIN_CODE, SHIPPED_SALES_PLAN_CHAIN,
    SUPERSEDED, SalesPlan, SalesPlanAction, SalesPlanContent, routed_fields,
};
pub use period::PlanPeriod;
pub use split::{SplitBy, split};

use crate::spine::{Citation, DepartmentId, EmployeeId, Id, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which plan.
pub type SalesPlanId = Id<SalesPlan>;

/// At most so many nodes in a plan.
pub const NODES_MAX: usize = 5_000;

crate::refusals! { SALES_PLAN_REFUSALS:
    DOES_NOT_ADD_UP = "sales_plan.does_not_add_up", Invalid, "“{period}”的下级目标与预留合计不等于本级目标，相差 {difference}", "What lies below the target of {period}, and its reserve, does not come to it: {difference} is missing";
    NODE_TWICE = "sales_plan.node_twice", Invalid, "同一对象、同一期间的目标重复", "This scope has two targets for the period";
    NO_TOP = "sales_plan.no_top", Invalid, "计划须有所属部门的全年目标", "The plan needs the target of its department for the year";
    OUTSIDE = "sales_plan.outside", Invalid, "该对象不属于计划所属部门", "This scope lies outside the department of the plan";
    OTHER_YEAR = "sales_plan.other_year", Invalid, "期间不在计划年度 {year} 内", "The period lies outside the year {year} of the plan";
    LEVELS_REVERSED = "sales_plan.levels_reversed", Invalid, "须满足：底线目标 ≤ 计划目标 ≤ 挑战目标", "The floor must not lie above the target, nor the target above the challenge";
    MONTH_BEGUN = "sales_plan.month_begun", Invalid, "“{period}”已经开始，修订不得变更其目标", "{period} has begun; a revision does not move it";
    NOT_IN_FORCE = "sales_plan.not_in_force", Conflict, "销售计划 {number} 当前为“{state}”，只有执行中的计划才能修订", "The sales plan {number} is \"{state}\"; only one in force is revised";
    OTHER_IN_FORCE = "sales_plan.other_in_force", Conflict, "该部门、年度和指标已有执行中的计划 {number}，请修订该计划", "There is a plan in force for this department, year and measure, {number}; revise that one";
    SPLIT_WEIGHTS = "sales_plan.split_weights", Invalid, "权重须为 {months} 项", "There must be {months} weights";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SALES_PLAN_REFUSALS],
    events: &[document::SALES_PLAN_EVENTS],
    enums: &[Measure::LABELS, PlanState::LABELS, SalesPlanAction::LABELS, SplitBy::LABELS],
};

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
