//! Changes of budgets, and the reports of emergency funds and draws, over HTTP. `[BUD-6, BUD-7]`

mod body;
mod find;
mod fund;

use crate::spine::{Can, Created, IfMatch, PathId, Reply, Routes, UnitOfWork, Valid, routes};
use body::{CreateBudgetChange, EndBudgetChange, ReviseBudgetChange, WithdrawBudgetChange};
use domain::{
    finance::budget_change::{BudgetChange, NO_EMPLOYEE},
    spine::{Refusal, perm},
};
use find::*;
use fund::*;
use persistence::finance::budget_change::{self as changes, BudgetChangeView};

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "budgets",
        [
            list_budget_changes,
            create_budget_change,
            show_budget_change,
            revise_budget_change,
            preview_budget_change_approval,
            submit_budget_change,
            withdraw_budget_change,
            void_budget_change,
            list_emergency_draws,
            list_emergency_funds,
        ]
    );
}

/// Create a change of active budgets. `[BUD-6, BUD-7]`
///
/// Transfers between lines, increases, cuts and new lines are adjustments; money of an emergency fund moves by a
/// draw, which names the event it answers. An adjustment that names a draw gives back what nobody needed of it.
#[utoipa::path(post, path = "/api/v1/budget-changes")]
async fn create_budget_change(
    who: Can<perm::CompileBudgets>,
    body: Valid<CreateBudgetChange>,
    work: UnitOfWork,
) -> Created<BudgetChangeView> {
    work.write(who, move |tx| {
        let own = tx.actor().department;
        let content = body.0.clone().content(own).ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
        let change = changes::create(tx, content)?;
        changes::show(tx, change)
    })
    .await
}

/// Rewrite a change of budgets. `[BUD-6]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/budget-changes/{id}")]
async fn revise_budget_change(
    who: Can<perm::CompileBudgets>,
    id: PathId<BudgetChange>,
    version: IfMatch,
    body: Valid<ReviseBudgetChange>,
    work: UnitOfWork,
) -> Reply<BudgetChangeView> {
    work.write(who, move |tx| {
        let change = changes::find(tx, *id)?;
        version.check(change.version)?;
        change.may_revise(tx.actor())?;
        let content = body.0.clone().over(change.content.clone())?;
        let change = changes::revise(tx, change, content)?;
        changes::show(tx, change)
    })
    .await
}

/// Submit a change of budgets for approval. `[BUD-6, BUD-7]`
///
/// What it would do must be possible now. It takes effect in the transaction of the last approval; where too little
/// is left by then, that approval answers 409 with the shortage and stays open.
#[utoipa::path(post, path = "/api/v1/budget-changes/{id}/submit")]
async fn submit_budget_change(
    who: Can<perm::CompileBudgets>,
    id: PathId<BudgetChange>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<BudgetChangeView> {
    work.write(who, move |tx| {
        let change = changes::find(tx, *id)?;
        version.check(change.version)?;
        let change = changes::submit(tx, change)?;
        changes::show(tx, change)
    })
    .await
}

/// Withdraw a change of budgets that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/budget-changes/{id}/withdraw")]
async fn withdraw_budget_change(
    who: Can<perm::CompileBudgets>,
    id: PathId<BudgetChange>,
    version: IfMatch,
    body: Valid<WithdrawBudgetChange>,
    work: UnitOfWork,
) -> Reply<BudgetChangeView> {
    work.write(who, move |tx| {
        let change = changes::find(tx, *id)?;
        version.check(change.version)?;
        changes::withdraw(tx, &change, body.note.clone())?;
        changes::view(tx, *id)
    })
    .await
}

/// Void a change of budgets that never took effect. `[BUD-6]`
#[utoipa::path(post, path = "/api/v1/budget-changes/{id}/void")]
async fn void_budget_change(
    who: Can<perm::CompileBudgets>,
    id: PathId<BudgetChange>,
    version: IfMatch,
    body: Valid<EndBudgetChange>,
    work: UnitOfWork,
) -> Reply<BudgetChangeView> {
    work.write(who, move |tx| {
        let change = changes::find(tx, *id)?;
        version.check(change.version)?;
        let change = change.void(body.reason.clone(), tx.actor(), tx.now())?;
        let change = changes::apply(tx, change)?;
        changes::show(tx, change)
    })
    .await
}
