//! How contracts plug into approvals: what is approved opens a sale, and may be paid for. `[CON-1, CNT]`

use super::{
    deed::{offered, unprotected},
    row::find_unscoped,
};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    counted_figure,
    price_deviation::holding,
    sale,
    schema::{customers, departments, sales_contracts},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Outcome, facts},
    counted_figure::{Control, CountedFigure, CountedKind},
    sales_contract::{SALES_CONTRACT_CHAIN, SalesContract, SalesContractId},
    spine::{Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Sales> for SalesContract {
    fn chain(&self) -> &'static str {
        SALES_CONTRACT_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn follow(self, tx: &mut Tx<'_>, outcome: &Outcome) -> Result<(), Failure> {
        if !matches!(outcome, Outcome::Approved { .. }) {
            return holding::let_go(tx, self.id.uuid());
        }
        if !self.is_own_sale() {
            return Ok(());
        }
        let total = self.content.total().map_err(Failure::fault)?.minor();
        let figure = CountedFigure::open(CountedKind::Collected, total, Control::Hard);
        counted_figure::open(tx, self.id.uuid(), figure)?;
        sale::deed::open(tx, &self)
    }
}

/// What the chain routes a contract by: its value.
pub(super) fn routed(reader: &Reader<'_>, contract: &SalesContract) -> Result<Routed, Failure> {
    let total = contract.content.total().map_err(Failure::fault)?;
    Ok(Routed {
        amount: Some(total),
        business_date: reader.today(),
        fields: facts([("department_id", json!(contract.department))]),
    })
}

/// Which steps and people a contract would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, contract: &SalesContract) -> Result<Preview, Failure> {
    let refused = contract.check_submission(reader.actor()).err();
    let by_filing = foreseen(unprotected(reader, contract))?.err();
    let offer = offered(contract)?;
    let by_price = foreseen(holding::check(reader, &offer))?.err();
    let routed = routed(reader, contract)?;
    document::preview(reader, contract, routed, refused.into_iter().chain(by_filing).chain(by_price))
}

type SummaryRow = (Key, String, String, String, i64, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| sales_contracts::table
        .inner_join(customers::table.on(customers::id.eq(sales_contracts::customer_id)))
        .inner_join(departments::table.on(departments::id.eq(sales_contracts::department_id)))
        .filter(sales_contracts::id.eq_any(&keys))
        .select((
            sales_contracts::id,
            sales_contracts::number,
            sales_contracts::status,
            sales_contracts::subject,
            sales_contracts::total_minor,
            customers::name,
            departments::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, subject, total, customer, department) = row;
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("customer", json!(customer)),
        ("subject", json!(subject)),
    ]);
    let title = format!("{customer} {subject}");
    let href = format!("/api/v1/sales-contracts/{}", SalesContractId::from_uuid(id.0));
    let amount = Some(Money::from_minor(total, Currency::Cny));
    (id.0, DocumentSummary { title, state, amount, href, facts })
}
