//! Rows of quotations and of their lines.

use crate::{
    schema::{quotation_lines as lines, quotations},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, save_row, within},
};
use diesel::prelude::*;
use domain::{
    quantity::Quantity,
    quotation::{Quotation, QuotationContent, QuotationId, QuotationState},
    sales_contract::ContractLine,
    spine::{BusinessDate, Currency, Money, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = quotations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub customer_id: Key,
    pub opportunity_id: Option<Key>,
    pub owner_id: Key,
    pub department_id: Key,
    pub edition: i32,
    pub subject: String,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub discount_minor: i64,
    pub total_minor: i64,
    pub currency: String,
    pub valid_until: BusinessDate,
    pub sent_at: Option<Instant>,
    pub status: String,
    pub status_at: Instant,
    pub status_reason: Option<String>,
    pub contract_id: Option<Key>,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    quotation_id: Key,
    place: i32,
    product_id: Key,
    quantity: i64,
    price_minor: i64,
    tax_rate_bp: i32,
}

impl Row {
    fn of(quotation: &Quotation, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Quotation { id, number, customer, opportunity, owner, department, edition, content, .. } =
            quotation;
        let Quotation { sent_at, state, state_at, reason, contract, version, .. } = quotation;
        let QuotationContent { subject, region, channel, lines: _, discount, valid_until } = content;
        let total = content.total().map_err(Failure::fault)?;
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            customer_id: (*customer).into(),
            opportunity_id: opportunity.map(Into::into),
            owner_id: (*owner).into(),
            department_id: (*department).into(),
            edition: i32::try_from(*edition).unwrap_or(i32::MAX),
            subject: subject.clone(),
            region: region.clone(),
            channel: channel.clone(),
            discount_minor: discount.minor(),
            total_minor: total.minor(),
            currency: total.currency().code().to_owned(),
            valid_until: *valid_until,
            sent_at: sent_at.map(Into::into),
            status: state.code().to_owned(),
            status_at: (*state_at).into(),
            status_reason: reason.clone(),
            contract_id: contract.map(Into::into),
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[subject], &[number]),
        })
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("quotations", column, self.id.0)
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<QuotationState, Failure> {
        QuotationState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    fn currency(&self) -> Result<Currency, Failure> {
        self.currency.parse().map_err(|_| self.corrupt("currency"))
    }

    /// What the customer would pay.
    pub fn total(&self) -> Result<Money, Failure> {
        Ok(Money::from_minor(self.total_minor, self.currency()?))
    }

    fn quotation(self, lines: Vec<LineRow>) -> Result<Quotation, Failure> {
        let (state, currency) = (self.state()?, self.currency()?);
        let edition = u32::try_from(self.edition).map_err(|_| self.corrupt("edition"))?;
        let lines = lines.into_iter().map(|row| row.line(currency)).collect::<Result<_, _>>()?;
        Ok(Quotation {
            id: self.id.into(),
            number: self.number,
            customer: self.customer_id.into(),
            opportunity: self.opportunity_id.map(Into::into),
            owner: self.owner_id.into(),
            department: self.department_id.into(),
            edition,
            content: QuotationContent {
                subject: self.subject,
                region: self.region,
                channel: self.channel,
                lines,
                discount: Money::from_minor(self.discount_minor, currency),
                valid_until: self.valid_until,
            },
            sent_at: self.sent_at.map(Into::into),
            state,
            state_at: self.status_at.into(),
            reason: self.status_reason,
            contract: self.contract_id.map(Into::into),
            version: self.version,
        })
    }
}

impl LineRow {
    fn of(quotation: Key, (place, line): (i32, &ContractLine)) -> Self {
        let ContractLine { product, quantity, price, tax_rate_bp } = line;
        Self {
            quotation_id: quotation,
            place,
            product_id: (*product).into(),
            quantity: quantity.scaled(),
            price_minor: price.minor(),
            tax_rate_bp: i32::try_from(*tax_rate_bp).unwrap_or(i32::MAX),
        }
    }

    fn line(self, currency: Currency) -> Result<ContractLine, Failure> {
        let Self { quotation_id, place: _, product_id, quantity, price_minor, tax_rate_bp } = self;
        let corrupt = |_| Failure::corrupt("quotation_lines", "tax_rate_bp", quotation_id.0);
        Ok(ContractLine {
            product: product_id.into(),
            quantity: Quantity::from_scaled(quantity),
            price: Money::from_minor(price_minor, currency),
            tax_rate_bp: u32::try_from(tax_rate_bp).map_err(corrupt)?,
        })
    }
}

impl Stored<crate::Sales> for Quotation {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, quotations, &row, before)?)?;
        if before.is_some_and(|before| before.content.lines == self.content.lines) {
            return Ok(());
        }
        let key = row.id;
        db!(tx, |c| diesel::delete(lines::table.filter(lines::quotation_id.eq(key))).execute(c))?;
        let rows: Vec<LineRow> = (1..).zip(&self.content.lines).map(|line| LineRow::of(key, line)).collect();
        insert_all!(tx, lines::table, &rows);
        Ok(())
    }
}

/// One quotation, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: QuotationId) -> Result<Quotation, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let own = quotations::owner_id.eq(sight.employee);
    let row: Row = db!(reader, |c| {
        let query = quotations::table.filter(quotations::id.eq(key)).into_boxed();
        within!(query, sight, quotations, "quotation", own).select(Row::as_select()).first(c)
    })?;
    let steps: Vec<LineRow> = db!(reader, |c| lines::table
        .filter(lines::quotation_id.eq(key))
        .order(lines::place)
        .select(LineRow::as_select())
        .load(c))?;
    row.quotation(steps)
}
