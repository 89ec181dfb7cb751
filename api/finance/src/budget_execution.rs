//! The execution of budgets over HTTP: the report, its chart, and what gives alarm. `[BUD-5, BUD-8]`

mod chart;

use crate::spine::{Can, Format, List, Paged, Problem, Query, Reading, Reply, Routes, Several, routes};
use chart::{Chart, draw};
use domain::{
    finance::{budget::Budget, budget_execution::Dimension, period::Period},
    spine::{DepartmentId, Id, Language, perm},
};
use persistence::finance::budget_execution::{
    self as execution, BudgetAlertsView, ExecutionFilter, ExecutionRow,
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "budgets", [list_budget_execution, show_budget_execution_chart, list_budget_alerts]);
}

/// What is reported on, and by what it is grouped.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
struct ReportOnExecution {
    /// The fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: i32,
    /// By what it is grouped: one to three of `period`, `quarter`, `department`, `category`, `category_group`,
    /// `campaign`, `region`, `budget`, `person`, separated by commas; by category where absent.
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, example = "department,category")]
    group_by: Option<Several<Dimension>>,
    /// Only lines that end with this period or before: the year to date.
    #[param(value_type = Option<String>, max_length = 7, example = "2026-06")]
    through: Option<Period>,
    /// Only lines within this quarter or month.
    #[param(value_type = Option<String>, max_length = 7, example = "2026-Q1")]
    period: Option<Period>,
    /// Only of this department and those below it.
    department_id: Option<DepartmentId>,
    /// Only of this category and those below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "promotion")]
    category: Option<String>,
    /// Only for this campaign.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60)]
    campaign: Option<String>,
    /// Only for this region.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60)]
    region: Option<String>,
    /// Only of this budget; the year before is then not compared.
    #[param(value_type = Option<String>, max_length = 36)]
    budget_id: Option<Id<Budget>>,
}

impl ReportOnExecution {
    fn filter(self) -> Result<ExecutionFilter, Problem> {
        let Several(by) = self.group_by.unwrap_or_else(|| Several(vec![Dimension::Category]));
        if by.len() > 3 {
            return Err(Problem::bad_parameter("group_by", "1–3"));
        }
        Ok(ExecutionFilter {
            fiscal_year: self.fiscal_year,
            through: self.through,
            within: self.period,
            department: self.department_id,
            category: self.category,
            campaign: self.campaign,
            region: self.region,
            budget: self.budget_id,
            by,
        })
    }
}

/// Report how budgets are executed. `[BUD-8]`
///
/// Budget, reserved, committed, spent, rate, variance to plan and to last year, forecast: by up to three of period,
/// department, category, campaign (by which activities are told apart) and person. The forecast is the run-rate:
/// what is promised or paid so far, at the same daily rate to the last day of the row's lines. Money is given to
/// departments, so a row by person has no budget. Emergency funds are kept apart and not in it.
#[utoipa::path(get, path = "/api/v1/budget-execution")]
async fn list_budget_execution(
    who: Can<perm::ReadBudgets>,
    filter: Query<ReportOnExecution>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<ExecutionRow> {
    let include_total = paged.include_total;
    let filter = filter.0.filter()?;
    reading
        .list_as(who, format, paged, move |reader, page| {
            execution::list(reader, &filter, page, include_total)
        })
        .await
}

/// Draw how budgets are executed, as an SVG. `[BUD-8]`
///
/// The same report as bars: what was given, what is used, what is paid; at most forty rows.
#[utoipa::path(get, path = "/api/v1/budget-execution/chart")]
async fn show_budget_execution_chart(
    who: Can<perm::ReadBudgets>,
    filter: Query<ReportOnExecution>,
    reading: Reading,
) -> Chart {
    let filter = filter.0.filter()?;
    let language = reading.language();
    let year = filter.fiscal_year;
    let rows = reading.value(who, move |reader| execution::report(reader, &filter)).await?;
    Ok(draw(year, &rows, language == Language::Chinese))
}

/// Of which year.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct AlarmsOfYear {
    /// The fiscal year; the present one where absent.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
}

/// List what gives alarm in budgets. `[BUD-5]`
///
/// Lines used to a threshold of the settings, and departments and categories whose run-rate leads beyond what their
/// year was given (from the thirtieth day of the year on). Each says why.
#[utoipa::path(get, path = "/api/v1/budget-alerts")]
async fn list_budget_alerts(
    who: Can<perm::ReadBudgets>,
    of: Query<AlarmsOfYear>,
    reading: Reading,
) -> Reply<BudgetAlertsView> {
    let year = of.fiscal_year;
    reading
        .read(who, move |reader| {
            let year = year.unwrap_or_else(|| chrono::Datelike::year(&reader.today()));
            execution::alerts(reader, year)
        })
        .await
}
