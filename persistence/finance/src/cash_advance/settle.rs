//! How advances plug into approvals.

use super::{
    deed::check,
    row::{find_unscoped, outstanding_of, overdue_of, shown_outstanding},
};
use crate::{
    approval::{
        DocumentSummary, SubjectKind, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    schema::{cash_advances as advances, employees},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::facts,
    finance::cash_advance::CashAdvance,
    spine::{BusinessDate, Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

/// Advances as the approval engine knows them.
pub const SUBJECT: SubjectKind = SubjectKind::of::<CashAdvance, crate::Finance>();

impl Handed<crate::Finance> for CashAdvance {
    fn chain(&self) -> &'static str {
        "cash-advance"
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
}

/// What the chain routes an advance by.
pub(super) fn routed(advance: &CashAdvance) -> Routed {
    let content = &advance.content;
    Routed {
        amount: Some(content.amount),
        business_date: content.business_date,
        fields: facts([("for_request", json!(content.request.is_some()))]),
    }
}

/// Which steps and people an advance would meet, and why; and why it may not be submitted now. `[APR-8]`
pub fn preview(reader: &mut Reader<'_>, advance: &CashAdvance) -> Result<Preview, Failure> {
    let refused = foreseen(check(reader, advance))?.err();
    document::preview(reader, advance, routed(advance), refused)
}

type SummaryRow = (Key, String, String, String, i64, String, BusinessDate, Key, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| advances::table
        .inner_join(employees::table.on(employees::id.eq(advances::submitter_id)))
        .filter(advances::id.eq_any(&keys))
        .select((
            advances::id,
            advances::number,
            advances::status,
            advances::currency,
            advances::amount_minor,
            advances::purpose,
            advances::settle_on,
            advances::submitter_id,
            employees::name,
        ))
        .load(c))?;
    // Who approves an advance knows what its submitter has not settled in time: it will not be paid out beside it.
    let (submitters, today): (Vec<Key>, _) = (rows.iter().map(|row| row.7).collect(), reader.today());
    let overdue = overdue_of(reader, &submitters, today)?;
    let outstanding = outstanding_of(reader, &submitters)?;
    rows.into_iter().map(|row| summary(row, &overdue, &outstanding)).collect()
}

fn summary(
    (id, number, state, currency, amount, purpose, settle_on, submitter, name): SummaryRow,
    overdue: &[(Key, String)],
    outstanding: &[(Key, String, Money)],
) -> Result<(Uuid, DocumentSummary), Failure> {
    let currency: Currency =
        currency.parse().map_err(|_| Failure::corrupt("cash_advances", "currency", id.0))?;
    let overdue: Vec<&str> =
        overdue.iter().filter(|(whose, _)| *whose == submitter).map(|(_, number)| number.as_str()).collect();
    let facts = facts([
        ("number", json!(number)),
        ("submitter", json!(name)),
        ("settle_on", json!(settle_on)),
        ("overdue_advances", json!(overdue)),
        ("outstanding_advances", shown_outstanding(outstanding, submitter)),
    ]);
    let summary = DocumentSummary {
        title: purpose.chars().take(200).collect(),
        state,
        amount: Some(Money::from_minor(amount, currency)),
        href: format!("/api/v1/cash-advances/{}", Id::<CashAdvance>::from_uuid(id.0)),
        facts,
    };
    Ok((id.0, summary))
}
