//! What a file must hold, and how complete it is, as data. `[CUS-1, CUS-3, CUS-4, CUS-5, REG-4]`

use super::{CustomerContent, CustomerImportance, CustomerKind, CustomerSensitivity};
use crate::customer_look_up::DoubleBy;
use crate::spine::{BusinessDate, Citation, Finding, Findings, PolicyContent, PolicyVersion, wording};
use chrono::Days;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which the company's rules for files are kept.
pub const CUSTOMER_FILE_CODE: &str = "customer-file/company";

/// Those rules as shipped.
pub const SHIPPED_CUSTOMER_FILE: &str = include_str!("shipped/customer_file.json");

/// A part of a file that may be required and counts for how complete it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerField {
    /// A phone of the customer or of a contact.
    Phone,
    /// An e-mail address of the customer or of a contact.
    EMail,
    /// A postal address.
    Address,
    /// A birthday.
    Birthday,
    /// The number of an identity card.
    IdNumber,
    /// The tax number.
    TaxNumber,
    /// A contact.
    Contact,
    /// The industry.
    Industry,
    /// The region.
    Region,
    /// By which channel the customer came.
    Channel,
    /// Needs and preferences.
    Needs,
    /// A tag.
    Tag,
}

crate::labels! { CustomerField = "CustomerField":
    Phone = "phone", "电话", "Phone";
    EMail = "e_mail", "电子邮箱", "E-mail";
    Address = "address", "地址", "Address";
    Birthday = "birthday", "生日", "Birthday";
    IdNumber = "id_number", "身份证号", "Identity card number";
    TaxNumber = "tax_number", "税号", "Tax number";
    Contact = "contact", "联系人", "Contact";
    Industry = "industry", "行业", "Industry";
    Region = "region", "地区", "Region";
    Channel = "channel", "来源渠道", "Source channel";
    Needs = "needs", "需求与偏好", "Needs and preferences";
    Tag = "tag", "标签", "Tag";
}

impl CustomerField {
    /// Where it stands in what a client sends.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Phone => "/phones",
            Self::EMail => "/e_mail",
            Self::Address => "/addresses",
            Self::Birthday => "/birthday",
            Self::IdNumber => "/id_number",
            Self::TaxNumber => "/tax_number",
            Self::Contact => "/contacts",
            Self::Industry => "/industry",
            Self::Region => "/region",
            Self::Channel => "/channel",
            Self::Needs => "/needs",
            Self::Tag => "/tags",
        }
    }

    /// Whether a file says something of it.
    pub fn is_filled(self, content: &CustomerContent) -> bool {
        let personal = &content.personal;
        match self {
            Self::Phone => personal.all_phones().next().is_some(),
            Self::EMail => {
                personal.e_mail.is_some() || personal.contacts.iter().any(|contact| contact.e_mail.is_some())
            }
            Self::Address => !personal.addresses.is_empty(),
            Self::Birthday => personal.birthday.is_some(),
            Self::IdNumber => personal.id_number.is_some(),
            Self::TaxNumber => content.tax_number.is_some(),
            Self::Contact => !personal.contacts.is_empty(),
            Self::Industry => content.industry.is_some(),
            Self::Region => content.region.is_some(),
            Self::Channel => content.channel.is_some(),
            Self::Needs => content.needs.is_some(),
            Self::Tag => !content.tags.is_empty(),
        }
    }
}

/// What the files of one kind of customer hold.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerFileRule)]
pub struct FileRule {
    /// What every file must say.
    pub required: Vec<CustomerField>,
    /// What counts for how complete a file is, and how much: of the sum of all weights.
    pub completeness: Vec<FieldWeight>,
}

/// How much a field counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerFieldWeight)]
pub struct FieldWeight {
    /// The field.
    pub field: CustomerField,
    /// 1 to 1,000.
    pub weight: u32,
}

