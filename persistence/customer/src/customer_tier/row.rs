//! Rows of tiers and of assessments.

use crate::{
    schema::{customer_tiers, tier_assessments as assessments},
    spine::{Failure, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    customer_tier::{Assessment, CustomerTier},
    spine::{BusinessDate, Version},
};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = customer_tiers, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    holds: String,
    below: i32,
    overridden_until: Option<BusinessDate>,
    latest: Option<String>,
    version: Version,
}

/// How a run came out for a customer, as it is kept.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = assessments, treat_none_as_default_value = false)]
pub(super) struct AssessmentRow {
    pub id: Key,
    pub run_id: Key,
    pub customer_id: Key,
    pub score: i64,
    pub reached: String,
    pub tier_before: Option<String>,
    pub tier: String,
    pub outcome: String,
    pub held_from: BusinessDate,
    pub detail: String,
}

impl Row {
    fn of(tier: &CustomerTier) -> Result<Self, Failure> {
        let CustomerTier { customer, holds, below, overridden_until, latest, version } = tier;
        Ok(Self {
            id: (*customer).into(),
            holds: serde_json::to_string(holds)?,
            below: i32::try_from(*below).unwrap_or(i32::MAX),
            overridden_until: *overridden_until,
            latest: latest.as_ref().map(serde_json::to_string).transpose()?,
            version: *version,
        })
    }
}

impl TryFrom<Row> for CustomerTier {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, holds, below, overridden_until, latest, version } = row;
        Ok(Self {
            customer: id.into(),
            holds: serde_json::from_str(&holds)?,
            below: u32::try_from(below).map_err(|_| Failure::corrupt("customer_tiers", "below", id.0))?,
            overridden_until,
            latest: latest.as_deref().map(serde_json::from_str).transpose()?,
            version,
        })
    }
}

impl AssessmentRow {
    fn of(tx: &mut Tx<'_>, customer: CustomerId, assessment: &Assessment) -> Result<Self, Failure> {
        let Assessment { run, from, assessed, outcome, before, tier, below: _, citation: _ } = assessment;
        Ok(Self {
            id: Key(tx.ids().fresh()),
            run_id: (*run).into(),
            customer_id: customer.into(),
            score: assessed.score,
            reached: assessed.reached.clone(),
            tier_before: before.clone(),
            tier: tier.clone(),
            outcome: outcome.code().to_owned(),
            held_from: *from,
            detail: serde_json::to_string(assessment)?,
        })
    }

    /// What was assessed.
    pub fn assessment(&self) -> Result<Assessment, Failure> {
        Ok(serde_json::from_str(&self.detail)?)
    }
}

impl Stored<crate::Customer> for CustomerTier {
    const GROWING: &'static [&'static str] = &["holds"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, customer_tiers, &row, before)?)?;
        let run_before = before.and_then(|before| before.latest.as_ref()).map(|latest| latest.run);
        let Some(latest) = self.latest.as_ref().filter(|latest| Some(latest.run) != run_before) else {
            return Ok(());
        };
        let row = AssessmentRow::of(tx, self.customer, latest)?;
        db!(tx, |c| diesel::insert_into(assessments::table).values(&row).execute(c))?;
        Ok(())
    }
}

/// The tiers of several customers; who was never assessed has none.
///
/// # Errors
/// Where the database fails.
pub fn several(
    reader: &mut Reader<'_>,
    customers: &[CustomerId],
) -> Result<BTreeMap<CustomerId, CustomerTier>, Failure> {
    let keys: Vec<Key> = customers.iter().map(|customer| (*customer).into()).collect();
    let rows: Vec<Row> = db!(reader, |c| customer_tiers::table
        .filter(customer_tiers::id.eq_any(&keys))
        .select(Row::as_select())
        .load(c))?;
    let tiers = rows.into_iter().map(|row| Ok((row.id.into(), CustomerTier::try_from(row)?)));
    tiers.collect()
}

/// The customers whose override has run out: so many at once.
///
/// # Errors
/// Where the database fails.
pub fn overridden(reader: &mut Reader<'_>) -> Result<Vec<CustomerId>, Failure> {
    /// The others have their turn next.
    const AT_ONCE: i64 = 500;
    let today = reader.today();
    let over: Vec<Key> = db!(reader, |c| customer_tiers::table
        .filter(customer_tiers::overridden_until.lt(Some(today)))
        .order((customer_tiers::overridden_until, customer_tiers::id))
        .limit(AT_ONCE)
        .select(customer_tiers::id)
        .load(c))?;
    Ok(over.into_iter().map(Into::into).collect())
}

/// The last assessment whose tier was held from a day on or before.
pub(super) fn assessed_by(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    day: BusinessDate,
) -> Result<Option<AssessmentRow>, Failure> {
    let key = Key::from(customer);
    Ok(db!(reader, |c| assessments::table
        .filter(assessments::customer_id.eq(key).and(assessments::held_from.le(day)))
        .order((assessments::held_from.desc(), assessments::id.desc()))
        .select(AssessmentRow::as_select())
        .first(c)
        .optional())?)
}
