//! Writing changes and handing them to their approvers. What a change would do is tried on the lines first.

use super::{ChangeWorld, apply, give_back, settle};
use crate::{
    approval::document,
    finance::{budget, budget_line},
    organisation::{department, referred},
    spine::{Failure, Key, Tx, next_number},
};
use domain::{
    finance::{
        budget::BudgetState,
        budget_change::{BudgetChange, ChangeContent, ChangeKind, NewChange},
        budget_line::{Desk, Purpose},
    },
    spine::{DepartmentId, Findings, codes},
};

/// The lines a change names, on a desk. Lines out of the caller's reach are not there — except emergency funds,
/// on which everybody may ask to draw, and to which everybody may give back.
fn desk(tx: &mut Tx<'_>, content: &ChangeContent) -> Result<Desk, Failure> {
    let named: Vec<Key> = content.lines().into_iter().map(Into::into).collect();
    let found = budget_line::find_many(tx, &named)?;
    let reach = tx.reach();
    let own = tx.actor().department;
    let reached = |department: DepartmentId| reach.covers(department, own == Some(department));
    let of_fund = content.kind == ChangeKind::EmergencyDraw || content.gives_back.is_some();
    let ids: Vec<_> = found
        .into_iter()
        .filter(|line| reached(line.department) || (of_fund && line.purpose == Purpose::EmergencyFund))
        .map(|line| line.id)
        .collect();
    let today = tx.today();
    budget_line::desk(tx, &[], &ids, today)
}

/// The departments and budgets it names exist, lie within reach, and are active.
fn check_references(tx: &mut Tx<'_>, content: &ChangeContent) -> Result<(), Failure> {
    let (reach, own) = (tx.reach(), tx.actor().department);
    let reached = |department: DepartmentId| reach.covers(department, own == Some(department));
    department::refer(tx, content.department, "/department_id")?;
    if let Some(draw) = content.gives_back {
        referred(super::find(tx, draw), "/gives_back_id")?.ensure_drawn()?;
    }
    let mut findings = Findings::new();
    if !reached(content.department) {
        findings.add("/department_id", codes::UNKNOWN_REFERENCE);
    }
    for (index, movement) in content.movements.iter().enumerate() {
        let Some(open) = &movement.open else { continue };
        let at = format!("/movements/{index}/open");
        department::refer(tx, open.department, &format!("{at}/department_id"))?;
        let within = referred(budget::find(tx, open.budget), &format!("{at}/budget_id"))?;
        let active = within.state() == BudgetState::Active;
        if !active || within.content.fiscal_year != content.fiscal_year {
            findings.add(format!("{at}/budget_id"), codes::UNKNOWN_REFERENCE);
        }
        if !reached(open.department) {
            findings.add(format!("{at}/department_id"), codes::UNKNOWN_REFERENCE);
        }
    }
    Ok(findings.into_result()?)
}

/// Starts a draft.
pub fn create(tx: &mut Tx<'_>, content: ChangeContent) -> Result<BudgetChange, Failure> {
    check_references(tx, &content)?;
    let world = ChangeWorld::today(tx)?;
    let desk = desk(tx, &content)?;
    let today = tx.today();
    let prefix = budget_line::settings(tx, today)?.content.change_prefix.clone();
    let number = next_number(tx, &prefix)?;
    let new = NewChange { id: tx.id(), number };
    let change = BudgetChange::create(new, content, tx.actor(), tx.now(), &desk, world.rules())?;
    give_back::check(tx, &change.after().content)?;
    apply(tx, change)
}

/// Rewrites what a change says.
pub fn revise(
    tx: &mut Tx<'_>,
    change: BudgetChange,
    content: ChangeContent,
) -> Result<BudgetChange, Failure> {
    check_references(tx, &content)?;
    let world = ChangeWorld::today(tx)?;
    let desk = desk(tx, &content)?;
    let change = change.revise(content, tx.actor(), &desk, world.rules())?;
    give_back::check(tx, &change.after().content)?;
    apply(tx, change)
}

/// Hands a change to its approvers: opens its approval, or takes up the one that was returned or withdrawn.
pub fn submit(tx: &mut Tx<'_>, change: BudgetChange) -> Result<BudgetChange, Failure> {
    check_references(tx, &change.content)?;
    let world = ChangeWorld::today(tx)?;
    let desk = desk(tx, &change.content)?;
    change.check_submission(tx.actor(), &desk, world.rules())?;
    give_back::check(tx, &change.content)?;
    settle::refuse_taken(tx, &change)?;
    let routed = settle::routed(&change, world.currency, tx.today())?;
    let approval = document::hand_in(tx, &change, routed)?;
    let change = change.submit(approval.id, tx.actor(), tx.now(), &desk, world.rules())?;
    apply(tx, change)
}
