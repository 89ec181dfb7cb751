//! Rows of standings. They are written by the derivation of ownership alone: [`write`] in the transaction in which the
//! facts change, guarded by the version that was read. `[OWN-15, OWN-18]`

use crate::{
    organisation::{NamedRef, PersonRef, Register},
    schema::customer_standings as standings,
    spine::{Failure, Instant, Key, Reader, Tx, db, guard},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::{CustomerId, Standing, StandingState},
    spine::{BusinessDate, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = standings, primary_key(customer_id))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    pub customer_id: Key,
    pub owner_id: Option<Key>,
    pub department_id: Key,
    pub state: String,
    pub protected_until: Option<Instant>,
    pub since: Instant,
    pub creator_id: Key,
    pub version: Version,
    pub tier: Option<String>,
    pub warn_at: Option<Instant>,
    pub follow_up_on: Option<BusinessDate>,
}

impl From<&Standing> for Row {
    fn from(standing: &Standing) -> Self {
        let Standing { customer, owner, department, state, protected_until, since, creator, version, .. } =
            standing;
        let Standing { tier, warn_at, follow_up_on, .. } = standing;
        Self {
            customer_id: (*customer).into(),
            owner_id: owner.map(Into::into),
            department_id: (*department).into(),
            state: state.code().to_owned(),
            protected_until: protected_until.map(Into::into),
            since: (*since).into(),
            creator_id: (*creator).into(),
            version: *version,
            tier: tier.clone(),
            warn_at: warn_at.map(Into::into),
            follow_up_on: *follow_up_on,
        }
    }
}

impl TryFrom<Row> for Standing {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { customer_id, owner_id, department_id, state, protected_until, since, creator_id, .. } = row;
        let Row { version, tier, warn_at, follow_up_on, .. } = row;
        let corrupt = || Failure::corrupt("customer_standings", "state", customer_id.0);
        Ok(Self {
            customer: customer_id.into(),
            owner: owner_id.map(Into::into),
            department: department_id.into(),
            state: StandingState::from_code(&state).ok_or_else(corrupt)?,
            protected_until: protected_until.map(Into::into),
            since: since.into(),
            creator: creator_id.into(),
            version,
            tier,
            warn_at: warn_at.map(Into::into),
            follow_up_on,
        })
    }
}

/// Where a customer stands, whoever asks.
///
/// # Errors
/// Not found where there is no such customer.
pub fn of(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Standing, Failure> {
    let key = Key::from(customer);
    let row: Row = db!(reader, |c| standings::table
        .filter(standings::customer_id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// Writes where a new customer stands.
pub(super) fn insert(tx: &mut Tx<'_>, standing: &Standing) -> Result<(), Failure> {
    let row = Row::from(standing);
    db!(tx, |c| diesel::insert_into(standings::table).values(&row).execute(c))?;
    Ok(())
}

/// Writes where a customer stands from now on: for the derivation of ownership. The version is that of the standing that
/// was read; the next one is written and answered.
///
/// # Errors
/// [`Failure::Moved`] where somebody has written it meanwhile: then the unit of work is done again, and derives anew.
pub fn write(tx: &mut Tx<'_>, read: Version, standing: &Standing) -> Result<Standing, Failure> {
    let next = Standing { version: read + 1, ..standing.clone() };
    let row = Row::from(&next);
    let mine = standings::customer_id.eq(row.customer_id).and(standings::version.eq(read));
    guard(db!(tx, |c| diesel::update(standings::table.filter(mine)).set(&row).execute(c))?)?;
    Ok(next)
}

/// Whose customer it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerStanding)]
pub struct StandingView {
    /// Where it stands.
    pub state: StandingState,
    /// Who owns it.
    pub owner: Option<PersonRef>,
    /// The department it belongs to.
    pub department: NamedRef,
    /// Until when the owner is safe; null without an owner, or where nothing ends it.
    pub protected_until: Option<Timestamp>,
    /// Since when it stands so.
    pub since: Timestamp,
    /// The tier it holds.
    #[schema(max_length = 60, example = "A")]
    pub tier: Option<String>,
    /// The last day for the contact that is owed; null while none is.
    pub follow_up_on: Option<NaiveDate>,
}

impl StandingView {
    pub(super) fn of(register: &Register, standing: &Standing) -> Result<Self, Failure> {
        Ok(Self {
            state: standing.state,
            owner: standing.owner.map(|owner| register.named(owner)).transpose()?,
            department: register.placed(standing.department)?,
            protected_until: standing.protected_until,
            since: standing.since,
            tier: standing.tier.clone(),
            follow_up_on: standing.follow_up_on,
        })
    }
}
