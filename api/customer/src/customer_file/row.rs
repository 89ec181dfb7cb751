//! What a row of a file says of a customer.

use super::body::{Address, CreateCustomer, CreateCustomerContact, PhoneText, Tag};
use crate::spine::{
    Label,
    import::{Cells, Choice, ImportColumn, Imported},
};
use chrono::NaiveDate;
use domain::{
    customer_file::{Contact, CustomerChannel, CustomerContent, CustomerKind},
    spine::Refusal,
};
use std::collections::BTreeMap;

/// A customer as a row of a file says it.
#[derive(Clone, Debug)]
pub(super) struct CustomerRow {
    kind: CustomerKind,
    name: String,
    phone: Option<String>,
    e_mail: Option<String>,
    id_number: Option<String>,
    birthday: Option<NaiveDate>,
    address: Option<String>,
    contact: Option<String>,
    contact_phone: Option<String>,
    tax_number: Option<String>,
    industry: Option<String>,
    region: Option<String>,
    channel: Option<CustomerChannel>,
    needs: Option<String>,
    tags: Vec<String>,
    source: Option<String>,
    external_id: Option<String>,
}

fn kinds() -> [Choice<CustomerKind>; CustomerKind::ALL.len()] {
    CustomerKind::ALL.map(|kind| Choice::labelled(kind, kind.code(), kind.labels()))
}

fn channels() -> [Choice<CustomerChannel>; CustomerChannel::ALL.len()] {
    CustomerChannel::ALL.map(|channel| Choice::labelled(channel, channel.code(), channel.labels()))
}

const PHONE: (&str, &str) = ("手机或带区号的固定电话", "A mobile, or a landline with its area code");
const NOTHING: (&str, &str) = ("可不填", "May be empty");

impl Imported for CustomerRow {
    const FILE: Label = Label { name: "customers", zh: "客户", en: "Customers" };
    const COLUMNS: &'static [ImportColumn] = &[
        ImportColumn::optional(
            "kind",
            "类型",
            "Kind",
            ("个人或企业；空为个人", "Person or company; empty is a person"),
        ),
        ImportColumn::required("name", "名称", "Name", ("姓名或企业名称", "Of a person or a company")),
        ImportColumn::optional("phones", "电话", "Phone", PHONE),
        ImportColumn::optional("e_mail", "电子邮箱", "E-mail", NOTHING),
        ImportColumn::optional(
            "id_number",
            "身份证号",
            "Identity card number",
            ("仅个人", "Of persons alone"),
        ),
        ImportColumn::optional("birthday", "生日", "Birthday", ("仅个人", "Of persons alone")),
        ImportColumn::optional("addresses", "地址", "Address", NOTHING),
        ImportColumn::optional("contacts", "联系人", "Contact", NOTHING),
        ImportColumn::optional("contact_phone", "联系人电话", "Contact's phone", PHONE),
        ImportColumn::optional(
            "tax_number",
            "税号",
            "Tax number",
            ("仅企业：统一社会信用代码", "Of companies: the unified social credit code"),
        ),
        ImportColumn::optional("industry", "行业", "Industry", NOTHING),
        ImportColumn::optional("region", "地区", "Region", NOTHING),
        ImportColumn::optional("channel", "来源渠道", "Channel", NOTHING),
        ImportColumn::optional("needs", "需求与偏好", "Needs and preferences", NOTHING),
        ImportColumn::optional("tags", "标签", "Tags", ("用逗号、分号或顿号分隔", "By commas or semicolons")),
        ImportColumn::optional(
            "source",
            "来源系统",
            "Source system",
            ("与外部编号一起填写", "Together with the external id"),
        ),
        ImportColumn::optional(
            "external_id",
            "外部编号",
            "External id",
            ("同一编号更新原客户", "A known one changes that customer"),
        ),
    ];
    const ROWS_MAX: usize = 100_000;
    const BYTES_MAX: usize = 20 * 1024 * 1024;

    fn choices(column: &str) -> Vec<&'static str> {
        match column {
            "kind" => CustomerKind::ALL.iter().map(|kind| kind.labels().0).collect(),
            "channel" => CustomerChannel::ALL.iter().map(|channel| channel.labels().0).collect(),
            _ => Vec::new(),
        }
    }

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let tags = cells.text("tags", 500).unwrap_or_default();
        let tags = tags.split([',', '，', ';', '；', '、']).map(str::trim).filter(|tag| !tag.is_empty());
        let name = cells.text("name", 100);
        let row = Self {
            kind: cells.choice("kind", &kinds()).unwrap_or(CustomerKind::Person),
            name: String::new(),
            phone: cells.text("phones", 40),
            e_mail: cells.text("e_mail", 200),
            id_number: cells.text("id_number", 40),
            birthday: cells.date("birthday"),
            address: cells.text("addresses", 200),
            contact: cells.text("contacts", 60),
            contact_phone: cells.text("contact_phone", 40),
            tax_number: cells.text("tax_number", 40),
            industry: cells.text("industry", 60),
            region: cells.text("region", 60),
            channel: cells.choice("channel", &channels()),
            needs: cells.text("needs", 2_000),
            tags: tags.map(str::to_owned).collect(),
            source: cells.text("source", 40),
            external_id: cells.text("external_id", 100),
        };
        Some(Self { name: name?, ..row })
    }
}

