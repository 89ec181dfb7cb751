//! How orders plug into approvals: what is approved is made and, where it is under no contract, is a sale. `[ORD-1, CNT]`

use super::{
    deed::{deal_of, offered, sale_lines, with_promise},
    row::find_unscoped,
};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    counted_figure,
    credit_grant::exposure,
    instalment, order_terms,
    price_deviation::holding,
    sale::deed::{Opening, begin, conclude},
    sales_order,
    schema::{customers, departments, sales_orders},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, facts},
    counted_figure::{Control, CountedFigure, CountedKind},
    sale::Deal,
    sales_order::{SALES_ORDER_CHAIN, SalesOrder, SalesOrderId},
    spine::{Change, Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Sales> for SalesOrder {
    fn chain(&self) -> &'static str {
        SALES_ORDER_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        exposure::lock(tx, self.content.customer)?;
        with_promise(tx, |_, promise| Ok(self.agree(approval.id, &approval.outcome, promise)?))
    }
    fn follow(self, tx: &mut Tx<'_>, outcome: &Outcome) -> Result<(), Failure> {
        let deal = deal_of(tx, &self)?;
        if !matches!(outcome, Outcome::Approved { .. }) {
            exposure::settle(tx, self.content.customer, deal)?;
            return holding::let_go(tx, self.id.uuid());
        }
        open_figures(tx, &self, deal)?;
        holding::use_up(tx, self.id.uuid())?;
        let order = held_for_debt(tx, self)?;
        if matches!(deal, Deal::Contract(_)) {
            return Ok(());
        }
        let lines = sale_lines(&order)?;
        let (submitter, content) = (order.petition.submitter, order.content);
        begin(
            tx,
            Opening {
                deal,
                number: order.petition.number,
                customer: content.customer,
                department: order.department,
                submitter,
                region: content.region,
                channel: content.channel,
                lines,
            },
        )?;
        conclude(tx, deal, submitter)
    }
}

/// Holds an order that was approved just now where its customer is overdue for too long. `[REC-1d]`
fn held_for_debt(tx: &mut Tx<'_>, order: SalesOrder) -> Result<SalesOrder, Failure> {
    let terms = order_terms::today(tx)?;
    let overdue = instalment::deed::longest_overdue(tx, order.content.customer)?;
    let Some(days) = overdue.filter(|days| *days >= i64::from(terms.content.overdue_hold_days)) else {
        return Ok(order);
    };
    with_promise(tx, |tx, promise| {
        let change = order.hold_for_debt(days, terms.number, promise)?;
        sales_order::apply(tx, change)
    })
}

/// What can be shipped and returned of each line, and collected of the whole where it is a sale of its own.
fn open_figures(tx: &mut Tx<'_>, order: &SalesOrder, deal: Deal) -> Result<(), Failure> {
    let terms = order_terms::today(tx)?;
    for (line, progress) in order.content.lines.iter().zip(&order.progress) {
        let most = progress.most(line, terms.content.over_delivery_bp).scaled();
        let shipped = CountedFigure::open(CountedKind::Shipped, most, Control::Hard);
        counted_figure::open(tx, line.id.uuid(), shipped)?;
        let returned = CountedFigure::open(CountedKind::Returned, most, Control::Hard);
        counted_figure::open(tx, line.id.uuid(), returned)?;
    }
    if matches!(deal, Deal::Order(_)) {
        let total = order.content.total().map_err(Failure::fault)?.minor();
        let figure = CountedFigure::open(CountedKind::Collected, total, Control::Hard);
        counted_figure::open(tx, order.id.uuid(), figure)?;
    }
    Ok(())
}

/// What the chain routes an order by: its value.
pub(super) fn routed(reader: &Reader<'_>, order: &SalesOrder) -> Result<Routed, Failure> {
    Ok(Routed {
        amount: Some(order.content.total().map_err(Failure::fault)?),
        business_date: reader.today(),
        fields: facts([("department_id", json!(order.department))]),
    })
}

/// Which steps and people an order would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, order: &SalesOrder) -> Result<Preview, Failure> {
    let by_price = match foreseen(offered(reader, order))? {
        Ok(offer) => foreseen(holding::check(reader, &offer))?.err(),
        Err(refusal) => Some(refusal),
    };
    let deal = deal_of(reader, order)?;
    let by_credit = foreseen(exposure::check(reader, order, deal))?.err();
    let routed = routed(reader, order)?;
    document::preview(reader, order, routed, by_price.into_iter().chain(by_credit))
}

type SummaryRow = (Key, String, String, i64, Option<String>, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| sales_orders::table
        .inner_join(customers::table.on(customers::id.eq(sales_orders::customer_id)))
        .inner_join(departments::table.on(departments::id.eq(sales_orders::department_id)))
        .filter(sales_orders::id.eq_any(&keys))
        .select((
            sales_orders::id,
            sales_orders::number,
            sales_orders::status,
            sales_orders::total_minor,
            sales_orders::note,
            customers::name,
            departments::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, total, note, customer, department) = row;
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("customer", json!(customer)),
        ("note", json!(note)),
    ]);
    let title = format!("{customer} {number}");
    let href = format!("/api/v1/sales-orders/{}", SalesOrderId::from_uuid(id.0));
    let amount = Some(Money::from_minor(total, Currency::Cny));
    (id.0, DocumentSummary { title, state, amount, href, facts })
}
