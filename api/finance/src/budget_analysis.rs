//! Analyses of execution over HTTP. `[BUD-8]`

use crate::spine::{Can, Created, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use domain::{
    finance::{
        budget_analysis::{AnalysisContent, BudgetAnalysis, Conclusion},
        period::Period,
    },
    spine::{AnyId, DepartmentId, Id, perm},
};
use persistence::finance::budget_analysis::{self as analyses, AnalysisFilter, BudgetAnalysisView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "budgets", [list_budget_analyses, file_budget_analysis, show_budget_analysis]);
}

/// An analysis that is filed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileBudgetAnalysis {
    /// What it is called.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "2026 年一季度预算执行分析")]
    title: String,
    /// The period that was analysed.
    period: Period,
    /// The department, with those below it; absent for the whole company.
    #[serde(default)]
    department_id: Option<DepartmentId>,
    /// The analysis.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20000)]
    text: String,
    /// What follows from it.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    conclusions: Vec<Conclusion>,
    /// Uploaded files as evidence.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    attachments: Vec<AnyId>,
}

impl From<FileBudgetAnalysis> for AnalysisContent {
    fn from(body: FileBudgetAnalysis) -> Self {
        let FileBudgetAnalysis { title, period, department_id, text, conclusions, attachments } = body;
        Self {
            title,
            period,
            department: department_id,
            text,
            conclusions,
            attachments: attachments.into_iter().map(|id| Id::from_uuid(id.uuid())).collect(),
        }
    }
}

/// File an analysis of the execution of budgets. `[BUD-8]`
///
/// The figures of the period by category are frozen with it. It is never changed; it feeds the copy of the year's
/// budget to the next.
#[utoipa::path(post, path = "/api/v1/budget-analyses")]
async fn file_budget_analysis(
    who: Can<perm::CompileBudgets>,
    body: Valid<FileBudgetAnalysis>,
    work: UnitOfWork,
) -> Created<BudgetAnalysisView> {
    work.write(who, move |tx| analyses::file_analysis(tx, body.0.clone().into())).await
}

/// List analyses of the execution of budgets, the newest first. `[BUD-8]`
#[utoipa::path(get, path = "/api/v1/budget-analyses")]
async fn list_budget_analyses(
    who: Can<perm::ReadBudgets>,
    wanted: Wanted<AnalysisFilter>,
    reading: Reading,
) -> List<BudgetAnalysisView> {
    reading.list(who, wanted, analyses::list).await
}

/// Show an analysis of the execution of budgets. `[BUD-8]`
#[utoipa::path(get, path = "/api/v1/budget-analyses/{id}")]
async fn show_budget_analysis(
    who: Can<perm::ReadBudgets>,
    id: PathId<BudgetAnalysis>,
    reading: Reading,
) -> Reply<BudgetAnalysisView> {
    reading.read(who, move |reader| analyses::view(reader, *id)).await
}
