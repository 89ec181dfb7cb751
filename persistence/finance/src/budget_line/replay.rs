//! What the budget said to documents as they were submitted, gone through again by other settings: from the lines, the ledger
//! and the organisation as they stood then. `[REG-7; BUD-5]`

use super::{Ask, Asking, holdings_of, row::Row, settings};
use crate::{
    organisation::Past,
    policy_replay::Asked,
    schema::{approvals, budget_entries as entries, budget_lines as lines, events},
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Subject, departments_above},
    finance::{
        budget::Budget,
        budget_change::BudgetChange,
        budget_control::{self as control, Met, controlled, stored},
        budget_line::{Balance, BudgetLine, DocumentKind, DocumentLine, Purpose, Wanted, choose},
        budget_policy::BudgetPolicy,
        period::Period,
    },
    policy_replay::{Results, Said},
    spine::{DepartmentId, Id, Money, PolicyVersion, Timestamp},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The settings for budgets as a decision that can be replayed.
pub(crate) const DECISION: &str = "budget_control";

/// Documents are judged one after the other by the settings of their time and by the draft.
pub(crate) struct Controlled {
    draft: PolicyVersion<BudgetPolicy>,
    past: Past,
    known: HashMap<Key, Opened>,
}

/// What never changes of a budget line.
#[derive(Clone, Copy)]
struct Opened {
    at: Timestamp,
    closed_at: Option<Timestamp>,
    by_default: bool,
}

/// What a document posted as it was submitted.
struct Own {
    line: Key,
    position: i64,
    document_line: i32,
    /// What it drew on its request.
    drawn: i64,
    month: String,
}

impl Controlled {
    /// By a draft.
    ///
    /// # Errors
    /// `policy.unsound` where it cannot be read.
    pub fn begin(asked: &Asked) -> Result<Self, Failure> {
        Ok(Self { draft: asked.version()?, past: Past::default(), known: HashMap::new() })
    }

