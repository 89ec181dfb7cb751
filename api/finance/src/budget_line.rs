//! Budget lines and their ledger over HTTP. `[BUD-4, BUD-8]`

use crate::spine::{Can, Format, List, Paged, PathId, Problem, Query, Reading, Reply, Routes, routes};
use domain::{
    finance::{
        budget::Budget,
        budget_line::{BudgetLine, Purpose},
        period::Period,
    },
    spine::{DepartmentId, Id, perm},
};
use persistence::finance::budget_line::list::{self as lines, BudgetEntryView, BudgetLineView, LineFilter};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "budgets", [list_budget_lines, show_budget_line, list_budget_entries]);
}

/// Which lines are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
struct ListBudgetLines {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
    /// Only of this budget.
    #[param(value_type = Option<String>, max_length = 36)]
    budget_id: Option<Id<Budget>>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
    /// Only of this category and those below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "promotion")]
    category: Option<String>,
    /// Only within this year, quarter or month.
    #[param(value_type = Option<String>, max_length = 7, example = "2026-Q1")]
    period: Option<Period>,
    /// Only for this campaign.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60)]
    campaign: Option<String>,
    /// Only for this region.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60)]
    region: Option<String>,
    /// Only for this purpose.
    #[param(inline)]
    purpose: Option<Purpose>,
    /// Only open ones, or only closed ones.
    is_open: Option<bool>,
    /// Only those of low availability: used to at least so many per cent of what was given.
    #[serde(rename = "used_percent[gte]")]
    #[validate(length(max = 3))]
    #[param(max_length = 3, example = "80")]
    used_percent_from: Option<String>,
}

impl ListBudgetLines {
    fn filter(self) -> Result<LineFilter, Problem> {
        let percent = |text: String| {
            let number = text.parse().ok().filter(|percent| (0..=100).contains(percent));
            number.ok_or_else(|| Problem::bad_parameter("used_percent[gte]", "0–100"))
        };
        Ok(LineFilter {
            fiscal_year: self.fiscal_year,
            budget: self.budget_id,
            department: self.department_id,
            category: self.category,
            period: self.period,
            campaign: self.campaign,
            region: self.region,
            purpose: self.purpose,
            open: self.is_open,
            used_percent_from: self.used_percent_from.map(percent).transpose()?,
        })
    }
}

/// List budget lines with what stands on them. `[BUD-4, BUD-8]`
///
/// Those of departments in reach. `used_percent[gte]` finds what is running low.
#[utoipa::path(get, path = "/api/v1/budget-lines")]
async fn list_budget_lines(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListBudgetLines>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<BudgetLineView> {
    let include_total = paged.include_total;
    let filter = filter.0.filter()?;
    reading
        .list_as(who, format, paged, move |reader, page| lines::list(reader, &filter, page, include_total))
        .await
}

/// Show a budget line with what stands on it. `[BUD-4]`
#[utoipa::path(get, path = "/api/v1/budget-lines/{id}")]
async fn show_budget_line(
    who: Can<perm::ReadBudgets>,
    id: PathId<BudgetLine>,
    reading: Reading,
) -> Reply<BudgetLineView> {
    reading.read(who, move |reader| lines::view(reader, *id)).await
}

/// List the ledger of a budget line, the first entry first. `[BUD-4]`
///
/// Everything that moved its money. Nothing here is ever changed or removed; the line's figures are the sum.
#[utoipa::path(get, path = "/api/v1/budget-lines/{id}/entries")]
async fn list_budget_entries(
    who: Can<perm::ReadBudgets>,
    id: PathId<BudgetLine>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<BudgetEntryView> {
    let include_total = paged.include_total;
    let line = *id;
    reading
        .list_as(who, format, paged, move |reader, page| lines::ledger(reader, line, page, include_total))
        .await
}
