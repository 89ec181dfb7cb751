//! Rows of sales, of what they count for and of what is booked of them. Entries are only ever added.

use crate::{
    schema::{commission_entries as booked, credit_entries as credits, sale_lines as lines, sales},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, insert_all, save_row},
};
use diesel::prelude::*;
use domain::{
    commission::{Booked, Holder},
    quantity::Quantity,
    sale::{Closing, CommissionEntry, CreditEntry, Deal, Sale, SaleLine, SaleState},
    spine::{BusinessDate, Currency, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = sales, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub contract_id: Option<Key>,
    pub order_id: Option<Key>,
    pub number: String,
    pub customer_id: Key,
    pub department_id: Key,
    pub submitter_id: Key,
    pub owner_id: Option<Key>,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub opened_at: Instant,
    pub total_minor: i64,
    pub received_minor: i64,
    pub currency: String,
    pub status: String,
    pub closed_at: Option<Instant>,
    pub closed_on: Option<BusinessDate>,
    pub rule: Option<String>,
    pub tier_base_minor: Option<i64>,
    pub closing: Option<String>,
    pub told: String,
    pub fell_through_at: Option<Instant>,
    pub changed_at: Instant,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    sale_id: Key,
    place: i32,
    product_id: Key,
    quantity: i64,
    gross_minor: i64,
    net_minor: i64,
    cost_minor: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = credits, treat_none_as_default_value = false)]
pub(super) struct CreditRow {
    pub id: Key,
    pub sale_id: Key,
    pub place: i32,
    pub employee_id: Option<Key>,
    pub department_id: Key,
    pub product_id: Key,
    pub customer_id: Key,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub quantity: i64,
    pub net_minor: i64,
    pub cost_minor: Option<i64>,
    pub currency: String,
    pub counted_on: BusinessDate,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = booked, treat_none_as_default_value = false)]
pub(super) struct BookedRow {
    pub id: Key,
    pub sale_id: Key,
    pub place: i32,
    pub source: Key,
    pub employee_id: Option<Key>,
    pub holder: String,
    pub amount_minor: i64,
    pub booked_at: Instant,
    pub booked_on: BusinessDate,
}

