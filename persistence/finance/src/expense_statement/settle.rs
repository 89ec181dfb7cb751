//! How statements plug into approvals.

use super::{apply, figures, find_unscoped};
use crate::{
    approval::{self, DocumentSummary, SubjectKind, Summaries},
    finance::{accounting_period, leaver},
    schema::expense_statements as statements,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, Subject},
    finance::expense_statement::{Compilation, ExpenseStatement},
    spine::{Currency, Entity, Id, Money, Version},
};
use serde_json::json;
use uuid::Uuid;

/// The chain that statements meet.
const CHAIN: &str = "expense-statement";

/// Statements as the approval engine knows them.
pub(crate) const SUBJECT: SubjectKind =
    SubjectKind { kind: ExpenseStatement::KIND, settle, summaries, foresee: None, moves: None };

fn subject(statement: &ExpenseStatement, expense: Money, version: Version) -> Subject {
    Subject {
        kind: ExpenseStatement::KIND.to_owned(),
        document: statement.id.uuid(),
        number: statement.number.clone(),
        submitter: statement.compiler,
        creator: statement.compiler,
        beneficiary: statement.compiler,
        department: statement.department,
        amount: Some(expense),
        business_date: statement.period.last_day(),
        fields: serde_json::Map::from_iter([("period".to_owned(), json!(statement.period))]),
        version,
    }
}

/// Hands a statement to management, with the figures of this moment. Every month of it is closed: what is frozen must
/// not be told again by a later voucher.
pub fn submit(tx: &mut Tx<'_>, statement: ExpenseStatement) -> Result<ExpenseStatement, Failure> {
    statement.may_revise(tx.actor())?;
    accounting_period::ensure_closed(tx, statement.period)?;
    let figures = figures(tx, statement.period, statement.department)?;
    let expense = statement.money(figures.total.expense.max(0));
    let subject = subject(&statement, expense, statement.version + 1);
    let earlier = statement.approval.filter(|_| statement.review.state().goes_on());
    let approval = approval::hand_in(tx, earlier, CHAIN, subject)?;
    let now = tx.now();
    let change = statement.submit(figures, approval.id, tx.actor(), now)?;
    apply(tx, change)
}

/// Takes a statement back while it waits.
pub fn withdraw(tx: &mut Tx<'_>, statement: ExpenseStatement) -> Result<(), Failure> {
    statement.may_withdraw(tx.actor())?;
    approval::withdraw(tx, statement.approval, None)
}

/// Gives a statement up; where its compiler has left, whoever compiles in their place does.
pub fn void(
    tx: &mut Tx<'_>,
    statement: ExpenseStatement,
    reason: String,
) -> Result<ExpenseStatement, Failure> {
    let owner = leaver::owner(tx, statement.compiler)?;
    let change = statement.void(reason, owner, tx.actor(), tx.now())?;
    apply(tx, change)
}

fn settle(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    let statement = find_unscoped(tx, Id::from_uuid(approval.subject.document))?;
    if matches!(approval.outcome, Outcome::Approved { .. }) {
        // One may have been opened again while this waited.
        accounting_period::ensure_closed(tx, statement.period)?;
    }
    let now = tx.now();
    let Some(change) = statement.settle(&approval.outcome, now)? else { return Ok(()) };
    let corrected = change.after().replaces.filter(|_| matches!(approval.outcome, Outcome::Approved { .. }));
    if let Some(corrected) = corrected {
        // First, since one alone is in force at any time.
        let replaced = find_unscoped(tx, corrected)?.replaced(change.after());
        apply(tx, replaced)?;
    }
    apply(tx, change)?;
    Ok(())
}

type SummaryRow = (Key, String, String, String, String, Option<String>, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| statements::table
        .filter(statements::id.eq_any(&keys))
        .select((
            statements::id,
            statements::number,
            statements::period,
            statements::status,
            statements::currency,
            statements::remarks,
            statements::figures,
        ))
        .load(c))?;
    rows.into_iter().map(summary).collect()
}

fn summary(
    (id, number, period, state, currency, remarks, figures): SummaryRow,
) -> Result<(Uuid, DocumentSummary), Failure> {
    let currency: Currency =
        currency.parse().map_err(|_| Failure::corrupt("expense_statements", "currency", id.0))?;
    let Compilation { total, .. } = serde_json::from_str(&figures)?;
    let money = |minor| Money::from_minor(minor, currency);
    let facts = [
        ("number", json!(number)),
        ("period", json!(period)),
        ("budget", json!(money(total.budget))),
        ("previous", json!(money(total.previous))),
        ("last_year", json!(money(total.last_year))),
        ("remarks", json!(remarks)),
    ];
    let summary = DocumentSummary {
        title: format!("{period} 营销费用报表"),
        state,
        amount: Some(money(total.expense)),
        href: format!("/api/v1/expense-statements/{}", Id::<ExpenseStatement>::from_uuid(id.0)),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    Ok((id.0, summary))
}
