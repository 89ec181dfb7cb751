//! What a customer looks like: whole to the owner, their superiors and holders of the permission, masked to all others.
//! `[CUS-1, CUS-5, ID-6]`

use super::{row::find_shown, rules, scope::Unmasked, standing, standing::StandingView};
use crate::{
    organisation::Register,
    schema::customers,
    spine::{Failure, Key, Reader, Refers, Target, View, db, in_json},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::{
        Contact, Customer, CustomerChannel, CustomerContent, CustomerField, CustomerId, CustomerImportance,
        CustomerKind, CustomerSensitivity, CustomerState, CustomerStatus, Personal, Phone, PhoneKind,
        person::{masked_address, masked_e_mail, masked_id_number},
    },
    spine::{AnyId, Id, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// A customer where others refer to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct CustomerRef {
    /// Its identity.
    pub id: CustomerId,
    /// Its number.
    #[schema(max_length = 60, example = "CU-2026-000012")]
    pub number: String,
    /// Its name.
    #[schema(max_length = 100, example = "杭州云帆科技有限公司")]
    pub name: String,
}

/// The columns of a customer who is referred to.
pub type CustomerColumns = (Key, String, String);

impl From<CustomerColumns> for CustomerRef {
    fn from((id, number, name): CustomerColumns) -> Self {
        Self { id: id.into(), number, name }
    }
}

/// A customer whom a record names, whoever asks: number and name are no secret to who sees the record.
///
/// # Errors
/// Where the database fails.
pub fn refer_to(reader: &mut Reader<'_>, id: CustomerId) -> Result<CustomerRef, Failure> {
    let key = Key::from(id);
    let found: CustomerColumns = db!(reader, |c| customers::table
        .filter(customers::id.eq(key))
        .select((customers::id, customers::number, customers::name))
        .first(c))?;
    Ok(found.into())
}

/// The same for many, by their keys.
///
/// # Errors
/// Where the database fails.
pub fn refer_to_all(
    reader: &mut Reader<'_>,
    keys: impl IntoIterator<Item = Key>,
) -> Result<HashMap<Key, CustomerRef>, Failure> {
    /// So many are asked for at once.
    const PIECE: usize = 500;
    let (keys, mut found) = (Vec::from_iter(keys), HashMap::new());
    for piece in keys.chunks(PIECE) {
        let rows: Vec<CustomerColumns> = db!(reader, |c| customers::table
            .filter(customers::id.eq_any(piece))
            .select((customers::id, customers::number, customers::name))
            .load(c))?;
        found.extend(rows.into_iter().map(|row| (row.0, row.into())));
    }
    Ok(found)
}

/// A phone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = CustomerPhone)]
pub struct PhoneView {
    /// In E.164, with the extension behind `;ext=`; null where it is masked.
    #[schema(max_length = 60, example = "+8613812345678")]
    pub number: Option<String>,
    /// As people read it; masked `138****5678`.
    #[schema(max_length = 60, example = "13812345678")]
    pub display: String,
    /// What kind of line it is.
    pub kind: PhoneKind,
}

/// Somebody through whom a customer is reached.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerContact)]
pub struct ContactView {
    /// Their number within the customer.
    #[schema(minimum = 1)]
    pub number: u32,
    /// Their name.
    #[schema(max_length = 60, example = "王芳")]
    pub name: String,
    /// What they are there.
    #[schema(max_length = 60, example = "采购经理")]
    pub title: Option<String>,
    /// Their phones.
    #[schema(max_items = 10)]
    pub phones: Vec<PhoneView>,
    /// Their e-mail address, perhaps masked.
    #[schema(max_length = 200)]
    pub e_mail: Option<String>,
}

/// A customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub struct CustomerView {
    /// Its identity.
    pub id: CustomerId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "CU-2026-000012")]
    pub number: String,
    /// Who it is.
    pub kind: CustomerKind,
    /// Its name.
    #[schema(max_length = 100, example = "李娜")]
    pub name: String,
    /// Whether personal data are masked for the caller.
    pub is_masked: bool,
    /// The customer's own phones.
    #[schema(max_items = 10)]
    pub phones: Vec<PhoneView>,
    /// The customer's own e-mail address, perhaps masked.
    #[schema(max_length = 200)]
    pub e_mail: Option<String>,
    /// The number of a person's identity card, perhaps masked.
    #[schema(max_length = 40)]
    pub id_number: Option<String>,
    /// A person's birthday; null where it is masked.
    pub birthday: Option<NaiveDate>,
    /// Postal addresses, perhaps masked.
    #[schema(max_items = 10)]
    pub addresses: Vec<String>,
    /// Those through whom the customer is reached.
    #[schema(max_items = 50)]
    pub contacts: Vec<ContactView>,
    /// A company's tax number.
    #[schema(max_length = 18, example = "91350100M000100Y43")]
    pub tax_number: Option<String>,
    /// The industry.
    #[schema(max_length = 60)]
    pub industry: Option<String>,
    /// The region.
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// By which channel they came.
    pub channel: Option<CustomerChannel>,
    /// Needs and preferences.
    #[schema(max_length = 2000)]
    pub needs: Option<String>,
    /// Tags.
    #[schema(max_items = 30)]
    pub tags: Vec<String>,
    /// The other system it comes from.
    #[schema(max_length = 40)]
    pub source: Option<String>,
    /// Its identity there.
    #[schema(max_length = 100)]
    pub external_id: Option<String>,
    /// What other systems keep with it.
    pub metadata: BTreeMap<String, String>,
    /// How important it is.
    pub importance: CustomerImportance,
    /// How sensitive what is known of it is.
    pub sensitivity: CustomerSensitivity,
    /// How complete the file is, by the company's rules.
    #[schema(minimum = 0, maximum = 100)]
    pub completeness: u32,
    /// What would make it more complete.
    #[schema(max_items = 20)]
    pub missing: Vec<CustomerField>,
    /// Where the file stands.
    pub status: CustomerState,
    /// The file that stands for the same customer, where this one was merged.
    pub merged_into_id: Option<AnyId>,
    /// The day somebody last verified it.
    pub verified_on: Option<NaiveDate>,
    /// Whose customer it is now.
    pub standing: StandingView,
    /// The account that entered it.
    pub created_by: UserId,
    /// When it was entered.
    pub created_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CustomerView {
    const REFERS: &'static [Refers] = &[Refers::to("merged_into", &CUSTOMER).by("merged_into_id")];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/customers/{}", self.id))
    }
}

