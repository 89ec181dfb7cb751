//! The rules by which sales are attributed, and the plan by which they pay, in force on a day. `[COM-10]`

use crate::{
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader},
};
use domain::{
    commission::{
        COMMISSION_RULES_CODE, CommissionRules, SHIPPED_COMMISSION_RULES,
        plan::{COMMISSION_PLAN_CODE, CommissionPlan, SHIPPED_COMMISSION_PLAN},
    },
    spine::{BusinessDate, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<CommissionRules>(),
    &Shipped::text(COMMISSION_RULES_CODE, "佣金归属规则", "002 §5", SHIPPED_COMMISSION_RULES),
    &Kind::of::<CommissionPlan>(),
    &Shipped::text(COMMISSION_PLAN_CODE, "提成方案", "002 §5", SHIPPED_COMMISSION_PLAN),
];

/// The rules of a day.
///
/// # Errors
/// Where there are none.
pub(crate) fn rules(
    reader: &mut Reader<'_>,
    on: BusinessDate,
) -> Result<Arc<PolicyVersion<CommissionRules>>, Failure> {
    policy::in_force(reader, "company", on)
}

/// The plan of a day.
///
/// # Errors
/// Where there is none.
pub(crate) fn plan(
    reader: &mut Reader<'_>,
    on: BusinessDate,
) -> Result<Arc<PolicyVersion<CommissionPlan>>, Failure> {
    policy::in_force(reader, "company", on)
}
