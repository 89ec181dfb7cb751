//! How refunds plug into approvals. `[REC-1c]`

use super::row::find_unscoped;
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed},
    },
    counted_figure,
    schema::{departments, refunds, sales_contracts, sales_orders},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::facts,
    counted_figure::CountedKind,
    refund::{REFUND_CHAIN, Refund, RefundId},
    spine::{Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Sales> for Refund {
    fn chain(&self) -> &'static str {
        REFUND_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
}

/// What the chain routes a refund by: its amount.
pub(super) fn routed(reader: &Reader<'_>, refund: &Refund) -> Routed {
    Routed {
        amount: Some(refund.content.amount),
        business_date: reader.today(),
        fields: facts([("department_id", json!(refund.department))]),
    }
}

/// What is collected of the contract or order, in minor units.
pub(super) fn collected(reader: &mut Reader<'_>, refund: &Refund) -> Result<i64, Failure> {
    let figure = counted_figure::of(reader, CountedKind::Collected, refund.content.deal.uuid())?;
    Ok(figure.map_or(0, |figure| figure.counted))
}

/// Which steps and people a refund would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, refund: &Refund) -> Result<Preview, Failure> {
    let collected = collected(reader, refund)?;
    let routed = routed(reader, refund);
    document::preview(reader, refund, routed, refund.check_collected(collected).err())
}

type SummaryRow = (Key, String, String, String, i64, Option<String>, Option<String>, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| refunds::table
        .left_join(sales_contracts::table.on(refunds::contract_id.eq(sales_contracts::id.nullable())))
        .left_join(sales_orders::table.on(refunds::order_id.eq(sales_orders::id.nullable())))
        .inner_join(departments::table.on(departments::id.eq(refunds::department_id)))
        .filter(refunds::id.eq_any(&keys))
        .select((
            refunds::id,
            refunds::number,
            refunds::status,
            refunds::grounds,
            refunds::amount_minor,
            sales_contracts::number.nullable(),
            sales_orders::number.nullable(),
            departments::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, grounds, minor, contract, order, department) = row;
    let of = contract.as_ref().or(order.as_ref()).cloned().unwrap_or_default();
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("contract", json!(contract)),
        ("order", json!(order)),
        ("grounds", json!(grounds)),
    ]);
    let title = format!("{of} {grounds}");
    let href = format!("/api/v1/refunds/{}", RefundId::from_uuid(id.0));
    let amount = Some(Money::from_minor(minor, Currency::Cny));
    (id.0, DocumentSummary { title, state, amount, href, facts })
}
