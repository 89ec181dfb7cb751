//! How requests plug into approvals: what a chain routes by, what an approver sees, and what an outcome does.

use super::{RequestPolicies, apply, charge, revision, row::find_unscoped};
use crate::{
    approval::{DocumentSummary, PlanView, SubjectKind, dry_run},
    finance::budget_line::{self, EffectView, Verdict},
    schema::{employees, expense_request_lines as lines, expense_requests as requests},
    shared::BUDGET_LINES,
    spine::{Failure, Key, Reader, Shared, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, Subject},
    finance::{budget_line::DocumentKind, expense_claim::Details, expense_request::ExpenseRequest},
    spine::{Currency, Entity, Id, Money, Refusal},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The chain that requests meet.
pub(super) const CHAIN: &str = "expense-request";

/// Requests as the approval engine knows them.
pub const SUBJECT: SubjectKind =
    SubjectKind { kind: ExpenseRequest::KIND, settle, summaries, foresee: None, moves: Some(moved) };

/// What the chain routes a request by, when it is submitted as its next version.
pub(super) fn subject(request: &ExpenseRequest, over_budget: bool) -> Result<Subject, Failure> {
    let (petition, content) = (&request.petition, &request.content);
    Ok(Subject {
        kind: ExpenseRequest::KIND.to_owned(),
        document: request.id.uuid(),
        number: petition.number.clone(),
        submitter: petition.submitter,
        creator: petition.creator_employee.unwrap_or(petition.submitter),
        beneficiary: petition.submitter,
        department: content.department,
        amount: Some(content.worth()?),
        business_date: content.business_date,
        fields: content.routed_fields(over_budget),
        version: request.version + 1,
    })
}

/// What submitting a request would meet.
#[derive(Clone, Debug)]
pub struct RequestPreview {
    /// Which steps and people, and why.
    pub plan: PlanView,
    /// What the budget would hold for it, line by line.
    pub budget: Vec<EffectView>,
    /// Why the budget would refuse it.
    pub refused: Option<Refusal>,
}

/// Which steps and people a request would meet, and why, and what the budget says to it. `[APR-8, BUD-4]`
pub fn preview(reader: &mut Reader<'_>, request: &ExpenseRequest) -> Result<RequestPreview, Failure> {
    let policies = RequestPolicies::on(reader, request.content.business_date)?;
    let (verdict, refused) = match budget_line::foresee(reader, &charge::asking(request, &policies)?) {
        Ok(verdict) => (verdict, None),
        Err(Failure::Refused(refusal)) => (Verdict::default(), Some(*refusal)),
        Err(failure) => return Err(failure),
    };
    let plan = dry_run(reader, CHAIN, &subject(request, verdict.over_budget)?)?;
    let budget = EffectView::of(&verdict.effect, policies.book_currency());
    Ok(RequestPreview { plan, budget, refused })
}

fn settle(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    if approval.outcome == Outcome::Pending {
        return Ok(());
    }
    let request = find_unscoped(tx, Id::from_uuid(approval.subject.document))?;
    let change = request.settle(approval.id, &approval.outcome, tx.now())?;
    let request = apply(tx, change)?;
    if matches!(approval.outcome, Outcome::Approved { .. }) {
        revision::keep(tx, &request, None)?;
    }
    charge::follow(tx, &request)
}

/// The budget lines on which requests hold something.
fn moved(reader: &mut Reader<'_>, documents: &[Key], table: Shared) -> Result<Vec<Key>, Failure> {
    match table {
        BUDGET_LINES => budget_line::held_by(reader, &[DocumentKind::ExpenseRequest], documents),
        _ => Ok(Vec::new()),
    }
}

type SummaryRow = (Key, String, String, String, String, i64, bool, bool, Option<String>, String);

fn summaries(
    reader: &mut Reader<'_>,
    documents: &[Uuid],
) -> Result<BTreeMap<Uuid, DocumentSummary>, Failure> {
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
        ))
        .load(c))?;
    let of_lines: Vec<(Key, String, String)> = db!(reader, |c| lines::table
        .filter(lines::request_id.eq_any(&keys))
        .order((lines::request_id, lines::line))
        .select((lines::request_id, lines::category, lines::item))
        .load(c))?;
    rows.into_iter().map(|row| summary(row, &of_lines)).collect()
}

fn summary(
    (id, number, state, currency, details, amount, urgent, major, campaign, submitter): SummaryRow,
    of_lines: &[(Key, String, String)],
) -> Result<(Uuid, DocumentSummary), Failure> {
    let currency: Currency =
        currency.parse().map_err(|_| Failure::corrupt("expense_requests", "currency", id.0))?;
    let details: Details = serde_json::from_str(&details)?;
    let mine = || of_lines.iter().filter(|(request, ..)| *request == id);
    let categories: BTreeSet<&str> = mine().map(|(_, category, _)| category.as_str()).collect();
    let first = mine().next().map(|(_, _, item)| item.clone());
    let title = details.purpose.clone().or(first).unwrap_or_else(|| number.clone());
    let facts = [
        ("number", json!(number)),
        ("submitter", json!(submitter)),
        ("categories", json!(categories)),
        ("lines", json!(mine().count())),
        ("urgent", json!(urgent)),
        ("major_campaign", json!(major)),
        ("campaign", json!(campaign)),
        ("details", serde_json::to_value(&details)?),
    ];
    let summary = DocumentSummary {
        title: title.chars().take(200).collect(),
        state,
        amount: Some(Money::from_minor(amount, currency)),
        href: format!("/api/v1/expense-requests/{}", Id::<ExpenseRequest>::from_uuid(id.0)),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    Ok((id.0, summary))
}
