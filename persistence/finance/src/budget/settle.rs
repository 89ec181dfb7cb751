//! How budgets plug into approvals: what a chain routes by, what an approver sees, and what an outcome does.

use super::{apply, find_unscoped, row::total};
use crate::{
    approval::{DocumentSummary, PlanView, SubjectKind, dry_run},
    schema::{budgets, departments},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, Subject},
    finance::budget::{Budget, BudgetContent},
    spine::{BusinessDate, Currency, Entity, Id, Version},
};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The chain that budgets meet.
pub(super) const CHAIN: &str = "budget";

/// Budgets as the approval engine knows them.
pub const SUBJECT: SubjectKind =
    SubjectKind { kind: Budget::KIND, settle, summaries, foresee: None, moves: None };

/// What the chain routes a budget by, when it is submitted as this version. The chain is the one in force on the
/// day it is submitted: a budget of next year is decided by today's rules.
pub(super) fn subject(
    budget: &Budget,
    version: Version,
    currency: Currency,
    today: BusinessDate,
) -> Result<Subject, Failure> {
    Ok(Subject {
        kind: Budget::KIND.to_owned(),
        document: budget.id.uuid(),
        number: budget.number.clone(),
        submitter: budget.submitter,
        creator: budget.submitter,
        beneficiary: budget.submitter,
        department: budget.content.scope.department,
        amount: Some(budget.content.total(currency)?),
        business_date: today,
        fields: budget.content.routed_fields(),
        version,
    })
}

/// Which steps and people a budget would meet, and why. `[APR-8]`
pub fn preview(reader: &mut Reader<'_>, budget: &Budget, currency: Currency) -> Result<PlanView, Failure> {
    let today = reader.today();
    dry_run(reader, CHAIN, &subject(budget, budget.version + 1, currency, today)?)
}

fn settle(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    let budget = find_unscoped(tx, Id::from_uuid(approval.subject.document))?;
    let now = tx.now();
    let change = match approval.outcome.clone() {
        Outcome::Pending => return Ok(()),
        Outcome::Approved { .. } => budget.approve(approval.id, now)?,
        Outcome::Rejected { reason, .. } => budget.reject(approval.id, reason, now)?,
        Outcome::Returned { reason, .. } => budget.send_back(approval.id, reason, now)?,
        Outcome::Withdrawn { .. } => budget.withdraw(approval.id, now)?,
    };
    apply(tx, change)?;
    Ok(())
}

type SummaryRow = (Key, String, String, String, i32, String, i64, String, String);

fn summaries(
    reader: &mut Reader<'_>,
    documents: &[Uuid],
) -> Result<BTreeMap<Uuid, DocumentSummary>, Failure> {
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
    let facts = [
        ("number", json!(number)),
        ("fiscal_year", json!(year)),
        ("scope", json!(content.scope.level)),
        ("department", json!(department)),
        ("lines", json!(content.lines.len())),
        ("activities", json!(content.activities.len())),
        ("objectives", json!(content.objectives.iter().filter(|o| o.period.is_year()).collect::<Vec<_>>())),
    ];
    let summary = DocumentSummary {
        title,
        state,
        amount: Some(total(minor, &currency, id)?),
        href: format!("/api/v1/budgets/{}", Id::<Budget>::from_uuid(id.0)),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    Ok((id.0, summary))
}
