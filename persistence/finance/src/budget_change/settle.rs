//! How changes plug into approvals. The last approval makes the movements in its own transaction: where too little
//! is left by then, the approval is refused with the shortage, and stays open. `[BUD-6]`

use super::{ChangeWorld, find_unscoped, give_back};
use crate::{
    approval::{
        DocumentSummary, SubjectKind, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    finance::{
        budget::find_unscoped as find_budget,
        budget_line::{self, open_lines_like},
    },
    organisation::department,
    schema::{budget_changes as changes, departments},
    shared::{BUDGET_LINES, BUDGETS},
    spine::{Failure, Key, Reader, Shared, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Document, Outcome, facts},
    finance::{
        budget::{BUDGET_NOT_ACTIVE, BudgetState, LineKey, OVERLAPS, OpenedLine},
        budget_change::{BudgetChange, ChangeKind, Movement, NewLine},
        budget_line::{Control, Desk, DocumentKind, DocumentRef, Purpose},
        period::Period,
    },
    spine::{BusinessDate, Change, Citation, Currency, Id, Money, Refusal},
};
use serde_json::json;
use uuid::Uuid;

/// Changes as the approval engine knows them.
pub const SUBJECT: SubjectKind = SubjectKind {
    foresee: Some(foresee),
    moves: Some(moved),
    ..SubjectKind::of::<BudgetChange, crate::Finance>()
};

impl Handed<crate::Finance> for BudgetChange {
    fn chain(&self) -> &'static str {
        match self.content.kind {
            ChangeKind::Adjustment => "budget-change",
            ChangeKind::EmergencyDraw => "emergency-draw",
        }
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        if matches!(approval.outcome, Outcome::Approved { .. }) {
            perform(tx, &self)?;
        }
        Ok(self.settle(approval.id, &approval.outcome, tx.now())?)
    }
}

/// What the chain routes a change by: the one in force on the day it is submitted.
pub(super) fn routed(
    change: &BudgetChange,
    currency: Currency,
    today: BusinessDate,
) -> Result<Routed, Failure> {
    Ok(Routed {
        amount: Some(change.content.total(currency)?),
        business_date: today,
        fields: change.content.routed_fields(),
    })
}

/// What would refuse a change now, and which steps and people it would meet. `[APR-8]`
pub fn preview(reader: &mut Reader<'_>, change: &BudgetChange) -> Result<Preview, Failure> {
    let world = ChangeWorld::today(reader)?;
    let refused = submission(reader, change, &world)?.err();
    let routed = routed(change, world.currency, reader.today())?;
    document::preview(reader, change, routed, refused)
}

/// What submitting a change would meet now: its movements are tried on its lines as they stand. One that is not the
/// caller's to submit is answered without looking at them.
pub(super) fn submission(
    reader: &mut Reader<'_>,
    change: &BudgetChange,
    world: &ChangeWorld,
) -> Result<Result<(), Refusal>, Failure> {
    if let Err(refusal) = change.may_submit(reader.actor()) {
        return Ok(Err(refusal));
    }
    let desk = laid_out(reader, change)?;
    if let Err(refusal) = change.check_submission(reader.actor(), &desk, world.rules()) {
        return Ok(Err(refusal));
    }
    foreseen(give_back::check(reader, &change.content))
}

/// Its lines as they stand, to be tried on and never written.
fn laid_out(reader: &mut Reader<'_>, change: &BudgetChange) -> Result<Desk, Failure> {
    let named: Vec<Key> = change.content.lines().into_iter().map(Into::into).collect();
    let lines = budget_line::find_many(reader, &named)?;
    Ok(Desk::new(lines, Vec::new(), Period::month_of(reader.today()), Vec::new()))
}

/// Makes the movements of a change on its lines. The budgets in which it opens lines stay as they are until then.
fn perform(tx: &mut Tx<'_>, change: &BudgetChange) -> Result<(), Failure> {
    let opened = change.content.movements.iter().filter_map(|movement| movement.open.as_ref());
    let budgets: Vec<Key> = opened.map(|open| open.budget.into()).collect();
    tx.connection().lock_rows("budgets", &budgets)?;
    refuse_taken(tx, change)?;
    let today = tx.today();
    let control = budget_line::settings(tx, today)?.content.default_control;
    let mut desk = budget_line::desk(tx, &[], &change.content.lines(), today)?;
    // The lines are locked by now: whoever gives back of the same draw waits.
    give_back::check(tx, &change.content)?;
    let opened: Vec<_> = change.content.movements.iter().map(|_| tx.id()).collect();
    change.perform(&mut desk, &opened, control)?;
    let document = DocumentRef::new(DocumentKind::BudgetChange, change.id.uuid());
    budget_line::post(tx, desk, Some((document, change.petition.submitter)))
}

