//! Figures of tiers that people enter, in the database. `[TIE-1]`

use crate::{
    customer_file::{self, CustomerRef, scope::seen, view::CustomerColumns},
    customer_tier::{self, Asked, measure},
    file::{self, DocumentKind},
    schema::{customer_standings as standings, customers, tier_figures},
    spine::{
        Failure, Filter, Instant, Key, Page, Part, Reader, Slice, Stored, Tx, View, Where, columns, db,
        guard, narrow, orders, paged, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    spine::{AnyId, BusinessDate, Entity, Id, Permission, Timestamp, UserId, Version},
    tier_figure::{EnteredFigure, TierFigureContent},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&DocumentKind { kind: EnteredFigure::KIND, may_read }];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = tier_figures, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    customer_id: Key,
    dimension: String,
    value: String,
    basis: String,
    evidence: String,
    entered_on: BusinessDate,
    entered_by_id: Key,
    entered_at: Instant,
    version: Version,
}

impl Row {
    fn of(figure: &EnteredFigure) -> Result<Self, Failure> {
        let EnteredFigure { id, content, entered_on, entered_by, entered_at, version } = figure;
        let TierFigureContent { customer, dimension, value, basis, evidence } = content;
        Ok(Self {
            id: (*id).into(),
            customer_id: (*customer).into(),
            dimension: dimension.clone(),
            value: value.to_string(),
            basis: basis.clone(),
            evidence: serde_json::to_string(evidence)?,
            entered_on: *entered_on,
            entered_by_id: (*entered_by).into(),
            entered_at: (*entered_at).into(),
            version: *version,
        })
    }

    fn value(&self) -> Result<Decimal, Failure> {
        self.value.parse().map_err(|_| Failure::corrupt("tier_figures", "value", self.id.0))
    }
}

impl TryFrom<Row> for EnteredFigure {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let value = row.value()?;
        let Row { id, customer_id, dimension, basis, evidence, entered_on, entered_by_id, .. } = row;
        let evidence = serde_json::from_str(&evidence)?;
        Ok(Self {
            id: id.into(),
            content: TierFigureContent { customer: customer_id.into(), dimension, value, basis, evidence },
            entered_on,
            entered_by: entered_by_id.into(),
            entered_at: row.entered_at.into(),
            version: row.version,
        })
    }
}

impl Stored<crate::Customer> for EnteredFigure {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, tier_figures, &row, before)?)
    }
}

/// Enters a figure of a customer in sight.
///
/// # Errors
/// A customer whom the caller does not see, or may only read; what [`EnteredFigure::enter`] refuses.
pub fn enter(tx: &mut Tx<'_>, content: TierFigureContent) -> Result<FigureView, Failure> {
    let (now, today) = (tx.now(), tx.today());
    customer_file::refer(tx, content.customer, "/customer_id")?.ensure_active()?;
    customer_file::scope::ensure_may_write(tx, content.customer)?;
    let model = customer_tier::model(tx, today)?;
    let change = EnteredFigure::enter(tx.id(), content, &model, tx.actor(), (now, today))?;
    let figure: EnteredFigure = tx.apply(change)?;
    let evidence = figure.content.evidence.clone();
    file::attach_exactly(tx, &evidence, EnteredFigure::KIND, figure.id.uuid(), "/evidence")?;
    let customer = customer_file::view::refer_to(tx, figure.content.customer)?;
    Ok(shown(figure, customer))
}

/// One figure, if the caller sees the customer.
fn find(reader: &mut Reader<'_>, id: Id<EnteredFigure>) -> Result<EnteredFigure, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| tier_figures::table
        .filter(tier_figures::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    customer_file::find(reader, row.customer_id.into())?;
    row.try_into()
}

/// One figure, if the caller sees the customer.
///
/// # Errors
/// Not found where they do not.
pub fn view(reader: &mut Reader<'_>, id: Id<EnteredFigure>) -> Result<FigureView, Failure> {
    let figure = find(reader, id)?;
    let customer = customer_file::view::refer_to(reader, figure.content.customer)?;
    Ok(shown(figure, customer))
}

/// Whether the caller may read a figure, and with it its files.
fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    reader.finds_by(Permission::ReadCustomers, |reader| find(reader, Id::from_uuid(id)))
}

/// The latest figure of each customer that was entered in a window: what counts at a cut-off.
pub(crate) fn latest(
    reader: &mut Reader<'_>,
    dimension: &str,
    asked: &Asked<'_>,
) -> Result<measure::ByCustomer, Failure> {
    let keys: Vec<Key> = asked.customers.iter().map(|customer| (*customer).into()).collect();
    let rows: Vec<Row> = db!(reader, |c| tier_figures::table
        .filter(tier_figures::customer_id.eq_any(&keys).and(tier_figures::dimension.eq(dimension)))
        .filter(tier_figures::entered_on.ge(asked.from).and(tier_figures::entered_on.le(asked.until)))
        .order((tier_figures::entered_on, tier_figures::id))
        .select(Row::as_select())
        .load(c))?;
    let mut latest = measure::ByCustomer::new();
    for row in rows {
        let (value, said) = (Some(row.value()?), format!("{} {}", row.id.0, row.value));
        let measured = measure::Measured { value, rows: 1, digest: measure::digest([said]) };
        latest.insert(row.customer_id.into(), measured);
    }
    Ok(latest)
}

