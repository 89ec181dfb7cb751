//! Sales plans over HTTP: drawn up, agreed to, and what was attained of them. `[SAL-1]`

/// Targets of people from a spreadsheet.
mod import;

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, ByRules, Can, Created, List, Merge, Merged, Note, PathId, Query, Reading, Reason, Reply, Routes,
        UnitOfWork, Valid, Wanted, routes,
    },
};
use domain::{
    approval::Document,
    sales_plan::{Measure, PlanNode, PlanPeriod, SalesPlan, SalesPlanContent, Scope, SplitBy},
    spine::{DepartmentId, EmployeeId, perm},
};
use import::{
    __path_import_sales_targets, __path_show_sales_target_template, import_sales_targets,
    show_sales_target_template,
};
use persistence::{
    approval::document,
    organisation::department,
    sales_plan::{
        self as plans, SalesPlanFilter, SalesPlanSummary, SalesPlanView, deed,
        split::{self, SalesPlanSplitView, SplitWanted},
        target::{self, SalesTargetFilter, SalesTargetView},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "sales-plans",
        [
            list_sales_plans,
            create_sales_plan,
            show_sales_plan,
            revise_sales_plan,
            preview_sales_plan_approval,
            submit_sales_plan,
            withdraw_sales_plan,
            void_sales_plan,
            show_sales_plan_split,
            list_sales_targets,
            show_sales_target_template,
            import_sales_targets,
        ]
    );
}

/// List sales plans. `[SAL-1, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first; every revision is one.
#[utoipa::path(get, path = "/api/v1/sales-plans")]
async fn list_sales_plans(
    who: Can<perm::ReadSalesPlans>,
    wanted: Wanted<SalesPlanFilter>,
    reading: Reading,
) -> List<SalesPlanSummary> {
    reading.list(who, wanted, plans::list).await
}

/// Show a sales plan. `[SAL-1, ACT-1]`
#[utoipa::path(get, path = "/api/v1/sales-plans/{id}")]
async fn show_sales_plan(
    who: Can<perm::ReadSalesPlans>,
    id: PathId<SalesPlan>,
    reading: Reading,
) -> Reply<SalesPlanView> {
    reading.read(who, move |reader| plans::view(reader, *id)).await
}

/// A target: whole numbers in the unit of the measure, fen for amounts.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateSalesPlanNode)]
struct Node {
    /// The department: the plan's own, or one below it.
    department_id: DepartmentId,
    /// Whose, where it is a person's of that department.
    #[serde(default)]
    employee_id: Option<EmployeeId>,
    /// When.
    period: PlanPeriod,
    /// At least; the target where absent.
    #[serde(default)]
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64)]
    floor: Option<i64>,
    /// What adds up.
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, example = 8_333_333)]
    target: i64,
    /// At best; the target where absent.
    #[serde(default)]
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64)]
    challenge: Option<i64>,
    /// What of it no scope below has; below nothing where they were given more.
    #[serde(default)]
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64)]
    reserve_of_scopes: i64,
    /// What of it no period within has.
    #[serde(default)]
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64)]
    reserve_of_periods: i64,
}

impl From<PlanNode> for Node {
    fn from(node: PlanNode) -> Self {
        let PlanNode { scope, period, floor, target, challenge, reserve_of_scopes, reserve_of_periods } =
            node;
        Self {
            department_id: scope.department,
            employee_id: scope.person,
            period,
            floor: Some(floor),
            target,
            challenge: Some(challenge),
            reserve_of_scopes,
            reserve_of_periods,
        }
    }
}

impl From<Node> for PlanNode {
    fn from(body: Node) -> Self {
        let Node { department_id, employee_id, period, floor, target, challenge, .. } = body;
        Self {
            scope: Scope { department: department_id, person: employee_id },
            period,
            floor: floor.unwrap_or(target),
            target,
            challenge: challenge.unwrap_or(target),
            reserve_of_scopes: body.reserve_of_scopes,
            reserve_of_periods: body.reserve_of_periods,
        }
    }
}

/// A new plan.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateSalesPlan {
    /// Whose plan it is.
    department_id: DepartmentId,
    /// Of which year.
    #[validate(range(min = 2000, max = 2999))]
    #[schema(minimum = 2000, maximum = 2999, example = 2026)]
    year: i32,
    /// What it measures.
    measure: Measure,
    /// On what it rests.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    grounds: Option<String>,
    /// Its targets.
    #[validate(length(min = 1, max = 5000), nested)]
    #[schema(min_items = 1, max_items = 5000)]
    nodes: Vec<Node>,
}

impl Merged for CreateSalesPlan {
    const PATCH: &'static str = "ReviseSalesPlan";
    const FIXED: &'static [&'static str] = &["department_id", "year", "measure"];
}

/// Draw up a sales plan. `[SAL-1a, SAL-1b; 004 §2]`
///
/// Of a department in reach: the first of its year and measure, or the next revision of what is in force, which holds
/// until this is approved. What lies below a target and its declared reserve must come to exactly the target, by scopes
/// and by periods; otherwise it is refused with the target and the difference.
#[utoipa::path(post, path = "/api/v1/sales-plans")]
async fn create_sales_plan(
    who: Can<perm::CompileSalesPlans>,
    body: Valid<CreateSalesPlan>,
    work: UnitOfWork,
) -> Created<SalesPlanView> {
    work.write(who, move |tx| {
        let CreateSalesPlan { department_id, year, measure, grounds, nodes } = body.0.clone();
        let nodes = nodes.into_iter().map(Into::into).collect();
        let plan = deed::create(tx, department_id, SalesPlanContent { year, measure, grounds, nodes })?;
        plans::show(tx, plan)
    })
    .await
}

