//! What one budget looks like: what it says, what it adds up to, and what the caller may do with it.

use super::{BudgetWorld, find};
use crate::{
    approval::APPROVAL,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, Target, View, in_json},
};
use domain::{
    finance::budget::{
        Activity, Budget, BudgetContent, BudgetState, Foundation, Indicator, Objective, PlannedLine,
        PlannedSum, Scope, Strategy, actions::BudgetAction,
    },
    spine::{AnyId, Currency, Id, Money, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with a budget. An alias, because the derive would take a generic type apart.
type BudgetActionView = ActionView<BudgetAction>;

/// A budget of a fiscal year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Budget)]
pub struct BudgetView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "BG-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: BudgetState,
    /// Since when it stands there; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, closed or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
    /// The fiscal year.
    #[schema(minimum = 2000, maximum = 2999)]
    pub fiscal_year: i32,
    /// What it is drawn up for.
    pub scope: Scope,
    /// The department that answers for it.
    pub department: NamedRef,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What is planned in all.
    pub total: Money,
    /// What is to be reached.
    #[schema(max_items = 500)]
    pub objectives: Vec<Objective>,
    /// How.
    pub strategy: Strategy,
    /// By which activities.
    #[schema(max_items = 500)]
    pub activities: Vec<Activity>,
    /// The allocation, as it was planned. What became of it is said by the budget lines.
    #[schema(max_items = 1000)]
    pub lines: Vec<PlannedLine>,
    /// The sums that were declared; the lines add up to them.
    #[schema(max_items = 500)]
    pub sums: Vec<PlannedSum>,
    /// What the lines add up to by department, by category with its headings, and by month, quarter and year.
    #[schema(max_items = 5000)]
    pub margins: Vec<PlannedSum>,
    /// By what the effect will be judged.
    #[schema(max_items = 200)]
    pub indicators: Vec<Indicator>,
    /// What it rests on.
    #[schema(max_items = 200)]
    pub foundations: Vec<Foundation>,
    /// The account that compiled it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// The budget it was copied from.
    pub copied_from_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<BudgetActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for BudgetView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/budgets/{}", self.id))
    }
}

/// One budget, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<Budget>) -> Result<BudgetView, Failure> {
    let budget = find(reader, id)?;
    show(reader, budget)
}

/// A budget where something refers to it.
pub static BUDGET: Target =
    Target { permission: Permission::ReadBudgets, look: |reader, id| in_json(view(reader, id.into())) };

/// How a budget at hand is shown.
pub fn show(reader: &mut Reader<'_>, budget: Budget) -> Result<BudgetView, Failure> {
    let (world, register) = (BudgetWorld::today(reader)?, Register::of(reader)?);
    let actions = budget.actions(reader.actor());
    let (status_at, status_reason) = budget.told();
    let (status, status_reason) = (budget.state(), status_reason.map(str::to_owned));
    let department = register.placed(budget.content.scope.department)?;
    let submitter = register.named(budget.petition.submitter)?;
    let total = budget.content.total(world.currency)?;
    let margins = budget.content.margins(&world.categories.content, world.currency);
    let id = budget.id;
    let BudgetContent {
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
    } = budget.content;
    Ok(BudgetView {
        id: id.uuid().into(),
        number: budget.petition.number,
        status,
        status_at,
        status_reason,
        title,
        fiscal_year,
        scope,
        department,
        currency: total.currency(),
        total,
        objectives,
        strategy,
        activities,
        lines,
        sums,
        margins,
        indicators,
        foundations,
        created_by: budget.petition.creator,
        created_at: budget.petition.created_at,
        submitter,
        approval_id: budget.petition.approval.map(|approval| approval.uuid().into()),
        copied_from_id: budget.copied_from.map(|from| from.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/budgets/{id}"), actions),
        version: budget.version,
    })
}

impl Placed<crate::Finance> for BudgetAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Activate => Place::Post("/activate"),
            Self::Close => Place::Post("/close"),
            Self::Copy => Place::Post("/copy"),
        }
    }
}
