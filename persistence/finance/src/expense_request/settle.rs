//! How requests plug into approvals: what a chain routes by, what an approver sees, and what an outcome does.

use super::{RequestPolicies, charge, revision, row::find_unscoped};
use crate::{
    approval::{
        DocumentSummary, SubjectKind, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    finance::{
        budget_line::{self, EffectView, Verdict},
        cash_advance::{outstanding_of, shown_outstanding},
    },
    schema::{employees, expense_request_lines as lines, expense_requests as requests},
    shared::BUDGET_LINES,
    spine::{Failure, Key, Reader, Shared, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Outcome, facts},
    finance::{
        budget_line::DocumentKind,
        expense_claim::Details,
        expense_request::{ExpenseRequest, RequestContent},
    },
    spine::{Currency, Id, Money},
};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Requests as the approval engine knows them.
pub const SUBJECT: SubjectKind =
    SubjectKind { moves: Some(moved), ..SubjectKind::of::<ExpenseRequest, crate::Finance>() };

impl Handed<crate::Finance> for ExpenseRequest {
    fn chain(&self) -> &'static str {
        "expense-request"
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn follow(self, tx: &mut Tx<'_>, outcome: &Outcome) -> Result<(), Failure> {
        if matches!(outcome, Outcome::Approved { .. }) {
            revision::keep(tx, &self, None)?;
        }
        charge::follow(tx, &self)
    }
}

/// What the chain routes a request by, or what an amendment would make of it.
pub(crate) fn routed(content: &RequestContent, over_budget: bool) -> Result<Routed, Failure> {
    Ok(Routed {
        amount: Some(content.worth()?),
        business_date: content.business_date,
        fields: content.routed_fields(over_budget),
    })
}

/// Which steps and people a request would meet, and why, and what the budget says to it: what it would hold, line by
/// line, or why it refuses. `[APR-8, BUD-4]`
pub fn preview(
    reader: &mut Reader<'_>,
    request: &ExpenseRequest,
) -> Result<(Preview, Vec<EffectView>), Failure> {
    let policies = RequestPolicies::on(reader, request.content.business_date)?;
    let asking = charge::asking(request, &policies)?;
    let (verdict, refused) = match foreseen(budget_line::foresee(reader, &asking))? {
        Ok(verdict) => (verdict, None),
        Err(refusal) => (Verdict::default(), Some(refusal)),
    };
    let routed = routed(&request.content, verdict.over_budget)?;
    let by_rules = request.check_submission(reader.actor(), reader.today(), policies.rules()).err();
    let by_people = foreseen(super::refer(reader, Some(request.petition.submitter), &request.content))?.err();
    let refused = [by_rules, by_people, refused].into_iter().flatten();
    let preview = document::preview(reader, request, routed, refused)?;
    Ok((preview, EffectView::of(&verdict.effect, policies.book_currency())))
}

/// The budget lines on which requests hold something.
fn moved(reader: &mut Reader<'_>, documents: &[Key], table: Shared) -> Result<Vec<Key>, Failure> {
    match table {
        BUDGET_LINES => budget_line::held_by(reader, &[DocumentKind::ExpenseRequest], documents),
        _ => Ok(Vec::new()),
    }
}

type SummaryRow = (Key, String, String, String, String, i64, bool, bool, Option<String>, String, Key);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| requests::table
        .inner_join(employees::table.on(employees::id.eq(requests::submitter_id)))
        .filter(requests::id.eq_any(&keys))
        .select((
            requests::id,
            requests::number,
            requests::status,
            requests::currency,
            requests::details,
            requests::amount_minor,
            requests::urgent,
            requests::major_campaign,
            requests::campaign,
            employees::name,
            requests::submitter_id,
        ))
        .load(c))?;
    let of_lines: Vec<(Key, String, String)> = db!(reader, |c| lines::table
        .filter(lines::request_id.eq_any(&keys))
        .order((lines::request_id, lines::line))
        .select((lines::request_id, lines::category, lines::item))
        .load(c))?;
    let submitters: Vec<Key> = rows.iter().map(|row| row.10).collect();
    let outstanding = outstanding_of(reader, &submitters)?;
    rows.into_iter().map(|row| summary(row, &of_lines, &outstanding)).collect()
}

fn summary(
    (id, number, state, currency, details, amount, urgent, major, campaign, submitter, whose): SummaryRow,
    of_lines: &[(Key, String, String)],
    outstanding: &[(Key, String, Money)],
) -> Result<(Uuid, DocumentSummary), Failure> {
    let currency: Currency =
        currency.parse().map_err(|_| Failure::corrupt("expense_requests", "currency", id.0))?;
    let details: Details = serde_json::from_str(&details)?;
    let mine = || of_lines.iter().filter(|(request, ..)| *request == id);
    let categories: BTreeSet<&str> = mine().map(|(_, category, _)| category.as_str()).collect();
    let first = mine().next().map(|(_, _, item)| item.clone());
    let title = details.purpose.clone().or(first).unwrap_or_else(|| number.clone());
    let facts = facts([
        ("number", json!(number)),
        ("submitter", json!(submitter)),
        ("categories", json!(categories)),
        ("lines", json!(mine().count())),
        ("urgent", json!(urgent)),
        ("major_campaign", json!(major)),
        ("campaign", json!(campaign)),
        ("details", serde_json::to_value(&details)?),
        ("outstanding_advances", shown_outstanding(outstanding, whose)),
    ]);
    let summary = DocumentSummary {
        title: title.chars().take(200).collect(),
        state,
        amount: Some(Money::from_minor(amount, currency)),
        href: format!("/api/v1/expense-requests/{}", Id::<ExpenseRequest>::from_uuid(id.0)),
        facts,
    };
    Ok((id.0, summary))
}