    /// What a document that was submitted at an instant would have met.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn judged(
        &mut self,
        reader: &mut Reader<'_>,
        asking: &Asking<'_>,
        approval: Key,
        at: Timestamp,
        worth: Money,
    ) -> Result<Results, Failure> {
        let own = own(reader, asking, at)?;
        let month = own.first().and_then(|own| own.month.parse().ok());
        let month: Period = month.unwrap_or_else(|| Period::month_of(asking.date));
        let met = match self.met(reader, asking, &own, (month, at))? {
            Ok(met) => met,
            Err(missing) => return Ok(Results::Undetermined(missing)),
        };
        let policy = settings(reader, month.first_day())?;
        let subject: String = db!(reader, |c| approvals::table
            .filter(approvals::id.eq(approval))
            .select(approvals::subject)
            .first(c))?;
        let subject: Subject = serde_json::from_str(&subject)?;
        let was_reviewed = subject.fields.get("over_budget").is_some_and(|over| *over == true);
        let current = controlled(&met, &policy, false, worth);
        Ok(Results::Determined {
            stored: Some(stored(&current, was_reviewed, worth)),
            draft: controlled(&met, &self.draft, true, worth),
            current,
        })
    }

    /// What it met, whatever the settings say to it; else what of that time is not known any more.
    fn met(
        &mut self,
        reader: &mut Reader<'_>,
        asking: &Asking<'_>,
        own: &[Own],
        (month, at): (Period, Timestamp),
    ) -> Result<Result<Met, Said>, Failure> {
        let organisation = match self.past.at(reader, at)? {
            Ok(organisation) => organisation,
            Err(missing) => return Ok(Err(missing)),
        };
        let payers = |department| departments_above(&*organisation, department).collect::<Vec<_>>();
        let departments: BTreeSet<Key> =
            asking.lines.iter().flat_map(|ask| payers(ask.charge.department)).map(Key::from).collect();
        let candidates = self.candidates(reader, (month, at), &departments)?;
        let drawn_on = drawn_on(reader, asking)?;
        let (mut charged, mut uncovered) = (Vec::new(), Vec::new());
        for ask in &asking.lines {
            let departments = payers(ask.charge.department);
            match charged_to(ask, own, &drawn_on, &candidates, (asking, month, &departments)) {
                Some(line) => charged.push((ask, line)),
                None if ask.charge.is_reviewed => {}
                None => uncovered.push(candidates.iter().any(|line| departments.contains(&line.department))),
            }
        }
        let mut stood = BTreeMap::new();
        for (_, line) in &charged {
            if !stood.contains_key(line) {
                stood.insert(*line, self.as_it_stood(reader, *line, own, at)?);
            }
        }
        let asked = charged.iter().filter_map(|(ask, line)| {
            let (line, opened) = stood.get(line)?;
            let drawn = own.iter().filter(|own| own.document_line == ask.charge.line).map(|own| own.drawn);
            Some(control::Asked { line, by_default: opened.by_default, own: ask.amount - drawn.sum::<i64>() })
        });
        let mut met = Met::of(&asked.collect::<Vec<_>>());
        if !uncovered.is_empty() && keeps_budgets(reader, month.fiscal_year(), at)? {
            met.outside = uncovered.contains(&true);
            met.without = uncovered.contains(&false);
        }
        Ok(Ok(met))
    }

    /// The lines of these departments that were open then and may be charged in a month.
    fn candidates(
        &mut self,
        reader: &mut Reader<'_>,
        (month, at): (Period, Timestamp),
        departments: &BTreeSet<Key>,
    ) -> Result<Vec<BudgetLine>, Failure> {
        let (first, last) = (month.first_day(), month.last_day());
        let rows: Vec<Row> = db!(reader, |c| lines::table
            .filter(lines::purpose.eq(Purpose::Ordinary.code()))
            .filter(lines::department_id.eq_any(departments))
            .filter(lines::fiscal_year.eq(month.fiscal_year()))
            .filter(lines::first_day.le(first).and(lines::last_day.ge(last)))
            .order(lines::id)
            .select(Row::as_select())
            .load(c))?;
        let mut found = Vec::new();
        for row in rows {
            let opened = self.opened(reader, row.id, row.is_open)?;
            if opened.at <= at && opened.closed_at.is_none_or(|closed| at < closed) {
                found.push(BudgetLine { open: true, ..row.try_into()? });
            }
        }
        Ok(found)
    }

    /// A line with what stood on it before the document.
    fn as_it_stood(
        &mut self,
        reader: &mut Reader<'_>,
        line: Key,
        own: &[Own],
        at: Timestamp,
    ) -> Result<(BudgetLine, Opened), Failure> {
        let row: Row =
            db!(reader, |c| lines::table.filter(lines::id.eq(line)).select(Row::as_select()).first(c))?;
        let opened = self.opened(reader, line, row.is_open)?;
        let mine = own.iter().filter(|own| own.line == line).map(|own| own.position).min();
        type Sums = (i64, i64, i64, i64, i64);
        let sums = (
            entries::after_allocated_minor,
            entries::after_beyond_minor,
            entries::after_reserved_minor,
            entries::after_committed_minor,
            entries::after_spent_minor,
        );
        let before: Option<Sums> = match mine {
            Some(first) => db!(reader, |c| entries::table
                .filter(entries::line_id.eq(line).and(entries::position.eq(first - 1)))
                .select(sums)
                .first(c)
                .optional())?,
            None => db!(reader, |c| entries::table
                .filter(entries::line_id.eq(line).and(entries::entered_at.le(Instant::from(at))))
                .order(entries::position.desc())
                .select(sums)
                .first(c)
                .optional())?,
        };
        let (allocated, beyond, reserved, committed, spent) = before.unwrap_or_default();
        let balance = Balance { allocated, beyond, reserved, committed, spent };
        Ok((BudgetLine { balance, ..row.try_into()? }, opened))
    }

    /// When a line was opened and closed, and whether what opened it named a control.
    fn opened(&mut self, reader: &mut Reader<'_>, line: Key, is_open: bool) -> Result<Opened, Failure> {
        if let Some(known) = self.known.get(&line) {
            return Ok(*known);
        }
        type First = (Instant, Option<String>, Option<Key>, Option<i32>);
        let first: First = db!(reader, |c| entries::table
            .filter(entries::line_id.eq(line).and(entries::position.eq(1)))
            .select((entries::entered_at, entries::document_kind, entries::document, entries::document_line))
            .first(c))?;
        let closed: Option<Instant> = if is_open {
            None
        } else {
            db!(reader, |c| events::table
                .filter(events::entity.eq(line).and(events::kind.eq("budget_line.closed")))
                .order(events::sequence.desc())
                .select(events::at)
                .first(c)
                .optional())?
        };
        let (at, kind, document, number) = first;
        let by_default = match (kind.as_deref().and_then(DocumentKind::from_code), document, number) {
            (Some(kind), Some(document), Some(number)) => names_none(reader, kind, document.0, number)?,
            _ => false,
        };
        let opened = Opened { at: at.into(), closed_at: closed.map(Into::into), by_default };
        self.known.insert(line, opened);
        Ok(opened)
    }
}