impl Row {
    fn of(sale: &Sale, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Sale {
            id,
            deal,
            number,
            customer,
            department,
            submitter,
            region,
            channel,
            lines: _,
            opened_at,
            total,
            received,
            closing,
            fell_through_at,
            told,
            credits: _,
            ledger: _,
            version,
        } = sale;
        let closed = closing.as_ref();
        Ok(Self {
            id: (*id).into(),
            contract_id: deal.contract().map(Into::into),
            order_id: deal.order().map(Into::into),
            number: number.clone(),
            customer_id: (*customer).into(),
            department_id: (*department).into(),
            submitter_id: (*submitter).into(),
            owner_id: closed.map(|closing| closing.facts.owner.into()),
            region: region.clone(),
            channel: channel.clone(),
            opened_at: (*opened_at).into(),
            total_minor: *total,
            received_minor: *received,
            currency: Currency::Cny.code().to_owned(),
            status: sale.state().code().to_owned(),
            closed_at: closed.map(|closing| closing.at.into()),
            closed_on: closed.map(|closing| closing.on),
            rule: sale.attribution().map(|attribution| attribution.rule.code().to_owned()),
            tier_base_minor: closed.map(|closing| closing.terms.tier_base),
            closing: closed.map(serde_json::to_string).transpose()?,
            told: serde_json::to_string(told)?,
            fell_through_at: fell_through_at.map(Into::into),
            changed_at: tx.now().into(),
            version: *version,
        })
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<SaleState, Failure> {
        SaleState::from_code(&self.status).ok_or_else(|| Failure::corrupt("sales", "status", self.id.0))
    }

    fn sale(
        self,
        lines: Vec<SaleLine>,
        credits: Vec<CreditEntry>,
        ledger: Vec<CommissionEntry>,
    ) -> Result<Sale, Failure> {
        let deal = deal_of((self.contract_id, self.order_id))
            .ok_or_else(|| Failure::corrupt("sales", "contract_id", self.id.0))?;
        let closing: Option<Closing> = self.closing.as_deref().map(serde_json::from_str).transpose()?;
        Ok(Sale {
            id: self.id.into(),
            deal,
            number: self.number,
            customer: self.customer_id.into(),
            department: self.department_id.into(),
            submitter: self.submitter_id.into(),
            region: self.region,
            channel: self.channel,
            lines,
            opened_at: self.opened_at.into(),
            total: self.total_minor,
            received: self.received_minor,
            closing,
            fell_through_at: self.fell_through_at.map(Into::into),
            told: serde_json::from_str(&self.told)?,
            credits,
            ledger,
            version: self.version,
        })
    }
}

/// Of what a row is, by the contract or the order that it names.
pub(crate) fn deal_of((contract, order): (Option<Key>, Option<Key>)) -> Option<Deal> {
    match (contract, order) {
        (Some(contract), None) => Some(Deal::Contract(contract.into())),
        (None, Some(order)) => Some(Deal::Order(order.into())),
        _ => None,
    }
}

/// What a table keeps of a contract or an order, as a condition.
macro_rules! of_deal {
    ($deal:expr, $table:ident) => {{
        let (deal, mut wanted) = ($deal, $crate::spine::Where::new());
        match deal {
            ::domain::sale::Deal::Contract(id) => {
                wanted.also($table::contract_id.eq(Some($crate::spine::Key::from(id))))
            }
            ::domain::sale::Deal::Order(id) => {
                wanted.also($table::order_id.eq(Some($crate::spine::Key::from(id))))
            }
        }
        wanted
    }};
}
pub(crate) use of_deal;

fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

impl LineRow {
    fn of(sale: Key, index: usize, line: &SaleLine) -> Self {
        let SaleLine { product, quantity, gross, net, cost } = line;
        Self {
            sale_id: sale,
            place: place(index),
            product_id: (*product).into(),
            quantity: quantity.scaled(),
            gross_minor: *gross,
            net_minor: *net,
            cost_minor: *cost,
        }
    }
    fn line(self) -> SaleLine {
        let Self { sale_id: _, place: _, product_id, quantity, gross_minor, net_minor, cost_minor } = self;
        SaleLine {
            product: product_id.into(),
            quantity: Quantity::from_scaled(quantity),
            gross: gross_minor,
            net: net_minor,
            cost: cost_minor,
        }
    }
}

impl CreditRow {
    fn of(sale: &Sale, index: usize, entry: &CreditEntry) -> Self {
        let CreditEntry { id, person, department, product, quantity, net, cost, on } = entry;
        Self {
            id: Key(*id),
            sale_id: sale.id.into(),
            place: place(index),
            employee_id: person.map(Into::into),
            department_id: (*department).into(),
            product_id: (*product).into(),
            customer_id: sale.customer.into(),
            region: sale.region.clone(),
            channel: sale.channel.clone(),
            quantity: quantity.scaled(),
            net_minor: *net,
            cost_minor: *cost,
            currency: Currency::Cny.code().to_owned(),
            counted_on: *on,
        }
    }
    fn entry(self) -> CreditEntry {
        CreditEntry {
            id: self.id.0,
            person: self.employee_id.map(Into::into),
            department: self.department_id.into(),
            product: self.product_id.into(),
            quantity: Quantity::from_scaled(self.quantity),
            net: self.net_minor,
            cost: self.cost_minor,
            on: self.counted_on,
        }
    }
}

/// The holder that is the fund of a settlement.
const FUND: &str = "fund";

impl BookedRow {
    /// Whether it is the fund's of a settlement.
    pub fn is_of_a_fund(&self) -> bool {
        self.holder == FUND
    }
    fn of(sale: Key, index: usize, entry: &CommissionEntry) -> Self {
        let CommissionEntry { id, booked: Booked { source, holder, amount }, at, on } = entry;
        let (person, holder) = match holder {
            Holder::Person(person) => (Some(*person), person.to_string()),
            Holder::Company => (None, "company".to_owned()),
            Holder::Fund => (None, FUND.to_owned()),
        };
        Self {
            id: Key(*id),
            sale_id: sale,
            place: place(index),
            source: Key(*source),
            employee_id: person.map(Into::into),
            holder,
            amount_minor: *amount,
            booked_at: (*at).into(),
            booked_on: *on,
        }
    }
    fn entry(self) -> CommissionEntry {
        let nobodys = if self.is_of_a_fund() { Holder::Fund } else { Holder::Company };
        let holder = self.employee_id.map_or(nobodys, |person| Holder::Person(person.into()));
        let booked = Booked { source: self.source.0, holder, amount: self.amount_minor };
        CommissionEntry { id: self.id.0, booked, at: self.booked_at.into(), on: self.booked_on }
    }
}

impl Stored<crate::Sales> for Sale {
    const GROWING: &'static [&'static str] = &["told", "credits", "ledger"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, sales, &row, before)?)?;
        let key = row.id;
        // What lines cost is known, and kept, once it closes; what came back counts no more.
        let is_other = before.is_some_and(|before| before.lines != self.lines);
        if is_other {
            db!(tx, |c| diesel::delete(lines::table.filter(lines::sale_id.eq(key))).execute(c))?;
        }
        if before.is_none() || is_other {
            let rows: Vec<LineRow> =
                self.lines.iter().enumerate().map(|(index, line)| LineRow::of(key, index, line)).collect();
            insert_all!(tx, lines::table, &rows);
        }
        let known = before.map_or(0, |before| before.credits.len());
        let new = self.credits.iter().enumerate().skip(known);
        let rows: Vec<CreditRow> = new.map(|(index, entry)| CreditRow::of(self, index, entry)).collect();
        insert_all!(tx, credits::table, &rows);
        let known = before.map_or(0, |before| before.ledger.len());
        let new = self.ledger.iter().enumerate().skip(known);
        let rows: Vec<BookedRow> = new.map(|(index, entry)| BookedRow::of(key, index, entry)).collect();
        insert_all!(tx, booked::table, &rows);
        Ok(())
    }
}

pub(super) fn whole(reader: &mut Reader<'_>, row: Row) -> Result<Sale, Failure> {
    let key = row.id;
    let lines: Vec<LineRow> = db!(reader, |c| lines::table
        .filter(lines::sale_id.eq(key))
        .order(lines::place)
        .select(LineRow::as_select())
        .load(c))?;
    let credits: Vec<CreditRow> = db!(reader, |c| credits::table
        .filter(credits::sale_id.eq(key))
        .order(credits::place)
        .select(CreditRow::as_select())
        .load(c))?;
    let ledger: Vec<BookedRow> = db!(reader, |c| booked::table
        .filter(booked::sale_id.eq(key))
        .order(booked::place)
        .select(BookedRow::as_select())
        .load(c))?;
    row.sale(
        lines.into_iter().map(LineRow::line).collect(),
        credits.into_iter().map(CreditRow::entry).collect(),
        ledger.into_iter().map(BookedRow::entry).collect(),
    )
}
