//! Rows of price deviations.

use crate::{
    approval::document::StandingColumns,
    schema::price_deviations,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    customer_file::CustomerId,
    price_deviation::{
        Compared, DeviationMode, Holder, PriceDeviation, PriceDeviationContent, PriceDeviationId,
        PriceDeviationState,
    },
    product::ProductId,
    quantity::Quantity,
    spine::{BusinessDate, Money, Version},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = price_deviations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub customer_id: Key,
    pub product_id: Key,
    pub quantity: i64,
    pub drawn: i64,
    pub price_minor: i64,
    pub list_minor: i64,
    pub currency: String,
    pub price_id: Key,
    pub authority: String,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub mode: String,
    pub grounds: String,
    pub valid_to: Option<BusinessDate>,
    pub holder: Option<Key>,
    pub holding: Option<String>,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
}

impl Row {
    fn of(deviation: &PriceDeviation, tx: &Tx<'_>) -> Result<Self, Failure> {
        let PriceDeviation {
            id,
            petition,
            department,
            content,
            compared,
            valid_to,
            holder,
            drawn,
            is_expired: _,
            version,
        } = deviation;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let PriceDeviationContent { customer, product, quantity, price, region, channel, mode, grounds } =
            content;
        let Compared { list, price: price_id, authority } = compared;
        let (at, reason) = standing.told();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            customer_id: (*customer).into(),
            product_id: (*product).into(),
            quantity: quantity.scaled(),
            drawn: drawn.scaled(),
            price_minor: price.minor(),
            list_minor: list.minor(),
            currency: price.currency().code().to_owned(),
            price_id: (*price_id).into(),
            authority: authority.clone(),
            region: region.clone(),
            channel: channel.clone(),
            mode: mode.code().to_owned(),
            grounds: grounds.clone(),
            valid_to: *valid_to,
            holder: holder.as_ref().map(|holder| Key(holder.document)),
            holding: holder.as_ref().map(serde_json::to_string).transpose()?,
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: deviation.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
        })
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<PriceDeviationState, Failure> {
        PriceDeviationState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// The price that is asked for, and that of the list.
    pub fn prices(&self) -> Result<(Money, Money), Failure> {
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok((Money::from_minor(self.price_minor, currency), Money::from_minor(self.list_minor, currency)))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("price_deviations", column, self.id.0)
    }

    fn standing(&self) -> Result<Standing, Failure> {
        let status = match self.state()? {
            PriceDeviationState::Open | PriceDeviationState::Held => "approved",
            PriceDeviationState::Used | PriceDeviationState::Expired => "closed",
            state => state.code(),
        };
        let (status, reason) = (status.to_owned(), self.status_reason.clone());
        StandingColumns { status, at: self.status_at, reason }.standing("price_deviations", self.id)
    }

    pub fn deviation(self) -> Result<PriceDeviation, Failure> {
        let (standing, (price, list), state) = (self.standing()?, self.prices()?, self.state()?);
        let mode = DeviationMode::from_code(&self.mode).ok_or_else(|| self.corrupt("mode"))?;
        let holder: Option<Holder> = self.holding.as_deref().map(serde_json::from_str).transpose()?;
        Ok(PriceDeviation {
            id: self.id.into(),
            department: self.department_id.into(),
            content: PriceDeviationContent {
                customer: self.customer_id.into(),
                product: self.product_id.into(),
                quantity: Quantity::from_scaled(self.quantity),
                price,
                region: self.region,
                channel: self.channel,
                mode,
                grounds: self.grounds,
            },
            compared: Compared { list, price: self.price_id.into(), authority: self.authority },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            valid_to: self.valid_to,
            holder,
            drawn: Quantity::from_scaled(self.drawn),
            is_expired: state == PriceDeviationState::Expired,
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for PriceDeviation {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, price_deviations, &row, before)?)
    }
}

/// One deviation, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: PriceDeviationId) -> Result<PriceDeviation, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = price_deviations::table.filter(price_deviations::id.eq(key)).into_boxed();
        within!(query, sight, price_deviations, "price_deviation").select(Row::as_select()).first(c)
    })?;
    row.deviation()
}

/// One deviation whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: PriceDeviationId,
) -> Result<PriceDeviation, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| price_deviations::table
        .filter(price_deviations::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.deviation()
}

/// What was agreed to for a customer and a product and is not over: what nothing holds first.
pub(super) fn agreed(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    product: ProductId,
) -> Result<Vec<PriceDeviation>, Failure> {
    let (customer, product) = (Key::from(customer), Key::from(product));
    let states = [PriceDeviationState::Open.code(), PriceDeviationState::Held.code()];
    let rows: Vec<Row> = db!(reader, |c| price_deviations::table
        .filter(price_deviations::customer_id.eq(customer).and(price_deviations::product_id.eq(product)))
        .filter(price_deviations::status.eq_any(states))
        .order((price_deviations::status.desc(), price_deviations::id))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Row::deviation).collect()
}

/// What a document holds, in the order of ids.
pub(super) fn held_by(reader: &mut Reader<'_>, document: Uuid) -> Result<Vec<PriceDeviation>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| price_deviations::table
        .filter(price_deviations::holder.eq(Some(Key(document))))
        .filter(price_deviations::status.eq(PriceDeviationState::Held.code()))
        .order(price_deviations::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Row::deviation).collect()
}

/// Those whose days are over.
pub(super) fn due(reader: &mut Reader<'_>) -> Result<Vec<PriceDeviationId>, Failure> {
    /// At most so many at once; the others have their turn next.
    const AT_ONCE: i64 = 500;
    let today = reader.today();
    let found: Vec<Key> = db!(reader, |c| price_deviations::table
        .filter(price_deviations::status.eq(PriceDeviationState::Open.code()))
        .filter(price_deviations::valid_to.lt(today))
        .order((price_deviations::valid_to, price_deviations::id))
        .limit(AT_ONCE)
        .select(price_deviations::id)
        .load(c))?;
    Ok(found.into_iter().map(Into::into).collect())
}
