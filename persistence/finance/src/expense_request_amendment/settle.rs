//! How amendments plug into approvals: an approved one takes effect on its request and its budget at once.

use super::row::find_unscoped;
use crate::{
    approval::{
        DocumentSummary, SubjectKind, Summaries,
        document::{Handed, foreseen},
    },
    finance::{
        budget_line, expense_claim,
        expense_request::{self as requests, RequestPolicies, charge, revision},
    },
    schema::{expense_request_amendments as amendments, expense_requests},
    shared::{BUDGET_LINES, EXPENSE_REQUESTS},
    spine::{Failure, Key, Reader, Shared, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Outcome, facts},
    finance::{
        budget_line::DocumentKind,
        expense_request::{ExpenseRequest, RequestContent},
        expense_request_amendment::ExpenseRequestAmendment,
    },
    spine::{Id, Refusal},
};
use serde_json::json;
use uuid::Uuid;

/// Amendments as the approval engine knows them.
pub const SUBJECT: SubjectKind = SubjectKind {
    foresee: Some(foresee),
    moves: Some(moved),
    ..SubjectKind::of::<ExpenseRequestAmendment, crate::Finance>()
};

/// Its chain routes an amendment as it would the request that it makes.
impl Handed<crate::Finance> for ExpenseRequestAmendment {
    fn chain(&self) -> &'static str {
        "expense-request-amendment"
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn follow(self, tx: &mut Tx<'_>, outcome: &Outcome) -> Result<(), Failure> {
        if !matches!(outcome, Outcome::Approved { .. }) {
            return charge::let_go(tx, &self);
        }
        let request = expense_claim::lock_request(tx, self.request)?;
        may_take_effect(tx, &self, &request)?;
        let alike = self.alike(&request);
        let change = request.amend(self.id, self.content.clone())?;
        let request = requests::apply(tx, change)?;
        revision::keep(tx, &request, Some(self.id))?;
        charge::amend(tx, &request, &self, &alike)
    }
}

/// What its request would refuse an amendment with, if it were approved now. `[ACT-1]`
fn foresee(reader: &mut Reader<'_>, document: Uuid) -> Result<Result<(), Refusal>, Failure> {
    let amendment = find_unscoped(reader, Id::from_uuid(document))?;
    let request = requests::find_unscoped(reader, amendment.request)?;
    let tried = foreseen(may_take_effect(reader, &amendment, &request))?;
    Ok(tried.and_then(|()| request.amend(amendment.id, amendment.content).map(|_| ())))
}

/// Whether the amendment is still of the present request, which claims have not gone too far beyond meanwhile. `[EXP-7]`
fn may_take_effect(
    reader: &mut Reader<'_>,
    amendment: &ExpenseRequestAmendment,
    request: &ExpenseRequest,
) -> Result<(), Failure> {
    let claims = expense_claim::fellows(reader, request.id)?;
    let policies = RequestPolicies::on(reader, amendment.content.business_date)?;
    Ok(amendment.check_effect(request, &claims, policies.rules())?)
}

/// The requests that amendments change, and the budget lines on which both hold something.
fn moved(reader: &mut Reader<'_>, documents: &[Key], table: Shared) -> Result<Vec<Key>, Failure> {
    if !matches!(table, EXPENSE_REQUESTS | BUDGET_LINES) {
        return Ok(Vec::new());
    }
    let requests: Vec<Key> = db!(reader, |c| amendments::table
        .filter(amendments::id.eq_any(documents))
        .select(amendments::request_id)
        .load(c))?;
    if table == EXPENSE_REQUESTS {
        return Ok(requests);
    }
    let kinds = [DocumentKind::ExpenseRequest, DocumentKind::ExpenseRequestAmendment];
    budget_line::held_by(reader, &kinds, &[documents, &requests].concat())
}

type SummaryRow = (Key, String, String, String, String, String, i64);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| amendments::table
        .inner_join(expense_requests::table)
        .filter(amendments::id.eq_any(&keys))
        .select((
            amendments::id,
            amendments::number,
            amendments::status,
            amendments::reason,
            amendments::content,
            expense_requests::number,
            expense_requests::amount_minor,
        ))
        .load(c))?;
    rows.into_iter().map(summary).collect()
}

fn summary(
    (id, number, state, reason, content, request, before): SummaryRow,
) -> Result<(Uuid, DocumentSummary), Failure> {
    let content: RequestContent = serde_json::from_str(&content)?;
    let before = domain::spine::Money::from_minor(before, content.exchange.currency);
    let facts = facts([
        ("number", json!(number)),
        ("request", json!(request)),
        ("reason", json!(reason)),
        ("before", json!(before)),
        ("lines", json!(content.lines.len())),
        ("campaign", json!(content.campaign)),
    ]);
    let summary = DocumentSummary {
        title: reason.chars().take(200).collect(),
        state,
        amount: Some(content.total()?),
        href: format!(
            "/api/v1/expense-request-amendments/{}",
            Id::<ExpenseRequestAmendment>::from_uuid(id.0)
        ),
        facts,
    };
    Ok((id.0, summary))
}
