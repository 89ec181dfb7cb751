//! Rows of customers.

use super::{
    phone,
    scope::{covered, shown},
};
use crate::{
    field_key::{self, Sealed, ring},
    organisation::unless_taken,
    schema::{customer_phones as phones, customers},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    customer_file::{
        Customer, CustomerChannel, CustomerContent, CustomerId, CustomerImportance, CustomerKind,
        CustomerSensitivity, CustomerState, CustomerStatus, Personal, naming::name_reading,
    },
    spine::{BusinessDate, Coded, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = customers, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub kind: String,
    pub name: String,
    name_key: String,
    name_reading: String,
    tax_number: Option<String>,
    industry: Option<String>,
    region: Option<String>,
    channel: Option<String>,
    needs: Option<String>,
    tags: String,
    importance: String,
    sensitivity: String,
    source: Option<String>,
    external_identity: Option<String>,
    metadata: String,
    personal: Option<String>,
    sealed: Option<Vec<u8>>,
    field_key_id: Option<Key>,
    pub completeness: i32,
    pub status: String,
    status_at: Option<Instant>,
    merged_into_id: Option<Key>,
    verified_on: Option<BusinessDate>,
    verification_due_on: Option<BusinessDate>,
    creator_id: Key,
    creator_employee_id: Option<Key>,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
    search_text: String,
}

impl Row {
    fn of(customer: &Customer, tx: &mut Tx<'_>) -> Result<Self, Failure> {
        let Customer { id, number, content, importance, sensitivity, completeness, status, .. } = customer;
        let Customer { verified_on, creator, creator_employee, created_at, version, .. } = customer;
        let CustomerContent { kind, name, tax_number, industry, region, channel, needs, tags, .. } = content;
        let CustomerContent { external, metadata, personal, .. } = content;
        let (status_at, merged_into) = match status {
            CustomerStatus::Active => (None, None),
            CustomerStatus::Merged { into, at } => (Some(*at), Some(*into)),
            CustomerStatus::Erased { at } => (Some(*at), None),
        };
        let key = content.name_key();
        let (source, external_identity) = external.clone().unzip();
        let (personal, sealed) = kept(tx, customer.id, personal)?;
        let texts: Vec<&str> = std::iter::once(number).chain(tags).map(String::as_str).collect();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            kind: kind.code().to_owned(),
            name: name.clone(),
            name_reading: name_reading(&key),
            name_key: key,
            tax_number: tax_number.clone(),
            industry: industry.clone(),
            region: region.clone(),
            channel: channel.map(|channel| channel.code().to_owned()),
            needs: needs.clone(),
            tags: serde_json::to_string(tags)?,
            importance: importance.code().to_owned(),
            sensitivity: sensitivity.code().to_owned(),
            source,
            external_identity,
            metadata: serde_json::to_string(metadata)?,
            personal,
            field_key_id: sealed.as_ref().map(|sealed| sealed.key),
            sealed: sealed.map(|sealed| sealed.bytes),
            completeness: i32::try_from(*completeness).unwrap_or(100),
            status: status.state().code().to_owned(),
            status_at: status_at.map(Into::into),
            merged_into_id: merged_into.map(Into::into),
            verified_on: *verified_on,
            verification_due_on: customer.verification_due_on,
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[name], &texts),
        })
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("customers", column, self.id.0)
    }

    /// A code of an enum as it is kept.
    pub(super) fn coded<C: Coded>(&self, column: &'static str, code: &str) -> Result<C, Failure> {
        C::from_code(code).ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn state(&self) -> Result<CustomerState, Failure> {
        self.coded("status", &self.status)
    }

    pub(super) fn classes(&self) -> Result<(CustomerImportance, CustomerSensitivity), Failure> {
        let importance = self.coded("importance", &self.importance)?;
        Ok((importance, self.coded("sensitivity", &self.sensitivity)?))
    }

    fn status(&self) -> Result<CustomerStatus, Failure> {
        let at = || self.status_at.map(Into::into).ok_or_else(|| self.corrupt("status_at"));
        Ok(match self.state()? {
            CustomerState::Active => CustomerStatus::Active,
            CustomerState::Merged => {
                let into = self.merged_into_id.ok_or_else(|| self.corrupt("merged_into_id"))?;
                CustomerStatus::Merged { into: into.into(), at: at()? }
            }
            CustomerState::Erased => CustomerStatus::Erased { at: at()? },
        })
    }

    /// What is personal of it: nothing once it is erased.
    fn personal(&self, reader: &mut Reader<'_>) -> Result<Personal, Failure> {
        if let Some(personal) = &self.personal {
            return Ok(serde_json::from_str(personal)?);
        }
        let Some((bytes, key)) = self.sealed.as_deref().zip(self.field_key_id) else {
            return Ok(Personal::default());
        };
        let opened = ring(reader)?.open(self.id.0, key, bytes)?;
        Ok(Personal { is_sealed: true, ..serde_json::from_slice(&opened)? })
    }

    fn content(&self, reader: &mut Reader<'_>) -> Result<CustomerContent, Failure> {
        let channel = self.channel.as_deref().map(|code| self.coded::<CustomerChannel>("channel", code));
        Ok(CustomerContent {
            kind: self.coded::<CustomerKind>("kind", &self.kind)?,
            name: self.name.clone(),
            tax_number: self.tax_number.clone(),
            industry: self.industry.clone(),
            region: self.region.clone(),
            channel: channel.transpose()?,
            needs: self.needs.clone(),
            tags: serde_json::from_str(&self.tags)?,
            external: self.source.clone().zip(self.external_identity.clone()),
            metadata: serde_json::from_str(&self.metadata)?,
            personal: self.personal(reader)?,
        })
    }

    pub(super) fn customer(self, reader: &mut Reader<'_>) -> Result<Customer, Failure> {
        let (importance, sensitivity) = self.classes()?;
        Ok(Customer {
            id: self.id.into(),
            content: self.content(reader)?,
            importance,
            sensitivity,
            completeness: u32::try_from(self.completeness).map_err(|_| self.corrupt("completeness"))?,
            status: self.status()?,
            number: self.number,
            verified_on: self.verified_on,
            verification_due_on: self.verification_due_on,
            creator: self.creator_id.into(),
            creator_employee: self.creator_employee_id.map(Into::into),
            created_at: self.created_at.into(),
            version: self.version,
        })
    }
}