/// The lines that changes name, and the budgets in which they open others.
fn moved(reader: &mut Reader<'_>, documents: &[Key], table: Shared) -> Result<Vec<Key>, Failure> {
    if !matches!(table, BUDGETS | BUDGET_LINES) {
        return Ok(Vec::new());
    }
    let kept: Vec<String> = db!(reader, |c| changes::table
        .filter(changes::id.eq_any(documents))
        .select(changes::movements)
        .load(c))?;
    let mut rows: Vec<Key> = Vec::new();
    for movements in kept {
        let movements: Vec<Movement> = serde_json::from_str(&movements)?;
        for Movement { from, to, open, .. } in movements {
            match table {
                BUDGETS => rows.extend(open.map(|open| Key::from(open.budget))),
                _ => rows.extend([from, to].into_iter().flatten().map(Key::from)),
            }
        }
    }
    Ok(rows)
}

/// What making the movements of a change would meet now: they are tried on its lines as they stand. `[BUD-7, ACT-1]`
fn foresee(reader: &mut Reader<'_>, document: Uuid) -> Result<Result<(), Refusal>, Failure> {
    let change = find_unscoped(reader, Id::from_uuid(document))?;
    foreseen(tried(reader, &change))
}

fn tried(reader: &mut Reader<'_>, change: &BudgetChange) -> Result<(), Failure> {
    refuse_taken(reader, change)?;
    let desk = laid_out(reader, change)?;
    give_back::check(reader, &change.content)?;
    Ok(change.tried_on(&desk)?)
}

/// Refuses new lines whose budget is no longer active, or that are open already: the budget is named.
pub(super) fn refuse_taken(reader: &mut Reader<'_>, change: &BudgetChange) -> Result<(), Failure> {
    let mut wanted = Vec::new();
    for (index, movement) in change.content.movements.iter().enumerate() {
        let Some(open) = &movement.open else { continue };
        let budget = find_budget(reader, open.budget)?;
        if budget.state() != BudgetState::Active {
            let refusal = Refusal::new(BUDGET_NOT_ACTIVE).with_label("state", budget.state());
            return Err(refusal.at(format!("/movements/{index}/open/budget_id")).into());
        }
        wanted.push(as_opened(open, movement, index));
    }
    let Some((taken, other)) = open_lines_like(reader, change.content.fiscal_year, &wanted)? else {
        return Ok(());
    };
    let department = department::load(reader, taken.key.department)?.details.code;
    Err(Refusal::new(OVERLAPS)
        .with("department", department)
        .with("category", taken.key.category)
        .with("period", taken.key.period.to_string())
        .with("budget", other)
        .citing(Citation::rule("BUD-6"))
        .at(format!("/movements/{}/open", taken.planned - 1))
        .into())
}

fn as_opened(open: &NewLine, movement: &Movement, index: usize) -> OpenedLine {
    let key = LineKey {
        department: open.department,
        category: open.category.clone(),
        period: open.period,
        campaign: open.campaign.clone(),
        region: open.region.clone(),
        is_emergency_fund: open.purpose == Some(Purpose::EmergencyFund),
    };
    let control = open.control.unwrap_or(Control::Special);
    OpenedLine { key, planned: index + 1, amount: movement.amount, control }
}

type SummaryRow = (Key, String, String, String, String, Option<String>, String, i64, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| changes::table
        .inner_join(departments::table.on(departments::id.eq(changes::department_id)))
        .filter(changes::id.eq_any(&keys))
        .select((
            changes::id,
            changes::number,
            changes::kind,
            changes::status,
            changes::reason,
            changes::event,
            changes::currency,
            changes::total_minor,
            changes::movements,
            departments::name_zh,
        ))
        .load(c))?;
    rows.into_iter().map(summary).collect()
}

fn summary(
    (id, number, kind, state, reason, event, currency, minor, movements, department): SummaryRow,
) -> Result<(Uuid, DocumentSummary), Failure> {
    let currency: Currency =
        currency.parse().map_err(|_| Failure::corrupt("budget_changes", "currency", id.0))?;
    let movements: Vec<Movement> = serde_json::from_str(&movements)?;
    let facts = facts([
        ("number", json!(number)),
        ("kind", json!(kind)),
        ("department", json!(department)),
        ("event", json!(event)),
        ("movements", serde_json::to_value(&movements)?),
    ]);
    let summary = DocumentSummary {
        title: reason.chars().take(200).collect(),
        state,
        amount: Some(Money::from_minor(minor, currency)),
        href: format!("/api/v1/budget-changes/{}", Id::<BudgetChange>::from_uuid(id.0)),
        facts,
    };
    Ok((id.0, summary))
}