/// The company's rules for files of customers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerFilePolicy {
    /// What the numbers of customers begin with: `CU` gives `CU-2026-000012`.
    pub number_prefix: String,
    /// What files of persons hold.
    pub person: FileRule,
    /// What files of companies hold.
    pub company: FileRule,
    /// The personal data of customers of these classes of importance are sealed at rest. `[CUS-4]`
    pub sealed_importance: Vec<CustomerImportance>,
    /// The same of these classes of sensitivity. `[CUS-4]`
    pub sealed_sensitivity: Vec<CustomerSensitivity>,
    /// After how many days a file is to be verified again, 1 to 3,660. `[CUS-3]`
    pub verify_every_days: u32,
    /// Files of more rows than this need an approval before they leave, 1 to 1,000,000. `[CUS-5]`
    pub export_rows_max: u32,
    /// By what a customer who is known already is not entered again, but by who supervises customers. `[CUS-2]`
    pub refuse_same: Vec<DoubleBy>,
    /// How many look-ups for doubles one person makes in an hour, 1 to 10,000. `[CUS-2]`
    pub look_ups_per_hour: u32,
    /// For how many days a merger of doubles can be undone, 1 to 3,660. `[CUS-3]`
    pub unmerge_within_days: u32,
}

impl CustomerFilePolicy {
    /// What the files of a kind hold.
    pub const fn rule(&self, kind: CustomerKind) -> &FileRule {
        match kind {
            CustomerKind::Person => &self.person,
            CustomerKind::Company => &self.company,
        }
    }

    /// How complete a file is, 0 to 100.
    pub fn completeness(&self, content: &CustomerContent) -> u32 {
        let weights = &self.rule(content.kind).completeness;
        let all: u32 = weights.iter().map(|one| one.weight).sum();
        let filled: u32 =
            weights.iter().filter(|one| one.field.is_filled(content)).map(|one| one.weight).sum();
        (filled * 100).checked_div(all).unwrap_or(100)
    }

    /// What counts for how complete a file is and is missing in it, the weightiest first.
    pub fn missing(&self, content: &CustomerContent) -> Vec<CustomerField> {
        let weights = &self.rule(content.kind).completeness;
        let mut missing: Vec<_> = weights.iter().filter(|one| !one.field.is_filled(content)).collect();
        missing.sort_by_key(|one| std::cmp::Reverse(one.weight));
        missing.into_iter().map(|one| one.field).collect()
    }

    /// The day from which a file is to be verified again that was verified, or entered, on a day.
    pub fn verified_until(&self, on: BusinessDate) -> BusinessDate {
        on.checked_add_days(Days::new(self.verify_every_days.into())).unwrap_or(BusinessDate::MAX)
    }

    /// Whether the personal data of a customer are sealed at rest.
    pub fn seals(&self, importance: CustomerImportance, sensitivity: CustomerSensitivity) -> bool {
        self.sealed_importance.contains(&importance) || self.sealed_sensitivity.contains(&sensitivity)
    }
}

/// What refusals cite of it.
pub fn citing(version: &PolicyVersion<CustomerFilePolicy>, rule: &str) -> Citation {
    version.cite(rule, None)
}

impl PolicyContent for CustomerFilePolicy {
    const KIND: &'static str = "customer-file";
    const EXAMPLE: &'static str = SHIPPED_CUSTOMER_FILE;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        wording::check_prefix(&mut findings, "/content/number_prefix", &self.number_prefix);
        for (kind, rule) in [("person", &self.person), ("company", &self.company)] {
            for (index, one) in rule.completeness.iter().enumerate() {
                let pointer = format!("/content/{kind}/completeness/{index}/weight");
                findings.within(&pointer, one.weight, 1..=1_000);
            }
        }
        findings.within("/content/verify_every_days", self.verify_every_days, 1..=3_660);
        findings.within("/content/export_rows_max", self.export_rows_max, 1..=1_000_000);
        findings.within("/content/look_ups_per_hour", self.look_ups_per_hour, 1..=10_000);
        findings.within("/content/unmerge_within_days", self.unmerge_within_days, 1..=3_660);
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_is_sound() {
        let shipped: CustomerFilePolicy = serde_json::from_str(SHIPPED_CUSTOMER_FILE).expect("it reads");
        assert_eq!(shipped.findings(), []);
        assert!(shipped.seals(CustomerImportance::Key, CustomerSensitivity::Ordinary));
        assert!(!shipped.seals(CustomerImportance::Ordinary, CustomerSensitivity::Ordinary));
    }
}
