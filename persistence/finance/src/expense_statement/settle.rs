//! How statements plug into approvals.

use super::{apply, figures, find_unscoped};
use crate::{
    approval::{
        DocumentSummary, SubjectKind, Summaries,
        document::{self, Handed, Routed},
    },
    finance::accounting_period,
    schema::expense_statements as statements,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Document, Outcome, facts},
    finance::expense_statement::{Compilation, ExpenseStatement},
    spine::{Change, Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

/// Statements as the approval engine knows them.
pub(crate) const SUBJECT: SubjectKind = SubjectKind::of::<ExpenseStatement, crate::Finance>();

impl Handed<crate::Finance> for ExpenseStatement {
    fn chain(&self) -> &'static str {
        "expense-statement"
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        let approved = matches!(approval.outcome, Outcome::Approved { .. });
        if approved {
            // One may have been opened again while this waited.
            accounting_period::ensure_closed(tx, self.period)?;
        }
        let change = self.settle(approval.id, &approval.outcome, tx.now())?;
        if let Some(corrected) = change.after().replaces.filter(|_| approved) {
            // First, since one alone is in force at any time.
            let replaced = find_unscoped(tx, corrected)?.replaced(change.after());
            apply(tx, replaced)?;
        }
        Ok(change)
    }
}

/// Hands a statement to management, with the figures of this moment. Every month of it is closed: what is frozen must
/// not be told again by a later voucher.
pub fn submit(tx: &mut Tx<'_>, statement: ExpenseStatement) -> Result<ExpenseStatement, Failure> {
    statement.may_submit(tx.actor())?;
    accounting_period::ensure_closed(tx, statement.period)?;
    let figures = figures(tx, statement.period, statement.department)?;
    let expense = statement.money(figures.total.expense.max(0));
    let routed = Routed {
        amount: Some(expense),
        business_date: statement.period.last_day(),
        fields: facts([("period", json!(statement.period))]),
    };
    let approval = document::hand_in(tx, &statement, routed)?;
    let change = statement.submit(figures, approval.id, tx.actor(), tx.now())?;
    apply(tx, change)
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
    let facts = facts([
        ("number", json!(number)),
        ("period", json!(period)),
        ("budget", json!(money(total.budget))),
        ("previous", json!(money(total.previous))),
        ("last_year", json!(money(total.last_year))),
        ("remarks", json!(remarks)),
    ]);
    let summary = DocumentSummary {
        title: format!("{period} 营销费用报表"),
        state,
        amount: Some(money(total.expense)),
        href: format!("/api/v1/expense-statements/{}", Id::<ExpenseStatement>::from_uuid(id.0)),
        facts,
    };
    Ok((id.0, summary))
}
