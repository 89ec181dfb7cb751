//! What customers agreed to, in the database. `[CUS-9]`

use crate::{
    audit::{Confidential, Shown},
    customer_file,
    schema::customer_consents as consents,
    spine::{Failure, Instant, Key, Page, Part, Reader, Slice, Stored, Tx, View, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    customer_consent::{ConsentMeans, ConsentPurpose, CustomerConsent},
    customer_file::CustomerId,
    spine::{AnyId, Change, Entity, Id, Timestamp, UserId, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Confidential { kind: CustomerConsent::KIND, shown: Shown::Never }];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = consents, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    customer_id: Key,
    purpose: String,
    means: String,
    given_at: Instant,
    note: Option<String>,
    recorded_by_id: Key,
    withdrawn_at: Option<Instant>,
    version: Version,
}

impl From<&CustomerConsent> for Row {
    fn from(consent: &CustomerConsent) -> Self {
        let CustomerConsent {
            id,
            customer,
            purpose,
            means,
            given_at,
            note,
            recorded_by,
            withdrawn_at,
            version,
        } = consent;
        Self {
            id: (*id).into(),
            customer_id: (*customer).into(),
            purpose: purpose.code().to_owned(),
            means: means.code().to_owned(),
            given_at: (*given_at).into(),
            note: note.clone(),
            recorded_by_id: (*recorded_by).into(),
            withdrawn_at: withdrawn_at.map(Into::into),
            version: *version,
        }
    }
}

impl TryFrom<Row> for CustomerConsent {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, customer_id, purpose, means, given_at, note, recorded_by_id, withdrawn_at, version } =
            row;
        let corrupt = |column: &'static str| move || Failure::corrupt("customer_consents", column, id.0);
        Ok(Self {
            id: id.into(),
            customer: customer_id.into(),
            purpose: ConsentPurpose::from_code(&purpose).ok_or_else(corrupt("purpose"))?,
            means: ConsentMeans::from_code(&means).ok_or_else(corrupt("means"))?,
            given_at: given_at.into(),
            note,
            recorded_by: recorded_by_id.into(),
            withdrawn_at: withdrawn_at.map(Into::into),
            version,
        })
    }
}

impl Stored<crate::Customer> for CustomerConsent {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, consents, &row, before)?)
    }
}

crate::spine::resource! { crate::Customer: CustomerConsent as CustomerConsentView; find, apply, show = show }

/// Writes a change of a consent.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<CustomerConsent>) -> Result<CustomerConsent, Failure> {
    tx.apply(change)
}

/// One consent, of a customer whom the caller sees.
///
/// # Errors
/// Not found where they do not.
pub fn find(reader: &mut Reader<'_>, id: Id<CustomerConsent>) -> Result<CustomerConsent, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| consents::table.filter(consents::id.eq(key)).select(Row::as_select()).first(c))?;
    customer_file::find(reader, row.customer_id.into())?;
    row.try_into()
}

/// What a customer agreed to, the latest first, whoever asks.
pub(crate) fn of_customer(
    reader: &mut Reader<'_>,
    customer: CustomerId,
) -> Result<Vec<CustomerConsentView>, Failure> {
    let key = Key::from(customer);
    let rows: Vec<Row> = db!(reader, |c| consents::table
        .filter(consents::customer_id.eq(key))
        .order(consents::id.desc())
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(|row| shown(row.try_into()?)).collect()
}

/// What a customer agreed to, if the caller sees them.
///
/// # Errors
/// Not found where they do not.
pub fn list(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    page: &Page,
) -> Result<Slice<CustomerConsentView>, Failure> {
    customer_file::find(reader, customer)?;
    Ok(Slice::of(of_customer(reader, customer)?, page))
}

/// Forgets what was noted beside the consents of a customer; that there were some stays.
pub(crate) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let of = consents::customer_id.eq(Key::from(customer));
    db!(tx, |c| diesel::update(consents::table.filter(of))
        .set(consents::note.eq(None::<String>))
        .execute(c))?;
    Ok(db!(tx, |c| consents::table.filter(of).select(consents::id).load(c))?)
}

/// A consent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerConsent)]
pub struct CustomerConsentView {
    /// Its identity.
    pub id: AnyId,
    /// Who agreed.
    pub customer_id: CustomerId,
    /// To what.
    pub purpose: ConsentPurpose,
    /// How.
    pub means: ConsentMeans,
    /// When.
    pub given_at: Timestamp,
    /// What else is to be known of it.
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// The account that wrote it down.
    pub recorded_by: UserId,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CustomerConsentView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/customer-consents/{}", self.id))
    }
}

/// One consent, of a customer whom the caller sees.
///
/// # Errors
/// Not found where they do not.
pub fn view(reader: &mut Reader<'_>, id: Id<CustomerConsent>) -> Result<CustomerConsentView, Failure> {
    shown(find(reader, id)?)
}

/// How a consent at hand is shown.
///
/// # Errors
/// Never.
pub fn show(_: &mut Reader<'_>, consent: CustomerConsent) -> Result<CustomerConsentView, Failure> {
    shown(consent)
}

fn shown(consent: CustomerConsent) -> Result<CustomerConsentView, Failure> {
    let CustomerConsent { id, customer, purpose, means, given_at, note, recorded_by, withdrawn_at, version } =
        consent;
    Ok(CustomerConsentView {
        id: Id::from_uuid(id.uuid()),
        customer_id: customer,
        purpose,
        means,
        given_at,
        note,
        recorded_by,
        withdrawn_at,
        version,
    })
}
