//! How claims plug into approvals: what a chain routes by, what an approver sees, and what an outcome does.

use super::{PoliciesInForce, apply, charge, hold, load::find_unscoped, request};
use crate::{
    approval::{DocumentSummary, PlanView, SubjectKind, dry_run, holds_open_task},
    finance::budget_line::{self, EffectView, Verdict},
    schema::{employees, expense_claim_lines as lines, expense_claims as claims},
    spine::{Failure, Key, Reader, Tx, cached, db, padded},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, Subject},
    finance::expense_claim::{ClaimRules, ClaimStatus, Details, ExpenseClaim, submit::Met},
    spine::{Currency, Entity, Id, Money, Refusal, Version},
};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The chain that claims meet.
pub(super) const CHAIN: &str = "expense-claim";

/// Claims as the approval engine knows them.
pub const SUBJECT: SubjectKind =
    SubjectKind { kind: ExpenseClaim::KIND, settle, summaries, foresee: None, moves: Some(hold::moved) };

/// What the chain routes a claim by, when it is submitted as this version.
pub(super) fn subject(claim: &ExpenseClaim, met: Met, version: Version) -> Result<Subject, Failure> {
    Ok(Subject {
        kind: ExpenseClaim::KIND.to_owned(),
        document: claim.id.uuid(),
        number: claim.number.clone(),
        submitter: claim.submitter,
        creator: claim.creator_employee.unwrap_or(claim.submitter),
        beneficiary: claim.content.beneficiary.employee,
        department: claim.content.department,
        amount: Some(claim.content.asked_worth()?),
        business_date: claim.content.business_date,
        fields: claim.content.routed_fields(met),
        version,
    })
}

/// What submitting a claim would meet.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Which steps and people, and why.
    pub plan: PlanView,
    /// What the budget would hold for it, line by line.
    pub budget: Vec<EffectView>,
    /// Why it could not be submitted as it is.
    pub refused: Option<Refusal>,
    /// Why the budget would refuse it.
    pub by_budget: Option<Refusal>,
}

/// Which steps and people a claim would meet, and why, and what the budget says to it. `[APR-8, BUD-4]`
pub fn preview(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<Preview, Failure> {
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
    let (verdict, by_budget) = match budget_line::foresee(reader, &charge::asking(claim, &policies)?) {
        Ok(verdict) => (verdict, None),
        Err(Failure::Refused(refusal)) => (Verdict::default(), Some(*refusal)),
        Err(failure) => return Err(failure),
    };
    let met = Met { over_budget: verdict.over_budget, over_run };
    let plan = dry_run(reader, CHAIN, &subject(claim, met, claim.version + 1)?)?;
    let budget = EffectView::of(&verdict.effect, policies.book_currency());
    Ok(Preview { plan, budget, refused, by_budget })
}

/// Whether an open task of the claim's approval waits for the caller.
pub(super) fn decides(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<bool, Failure> {
    // Only while it is in approval can a task be open.
    let approval = claim.approval.filter(|_| matches!(claim.status, ClaimStatus::InApproval { .. }));
    approval.map_or(Ok(false), |approval| holds_open_task(reader, approval))
}

fn settle(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    let claim = find_unscoped(tx, Id::from_uuid(approval.subject.document))?;
    let now = tx.now();
    let change = match approval.outcome.clone() {
        Outcome::Pending => return Ok(()),
        Outcome::Approved { .. } => {
            let policies = PoliciesInForce::on(tx, claim.content.business_date)?;
            claim.approve(approval.id, now, policies.rules())?
        }
        Outcome::Rejected { reason, .. } => claim.reject(approval.id, reason, now)?,
        Outcome::Returned { reason, .. } => claim.send_back(approval.id, reason, now)?,
        Outcome::Withdrawn { .. } => claim.withdraw(approval.id, now)?,
    };
    apply(tx, change)?;
    Ok(())
}

type SummaryRow = (Key, String, String, String, i64, i64, String, String);

fn summaries(
    reader: &mut Reader<'_>,
    documents: &[Uuid],
) -> Result<BTreeMap<Uuid, DocumentSummary>, Failure> {
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
    rows.into_iter().map(|row| summary(row, &of_lines)).collect()
}

fn summary(
    (id, state, currency, details, claimed, approved, beneficiary, number): SummaryRow,
    of_lines: &[(Key, String, String)],
) -> Result<(Uuid, DocumentSummary), Failure> {
    let corrupt = |column| Failure::corrupt("expense_claims", column, id.0);
    let currency: Currency = currency.parse().map_err(|_| corrupt("currency"))?;
    let details: Details = serde_json::from_str(&details)?;
    let mine = || of_lines.iter().filter(|(claim, ..)| *claim == id);
    let categories: std::collections::BTreeSet<&str> =
        mine().map(|(_, category, _)| category.as_str()).collect();
    let first = mine().next().map(|(_, _, description)| description.clone());
    let title = details.purpose.clone().or(first).unwrap_or_else(|| number.clone());
    let facts = [
        ("number", json!(number)),
        ("beneficiary", json!(beneficiary)),
        ("categories", json!(categories)),
        ("lines", json!(mine().count())),
        ("approved", json!(Money::from_minor(approved, currency))),
        ("details", serde_json::to_value(&details)?),
    ];
    let summary = DocumentSummary {
        title: title.chars().take(200).collect(),
        state,
        amount: Some(Money::from_minor(claimed, currency)),
        href: format!("/api/v1/expense-claims/{}", Id::<ExpenseClaim>::from_uuid(id.0)),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    Ok((id.0, summary))
}