/// A customer where something refers to it.
pub static CUSTOMER: Target =
    Target { permission: Permission::ReadCustomers, look: |reader, id| in_json(view(reader, id.into())) };

/// One customer, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Customer>) -> Result<CustomerView, Failure> {
    let customer = find_shown(reader, id)?;
    show(reader, customer)
}

/// How a customer at hand is shown to the caller.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, customer: Customer) -> Result<CustomerView, Failure> {
    let standing = standing::of(reader, customer.id)?;
    let is_masked = !Unmasked::to(reader)?.covers(&standing);
    show_as(reader, customer, is_masked)
}

/// The same, masked or not whoever asks.
pub(super) fn show_as(
    reader: &mut Reader<'_>,
    customer: Customer,
    is_masked: bool,
) -> Result<CustomerView, Failure> {
    let standing = standing::of(reader, customer.id)?;
    let (register, today) = (Register::of(reader)?, reader.today());
    let rules = rules(reader, today)?;
    let standing = StandingView::of(&register, &standing)?;
    let missing = rules.content.missing(&customer.content);
    Ok(shown(customer, is_masked, missing, standing))
}

fn shown(
    customer: Customer,
    is_masked: bool,
    missing: Vec<CustomerField>,
    standing: StandingView,
) -> CustomerView {
    let Customer { id, number, content, importance, sensitivity, completeness, status, .. } = customer;
    let CustomerContent { kind, name, tax_number, industry, region, channel, needs, tags, .. } = content;
    let CustomerContent { external, metadata, personal, .. } = content;
    let Personal { phones, e_mail, id_number, birthday, addresses, contacts, is_sealed: _ } = personal;
    let (source, external_id) = external.unzip();
    let mask = |text: String, how: fn(&str) -> String| if is_masked { how(&text) } else { text };
    CustomerView {
        id,
        number,
        kind,
        name,
        is_masked,
        phones: phones.iter().map(|phone| PhoneView::of(phone, is_masked)).collect(),
        e_mail: e_mail.map(|text| mask(text, masked_e_mail)),
        id_number: id_number.map(|text| mask(text, masked_id_number)),
        birthday: birthday.filter(|_| !is_masked),
        addresses: addresses.into_iter().map(|text| mask(text, masked_address)).collect(),
        contacts: contacts.into_iter().map(|contact| ContactView::of(contact, is_masked)).collect(),
        tax_number,
        industry,
        region,
        channel,
        needs,
        tags,
        source,
        external_id,
        metadata,
        importance,
        sensitivity,
        completeness,
        missing,
        status: status.state(),
        merged_into_id: match status {
            CustomerStatus::Merged { into, .. } => Some(Id::from_uuid(into.uuid())),
            _ => None,
        },
        verified_on: customer.verified_on,
        standing,
        created_by: customer.creator,
        created_at: customer.created_at,
        version: customer.version,
    }
}

impl PhoneView {
    pub(super) fn of(phone: &Phone, is_masked: bool) -> Self {
        Self {
            number: (!is_masked).then(|| phone.as_str().to_owned()),
            display: if is_masked { phone.masked() } else { phone.shown() },
            kind: phone.kind(),
        }
    }
}

impl ContactView {
    fn of(contact: Contact, is_masked: bool) -> Self {
        let Contact { number, name, title, phones, e_mail } = contact;
        Self {
            number,
            name,
            title,
            phones: phones.iter().map(|phone| PhoneView::of(phone, is_masked)).collect(),
            e_mail: e_mail.map(|text| if is_masked { masked_e_mail(&text) } else { text }),
        }
    }
}
