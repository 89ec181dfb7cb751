//! Deeds that move more than the budget itself: its number, its approval, its lines. Each in the one transaction
//! of its unit of work.

use super::{BudgetWorld, apply, settle};
use crate::{
    approval::document,
    finance::budget_line::{self, open_lines_like},
    organisation::department,
    schema::budget_lines as lines,
    spine::{Failure, Key, Tx, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget::{Budget, BudgetContent, Foundation, Growth, NewBudget, OVERLAPS, OpenedLine},
        budget_line::{Balance, BudgetLine, DocumentKind, DocumentRef},
    },
    spine::{Citation, Id, Refusal},
};

/// Starts a draft.
pub fn create(tx: &mut Tx<'_>, content: BudgetContent) -> Result<Budget, Failure> {
    start(tx, content, None)
}

fn start(
    tx: &mut Tx<'_>,
    content: BudgetContent,
    copied_from: Option<Id<Budget>>,
) -> Result<Budget, Failure> {
    ensure_reach(tx, &content)?;
    let world = BudgetWorld::today(tx)?;
    let prefix = world.rules().policy.content.budget_prefix.clone();
    let number = crate::spine::next_number(tx, &prefix)?;
    let new = NewBudget { id: tx.id(), number, copied_from };
    let change = Budget::create(new, content, tx.actor(), tx.now(), world.rules())?;
    apply(tx, change)
}

/// A budget is compiled for departments within the compiler's reach; one's own department always is.
fn ensure_reach(tx: &mut Tx<'_>, content: &BudgetContent) -> Result<(), Failure> {
    let department = content.scope.department;
    if tx.reach().covers(department, tx.actor().department == Some(department)) {
        return Ok(());
    }
    department::refer(tx, department, "/scope/department_id")?;
    Err(Refusal::new(domain::finance::budget::OUTSIDE_SCOPE)
        .citing(Citation::rule("BUD-1"))
        .at("/scope/department_id")
        .into())
}

/// Rewrites what a budget says.
pub fn revise(tx: &mut Tx<'_>, budget: Budget, content: BudgetContent) -> Result<Budget, Failure> {
    ensure_reach(tx, &content)?;
    let world = BudgetWorld::today(tx)?;
    let change = budget.revise(content, tx.actor(), world.rules())?;
    apply(tx, change)
}

/// Starts the draft of another year from a budget. `[BUD-8]`
pub fn copy(
    tx: &mut Tx<'_>,
    budget: &Budget,
    year: i32,
    title: Option<String>,
    growth: &Growth,
    foundations: Vec<Foundation>,
) -> Result<Budget, Failure> {
    let world = BudgetWorld::today(tx)?;
    let categories = &world.rules().categories.content;
    let content = budget.content_for(year, title, growth, foundations, categories)?;
    start(tx, content, Some(budget.id))
}

/// Hands a budget to its approvers: opens its approval, or takes up the one that was returned or withdrawn.
pub fn submit(tx: &mut Tx<'_>, budget: Budget) -> Result<Budget, Failure> {
    let world = BudgetWorld::today(tx)?;
    budget.check_submission(tx.actor(), world.rules())?;
    let routed = settle::routed(&budget, world.currency, tx.today())?;
    let approval = document::hand_in(tx, &budget, routed)?;
    let change = budget.submit(approval.id, tx.actor(), tx.now(), world.rules())?;
    apply(tx, change)
}

/// Puts a budget into effect: opens its lines and gives them their money. `[BUD-3, BUD-4]`
///
/// # Errors
/// Where another active budget has one of its lines open: that budget is named.
pub fn activate(tx: &mut Tx<'_>, budget: Budget) -> Result<Budget, Failure> {
    budget.may_activate(tx.actor())?;
    let world = BudgetWorld::today(tx)?;
    let opened = budget.content.opened(&world.policy.content)?;
    refuse_overlap(tx, &budget, &opened)?;
    let today = tx.today();
    let mut desk = budget_line::desk(tx, &[], &[], today)?;
    let by = DocumentRef::new(DocumentKind::Budget, budget.id.uuid());
    for line in &opened {
        let planned = i32::try_from(line.planned).map_err(Failure::fault)?;
        desk.open(new_line(tx.id(), &budget, line), line.amount.minor(), by.line(planned))?;
    }
    budget_line::post(tx, desk, None)?;
    let change = budget.activate(tx.actor(), tx.now())?;
    apply(tx, change)
}

fn new_line(id: Id<BudgetLine>, budget: &Budget, line: &OpenedLine) -> BudgetLine {
    BudgetLine {
        id,
        budget: budget.id,
        department: line.key.department,
        category: line.key.category.clone(),
        period: line.key.period,
        campaign: line.key.campaign.clone(),
        region: line.key.region.clone(),
        purpose: line.purpose(),
        control: line.control,
        currency: line.amount.currency(),
        balance: Balance::default(),
        entries: 0,
        open: true,
        run_rate_told: None,
        version: 0,
    }
}

fn refuse_overlap(tx: &mut Tx<'_>, budget: &Budget, opened: &[OpenedLine]) -> Result<(), Failure> {
    let Some((taken, other)) = open_lines_like(tx, budget.content.fiscal_year, opened)? else {
        return Ok(());
    };
    let department = department::load(tx, taken.key.department)?.details.code;
    Err(Refusal::new(OVERLAPS)
        .with("department", department)
        .with("category", taken.key.category)
        .with("period", taken.key.period.to_string())
        .with("budget", other)
        .citing(Citation::rule("BUD-2"))
        .at(format!("/lines/{}", taken.planned - 1))
        .into())
}

/// Ends a budget: nothing more is charged to its lines; what documents hold of them runs its course.
pub fn close(tx: &mut Tx<'_>, budget: Budget, reason: String) -> Result<Budget, Failure> {
    budget.may_close(tx.actor())?;
    // No change opens a line in it while it is closed: that holds its row, too.
    tx.connection().lock_rows("budgets", &[budget.id.into()])?;
    let of_budget = lines::budget_id.eq(Key::from(budget.id)).and(lines::is_open.eq(true));
    let open: Vec<Key> =
        db!(tx, |c| lines::table.filter(of_budget).order(lines::id).select(lines::id).load(c))?;
    let ids: Vec<Id<BudgetLine>> = open.into_iter().map(Into::into).collect();
    let today = tx.today();
    let mut desk = budget_line::desk(tx, &[], &ids, today)?;
    for id in ids {
        desk.close_line(id)?;
    }
    budget_line::post(tx, desk, None)?;
    let change = budget.close(reason, tx.actor(), tx.now())?;
    apply(tx, change)
}
