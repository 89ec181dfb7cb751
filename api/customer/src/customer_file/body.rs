//! What a client sends of a customer.

use crate::spine::Merged;
use chrono::NaiveDate;
use domain::{
    customer_file::{
        Contact, CustomerChannel, CustomerContent, CustomerKind, Personal, Phone, some_text, tax_number,
    },
    spine::{DepartmentId, Findings, Refusal, typed},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// A phone number, as people type it.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 40, example = "138 1234 5678")]
pub(super) struct PhoneText(pub String);

/// A postal address.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 200, example = "杭州市西湖区文三路 1 号")]
pub(super) struct Address(pub String);

/// A tag.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 40, example = "老客户")]
pub(super) struct Tag(pub String);

/// A new customer.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateCustomer {
    /// Who it is.
    pub kind: CustomerKind,
    /// Its name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "李娜")]
    pub name: String,
    /// The customer's own phones, as people type them, the one to call first first: mainland mobiles, landlines with their
    /// area code, others with `+`.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10, example = json!(["138 1234 5678"]))]
    pub phones: Vec<PhoneText>,
    /// The customer's own e-mail address.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "lina@example.com")]
    pub e_mail: Option<String>,
    /// The number of a person's identity card.
    #[serde(default)]
    #[validate(length(max = 40))]
    #[schema(max_length = 40)]
    pub id_number: Option<String>,
    /// A person's birthday.
    #[serde(default)]
    pub birthday: Option<NaiveDate>,
    /// Postal addresses.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub addresses: Vec<Address>,
    /// Those through whom the customer is reached.
    #[serde(default)]
    #[validate(length(max = 50), nested)]
    #[schema(max_items = 50)]
    pub contacts: Vec<CreateCustomerContact>,
    /// A company's unified social credit code.
    #[serde(default)]
    #[validate(length(max = 40))]
    #[schema(max_length = 40, example = "91350100M000100Y43")]
    pub tax_number: Option<String>,
    /// The industry.
    #[serde(default)]
    #[validate(length(max = 60))]
    #[schema(max_length = 60)]
    pub industry: Option<String>,
    /// The region.
    #[serde(default)]
    #[validate(length(max = 60))]
    #[schema(max_length = 60, example = "浙江杭州")]
    pub region: Option<String>,
    /// By which channel they came.
    #[serde(default)]
    pub channel: Option<CustomerChannel>,
    /// Needs and preferences.
    #[serde(default)]
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub needs: Option<String>,
    /// Tags.
    #[serde(default)]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    pub tags: Vec<Tag>,
    /// The other system it comes from.
    #[serde(default, deserialize_with = "typed::read_optional_reference")]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub source: Option<String>,
    /// Its identity there.
    #[serde(default, deserialize_with = "typed::read_optional_reference")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub external_id: Option<String>,
    /// What other systems keep with it.
    #[serde(default)]
    #[validate(length(max = 20))]
    pub metadata: BTreeMap<String, String>,
    /// The department that answers for the customer until somebody owns it; that of whoever enters it where absent. Who owns
    /// a customer is never said here: it follows from registrations.
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
    /// Enter the customer although another file has the same phone or tax number: for whoever supervises customers.
    #[serde(default)]
    pub allow_double: bool,
}

/// Somebody through whom a customer is reached.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateCustomerContact {
    /// Their number within the customer; absent for somebody new.
    #[serde(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub number: Option<u32>,
    /// Their name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "王芳")]
    pub name: String,
    /// What they are there.
    #[serde(default)]
    #[validate(length(max = 60))]
    #[schema(max_length = 60, example = "采购经理")]
    pub title: Option<String>,
    /// Their phones.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub phones: Vec<PhoneText>,
    /// Their e-mail address.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    pub e_mail: Option<String>,
}

impl Merged for CreateCustomer {
    const PATCH: &'static str = "ReviseCustomer";
    const FIXED: &'static [&'static str] = &["department_id", "allow_double"];
    const FILLED: &'static [&'static str] = &["phones", "addresses", "contacts", "tags", "metadata"];
}

/// Reads phones as people type them; what is none is found at its place.
fn read_phones(findings: &mut Findings, pointer: &str, phones: Vec<PhoneText>) -> Vec<Phone> {
    let mut read = Vec::new();
    for (index, PhoneText(text)) in phones.into_iter().enumerate() {
        match Phone::read(&text) {
            Ok(phone) if read.contains(&phone) => {}
            Ok(phone) => read.push(phone),
            Err(refusal) => findings.absorb(refusal.at(format!("{pointer}/{index}"))),
        }
    }
    read
}

impl CreateCustomer {
    /// What the file is to say.
    ///
    /// # Errors
    /// Phones that are none, all of them named.
    pub fn content(self) -> Result<CustomerContent, Refusal> {
        let mut findings = Findings::new();
        let phones = read_phones(&mut findings, "/phones", self.phones);
        let mut contacts = Vec::new();
        for (index, contact) in self.contacts.into_iter().enumerate() {
            let phones = read_phones(&mut findings, &format!("/contacts/{index}/phones"), contact.phones);
            contacts.push(Contact {
                number: contact.number.unwrap_or(0),
                name: contact.name.trim().to_owned(),
                title: some_text(contact.title),
                phones,
                e_mail: some_text(contact.e_mail),
            });
        }
        findings.into_result()?;
        Ok(CustomerContent {
            kind: self.kind,
            name: self.name.trim().to_owned(),
            tax_number: some_text(self.tax_number).map(|number| tax_number::tax_number(&number)),
            industry: some_text(self.industry),
            region: some_text(self.region),
            channel: self.channel,
            needs: some_text(self.needs),
            tags: self.tags.into_iter().map(|Tag(text)| text).collect(),
            external: self.source.zip(self.external_id),
            metadata: self.metadata,
            personal: Personal {
                phones,
                e_mail: some_text(self.e_mail),
                id_number: some_text(self.id_number).map(|number| typed::normalised(&number)),
                birthday: self.birthday,
                addresses: self.addresses.into_iter().map(|Address(text)| text).collect(),
                contacts,
                is_sealed: false,
            },
        })
    }
}

fn typed_phones(phones: Vec<Phone>) -> Vec<PhoneText> {
    phones.into_iter().map(|phone| PhoneText(phone.as_str().to_owned())).collect()
}

impl From<CustomerContent> for CreateCustomer {
    fn from(content: CustomerContent) -> Self {
        let CustomerContent { kind, name, tax_number, industry, region, channel, needs, tags, .. } = content;
        let CustomerContent { external, metadata, personal, .. } = content;
        let Personal { phones, e_mail, id_number, birthday, addresses, contacts, is_sealed: _ } = personal;
        let (source, external_id) = external.unzip();
        let contact = |contact: Contact| CreateCustomerContact {
            number: Some(contact.number),
            name: contact.name,
            title: contact.title,
            phones: typed_phones(contact.phones),
            e_mail: contact.e_mail,
        };
        Self {
            kind,
            name,
            phones: typed_phones(phones),
            e_mail,
            id_number,
            birthday,
            addresses: addresses.into_iter().map(Address).collect(),
            contacts: contacts.into_iter().map(contact).collect(),
            tax_number,
            industry,
            region,
            channel,
            needs,
            tags: tags.into_iter().map(Tag).collect(),
            source,
            external_id,
            metadata,
            department_id: None,
            allow_double: false,
        }
    }
}
