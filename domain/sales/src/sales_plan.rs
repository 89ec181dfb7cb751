//! Sales plans (销售计划): what the centre, its regions, teams and people are to reach in a year, a quarter, a month.
//! `[SAL-1; 004 §2]`
//!
//! A plan is of one year and one measure. What stands below a node and its declared reserve come to exactly the node, by
//! scope and by period. The document that bears it is one revision: the one in force holds until the next is approved, and a
//! revision moves only what has not begun. What was attained of a plan stands nowhere: it is read from credit entries.

/// What may be done with a plan now, and if not why. `[ACT-1]`
mod actions;
mod adding_up;
/// The document.
mod document;
/// What somebody who left or moved leaves to their team.
mod leaver;
/// Targets of people, month by month.
mod people;
mod period;
mod split;
/// Where it stands.
mod status;

pub use actions::SalesPlanAction;
pub use adding_up::check;
pub use document::{
    NODES_MAX, SALES_PLAN_CHAIN, SALES_PLAN_CHAIN_CODE, SHIPPED_SALES_PLAN_CHAIN, SalesPlan,
    SalesPlanContent, SalesPlanId, routed_fields,
};
pub use leaver::{Stay, left_over};
pub use people::{PersonalYear, with_people};
pub use period::PlanPeriod;
pub use split::{SplitBy, split};
pub use status::SalesPlanState;

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
    BEGUN = "sales_plan.begun", Invalid, "“{period}”已经开始，修订只能调整尚未开始的月份", "{period} has begun: a revision moves only months that have not";
    UNDER_WAY = "sales_plan.under_way", Conflict, "该部门本年度已有编制中的计划 {number}，请先办结或作废", "The plan {number} of this department and year is under way; finish or void it first";
    REVISED_MEANWHILE = "sales_plan.revised_meanwhile", Conflict, "计划 {number} 编制期间已有新的修订生效，请作废后重新编制", "Another revision came into force while {number} was under way; void it and draw it up anew";
    SPLIT_WEIGHTS = "sales_plan.split_weights", Invalid, "权重须为 {months} 项", "There must be {months} weights";
}

crate::events! { SALES_PLAN_EVENTS:
    CREATED = "sales_plan.created", "销售计划已编制", "A sales plan was drafted";
    CHANGED = "sales_plan.changed", "销售计划已修改", "A sales plan was changed";
    SUBMITTED = "sales_plan.submitted", "销售计划已提交", "A sales plan was submitted";
    WITHDRAWN = "sales_plan.withdrawn", "销售计划已撤回", "A sales plan was withdrawn";
    RETURNED = "sales_plan.returned", "销售计划已退回", "A sales plan was returned";
    REJECTED = "sales_plan.rejected", "销售计划已驳回", "A sales plan was rejected";
    APPROVED = "sales_plan.approved", "销售计划已生效", "A sales plan came into force";
    VOIDED = "sales_plan.voided", "销售计划已作废", "A sales plan was voided; its number stays taken";
    SUPERSEDED = "sales_plan.superseded", "销售计划已被修订取代", "A sales plan was superseded by a revision";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SALES_PLAN_REFUSALS],
    events: &[SALES_PLAN_EVENTS],
    enums: &[Measure::LABELS, SalesPlanAction::LABELS, SalesPlanState::LABELS],
};

/// What a plan measures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
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