/// Whether what opened a budget line left its control to the settings.
fn names_none(reader: &mut Reader<'_>, kind: DocumentKind, id: Uuid, number: i32) -> Result<bool, Failure> {
    let index = usize::try_from(number - 1).unwrap_or_default();
    Ok(match kind {
        DocumentKind::Budget => {
            let budget = crate::finance::budget::find_unscoped(reader, Id::<Budget>::from_uuid(id))?;
            budget.content.lines.get(index).is_some_and(|line| line.control.is_none())
        }
        DocumentKind::BudgetChange => {
            let change =
                crate::finance::budget_change::find_unscoped(reader, Id::<BudgetChange>::from_uuid(id))?;
            let movement = change.content.movements.get(index);
            movement.and_then(|movement| movement.open.as_ref()).is_some_and(|open| open.control.is_none())
        }
        _ => false,
    })
}

/// What a document posted in the unit of work that submitted it, in the order of positions.
fn own(reader: &mut Reader<'_>, asking: &Asking<'_>, at: Timestamp) -> Result<Vec<Own>, Failure> {
    let document = asking.document;
    type Found = (Key, i64, Option<i32>, i64, Option<String>, String);
    let rows: Vec<Found> = db!(reader, |c| entries::table
        .filter(entries::document_kind.eq(document.kind.code()).and(entries::document.eq(Key(document.id))))
        .filter(entries::entered_at.eq(Instant::from(at)))
        .filter(entries::kind.ne("release"))
        .order((entries::line_id, entries::position))
        .select((
            entries::line_id,
            entries::position,
            entries::document_line,
            entries::committed_minor,
            entries::reason,
            entries::month
        ))
        .load(c))?;
    let own = |(line, position, document_line, committed, reason, month): Found| {
        let is_drawn = reason.as_deref() == Some("drawn_on_request");
        let (document_line, drawn) =
            (document_line.unwrap_or_default(), if is_drawn { committed } else { 0 });
        Own { line, position, document_line, drawn, month }
    };
    Ok(rows.into_iter().map(own).collect())
}

/// The budget lines that approved requests hold for what draws on them: a request never moves to another.
fn drawn_on(reader: &mut Reader<'_>, asking: &Asking<'_>) -> Result<BTreeMap<DocumentLine, Key>, Failure> {
    let sources: BTreeSet<_> = asking.lines.iter().filter_map(|ask| Some(ask.source?.document)).collect();
    let held = holdings_of(reader, &sources.into_iter().collect::<Vec<_>>())?;
    Ok(held.into_iter().map(|holding| (holding.document, holding.line.into())).collect())
}

/// The budget line that a line of a document was charged to, or would have been.
fn charged_to(
    ask: &Ask<'_>,
    own: &[Own],
    drawn_on: &BTreeMap<DocumentLine, Key>,
    candidates: &[BudgetLine],
    (asking, month, departments): (&Asking<'_>, Period, &[DepartmentId]),
) -> Option<Key> {
    let posted = own.iter().find(|own| own.document_line == ask.charge.line).map(|own| own.line);
    let named = || ask.on.map(Key::from).or_else(|| drawn_on.get(&ask.source?).copied());
    let chosen = || {
        let categories = asking.categories.path(ask.charge.category);
        let (campaign, region) = (ask.charge.campaign, ask.charge.region);
        let wanted = Wanted { departments, categories: &categories, month, campaign, region };
        choose(candidates, wanted).map(|line| Key::from(line.id))
    };
    posted.or_else(named).or_else(chosen)
}

/// Whether the company had, or had had, a budget for a fiscal year by then.
fn keeps_budgets(reader: &mut Reader<'_>, fiscal_year: i32, at: Timestamp) -> Result<bool, Failure> {
    let first: Option<i64> = db!(reader, |c| lines::table
        .inner_join(entries::table)
        .filter(lines::fiscal_year.eq(fiscal_year).and(lines::purpose.eq(Purpose::Ordinary.code())))
        .filter(entries::position.eq(1).and(entries::entered_at.le(Instant::from(at))))
        .select(entries::position)
        .first(c)
        .optional())?;
    Ok(first.is_some())
}
