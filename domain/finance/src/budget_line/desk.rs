//! Where money of budget lines moves: lines and holdings are laid on the desk, locked; documents act; what
//! comes off is one value, written in the transaction that changes the document's state. `[BUD-4, BUD-5]`

mod amendment;
mod document;
mod funding;
mod run_rate;

use super::*;
use crate::spine::{Change, Refusal};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Amounts by a document's lines, counted from 1, in minor units of the book currency.
pub type Amounts = BTreeMap<i32, i64>;

/// What a document line asks for. Nothing at all is a fair demand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Demand {
    /// The document's line, counted from 1.
    pub line: i32,
    /// The budget line that was chosen for it.
    pub budget_line: Id<BudgetLine>,
    /// How much, in minor units; not negative.
    pub amount: i64,
    /// The line of an approved request it draws on first.
    pub source: Option<DocumentLine>,
}

/// What reserving did for one document line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineEffect {
    /// The document's line.
    pub line: i32,
    /// The budget line.
    pub budget_line: Id<BudgetLine>,
    /// What was asked.
    pub asked: i64,
    /// Of it, drawn from the request.
    pub drawn: i64,
    /// Of it, reserved.
    pub reserved: i64,
    /// Of it, beyond the budget and waiting for the special review.
    pub over: i64,
    /// Of the reserved, granted beyond the budget with a warning.
    pub granted: i64,
}

/// What reserving did.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Effect {
    /// Line by line.
    pub lines: Vec<LineEffect>,
}

impl Effect {
    /// Whether the document goes beyond the budget and needs the special review. `[BUD-5]`
    pub fn is_over_budget(&self) -> bool {
        self.lines.iter().any(|line| line.over > 0)
    }
    /// Whether a claim goes beyond what is left of its request. `[EXP-4]`
    pub fn is_over_run(&self, from_request: bool) -> bool {
        from_request && self.lines.iter().any(|line| line.asked > line.drawn)
    }
    /// Whether a line was overdrawn under the mere warning.
    pub fn is_warned(&self) -> bool {
        self.lines.iter().any(|line| line.granted > 0)
    }
}

/// What comes off the desk: to be written together with the document.
#[derive(Debug)]
pub struct Posted {
    /// The lines that moved, or came to be.
    pub lines: Vec<Change<BudgetLine>>,
    /// Their entries, in order.
    pub entries: Vec<BudgetEntry>,
    /// The holdings that changed.
    pub holdings: Vec<Holding>,
    /// The document lines that hold nothing any more, and are charged to no line.
    pub forgotten: Vec<DocumentLine>,
}

/// Lines and holdings under the hands of one unit of work, which holds their locks.
#[derive(Clone, Debug)]
pub struct Desk {
    month: Period,
    alerts: Vec<u32>,
    before: BTreeMap<Id<BudgetLine>, BudgetLine>,
    lines: BTreeMap<Id<BudgetLine>, BudgetLine>,
    holdings: BTreeMap<DocumentLine, Holding>,
    touched: BTreeSet<DocumentLine>,
    forgotten: BTreeSet<DocumentLine>,
    entries: Vec<BudgetEntry>,
    /// Where the years of lines lead to, to be told of with them.
    forecasts: BTreeMap<Id<BudgetLine>, Value>,
}

impl Desk {
    /// Lays out locked lines and holdings. `month` is the open month that is posted in `[BUD-9]`; `alerts`
    /// are the uses, in per cent, that are told of when passed.
    pub fn new(lines: Vec<BudgetLine>, holdings: Vec<Holding>, month: Period, alerts: Vec<u32>) -> Self {
        let before: BTreeMap<_, _> = lines.into_iter().map(|line| (line.id, line)).collect();
        Self {
            month,
            alerts,
            lines: before.clone(),
            before,
            holdings: holdings.into_iter().map(|holding| (holding.document, holding)).collect(),
            touched: BTreeSet::new(),
            forgotten: BTreeSet::new(),
            entries: Vec::new(),
            forecasts: BTreeMap::new(),
        }
    }

    /// A line as it stands now.
    ///
    /// # Errors
    /// Where it was not laid on the desk: what the document refers to moved meanwhile.
    pub fn line(&self, id: Id<BudgetLine>) -> Result<&BudgetLine, Refusal> {
        self.lines.get(&id).ok_or_else(|| Refusal::new(OTHER_LINE))
    }

    /// What a document line holds now.
    pub fn holding(&self, of: DocumentLine) -> Option<&Holding> {
        self.holdings.get(&of)
    }

    /// What a document holds now, line by line.
    pub fn holdings_of(&self, document: DocumentRef) -> impl Iterator<Item = &Holding> {
        self.holdings.range(document.line(i32::MIN)..=document.line(i32::MAX)).map(|(_, holding)| holding)
    }

    /// Every holding on the desk.
    pub fn holdings(&self) -> impl Iterator<Item = &Holding> {
        self.holdings.values()
    }

    /// The entries posted so far.
    pub fn entries(&self) -> &[BudgetEntry] {
        &self.entries
    }

