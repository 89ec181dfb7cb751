//! How budgets plug into approvals: what a chain routes by, what an approver sees, and what an outcome does.

use super::{BudgetWorld, find_unscoped, row::total};
use crate::{
    approval::{
        DocumentSummary, SubjectKind, Summaries,
        document::{self, Handed, Preview, Routed},
    },
    schema::{budgets, departments},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::facts,
    finance::budget::{Budget, BudgetContent},
    spine::{BusinessDate, Currency, Id},
};
use serde_json::json;
use uuid::Uuid;

/// Budgets as the approval engine knows them.
pub const SUBJECT: SubjectKind = SubjectKind::of::<Budget, crate::Finance>();

impl Handed<crate::Finance> for Budget {
    fn chain(&self) -> &'static str {
        "budget"
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
}

/// What the chain routes a budget by. The chain is the one in force on the day it is submitted: a budget of next year
/// is decided by today's rules.
pub(super) fn routed(budget: &Budget, currency: Currency, today: BusinessDate) -> Result<Routed, Failure> {
    Ok(Routed {
        amount: Some(budget.content.total(currency)?),
        business_date: today,
        fields: budget.content.routed_fields(),
    })
}

/// Which steps and people a budget would meet, and why; and why it may not be submitted now. `[APR-8]`
pub fn preview(reader: &mut Reader<'_>, budget: &Budget) -> Result<Preview, Failure> {
    let world = BudgetWorld::today(reader)?;
    let refused = budget.check_submission(reader.actor(), world.rules()).err();
    let routed = routed(budget, world.currency, reader.today())?;
    document::preview(reader, budget, routed, refused)
}

type SummaryRow = (Key, String, String, String, i32, String, i64, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| budgets::table
        .inner_join(departments::table.on(departments::id.eq(budgets::department_id)))
        .filter(budgets::id.eq_any(&keys))
        .select((
            budgets::id,
            budgets::number,
            budgets::title,
            budgets::status,
            budgets::fiscal_year,
            budgets::currency,
            budgets::total_minor,
            budgets::content,
            departments::name_zh,
        ))
        .load(c))?;
    rows.into_iter().map(summary).collect()
}

fn summary(
    (id, number, title, state, year, currency, minor, content, department): SummaryRow,
) -> Result<(Uuid, DocumentSummary), Failure> {
    let content: BudgetContent = serde_json::from_str(&content)?;
    let facts = facts([
        ("number", json!(number)),
        ("fiscal_year", json!(year)),
        ("scope", json!(content.scope.level)),
        ("department", json!(department)),
        ("lines", json!(content.lines.len())),
        ("activities", json!(content.activities.len())),
        ("objectives", json!(content.objectives.iter().filter(|o| o.period.is_year()).collect::<Vec<_>>())),
    ]);
    let summary = DocumentSummary {
        title,
        state,
        amount: Some(total(minor, &currency, id)?),
        href: format!("/api/v1/budgets/{}", Id::<Budget>::from_uuid(id.0)),
        facts,
    };
    Ok((id.0, summary))
}
