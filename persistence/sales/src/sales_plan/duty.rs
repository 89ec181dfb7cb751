//! The plan of a year is due in the December before it: a duty of heads, which a plan that comes into force fulfils. `[SAL-1b]`

use super::row::find_unscoped;
use crate::duty::{Filed, FiledRecord};
use chrono::NaiveDate;
use domain::{
    sales_plan::SalesPlanId,
    spine::BusinessDate,
    working_time::{Period, Span},
};
use serde_json::json;

/// The rule that calls for plans.
pub(super) const SALES_PLAN_RULE: &str = include_str!("../shipped/sales_plan_rule.json");

/// A plan came into force: owed in the year before its own, so it is filed for that.
pub(super) static APPROVED: Filed = Filed {
    source: "sales_plan.approved",
    zh: "销售计划已生效",
    en: "A sales plan came into force",
    event: "sales_plan.approved",
    undone: &[],
    of: |reader, id| {
        let plan = find_unscoped(reader, SalesPlanId::from_uuid(id))?;
        let day = NaiveDate::from_ymd_opt(plan.content.year - 1, 12, 20).unwrap_or(BusinessDate::MIN);
        Ok(Some(FiledRecord::Period {
            period: Period::containing(Span::Year, day),
            by: plan.petition.submitter,
            department: plan.department,
            facts: json!({"measure": plan.content.measure}),
        }))
    },
};
