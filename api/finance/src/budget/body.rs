//! What a client writes of a budget.

use crate::spine::Patch;
use domain::{
    finance::budget::{
        Activity, BudgetContent, Foundation, Growth, Indicator, Objective, PLANNED_LINES_MAX, PlannedLine,
        PlannedSum, Scope, Strategy,
    },
    spine::Refusal,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// A new budget. A draft may be incomplete; submitting it checks everything.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateBudget {
    /// What it is called.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "2026 年市场部营销预算")]
    title: String,
    /// The fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[schema(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: i32,
    /// What it is drawn up for.
    scope: Scope,
    /// What is to be reached, per year, quarter and month.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    objectives: Vec<Objective>,
    /// How.
    #[serde(default)]
    strategy: Strategy,
    /// By which activities.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    activities: Vec<Activity>,
    /// The allocation.
    #[serde(default)]
    #[validate(length(max = 1000))]
    #[schema(max_items = 1000)]
    lines: Vec<PlannedLine>,
    /// Sums the lines must add up to, at any level; what is not declared is not checked.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    sums: Vec<PlannedSum>,
    /// By what the effect will be judged.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    indicators: Vec<Indicator>,
    /// What it rests on: research, analyses.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    foundations: Vec<Foundation>,
}

impl From<CreateBudget> for BudgetContent {
    fn from(body: CreateBudget) -> Self {
        let CreateBudget {
            title,
            fiscal_year,
            scope,
            objectives,
            strategy,
            activities,
            lines,
            sums,
            indicators,
            foundations,
        } = body;
        Self {
            title,
            fiscal_year,
            scope,
            objectives,
            strategy,
            activities,
            lines,
            sums,
            indicators,
            foundations,
        }
    }
}

/// A merge patch of a budget (RFC 7396): absent stays, null clears, arrays and objects are replaced whole.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviseBudget {
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    title: Patch<String>,
    /// The fiscal year.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 2000, maximum = 2999)]
    fiscal_year: Patch<i32>,
    /// What it is drawn up for.
    #[serde(default)]
    #[schema(value_type = Option<Scope>)]
    scope: Patch<Scope>,
    /// What is to be reached.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Objective>>, max_items = 500)]
    objectives: Patch<Vec<Objective>>,
    /// How.
    #[serde(default)]
    #[schema(value_type = Option<Strategy>)]
    strategy: Patch<Strategy>,
    /// By which activities.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Activity>>, max_items = 500)]
    activities: Patch<Vec<Activity>>,
    /// The allocation.
    #[serde(default)]
    #[schema(value_type = Option<Vec<PlannedLine>>, max_items = 1000)]
    lines: Patch<Vec<PlannedLine>>,
    /// Sums the lines must add up to.
    #[serde(default)]
    #[schema(value_type = Option<Vec<PlannedSum>>, max_items = 500)]
    sums: Patch<Vec<PlannedSum>>,
    /// By what the effect will be judged.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Indicator>>, max_items = 200)]
    indicators: Patch<Vec<Indicator>>,
    /// What it rests on.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Foundation>>, max_items = 200)]
    foundations: Patch<Vec<Foundation>>,
}

impl ReviseBudget {
    /// What the budget says after the patch.
    pub fn over(self, old: BudgetContent) -> Result<BudgetContent, Refusal> {
        Ok(BudgetContent {
            title: self.title.over_required(old.title, "/title")?,
            fiscal_year: self.fiscal_year.over_required(old.fiscal_year, "/fiscal_year")?,
            scope: self.scope.over_required(old.scope, "/scope")?,
            objectives: list(self.objectives, old.objectives, "/objectives", 500)?,
            strategy: self.strategy.over(Some(old.strategy)).unwrap_or_default(),
            activities: list(self.activities, old.activities, "/activities", 500)?,
            lines: list(self.lines, old.lines, "/lines", PLANNED_LINES_MAX)?,
            sums: list(self.sums, old.sums, "/sums", 500)?,
            indicators: list(self.indicators, old.indicators, "/indicators", 200)?,
            foundations: list(self.foundations, old.foundations, "/foundations", 200)?,
        })
    }
}

/// A list after the patch, no longer than it may be.
fn list<T>(patch: Patch<Vec<T>>, old: Vec<T>, at: &str, max: usize) -> Result<Vec<T>, Refusal> {
    let new = patch.over(Some(old)).unwrap_or_default();
    if new.len() > max {
        let refusal = Refusal::new(domain::spine::codes::BAD_LENGTH).with("min", 0).with("max", max);
        return Err(refusal.at(at));
    }
    Ok(new)
}

/// How the draft of another year is to start.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyBudget {
    /// The fiscal year of the draft; the one after the copied budget's where absent.
    #[serde(default)]
    #[validate(range(min = 2000, max = 2999))]
    #[schema(minimum = 2000, maximum = 2999, example = 2027)]
    pub fiscal_year: Option<i32>,
    /// What the draft is called.
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// By how much amounts grow, in hundredths of a per cent; not at all where absent.
    #[serde(default)]
    #[validate(range(min = -10000, max = 100_000))]
    #[schema(minimum = -10000, maximum = 100_000, example = 500)]
    growth_basis_points: Option<i32>,
    /// By how much a category grows instead; a heading's rate holds for everything below it.
    #[serde(default)]
    #[validate(length(max = 200))]
    growth_by_category: BTreeMap<String, i32>,
}

impl CopyBudget {
    /// By how much it grows.
    pub fn growth(&self) -> Growth {
        Growth {
            default_basis_points: self.growth_basis_points.unwrap_or(0),
            by_category: self.growth_by_category.clone(),
        }
    }
}

/// A word to the approvers.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WithdrawBudget {
    /// Why it is taken back.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// Why a budget is closed or given up.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndBudget {
    /// The reason, for the people it touches.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "年度结束")]
    pub reason: String,
}
