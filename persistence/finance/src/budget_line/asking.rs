//! What documents ask of the budget before their approval is opened: each line charged to a budget line, drawn from
//! an approved request first where it names one, and the rest reserved. Claims, requests and amendments ask alike.
//! `[BUD-4, BUD-5]`

use super::{Charge, Charged, charge, desk, holdings_of, look, post};
use crate::{
    finance::accounting_period,
    shared::BOOKS,
    spine::{Failure, Reader, Tx},
};
use domain::{
    finance::{
        budget_line::{BudgetLine, Demand, Desk, DocumentLine, DocumentRef, Effect},
        expense_category::ExpenseCategories,
        period::Period,
    },
    spine::{BusinessDate, EmployeeId, Id},
};
use std::collections::{BTreeMap, BTreeSet};

/// A document that asks for money of budget lines.
#[derive(Clone, Debug)]
pub(crate) struct Asking<'a> {
    /// Which document holds it.
    pub document: DocumentRef,
    /// In whose name.
    pub submitter: EmployeeId,
    /// Its business day.
    pub date: BusinessDate,
    /// The tree of categories on that day.
    pub categories: &'a ExpenseCategories,
    /// What it asks for, line by line.
    pub lines: Vec<Ask<'a>>,
}

/// What one line of a document asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    /// What it is charged for.
    pub charge: Charge<'a>,
    /// How much, in minor units of the book currency.
    pub amount: i64,
    /// The line of an approved request it draws on first.
    pub source: Option<DocumentLine>,
    /// The budget line that its money is on already; none where one is to be chosen.
    pub on: Option<Id<BudgetLine>>,
}

/// What the budget says to what is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// Whether it needs the special review. `[BUD-5]`
    pub over_budget: bool,
    /// What is reserved of each line.
    pub effect: Effect,
}

/// The demands of a document, and whether it lies outside the budget.
struct Plan {
    demands: Vec<Demand>,
    outside: bool,
}

/// Reserves what is asked, before the approval is opened: the chain asks whether it goes beyond the budget.
pub(crate) fn reserve(tx: &mut Tx<'_>, asking: &Asking<'_>) -> Result<Verdict, Failure> {
    // Lines are chosen by the month they are posted in.
    tx.share(BOOKS)?;
    let plan = plan(tx, asking)?;
    // What an earlier submission was charged to is forgotten, also where nothing is charged now.
    if plan.demands.is_empty() && holdings_of(tx, &[asking.document])?.is_empty() {
        return Ok(Verdict { over_budget: plan.outside, effect: Effect::default() });
    }
    let mut desk = desk(tx, &asking.documents(), &plan.lines(), asking.date)?;
    let verdict = plan.try_on(&mut desk, asking.document)?;
    post(tx, desk, Some((asking.document, asking.submitter)))?;
    Ok(verdict)
}

/// What reserving would do, without doing it. `[APR-8]`
pub(crate) fn foresee(reader: &mut Reader<'_>, asking: &Asking<'_>) -> Result<Verdict, Failure> {
    let plan = plan(reader, asking)?;
    let mut desk = look(reader, &asking.documents(), &plan.lines(), asking.date)?;
    plan.try_on(&mut desk, asking.document)
}

impl Asking<'_> {
    /// The document and those it draws on.
    fn documents(&self) -> Vec<DocumentRef> {
        let sources = self.lines.iter().filter_map(|ask| ask.source.map(|source| source.document));
        sources.chain([self.document]).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Plan {
    fn lines(&self) -> Vec<Id<BudgetLine>> {
        self.demands.iter().map(|demand| demand.budget_line).collect()
    }

    fn try_on(&self, desk: &mut Desk, document: DocumentRef) -> Result<Verdict, Failure> {
        let effect = desk.reserve(document, &self.demands)?;
        Ok(Verdict { over_budget: effect.is_over_budget() || self.outside, effect })
    }
}

/// Charges each line: to the budget line its money is on or its request holds, else to the one that fits best.
fn plan(reader: &mut Reader<'_>, asking: &Asking<'_>) -> Result<Plan, Failure> {
    let held = held_by_sources(reader, asking)?;
    let known = |ask: &Ask<'_>| ask.on.or_else(|| ask.source.and_then(|source| held.get(&source).copied()));
    let open: Vec<Charge<'_>> =
        asking.lines.iter().filter(|ask| known(ask).is_none()).map(|ask| ask.charge).collect();
    let Charged { lines, outside } = if open.is_empty() {
        Charged::default()
    } else {
        let month = accounting_period::open_month(reader, Period::month_of(asking.date))?;
        charge(reader, month, asking.categories, &open)?
    };
    let chosen: BTreeMap<i32, Id<BudgetLine>> = lines.into_iter().collect();
    let demand = |ask: &Ask<'_>| {
        let line = ask.charge.line;
        let budget_line = known(ask).or_else(|| chosen.get(&line).copied())?;
        Some(Demand { line, budget_line, amount: ask.amount, source: ask.source })
    };
    Ok(Plan { demands: asking.lines.iter().filter_map(demand).collect(), outside })
}

/// The budget lines that approved requests hold for what draws on them.
fn held_by_sources(
    reader: &mut Reader<'_>,
    asking: &Asking<'_>,
) -> Result<BTreeMap<DocumentLine, Id<BudgetLine>>, Failure> {
    let documents: Vec<_> =
        asking.documents().into_iter().filter(|document| *document != asking.document).collect();
    let held = holdings_of(reader, &documents)?;
    Ok(held.into_iter().map(|holding| (holding.document, holding.line)).collect())
}
