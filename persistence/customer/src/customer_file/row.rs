//! Rows of customers.

use super::{phone, scope::covered};
use crate::{
    organisation::unless_taken,
    schema::customers,
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
    external_id: Option<String>,
    metadata: String,
    personal: Option<String>,
    sealed: Option<Vec<u8>>,
    field_key_id: Option<Key>,
    pub completeness: i32,
    pub status: String,
    status_at: Option<Instant>,
    merged_into_id: Option<Key>,
    verified_on: Option<BusinessDate>,
    creator_id: Key,
    creator_employee_id: Option<Key>,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
    search_text: String,
}

impl Row {
    fn of(customer: &Customer, tx: &Tx<'_>) -> Result<Self, Failure> {
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
        let (source, external_id) = external.clone().unzip();
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
            external_id,
            metadata: serde_json::to_string(metadata)?,
            personal: Some(serde_json::to_string(personal)?),
            sealed: None,
            field_key_id: None,
            completeness: i32::try_from(*completeness).unwrap_or(100),
            status: status.state().code().to_owned(),
            status_at: status_at.map(Into::into),
            merged_into_id: merged_into.map(Into::into),
            verified_on: *verified_on,
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

    /// What is personal of it.
    pub(super) fn personal(&self, _: &Reader<'_>) -> Result<Personal, Failure> {
        match &self.personal {
            Some(personal) => Ok(serde_json::from_str(personal)?),
            None => Ok(Personal::default()),
        }
    }

    fn content(&self, reader: &Reader<'_>) -> Result<CustomerContent, Failure> {
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
            external: self.source.clone().zip(self.external_id.clone()),
            metadata: serde_json::from_str(&self.metadata)?,
            personal: self.personal(reader)?,
        })
    }

    pub(super) fn customer(self, reader: &Reader<'_>) -> Result<Customer, Failure> {
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
        let external = row.external_id.clone().unwrap_or_default();
        guard(unless_taken(save_row!(tx, customers, &row, before), "/external_id", &external)?)?;
        phone::keep(tx, before, self)
    }
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

/// The customer that another system knows by an identity of its own: none where nobody has it, whoever asks.
///
/// # Errors
/// Not found where it is out of the caller's sight.
pub fn find_by_external(
    reader: &mut Reader<'_>,
    source: &str,
    external_id: &str,
) -> Result<Option<Customer>, Failure> {
    let named = customers::source.eq(source).and(customers::external_id.eq(external_id));
    let found: Option<Key> =
        db!(reader, |c| customers::table.filter(named).select(customers::id).first(c).optional())?;
    found.map(|id| find(reader, id.into())).transpose()
}