impl Stored<crate::Customer> for Customer {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        let external = row.external_identity.clone().unwrap_or_default();
        guard(unless_taken(save_row!(tx, customers, &row, before), "/external_id", &external)?)?;
        phone::keep(tx, before, self)
    }
}

/// What is personal as it is kept: in the clear or sealed; neither of somebody who is erased.
fn kept(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    personal: &Personal,
) -> Result<(Option<String>, Option<Sealed>), Failure> {
    if personal.is_nothing() {
        return Ok((None, None));
    }
    // In the clear whatever it is: as the trail keeps it, nothing of it would be left.
    let text = serde_json::to_string(&Personal { is_sealed: false, ..personal.clone() })?;
    if !personal.is_sealed {
        return Ok((Some(text), None));
    }
    field_key::ensure(tx)?;
    Ok((None, Some(ring(tx)?.seal(customer.uuid(), &text)?)))
}

/// Seals with the newest key what an older one sealed of a customer, and lets its numbers be found by it. What is known does
/// not change by that, and nobody is told.
pub(crate) fn reseal(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), Failure> {
    let customer = load(tx, id)?;
    if !customer.content.personal.is_sealed {
        return Ok(());
    }
    let (_, sealed) = kept(tx, id, &customer.content.personal)?;
    let Some(Sealed { key, bytes }) = sealed else { return Ok(()) };
    let mine = customers::id.eq(Key::from(id)).and(customers::version.eq(customer.version));
    guard(db!(tx, |c| diesel::update(customers::table.filter(mine))
        .set((customers::field_key_id.eq(Some(key)), customers::sealed.eq(Some(&bytes))))
        .execute(c))?)?;
    phone::write(tx, &customer)
}

