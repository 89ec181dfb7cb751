//! What a client writes of a budget.

use crate::spine::Merged;
use domain::finance::budget::{
    Activity, BudgetContent, Foundation, Growth, Indicator, Objective, PlannedLine, PlannedSum, Scope,
    Strategy,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// A new budget. A draft may be incomplete; submitting it checks everything.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
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

impl Merged for CreateBudget {
    const PATCH: &'static str = "ReviseBudget";
}

impl From<BudgetContent> for CreateBudget {
    fn from(content: BudgetContent) -> Self {
        let BudgetContent { title, fiscal_year, scope, objectives, strategy, .. } = content;
        let BudgetContent { activities, lines, sums, indicators, foundations, .. } = content;
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
