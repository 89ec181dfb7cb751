//! How deviations plug into approvals: who decides goes by how far the price is from the list. `[PRI-2]`

use super::{deed::compared, row::find_unscoped};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    policy,
    schema::{customers, departments, price_deviations, products},
    spine::{Failure, Key, Reader, Tx, db},
};
use chrono::Days;
use diesel::prelude::*;
use domain::{
    approval::{Approval, facts},
    document_line::extended,
    price_deviation::{DiscountAuthority, PRICE_DEVIATION_CHAIN, PriceDeviation, PriceDeviationId},
    quantity::Quantity,
    spine::{BusinessDate, Change, Currency, Id, Money, PolicyVersion},
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

impl Handed<crate::Sales> for PriceDeviation {
    fn chain(&self) -> &'static str {
        PRICE_DEVIATION_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        let today = tx.today();
        let authority: Arc<PolicyVersion<DiscountAuthority>> = policy::in_force(tx, "company", today)?;
        let days = Days::new(authority.content.valid_days.into());
        let valid_to = today.checked_add_days(days).unwrap_or(BusinessDate::MAX);
        Ok(self.agree(approval.id, &approval.outcome, (tx.now(), valid_to))?)
    }
}

/// What the chain routes a deviation by: whose authority suffices.
pub(super) fn routed(reader: &Reader<'_>, deviation: &PriceDeviation) -> Routed {
    Routed {
        amount: extended(deviation.content.quantity, deviation.content.price).ok(),
        business_date: reader.today(),
        fields: facts([
            ("department_id", json!(deviation.department)),
            ("authority", json!(deviation.compared.authority)),
        ]),
    }
}

/// Which steps and people a deviation would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, deviation: &PriceDeviation) -> Result<Preview, Failure> {
    let today = foreseen(compared(reader, &deviation.content))?;
    let mut deviation = deviation.clone();
    let refused = match today {
        Ok(compared) => {
            deviation.compared = compared;
            None
        }
        Err(refusal) => Some(refusal),
    };
    let routed = routed(reader, &deviation);
    document::preview(reader, &deviation, routed, refused)
}

type SummaryRow = (Key, String, String, i64, i64, i64, String, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| price_deviations::table
        .inner_join(customers::table.on(customers::id.eq(price_deviations::customer_id)))
        .inner_join(departments::table.on(departments::id.eq(price_deviations::department_id)))
        .inner_join(products::table.on(products::id.eq(price_deviations::product_id)))
        .filter(price_deviations::id.eq_any(&keys))
        .select((
            price_deviations::id,
            price_deviations::number,
            price_deviations::status,
            price_deviations::quantity,
            price_deviations::price_minor,
            price_deviations::list_minor,
            customers::name,
            departments::name_zh,
            products::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, quantity, price, list, customer, department, product) = row;
    let (quantity, yuan) = (Quantity::from_scaled(quantity), |minor| Money::from_minor(minor, Currency::Cny));
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("customer", json!(customer)),
        ("product", json!(product)),
        ("quantity", json!(quantity)),
        ("price", json!(yuan(price))),
        ("list_price", json!(yuan(list))),
    ]);
    let title = format!("{customer} {product}");
    let href = format!("/api/v1/price-deviations/{}", PriceDeviationId::from_uuid(id.0));
    let amount = extended(quantity, yuan(price)).ok();
    (id.0, DocumentSummary { title, state, amount, href, facts })
}
