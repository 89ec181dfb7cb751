//! What a document holds of budget lines, as it is shown with the document.

use super::row::{HoldingRow, Row};
use crate::{
    schema::{budget_holdings as holdings, budget_lines as lines},
    spine::{Failure, Key, Reader, cached, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget_line::{BudgetLine, Control, DocumentRef, Effect, LineEffect},
        period::Period,
    },
    spine::{AnyId, Currency, DepartmentId, Money},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What a line of a document holds of its budget line.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetHolding)]
pub struct HeldView {
    /// The document's line, counted from 1.
    #[schema(minimum = 1)]
    pub line: i32,
    /// The budget line it is charged to.
    pub budget_line_id: AnyId,
    /// The department whose money it is.
    pub department_id: DepartmentId,
    /// The category of the budget line: that of the document's line, or a heading above it.
    #[schema(max_length = 60, example = "promotion")]
    pub category: String,
    /// The period of the budget line.
    pub period: Period,
    /// What happens beyond it.
    pub control: Control,
    /// Reserved while the document waits for approval.
    pub reserved: Money,
    /// Asked beyond what was there: it waits for the special review.
    pub over: Money,
    /// Committed by the approval and not paid yet.
    pub committed: Money,
    /// Of the committed, drawn from the approved request.
    pub drawn: Money,
    /// Paid.
    pub spent: Money,
    /// What the line was given beyond its budget for this document.
    pub granted: Money,
    /// What the budget line has left now.
    pub available: Money,
}

/// What submitting would do to the budget line of a document's line.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetEffect)]
pub struct EffectView {
    /// The document's line, counted from 1.
    #[schema(minimum = 1)]
    pub line: i32,
    /// The budget line it would be charged to.
    pub budget_line_id: AnyId,
    /// What it asks for.
    pub asked: Money,
    /// Of it, drawn from the approved request.
    pub drawn: Money,
    /// Of it, reserved.
    pub reserved: Money,
    /// Of it, beyond the budget: it needs the special review.
    pub over: Money,
    /// Of the reserved, granted beyond the budget with a mere warning.
    pub granted: Money,
}

impl EffectView {
    /// What reserving did, in the currency of the books.
    pub fn of(effect: &Effect, book: Currency) -> Vec<Self> {
        let money = |minor| Money::from_minor(minor, book);
        let view = |effect: &LineEffect| Self {
            line: effect.line,
            budget_line_id: effect.budget_line.uuid().into(),
            asked: money(effect.asked),
            drawn: money(effect.drawn),
            reserved: money(effect.reserved),
            over: money(effect.over),
            granted: money(effect.granted),
        };
        effect.lines.iter().map(view).collect()
    }
}

/// What a document holds, line by line.
pub fn held(reader: &mut Reader<'_>, document: DocumentRef) -> Result<Vec<HeldView>, Failure> {
    let mine = holdings::document_kind.eq(document.kind.code()).and(holdings::document.eq(Key(document.id)));
    let rows: Vec<(HoldingRow, Row)> = db!(reader, |c| cached(
        holdings::table
            .inner_join(lines::table)
            .filter(mine)
            .order(holdings::document_line)
            .select((HoldingRow::as_select(), Row::as_select()))
    )
    .load(c))?;
    rows.into_iter().map(|(holding, line)| shown(holding, line.try_into()?)).collect()
}

fn shown(row: HoldingRow, line: BudgetLine) -> Result<HeldView, Failure> {
    let holding = row.holding()?;
    let available = line.available();
    let money = |minor| Money::from_minor(minor, line.currency);
    Ok(HeldView {
        line: holding.document.line,
        budget_line_id: line.id.uuid().into(),
        department_id: line.department,
        period: line.period,
        control: line.control,
        reserved: money(holding.reserved),
        over: money(holding.over),
        committed: money(holding.committed),
        drawn: money(holding.drawn),
        spent: money(holding.spent),
        granted: money(holding.granted),
        available,
        category: line.category,
    })
}