impl CustomerRow {
    /// The system it comes from and its identity there.
    pub fn external(&self) -> Option<(&str, &str)> {
        self.source.as_deref().zip(self.external_id.as_deref())
    }

    /// What a file says with what this row fills in: what it leaves empty stays, and phones, addresses, contacts and tags come
    /// to those that are there.
    ///
    /// # Errors
    /// Phones that are none.
    pub fn over(&self, known: CustomerContent) -> Result<CustomerContent, Refusal> {
        let said = CreateCustomer::from(self.clone()).content()?;
        let mut personal = known.personal.clone();
        let new = said.personal.phones.into_iter().filter(|phone| !known.personal.phones.contains(phone));
        personal.phones.extend(new);
        let new = said.personal.addresses.into_iter().filter(|one| !known.personal.addresses.contains(one));
        personal.addresses.extend(new);
        let is_known = |contacts: &[Contact], new: &Contact| {
            contacts
                .iter()
                .any(|one| one.name == new.name && new.phones.iter().all(|phone| one.phones.contains(phone)))
        };
        let new = said.personal.contacts.into_iter().filter(|new| !is_known(&known.personal.contacts, new));
        personal.contacts.extend(new);
        personal.e_mail = said.personal.e_mail.or(personal.e_mail);
        personal.id_number = said.personal.id_number.or(personal.id_number);
        personal.birthday = said.personal.birthday.or(personal.birthday);
        let mut tags = known.tags.clone();
        tags.extend(said.tags.into_iter().filter(|tag| !known.tags.contains(tag)));
        Ok(CustomerContent {
            name: said.name,
            tax_number: said.tax_number.or(known.tax_number),
            industry: said.industry.or(known.industry),
            region: said.region.or(known.region),
            channel: said.channel.or(known.channel),
            needs: said.needs.or(known.needs),
            tags,
            external: known.external.or(said.external),
            personal,
            kind: known.kind,
            metadata: known.metadata,
        })
    }
}

impl From<CustomerRow> for CreateCustomer {
    fn from(row: CustomerRow) -> Self {
        let phones = |phone: Option<String>| phone.into_iter().map(PhoneText).collect::<Vec<_>>();
        let contact = row.contact.map(|name| CreateCustomerContact {
            number: None,
            name,
            title: None,
            phones: phones(row.contact_phone),
            e_mail: None,
        });
        Self {
            kind: row.kind,
            name: row.name,
            phones: phones(row.phone),
            e_mail: row.e_mail,
            id_number: row.id_number,
            birthday: row.birthday,
            addresses: row.address.into_iter().map(Address).collect(),
            contacts: contact.into_iter().collect(),
            tax_number: row.tax_number,
            industry: row.industry,
            region: row.region,
            channel: row.channel,
            needs: row.needs,
            tags: row.tags.into_iter().map(Tag).collect(),
            source: row.source,
            external_id: row.external_id,
            metadata: BTreeMap::new(),
            department_id: None,
            allow_double: false,
        }
    }
}