/// Change a sales plan. `[SAL-1a]`
///
/// While it is a draft, returned or withdrawn; its department, year and measure stay.
#[utoipa::path(patch, path = "/api/v1/sales-plans/{id}")]
async fn revise_sales_plan(
    who: Can<perm::CompileSalesPlans>,
    at: At<SalesPlan>,
    patch: Merge<CreateSalesPlan>,
    work: UnitOfWork,
) -> Reply<SalesPlanView> {
    work.moves(who, at, move |plan, tx| {
        plan.may_revise(tx.actor())?;
        let SalesPlanContent { year, measure, grounds, nodes } = plan.content.clone();
        let nodes = nodes.into_iter().map(Into::into).collect();
        let before = CreateSalesPlan { department_id: plan.department, year, measure, grounds, nodes };
        let CreateSalesPlan { grounds, nodes, .. } = patch.over(&before)?;
        let nodes: Vec<PlanNode> = nodes.into_iter().map(Into::into).collect();
        deed::check_people(tx, &nodes)?;
        let tree = department::tree(tx)?;
        Ok(plan.revise((grounds, nodes), &tree, tx.actor())?)
    })
    .await
}

/// Preview the approval of a sales plan. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/sales-plans/{id}/approval-preview")]
async fn preview_sales_plan_approval(
    who: Can<perm::ReadSalesPlans>,
    id: PathId<SalesPlan>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let plan = plans::find(reader, *id)?;
            plans::preview(reader, &plan).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a sales plan. `[SAL-1b]`
///
/// A revision moves only months that have not begun: what has begun stays as the revision in force says.
#[utoipa::path(post, path = "/api/v1/sales-plans/{id}/submit")]
async fn submit_sales_plan(
    who: Can<perm::CompileSalesPlans>,
    at: At<SalesPlan>,
    work: UnitOfWork,
) -> Reply<SalesPlanView> {
    work.moves(who, at, move |plan, tx| deed::submit(tx, plan)).await
}

/// Withdraw a sales plan that waits for its approvers. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/sales-plans/{id}/withdraw")]
async fn withdraw_sales_plan(
    who: Can<perm::CompileSalesPlans>,
    at: At<SalesPlan>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<SalesPlanView> {
    work.moves(who, at, move |plan, tx| document::withdraw(tx, &plan, body.note.clone())).await
}

/// Void a sales plan. `[SAL-1b]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken, and another may be begun.
#[utoipa::path(post, path = "/api/v1/sales-plans/{id}/void")]
async fn void_sales_plan(
    who: Can<perm::CompileSalesPlans>,
    at: At<SalesPlan>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<SalesPlanView> {
    work.moves(who, at, move |plan, tx| document::void(tx, plan, body.reason.clone())).await
}

/// What is to be split.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
struct SplitSalesPlan {
    /// How much, in the unit of the measure.
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    #[param(minimum = 0, maximum = 1_000_000_000_000_000_i64, example = 100_000_000)]
    whole: i64,
    /// How; equally where absent.
    #[param(inline)]
    by: Option<SplitBy>,
    /// The year whose months are wanted.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    year: i32,
    /// What is measured; the amount where absent.
    #[param(inline)]
    measure: Option<Measure>,
    /// By last year: of which department in reach.
    department_id: Option<DepartmentId>,
    /// By weights: twelve, separated by commas.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200, example = "1,1,1,1,1,1,1,1,1,1,1,2")]
    weights: Option<String>,
}

/// Split a year's target into its months. `[SAL-1a]`
///
/// Equally, as last year went, or by weights; the parts add up by the largest remainder, ties to the earlier month. Nothing
/// is written: what comes out is meant for a plan.
#[utoipa::path(get, path = "/api/v1/sales-plan-split")]
async fn show_sales_plan_split(
    who: Can<perm::CompileSalesPlans>,
    wanted: Query<SplitSalesPlan>,
    _: ByRules,
    reading: Reading,
) -> Reply<SalesPlanSplitView> {
    let SplitSalesPlan { whole, by, year, measure, department_id, weights } = wanted.0;
    let measure = measure.unwrap_or(Measure::Amount);
    let by = by.unwrap_or(SplitBy::Equal);
    let wanted = SplitWanted { whole, by, year, measure, department: department_id, weights };
    reading.read(who, move |reader| split::view(reader, &wanted)).await
}

/// List targets and how far they are reached. `[SAL-1b, SAL-1c, SAL-1d]`
///
/// Of plans in force: one's own, and of departments in reach. What was attained is the sum of credit entries by business
/// date, of people and the departments they belonged to on that day. What somebody who left or moved had left, by
/// calendar days, stands in their team's reserve.
#[utoipa::path(get, path = "/api/v1/sales-targets")]
async fn list_sales_targets(
    who: Can<perm::ReadSalesPlans>,
    wanted: Wanted<SalesTargetFilter>,
    reading: Reading,
) -> List<SalesTargetView> {
    reading.list(who, wanted, target::list).await
}
