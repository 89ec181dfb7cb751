//! How claims plug into approvals: what a chain routes by, what an approver sees, and what an outcome does.

use super::{PoliciesInForce, advance, charge, hold, load::find_unscoped, reference, request};
use crate::{
    approval::{
        DocumentSummary, SubjectKind, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
        holds_open_task,
    },
    finance::{
        budget_line::{self, EffectView, Verdict},
        cash_advance::{outstanding_of, shown_outstanding},
        invoice,
    },
    schema::{employees, expense_claim_lines as lines, expense_claims as claims},
    spine::{Failure, Key, Reader, Tx, cached, db, padded},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Document, Outcome, facts},
    finance::expense_claim::{ClaimRules, ClaimState, Details, ExpenseClaim, submit::Met},
    spine::{Change, Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

/// Claims as the approval engine knows them.
pub const SUBJECT: SubjectKind =
    SubjectKind { moves: Some(hold::moved), ..SubjectKind::of::<ExpenseClaim, crate::Finance>() };

impl Handed<crate::Finance> for ExpenseClaim {
    fn chain(&self) -> &'static str {
        "expense-claim"
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        if !matches!(approval.outcome, Outcome::Approved { .. }) {
            return Ok(self.settle(approval.id, &approval.outcome, tx.now())?);
        }
        let policies = PoliciesInForce::on(tx, self.content.business_date)?;
        Ok(self.approve(approval.id, tx.now(), policies.rules())?)
    }
}

/// What the chain routes a claim by.
pub(super) fn routed(claim: &ExpenseClaim, met: Met) -> Result<Routed, Failure> {
    let content = &claim.content;
    Ok(Routed {
        amount: Some(content.asked_worth()?),
        business_date: content.business_date,
        fields: content.routed_fields(met),
    })
}

/// Which steps and people a claim would meet, and why, and what the budget says to it: what it would
/// hold, line by line, or why it refuses. `[APR-8, BUD-4]`
pub fn preview(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<(Preview, Vec<EffectView>), Failure> {
    let policies = PoliciesInForce::on(reader, claim.content.business_date)?;
    let request = request::of(reader, &claim.content)?;
    let applications = request::applications(reader, &claim.content)?;
    let fellows = request::fellows(reader, claim, request.as_ref())?;
    let rules = ClaimRules {
        request: request.as_ref(),
        fellows: &fellows,
        applications: &applications,
        ..policies.rules()
    };
    let refused = claim.check_submission(reader.actor(), reader.today(), rules).err();
    let over_run = request.as_ref().map_or(Ok(false), |request| claim.is_over_run(request))?;
    let asking = charge::asking(claim, &policies)?;
    let (verdict, by_budget) = match foreseen(budget_line::foresee(reader, &asking))? {
        Ok(verdict) => (verdict, None),
        Err(refusal) => (Verdict::default(), Some(refusal)),
    };
    let met = Met { over_budget: verdict.over_budget, over_run };
    let by_people = foreseen(reference::check_people(reader, claim))?.err();
    let by_advances = foreseen(advance::foresee(reader, claim))?.err();
    let by_invoices = foreseen(invoice::foresee(reader, claim))?.err();
    let found = [refused, by_people, by_budget, by_advances, by_invoices];
    let refused = found.into_iter().flatten();
    let preview = document::preview(reader, claim, routed(claim, met)?, refused)?;
    Ok((preview, EffectView::of(&verdict.effect, policies.book_currency())))
}

/// Whether an open task of the claim's approval waits for the caller.
pub(super) fn decides(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<bool, Failure> {
    // Only while it is in approval can a task be open.
    let approval = claim.petition.approval.filter(|_| claim.state() == ClaimState::InApproval);
    approval.map_or(Ok(false), |approval| holds_open_task(reader, approval))
}

type SummaryRow = (Key, String, String, String, i64, i64, String, String, Key);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let keys = padded(&keys);
    let rows: Vec<SummaryRow> = db!(reader, |c| cached(
        claims::table
            .inner_join(employees::table.on(employees::id.eq(claims::beneficiary_id)))
            .filter(claims::id.eq_any(&keys))
            .select((
                claims::id,
                claims::status,
                claims::currency,
                claims::details,
                claims::claimed_minor,
                claims::approved_minor,
                employees::name,
                claims::number,
                claims::submitter_id,
            ))
    )
    .load(c))?;
    let of_lines: Vec<(Key, String, String)> = db!(reader, |c| cached(
        lines::table.filter(lines::claim_id.eq_any(&keys)).order((lines::claim_id, lines::line)).select((
            lines::claim_id,
            lines::category,
            lines::description
        ))
    )
    .load(c))?;
    let submitters: Vec<Key> = rows.iter().map(|row| row.8).collect();
    let outstanding = outstanding_of(reader, &submitters)?;
    rows.into_iter().map(|row| summary(row, &of_lines, &outstanding)).collect()
}

fn summary(
    (id, state, currency, details, claimed, approved, beneficiary, number, submitter): SummaryRow,
    of_lines: &[(Key, String, String)],
    outstanding: &[(Key, String, Money)],
) -> Result<(Uuid, DocumentSummary), Failure> {
    let corrupt = |column| Failure::corrupt("expense_claims", column, id.0);
    let currency: Currency = currency.parse().map_err(|_| corrupt("currency"))?;
    let details: Details = serde_json::from_str(&details)?;
    let mine = || of_lines.iter().filter(|(claim, ..)| *claim == id);
    let categories: std::collections::BTreeSet<&str> =
        mine().map(|(_, category, _)| category.as_str()).collect();
    let first = mine().next().map(|(_, _, description)| description.clone());
    let title = details.purpose.clone().or(first).unwrap_or_else(|| number.clone());
    let facts = facts([
        ("number", json!(number)),
        ("beneficiary", json!(beneficiary)),
        ("categories", json!(categories)),
        ("lines", json!(mine().count())),
        ("approved", json!(Money::from_minor(approved, currency))),
        ("details", serde_json::to_value(&details)?),
        ("outstanding_advances", shown_outstanding(outstanding, submitter)),
    ]);
    let summary = DocumentSummary {
        title: title.chars().take(200).collect(),
        state,
        amount: Some(Money::from_minor(claimed, currency)),
        href: format!("/api/v1/expense-claims/{}", Id::<ExpenseClaim>::from_uuid(id.0)),
        facts,
    };
    Ok((id.0, summary))
}