/// What stands for what a figure rests on, where that is erased.
const ERASED: &str = "（已删除）";

/// Forgets what the figures of a customer rest on, and the files that prove it; the values stay, since tiers rest on them.
/// Answers which they are.
pub(crate) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let of = tier_figures::customer_id.eq(Key::from(customer));
    db!(tx, |c| diesel::update(tier_figures::table.filter(of))
        .set((tier_figures::basis.eq(ERASED), tier_figures::evidence.eq("[]")))
        .execute(c))?;
    let keys: Vec<Key> = db!(tx, |c| tier_figures::table.filter(of).select(tier_figures::id).load(c))?;
    for key in &keys {
        let held = file::list_of(tx, EnteredFigure::KIND, key.0)?;
        file::attach_exactly(tx, &[], EnteredFigure::KIND, key.0, "")?;
        for one in held {
            file::end(tx, Id::from_uuid(one.id.uuid()))?;
        }
    }
    Ok(keys)
}

/// Every figure of a customer in the order in which they were entered, whoever asks.
pub(crate) fn of_customer(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Vec<FigureView>, Failure> {
    let key = Key::from(customer);
    let rows: Vec<Row> = db!(reader, |c| tier_figures::table
        .filter(tier_figures::customer_id.eq(key))
        .order(tier_figures::id)
        .select(Row::as_select())
        .load(c))?;
    let customer = customer_file::view::refer_to(reader, customer)?;
    rows.into_iter().map(|row| Ok(shown(row.try_into()?, customer.clone()))).collect()
}

/// A figure that somebody entered for a customer's tier.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TierFigure)]
pub struct FigureView {
    /// Its identity.
    pub id: AnyId,
    /// Of which customer.
    pub customer: CustomerRef,
    /// The code of the dimension.
    #[schema(max_length = 60, example = "potential")]
    pub dimension: String,
    /// The value, in the unit of the dimension.
    #[schema(value_type = String, max_length = 40, example = "80")]
    pub value: Decimal,
    /// What it rests on.
    #[schema(max_length = 500)]
    pub basis: String,
    /// Evidence: files.
    #[schema(max_items = 50)]
    pub evidence: Vec<AnyId>,
    /// The account that entered it.
    pub entered_by: UserId,
    /// When.
    pub entered_at: Timestamp,
    /// Its version: 1, since it is never changed.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for FigureView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/tier-figures/{}", self.id))
    }
}

fn shown(figure: EnteredFigure, customer: CustomerRef) -> FigureView {
    let EnteredFigure { id, content, entered_on: _, entered_by, entered_at, version } = figure;
    let TierFigureContent { customer: _, dimension, value, basis, evidence } = content;
    FigureView {
        id: id.uuid().into(),
        customer,
        dimension,
        value,
        basis,
        evidence: evidence.into_iter().map(|file| file.uuid().into()).collect(),
        entered_by,
        entered_at,
        version,
    }
}

/// Which figures are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct FigureFilter {
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this dimension.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "potential")]
    pub dimension: Option<String>,
    /// Only what was entered on this day or later.
    #[serde(rename = "entered_on[gte]")]
    pub entered_from: Option<NaiveDate>,
    /// Only what was entered on this day or before.
    #[serde(rename = "entered_on[lte]")]
    pub entered_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: FigureOrder,
}

impl Filter for FigureFilter {}

orders! {
    /// By what figures are ordered.
    pub FigureOrder of Row in tier_figures by id, descending:
    created_at = id;
}

type Found = (Row, CustomerColumns);

/// The figures of customers within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &FigureFilter,
    page: &Page,
) -> Result<Slice<FigureView>, Failure> {
    let mut wanted = Where::new();
    if let Some(seen) = seen(reader)? {
        let seen = standings::table.filter(seen).select(standings::customer_id);
        wanted.also(tier_figures::customer_id.eq_any(seen));
    }
    narrow!(wanted, tier_figures, filter; customer_id = customer_id, dimension = dimension,
        entered_on >= entered_from, entered_on <= entered_to);
    let found = paged!(reader, page, filter.sort, wanted;
        tier_figures::table.inner_join(customers::table.on(customers::id.eq(tier_figures::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    found.try_map(|(row, customer)| Ok::<_, Failure>(shown(row.try_into()?, customer.into())))
}

columns! { FigureView as "tier-figures" "客户分级填报数据" "Figures for tiers", domain::spine::Permission::ExportCustomers:
    customer_number "客户编号" "Customer number" = |one| one.customer.number.as_str();
    customer "客户" "Customer" = |one| one.customer.name.as_str();
    dimension "维度" "Dimension";
    value "数值" "Value" = |one| one.value.to_string();
    basis "依据" "Basis";
    entered_at "填报时间" "Entered at";
}
