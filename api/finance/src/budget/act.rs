//! Compiling budgets, and the named actions: state moves through them and nothing else. `[BUD-1, BUD-3, BUD-8]`

use super::body::{CopyBudget, CreateBudget, EndBudget, ReviseBudget, WithdrawBudget};
use crate::spine::{Can, Created, IfMatch, PathId, Reply, UnitOfWork, Valid};
use domain::{finance::budget::Budget, spine::perm};
use persistence::finance::{
    budget::{self as budgets, BudgetView},
    budget_analysis::foundations,
};

/// Create a budget. `[BUD-1, BUD-2]`
///
/// A draft may be incomplete, but what it says must be sound, and its lines must add up to every sum that is
/// declared: a difference is named.
#[utoipa::path(post, path = "/api/v1/budgets")]
pub(super) async fn create_budget(
    who: Can<perm::CompileBudgets>,
    body: Valid<CreateBudget>,
    work: UnitOfWork,
) -> Created<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::create(tx, body.0.clone().into())?;
        budgets::show(tx, budget)
    })
    .await
}

/// Change a budget. `[BUD-1, BUD-2]`
///
/// While it is a draft, returned or withdrawn. State is never written here: it moves through the actions.
#[utoipa::path(patch, path = "/api/v1/budgets/{id}")]
pub(super) async fn revise_budget(
    who: Can<perm::CompileBudgets>,
    id: PathId<Budget>,
    version: IfMatch,
    body: Valid<ReviseBudget>,
    work: UnitOfWork,
) -> Reply<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::find(tx, *id)?;
        version.check(budget.version)?;
        budget.may_revise(tx.actor())?;
        let content = body.0.clone().over(budget.content.clone())?;
        let budget = budgets::revise(tx, budget, content)?;
        budgets::show(tx, budget)
    })
    .await
}

/// Submit a budget for approval. `[BUD-3]`
///
/// By then it states objectives for the year, for quarters and for months, strategy, activities, allocation and
/// indicators (000 §9.1(2)); what is missing is said at once. The chain is the policy `approval-chain/budget`.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/submit")]
pub(super) async fn submit_budget(
    who: Can<perm::CompileBudgets>,
    id: PathId<Budget>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::find(tx, *id)?;
        version.check(budget.version)?;
        let budget = budgets::submit(tx, budget)?;
        budgets::show(tx, budget)
    })
    .await
}

/// Withdraw a budget that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/budgets/{id}/withdraw")]
pub(super) async fn withdraw_budget(
    who: Can<perm::CompileBudgets>,
    id: PathId<Budget>,
    version: IfMatch,
    body: Valid<WithdrawBudget>,
    work: UnitOfWork,
) -> Reply<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::find(tx, *id)?;
        version.check(budget.version)?;
        budgets::withdraw(tx, &budget, body.note.clone())?;
        budgets::view(tx, *id)
    })
    .await
}

/// Void a budget that never was active. `[BUD-3]`
///
/// By whoever compiled it, before it is approved; by finance also then. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/void")]
pub(super) async fn void_budget(
    who: Can<perm::CompileBudgets>,
    id: PathId<Budget>,
    version: IfMatch,
    body: Valid<EndBudget>,
    work: UnitOfWork,
) -> Reply<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::find(tx, *id)?;
        version.check(budget.version)?;
        let change = budget.void(body.reason.clone(), tx.actor(), tx.now())?;
        let budget = budgets::apply(tx, change)?;
        budgets::show(tx, budget)
    })
    .await
}

/// Activate an approved budget: its lines can be spent. `[BUD-3, BUD-4]`
///
/// Opens every line with its money in one transaction. Where another active budget has one of the lines open it
/// is refused, naming that budget.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/activate")]
pub(super) async fn activate_budget(
    who: Can<perm::ManageBudgets>,
    id: PathId<Budget>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::find(tx, *id)?;
        version.check(budget.version)?;
        let budget = budgets::activate(tx, budget)?;
        budgets::show(tx, budget)
    })
    .await
}

/// Close an active budget. `[BUD-3]`
///
/// Nothing more is charged to its lines; what documents hold of them runs its course.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/close")]
pub(super) async fn close_budget(
    who: Can<perm::ManageBudgets>,
    id: PathId<Budget>,
    version: IfMatch,
    body: Valid<EndBudget>,
    work: UnitOfWork,
) -> Reply<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::find(tx, *id)?;
        version.check(budget.version)?;
        let budget = budgets::close(tx, budget, body.reason.clone())?;
        budgets::show(tx, budget)
    })
    .await
}

/// Copy a budget to another year's draft. `[BUD-8]`
///
/// Every amount grows by the rate of its category, or of the nearest heading, or the default, rounded half-up to
/// the fen; periods move to the new year, strategy and indicators come along. Analyses filed on the copied
/// budget's year and department become what the draft rests on.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/copy")]
pub(super) async fn copy_budget(
    who: Can<perm::CompileBudgets>,
    id: PathId<Budget>,
    body: Valid<CopyBudget>,
    work: UnitOfWork,
) -> Created<BudgetView> {
    work.write(who, move |tx| {
        let budget = budgets::find(tx, *id)?;
        let year = body.fiscal_year.unwrap_or(budget.content.fiscal_year + 1);
        let foundations = foundations(tx, &budget)?;
        let draft = budgets::copy(tx, &budget, year, body.title.clone(), &body.growth(), foundations)?;
        budgets::show(tx, draft)
    })
    .await
}