    /// Posts one entry. Nothing is posted for nothing.
    fn post(
        &mut self,
        line: Id<BudgetLine>,
        kind: EntryKind,
        delta: Balance,
        document: Option<DocumentLine>,
        reason: Option<&'static str>,
    ) -> Result<(), Refusal> {
        if delta == Balance::default() {
            return Ok(());
        }
        let month = self.month;
        let account = self.lines.get_mut(&line).ok_or_else(|| Refusal::new(OTHER_LINE))?;
        let mut after = account.balance;
        after += delta;
        if !after.is_sound() {
            return Err(exhausted(account, -account.balance.available().min(0) - after.available().min(0)));
        }
        account.balance = after;
        account.entries += 1;
        let position = account.entries;
        self.entries.push(BudgetEntry { line, position, kind, delta, after, document, month, reason });
        Ok(())
    }

    /// Posts for a holding, and keeps the holding in step with the ledger.
    fn post_for(
        &mut self,
        at: DocumentLine,
        kind: EntryKind,
        delta: Balance,
        reason: Option<&'static str>,
    ) -> Result<(), Refusal> {
        let line = self.held(at)?.line;
        self.post(line, kind, delta, Some(at), reason)?;
        let holding = self.held(at)?;
        holding.reserved += delta.reserved;
        holding.committed += delta.committed;
        holding.spent += delta.spent;
        holding.granted += delta.beyond;
        Ok(())
    }

    /// A holding, to be changed.
    fn held(&mut self, at: DocumentLine) -> Result<&mut Holding, Refusal> {
        self.touched.insert(at);
        self.holdings.get_mut(&at).ok_or_else(|| Refusal::new(OTHER_LINE))
    }

    /// Forgets which line a document line was charged to.
    ///
    /// # Errors
    /// Where it still holds something of it.
    fn forget(&mut self, at: DocumentLine) -> Result<(), Refusal> {
        if self.holdings.remove(&at).is_some_and(|holding| !holding.is_empty()) {
            return Err(Refusal::new(OTHER_LINE));
        }
        self.forgotten.insert(at);
        Ok(())
    }

    /// Takes everything off the desk.
    pub fn close(self) -> Posted {
        let Self { alerts, before, lines, holdings, touched, mut forgotten, entries, mut forecasts, .. } =
            self;
        forgotten.retain(|at| !holdings.contains_key(at));
        let changed = lines.into_values().filter_map(|line| {
            let mine: Vec<_> = entries.iter().filter(|entry| entry.line == line.id).collect();
            match before.get(&line.id) {
                Some(before) if *before == line => None,
                before => {
                    let forecast = forecasts.remove(&line.id);
                    let change = moved(before.cloned(), line, &mine, &alerts);
                    Some(match forecast {
                        Some(facts) => change.and(RUN_RATE_ALERTED, facts),
                        None => change,
                    })
                }
            }
        });
        Posted {
            lines: changed.collect(),
            holdings: holdings.into_values().filter(|holding| touched.contains(&holding.document)).collect(),
            forgotten: forgotten.into_iter().collect(),
            entries,
        }
    }
}

/// The change of one line, with its entries as facts and an alert where it passed one.
fn moved(
    before: Option<BudgetLine>,
    after: BudgetLine,
    entries: &[&BudgetEntry],
    alerts: &[u32],
) -> Change<BudgetLine> {
    let entry = |entry: &&BudgetEntry| json!({"position": entry.position, "kind": entry.kind, "delta": entry.delta, "document": entry.document});
    let facts = json!({
        "budget_id": after.budget, "department_id": after.department, "category": after.category,
        "period": after.period, "month": entries.first().map(|entry| entry.month), "currency": after.currency,
        "balance": after.balance, "available": after.balance.available(),
        "entries": entries.iter().map(entry).collect::<Vec<_>>(),
    });
    let was = before.as_ref().map_or(0, |line| line.balance.used_basis_points());
    let now = after.balance.used_basis_points();
    let passed = alerts.iter().copied().filter(|alert| {
        let alert = i64::from(*alert) * 100;
        was < alert && alert <= now
    });
    let alert = passed.max().map(|alert| {
        json!({"alert_percent": alert, "used_basis_points": now, "department_id": after.department,
            "category": after.category, "period": after.period})
    });
    let was_open = before.as_ref().is_some_and(|line| line.open);
    let change = match before {
        None => Change::created(after, OPENED, facts),
        Some(before) if was_open && !after.open => Change::updated(before, after, LINE_CLOSED, facts),
        Some(before) => Change::updated(before, after, MOVED, facts),
    };
    match alert {
        Some(facts) => change.and(ALERTED, facts),
        None => change,
    }
}

/// The refusal of a line that has too little, naming the difference.
fn exhausted(line: &BudgetLine, short: i64) -> Refusal {
    let available = line.balance.available();
    Refusal::new(EXHAUSTED)
        .with("department", line.department.to_string())
        .with("category", line.category.as_str())
        .with("period", line.period.to_string())
        .with("available", line.money(available).to_string())
        .with("asked", line.money(available + short).to_string())
        .with("short", line.money(short).to_string())
}
