//! A year's target in its months, for whoever draws up a plan. `[SAL-1a]`

use crate::{
    organisation::department,
    sales_plan::measure::of_year,
    spine::{Failure, Reader, View},
};
use domain::{
    sales_plan::{Measure, PlanPeriod, SPLIT_WEIGHTS, SplitBy, split},
    spine::{BusinessDate, Citation, DepartmentId, Permission, Refusal, codes},
};
use serde::Serialize;
use std::iter;
use utoipa::ToSchema;

/// What is to be split.
#[derive(Clone, Debug)]
pub struct SplitWanted {
    /// How much.
    pub whole: i64,
    /// How.
    pub by: SplitBy,
    /// The year whose months are wanted.
    pub year: i32,
    /// What is measured.
    pub measure: Measure,
    /// By last year: of which department.
    pub department: Option<DepartmentId>,
    /// By weights: twelve, separated by commas.
    pub weights: Option<String>,
}

/// A year's target in its months.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesPlanSplitParts)]
pub struct SalesPlanSplitView {
    /// The months in their order; they come to the whole.
    #[schema(max_items = 12)]
    pub months: Vec<SalesPlanSplitMonth>,
}

/// A month's part.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesPlanSplitMonth)]
pub struct SalesPlanSplitMonth {
    /// Which month.
    pub period: PlanPeriod,
    /// How much, in the unit of the measure.
    pub target: i64,
}

impl View for SalesPlanSplitView {}

/// The months of a year's target.
///
/// # Errors
/// `sales_plan.split_weights`; a department out of reach.
pub fn view(reader: &mut Reader<'_>, wanted: &SplitWanted) -> Result<SalesPlanSplitView, Failure> {
    let year = PlanPeriod::Year(wanted.year);
    let weights = match wanted.by {
        SplitBy::Equal => None,
        SplitBy::Weights => Some(read(wanted.weights.as_deref().unwrap_or_default())?),
        SplitBy::LastYear => Some(last_year(reader, wanted)?),
    };
    let parts = split(wanted.whole, weights.as_deref(), 12)?;
    let month = |(period, target)| SalesPlanSplitMonth { period, target };
    Ok(SalesPlanSplitView { months: iter::zip(year.months(), parts).map(month).collect() })
}

fn read(text: &str) -> Result<Vec<u64>, Refusal> {
    let weights: Result<Vec<u64>, _> = text.split(',').map(|weight| weight.trim().parse()).collect();
    let wrong =
        |_| Refusal::new(SPLIT_WEIGHTS).with("months", 12).citing(Citation::clause("SAL-1a", "004 §2"));
    weights.map_err(wrong)
}

/// What each month of the year before came to; what came to less than nothing weighs nothing.
fn last_year(reader: &mut Reader<'_>, wanted: &SplitWanted) -> Result<Vec<u64>, Failure> {
    let missing = || Refusal::new(codes::REQUIRED).at("/department_id");
    let department = wanted.department.ok_or_else(missing)?;
    department::refer(reader, department, "/department_id")?;
    if !reader.actor().reach(Permission::CompileSalesPlans).covers(department, false) {
        return Err(Failure::Denied(Permission::CompileSalesPlans));
    }
    let within = department::tree(reader)?.subtree(department);
    let attained = of_year(reader, wanted.measure, wanted.year - 1, BusinessDate::MAX)?;
    let of = |month| {
        let of_month =
            attained.iter().filter(|((whose, period), _)| *period == month && within.contains(&whose.1));
        u64::try_from(of_month.map(|(_, value)| *value).sum::<i64>()).unwrap_or(0)
    };
    Ok(PlanPeriod::Year(wanted.year - 1).months().map(of).collect())
}