/// One customer whoever asks: for rules, never for an answer.
///
/// # Errors
/// Not found where there is none.
pub fn load(reader: &mut Reader<'_>, id: CustomerId) -> Result<Customer, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| customers::table.filter(customers::id.eq(key)).select(Row::as_select()).first(c))?;
    row.customer(reader)
}

/// One customer, if the caller may see it: one's own, of those below one, of departments in reach.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: CustomerId) -> Result<Customer, Failure> {
    let mut wanted = covered(reader)?;
    wanted.also(customers::id.eq(Key::from(id)));
    let row: Row = db!(reader, |c| customers::table.filter(&wanted).select(Row::as_select()).first(c))?;
    row.customer(reader)
}

/// One customer as far as it is shown to the caller: also where it stands in a pool from which they may claim.
///
/// # Errors
/// Not found where it is not.
pub(super) fn find_shown(reader: &mut Reader<'_>, id: CustomerId) -> Result<Customer, Failure> {
    let mut wanted = shown(reader)?;
    wanted.also(customers::id.eq(Key::from(id)));
    let row: Row = db!(reader, |c| customers::table.filter(&wanted).select(Row::as_select()).first(c))?;
    row.customer(reader)
}

/// The customer that another system knows by an identity of its own: none where nobody has it, whoever asks.
///
/// # Errors
/// Not found where it is out of the caller's sight.
pub fn find_by_external(
    reader: &mut Reader<'_>,
    source: &str,
    external_id: &str,
) -> Result<Option<Customer>, Failure> {
    let named = customers::source.eq(source).and(customers::external_identity.eq(external_id));
    let found: Option<Key> =
        db!(reader, |c| customers::table.filter(named).select(customers::id).first(c).optional())?;
    found.map(|id| find(reader, id.into())).transpose()
}

/// A customer whom the caller sees, of the same name and with the first of these phones: who a row of a file means.
///
/// # Errors
/// Where the database fails.
pub fn find_same(reader: &mut Reader<'_>, content: &CustomerContent) -> Result<Option<Customer>, Failure> {
    let Some((_, phone)) = content.personal.all_phones().next() else { return Ok(None) };
    let lookups = phone::lookups(reader, phone)?;
    let mut wanted = covered(reader)?;
    let called = phones::table.filter(phones::lookup.eq_any(lookups)).select(phones::customer_id);
    wanted.also(customers::id.eq_any(called));
    wanted.also(customers::name_key.eq(content.name_key()));
    wanted.also(customers::status.eq(CustomerState::Active.code()));
    let row: Option<Row> = db!(reader, |c| customers::table
        .filter(&wanted)
        .order(customers::id)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(|row| row.customer(reader)).transpose()
}

/// The customers whose day of verification has come: so many at once.
///
/// # Errors
/// Where the database fails.
pub fn due_for_verification(reader: &mut Reader<'_>) -> Result<Vec<CustomerId>, Failure> {
    /// So many are called for in one go: the next goes on.
    const AT_ONCE: i64 = 1_000;
    let today = reader.today();
    let due: Vec<Key> = db!(reader, |c| customers::table
        .filter(customers::verification_due_on.le(today))
        .order((customers::verification_due_on, customers::id))
        .limit(AT_ONCE)
        .select(customers::id)
        .load(c))?;
    Ok(due.into_iter().map(Into::into).collect())
}

/// The files that were merged into one.
///
/// # Errors
/// Where the database fails.
pub(super) fn merged_into(reader: &mut Reader<'_>, id: CustomerId) -> Result<Vec<CustomerId>, Failure> {
    let key = Key::from(id);
    let merged: Vec<Key> = db!(reader, |c| customers::table
        .filter(customers::merged_into_id.eq(key))
        .order(customers::id)
        .select(customers::id)
        .load(c))?;
    Ok(merged.into_iter().map(Into::into).collect())
}
