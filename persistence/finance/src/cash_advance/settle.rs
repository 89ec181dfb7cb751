//! How advances plug into approvals.

use super::{
    apply,
    deed::check,
    row::{find_unscoped, overdue_of},
};
use crate::{
    approval::{DocumentSummary, PlanView, SubjectKind, dry_run},
    schema::{cash_advances as advances, employees},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, Subject},
    finance::cash_advance::CashAdvance,
    spine::{BusinessDate, Currency, Entity, Id, Money, Refusal},
};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The chain that advances meet.
pub(super) const CHAIN: &str = "cash-advance";

/// Advances as the approval engine knows them.
pub const SUBJECT: SubjectKind =
    SubjectKind { kind: CashAdvance::KIND, settle, summaries, foresee: None, moves: None };

/// What the chain routes an advance by, when it is submitted as its next version.
pub(super) fn subject(advance: &CashAdvance) -> Subject {
    let (petition, content) = (&advance.petition, &advance.content);
    Subject {
        kind: CashAdvance::KIND.to_owned(),
        document: advance.id.uuid(),
        number: petition.number.clone(),
        submitter: petition.submitter,
        creator: petition.creator_employee.unwrap_or(petition.submitter),
        beneficiary: petition.submitter,
        department: content.department,
        amount: Some(content.amount),
        business_date: content.business_date,
        fields: serde_json::Map::from_iter([("for_request".to_owned(), json!(content.request.is_some()))]),
        version: advance.version + 1,
    }
}

/// Which steps and people an advance would meet, and why; and why it may not be submitted now. `[APR-8]`
pub fn preview(
    reader: &mut Reader<'_>,
    advance: &CashAdvance,
) -> Result<(PlanView, Option<Refusal>), Failure> {
    let refused = match check(reader, advance) {
        Ok(()) => None,
        Err(Failure::Refused(refusal)) => Some(*refusal),
        Err(failure) => return Err(failure),
    };
    Ok((dry_run(reader, CHAIN, &subject(advance))?, refused))
}

fn settle(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    if approval.outcome == Outcome::Pending {
        return Ok(());
    }
    let advance = find_unscoped(tx, Id::from_uuid(approval.subject.document))?;
    let change = advance.settle(approval.id, &approval.outcome, tx.now())?;
    apply(tx, change)?;
    Ok(())
}

type SummaryRow = (Key, String, String, String, i64, String, BusinessDate, Key, String);

fn summaries(
    reader: &mut Reader<'_>,
    documents: &[Uuid],
) -> Result<BTreeMap<Uuid, DocumentSummary>, Failure> {
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
    rows.into_iter().map(|row| summary(row, &overdue)).collect()
}

fn summary(
    (id, number, state, currency, amount, purpose, settle_on, submitter, name): SummaryRow,
    overdue: &[(Key, String)],
) -> Result<(Uuid, DocumentSummary), Failure> {
    let currency: Currency =
        currency.parse().map_err(|_| Failure::corrupt("cash_advances", "currency", id.0))?;
    let overdue: Vec<&str> =
        overdue.iter().filter(|(whose, _)| *whose == submitter).map(|(_, number)| number.as_str()).collect();
    let facts = [
        ("number", json!(number)),
        ("submitter", json!(name)),
        ("settle_on", json!(settle_on)),
        ("overdue_advances", json!(overdue)),
    ];
    let summary = DocumentSummary {
        title: purpose.chars().take(200).collect(),
        state,
        amount: Some(Money::from_minor(amount, currency)),
        href: format!("/api/v1/cash-advances/{}", Id::<CashAdvance>::from_uuid(id.0)),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    Ok((id.0, summary))
}
