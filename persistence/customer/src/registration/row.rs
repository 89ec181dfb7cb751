//! Rows of registrations.

use crate::{
    organisation::Organisation,
    schema::registrations,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    ownership::Channel,
    registration::{Registration, RegistrationContent},
    spine::{Id, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = registrations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub customer_id: Key,
    pub site_id: Key,
    pub receiver_id: Key,
    pub department_id: Key,
    pub entrusted_by_id: Option<Key>,
    pub channel: String,
    pub is_peer: bool,
    pub inquiry: String,
    pub claimed_at: Option<Instant>,
    pub registered_at: Instant,
    pub completed_at: Option<Instant>,
    pub status: String,
    pub version: Version,
}

impl Row {
    fn of(registration: &Registration) -> Result<Self, Failure> {
        let Registration { id, number, content, receiver, department, registered_at, completed_at, version } =
            registration;
        let RegistrationContent { customer, site, channel, inquiry, entrusted_by, is_peer, claimed_at } =
            content;
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            customer_id: (*customer).into(),
            site_id: (*site).into(),
            receiver_id: (*receiver).into(),
            department_id: (*department).into(),
            entrusted_by_id: entrusted_by.map(Into::into),
            channel: channel.code().to_owned(),
            is_peer: *is_peer,
            inquiry: serde_json::to_string(inquiry)?,
            claimed_at: claimed_at.map(Into::into),
            registered_at: (*registered_at).into(),
            completed_at: completed_at.map(Into::into),
            status: registration.state().code().to_owned(),
            version: *version,
        })
    }
}

impl TryFrom<Row> for Registration {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, number, customer_id, site_id, receiver_id, department_id, entrusted_by_id, .. } = row;
        let Row { channel, is_peer, inquiry, claimed_at, registered_at, completed_at, version, .. } = row;
        let corrupt = || Failure::corrupt("registrations", "channel", id.0);
        let content = RegistrationContent {
            customer: customer_id.into(),
            site: site_id.into(),
            channel: Channel::from_code(&channel).ok_or_else(corrupt)?,
            inquiry: serde_json::from_str(&inquiry)?,
            entrusted_by: entrusted_by_id.map(Into::into),
            is_peer,
            claimed_at: claimed_at.map(Into::into),
        };
        Ok(Self {
            id: id.into(),
            number,
            content,
            receiver: receiver_id.into(),
            department: department_id.into(),
            registered_at: registered_at.into(),
            completed_at: completed_at.map(Into::into),
            version,
        })
    }
}

impl Stored<crate::Customer> for Registration {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, registrations, &row, before)?)
    }
}

/// One registration that the caller may see: their own, of somebody below them, or of a department in reach.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<Registration>) -> Result<Registration, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| registrations::table
        .filter(registrations::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    let found = Registration::try_from(row)?;
    let is_own = reader.actor().is(found.receiver);
    if is_own || reader.reach().covers(found.department, is_own) {
        return Ok(found);
    }
    if Organisation::caller_is_above(reader, found.receiver)? { Ok(found) } else { Err(Failure::NotFound) }
}
