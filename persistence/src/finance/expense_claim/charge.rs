//! How claims move the budget: in the transaction that moves the claim, whatever moves it. `[BUD-4]`

use super::PoliciesInForce;
use crate::{
    finance::{
        accounting_period,
        budget_line::{self, Charge, Charged, charge},
    },
    spine::{Failure, Reader, Tx},
};
use domain::finance::{
    budget_line::{Demand, Desk, Effect},
    expense_claim::{BudgetMove, ExpenseClaim},
    period::Period,
};

/// What the budget says to a claim that is submitted.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Whether it needs the special review. `[BUD-5]`
    pub over_budget: bool,
    /// What is reserved of each line.
    pub effect: Effect,
}

impl Standing {
    fn of(effect: Effect, charged: &Charged) -> Self {
        Self { over_budget: effect.is_over_budget() || charged.outside, effect }
    }
}

/// Reserves what a claim asks for, before its approval is opened: the chain asks whether it goes beyond the budget.
pub(super) fn reserve(
    tx: &mut Tx<'_>,
    claim: &ExpenseClaim,
    policies: &PoliciesInForce,
) -> Result<Standing, Failure> {
    let charged = charged(tx, claim, policies)?;
    if charged.lines.is_empty() {
        return Ok(Standing::of(Effect::default(), &charged));
    }
    let lines: Vec<_> = charged.lines.iter().map(|(_, line)| *line).collect();
    let mut desk = budget_line::desk(tx, &[claim.budget_document()], &lines, claim.content.business_date)?;
    let effect = demand(&mut desk, claim, &charged)?;
    budget_line::post(tx, desk, Some(claim.submitter))?;
    Ok(Standing::of(effect, &charged))
}

/// What submitting would be told by the budget, without reserving. `[APR-8]`
pub fn foresee(
    reader: &mut Reader<'_>,
    claim: &ExpenseClaim,
    policies: &PoliciesInForce,
) -> Result<Standing, Failure> {
    let charged = charged(reader, claim, policies)?;
    let lines: Vec<_> = charged.lines.iter().map(|(_, line)| *line).collect();
    let date = claim.content.business_date;
    let mut desk = budget_line::look(reader, &[claim.budget_document()], &lines, date)?;
    let effect = demand(&mut desk, claim, &charged)?;
    Ok(Standing::of(effect, &charged))
}

/// The budget lines of a claim's lines.
fn charged(
    reader: &mut Reader<'_>,
    claim: &ExpenseClaim,
    policies: &PoliciesInForce,
) -> Result<Charged, Failure> {
    let content = &claim.content;
    let month = accounting_period::open_month(reader, Period::month_of(content.business_date))?;
    let charges: Vec<Charge<'_>> = (1..)
        .zip(&content.lines)
        .map(|(number, line)| Charge {
            line: number,
            department: line.cost_centre,
            category: &line.category,
            campaign: content.campaign.as_deref(),
            region: content.region.as_deref(),
        })
        .collect();
    charge(reader, month, &policies.categories.content, &charges)
}

fn demand(desk: &mut Desk, claim: &ExpenseClaim, charged: &Charged) -> Result<Effect, Failure> {
    let asked = claim.content.book_amounts(|line| line.claimed)?;
    let demands: Vec<Demand> = charged
        .lines
        .iter()
        .map(|(line, budget_line)| Demand {
            line: *line,
            budget_line: *budget_line,
            amount: asked.get(line).copied().unwrap_or(0),
            source: None,
        })
        .collect();
    Ok(desk.reserve(claim.budget_document(), &demands)?)
}

/// Moves what a claim holds as the claim moves.
pub(super) fn follow(
    tx: &mut Tx<'_>,
    before: Option<&ExpenseClaim>,
    after: &ExpenseClaim,
) -> Result<(), Failure> {
    let Some(moved) = ExpenseClaim::budget_move(before, after)? else { return Ok(()) };
    let document = after.budget_document();
    if budget_line::holdings_of(tx, &[document])?.is_empty() {
        return Ok(());
    }
    let date = match &moved {
        BudgetMove::Commit(_) | BudgetMove::Release => after.content.business_date,
        BudgetMove::Spend(_, paid_on) => *paid_on,
        BudgetMove::Reverse => tx.today(),
    };
    let mut desk = budget_line::desk(tx, &[document], &[], date)?;
    match moved {
        BudgetMove::Commit(approved) => desk.commit(document, &approved)?,
        BudgetMove::Release => desk.release(document)?,
        BudgetMove::Spend(paid, _) => desk.spend(document, &paid)?,
        BudgetMove::Reverse => desk.reverse(document)?,
    }
    budget_line::post(tx, desk, Some(after.submitter))
}
