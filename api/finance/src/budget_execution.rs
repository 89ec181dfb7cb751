//! The execution of budgets over HTTP: the report, its chart, and what gives alarm. `[BUD-5, BUD-8]`

mod chart;

use crate::spine::{Can, List, Query, Reading, Reply, Routes, Wanted, chart::Chart, routes};
use chart::draw;
use domain::spine::{Language, perm};
use persistence::finance::budget_execution::{
    self as execution, BudgetAlertsView, ExecutionFilter, ExecutionRow,
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "budgets", [list_budget_execution, show_budget_execution_chart, list_budget_alerts]);
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
    wanted: Wanted<ExecutionFilter>,
    reading: Reading,
) -> List<ExecutionRow> {
    reading.list(who, wanted, execution::list).await
}

/// Draw how budgets are executed, as an SVG. `[BUD-8]`
///
/// The same report as bars: what was given, what is used, what is paid; at most forty rows.
#[utoipa::path(get, path = "/api/v1/budget-execution/chart")]
async fn show_budget_execution_chart(
    who: Can<perm::ReadBudgets>,
    filter: Query<ExecutionFilter>,
    reading: Reading,
) -> Chart {
    let filter = filter.0;
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
