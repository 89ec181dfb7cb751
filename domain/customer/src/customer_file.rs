//! Files of customers (客户档案): who they are, how to reach them, where they came from. `[CUS-1 … CUS-5, CUS-9]`
//!
//! Whose customer somebody is stands nowhere here: that is derived from registrations and what follows them, and lists
//! read it from what the derivation leaves behind. What a customer has bought is told by the orders.

/// How important and how sensitive a customer is.
mod class;
/// Everything personal is destroyed.
mod erasure;
/// What customers are told apart by.
mod kind;
/// Another file stands for the same customer.
mod merger;
/// By what two names are found to be one.
pub mod naming;
/// What is personal.
pub mod person;
/// Phone numbers in one form.
pub mod phone;
/// What a file must hold, as data.
pub mod policy;
/// Whose customer it is, as lists read it.
pub mod standing;
/// The number under which a company is registered.
pub mod tax_number;
/// Somebody looks whether a file is still true.
mod verification;

pub use kind::{CustomerChannel, CustomerImportance, CustomerKind, CustomerSensitivity};
pub use person::{Contact, Personal, some_text};
pub use phone::{Phone, PhoneKind};
pub use policy::{CustomerField, CustomerFilePolicy};
pub use standing::{Standing, StandingState};

use crate::spine::{
    Actor, BusinessDate, Change, Citation, EmployeeId, Entity, Findings, Id, PolicyVersion, Refusal,
    Timestamp, UserId, Version, wording,
};
use person::check_count;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// At most so many tags of one customer.
pub const TAGS_MAX: usize = 30;
/// At most so many entries of metadata.
pub const METADATA_MAX: usize = 20;

crate::refusals! { CUSTOMER_FILE_REFUSALS:
    BAD_PHONE = "customer_file.bad_phone", Invalid, "“{text}”不是可拨打的电话号码；固定电话须带区号", "\"{text}\" is no phone number; a landline needs its area code";
    BAD_E_MAIL = "customer_file.bad_e_mail", Invalid, "电子邮箱格式不正确", "This is no e-mail address";
    BAD_ID_NUMBER = "customer_file.bad_id_number", Invalid, "身份证号不正确，请核对末位校验码", "This is no identity card number; its last character does not fit the others";
    BAD_TAX_NUMBER = "customer_file.bad_tax_number", Invalid, "统一社会信用代码不正确，请核对末位校验码", "This is no unified social credit code; its last character does not fit the others";
    BAD_BIRTHDAY = "customer_file.bad_birthday", Invalid, "生日不在合理范围内", "No such birthday is possible";
    TOO_MANY = "customer_file.too_many", Invalid, "最多 {max} 项", "There may be {max} at most";
    FIELD_REQUIRED = "customer_file.field_required", Invalid, "公司规定客户档案须填写“{field}”", "The company requires \"{field}\" in every file";
    OF_PERSONS = "customer_file.of_persons", Invalid, "只有个人客户才有此项", "Only persons have this";
    OF_COMPANIES = "customer_file.of_companies", Invalid, "只有企业客户才有此项", "Only companies have this";
    DEPARTMENT_NEEDED = "customer_file.department_needed", Invalid, "您没有所属部门，请指定负责该客户的部门", "You belong to no department: say which one answers for the customer";
    ERASED_ALREADY = "customer_file.erased_already", Conflict, "客户 {number} 的个人信息已删除", "The personal data of customer {number} are erased already";
    NOT_ACTIVE = "customer_file.not_active", Conflict, "客户 {number} 的档案已{state}，不能修改", "The file of customer {number} is {state} and cannot be changed";
}

crate::events! { CUSTOMER_FILE_EVENTS:
    CREATED = "customer.created", "客户档案已建立", "A customer was entered";
    CHANGED = "customer.changed", "客户档案已修改", "The file of a customer was changed";
    CLASSIFIED = "customer.classified", "客户重要性与敏感级别已划分", "The importance and sensitivity of a customer were said";
    VERIFICATION_DUE = "customer.verification_due", "客户档案须核查", "The file of a customer is to be verified";
    VERIFIED = "customer.verified", "客户档案已核查", "The file of a customer was verified";
    MERGED = "customer.merged", "客户档案已并入另一份档案", "Another file stands for a customer from now on";
    UNMERGED = "customer.unmerged", "客户档案已恢复独立", "A file stands for its customer again";
    ERASED = "customer.erased", "客户个人信息已删除", "The personal data of a customer were erased";
    REVEALED = "customer.revealed", "客户完整信息被查看（仅记入审计）", "Somebody saw the personal data of a customer (told in the audit trail alone)";
    COPIED = "customer.copied", "客户全部信息被导出（仅记入审计）", "Everything held on a customer was handed out (told in the audit trail alone)";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CUSTOMER_FILE_REFUSALS],
    events: &[CUSTOMER_FILE_EVENTS],
    enums: &[
        CustomerKind::LABELS,
        CustomerChannel::LABELS,
        CustomerImportance::LABELS,
        CustomerSensitivity::LABELS,
        CustomerState::LABELS,
        CustomerField::LABELS,
        PhoneKind::LABELS,
        StandingState::LABELS,
    ],
};

/// The id of a customer.
pub type CustomerId = Id<Customer>;

/// What a file says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustomerContent {
    /// Who it is.
    pub kind: CustomerKind,
    /// The name, 1 to 100 characters.
    pub name: String,
    /// A company's tax number.
    pub tax_number: Option<String>,
    /// The industry, up to 60 characters.
    pub industry: Option<String>,
    /// The region, up to 60 characters.
    pub region: Option<String>,
    /// By which channel they came.
    pub channel: Option<CustomerChannel>,
    /// Needs and preferences, up to 2,000 characters.
    pub needs: Option<String>,
    /// Tags, each 1 to 30 characters.
    pub tags: Vec<String>,
    /// The system it comes from and its identity there.
    pub external: Option<(String, String)>,
    /// What other systems keep with it.
    pub metadata: BTreeMap<String, String>,
    /// What is personal.
    pub personal: Personal,
}

/// Where a file stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerStatus {
    /// In use.
    Active,
    /// Another file stands for the same customer.
    Merged {
        /// Which one.
        into: CustomerId,
        /// Since when.
        at: Timestamp,
    },
    /// All personal data are destroyed. `[CUS-9]`
    Erased {
        /// When.
        at: Timestamp,
    },
}

/// The plain names of where a file stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerStatus)]
pub enum CustomerState {
    /// In use.
    Active,
    /// Another file stands for the same customer.
    Merged,
    /// All personal data are destroyed.
    Erased,
}

crate::labels! { CustomerState = "CustomerStatus":
    Active = "active", "正常", "Active";
    Merged = "merged", "已合并", "Merged";
    Erased = "erased", "已删除", "Erased";
}

crate::status! { CustomerStatus as CustomerState: Active, Merged, Erased }

/// A customer: a person or a company that the company serves or would serve.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Customer {
    /// Identity.
    pub id: CustomerId,
    /// Readable number such as `CU-2026-000012`; never reused.
    pub number: String,
    /// What the file says.
    #[serde(flatten)]
    pub content: CustomerContent,
    /// How important.
    pub importance: CustomerImportance,
    /// How sensitive.
    pub sensitivity: CustomerSensitivity,
    /// How complete the file is, 0 to 100, by the policy in force when it last changed.
    pub completeness: u32,
    /// Where it stands.
    pub status: CustomerStatus,
    /// The day somebody last verified it; none where nobody has since it was entered.
    pub verified_on: Option<BusinessDate>,
    /// The day from which it is to be verified again; none while that is owed.
    pub verification_due_on: Option<BusinessDate>,
    /// The account that entered it.
    pub creator: UserId,
    /// The employee behind that account.
    pub creator_employee: Option<EmployeeId>,
    /// When it was entered.
    pub created_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Customer {
    const KIND: &'static str = "customer";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

/// The rules for files in force on a day.
pub type Rules = PolicyVersion<CustomerFilePolicy>;

impl CustomerContent {
    /// What is not well formed in it, and what the company requires beyond.
    fn check(&self, rules: &Rules, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/name", &self.name, 100);
        wording::check_optional(&mut findings, "/industry", self.industry.as_deref(), 60);
        wording::check_optional(&mut findings, "/region", self.region.as_deref(), 60);
        wording::check_optional(&mut findings, "/needs", self.needs.as_deref(), 2_000);
        check_count(&mut findings, "/tags", self.tags.len(), TAGS_MAX);
        for (index, tag) in self.tags.iter().take(TAGS_MAX).enumerate() {
            wording::check(&mut findings, &format!("/tags/{index}"), tag, 30);
        }
        check_count(&mut findings, "/metadata", self.metadata.len(), METADATA_MAX);
        for (key, value) in &self.metadata {
            wording::check(&mut findings, "/metadata", key, 40);
            wording::check(&mut findings, &format!("/metadata/{key}"), value, 200);
        }
        if let Some((source, external_id)) = &self.external {
            wording::check(&mut findings, "/source", source, 40);
            wording::check(&mut findings, "/external_id", external_id, 100);
        }
        self.check_kind(&mut findings);
        self.personal.check(&mut findings, today);
        self.check_required(&mut findings, rules.content.rule(self.kind));
        findings.into_result().map_err(|refusal| refusal.citing(policy::citing(rules, "CUS-1")))
    }

    fn check_kind(&self, findings: &mut Findings) {
        match self.kind {
            CustomerKind::Person => {
                if self.tax_number.is_some() {
                    findings.add("/tax_number", OF_COMPANIES);
                }
            }
            CustomerKind::Company => {
                if self.personal.id_number.is_some() {
                    findings.add("/id_number", OF_PERSONS);
                }
                if self.personal.birthday.is_some() {
                    findings.add("/birthday", OF_PERSONS);
                }
                if self.tax_number.as_deref().is_some_and(|number| !tax_number::is_tax_number(number)) {
                    findings.add("/tax_number", BAD_TAX_NUMBER);
                }
            }
        }
    }

    fn check_required(&self, findings: &mut Findings, rule: &policy::FileRule) {
        for field in rule.required.iter().filter(|field| !field.is_filled(self)) {
            let (zh, en) = field.labels();
            let label = json!({"zh-CN": zh, "en": en});
            let params = [("field", json!(field.code())), ("field_label", label)];
            findings.add_with(field.pointer(), FIELD_REQUIRED, params);
        }
    }

    /// Whether it is a company.
    pub fn is_company(&self) -> bool {
        self.kind == CustomerKind::Company
    }

    /// By what the name is compared.
    pub fn name_key(&self) -> String {
        naming::name_key(&self.name, self.is_company())
    }

    /// Which members differ from another state, by their names: never what they say.
    fn differs_from(&self, other: &Self) -> Vec<&'static str> {
        let (mine, theirs) = (&self.personal, &other.personal);
        let members = [
            ("kind", self.kind != other.kind),
            ("name", self.name != other.name),
            ("tax_number", self.tax_number != other.tax_number),
            ("industry", self.industry != other.industry),
            ("region", self.region != other.region),
            ("channel", self.channel != other.channel),
            ("needs", self.needs != other.needs),
            ("tags", self.tags != other.tags),
            ("external_id", self.external != other.external),
            ("metadata", self.metadata != other.metadata),
            ("phones", mine.phones != theirs.phones),
            ("e_mail", mine.e_mail != theirs.e_mail),
            ("id_number", mine.id_number != theirs.id_number),
            ("birthday", mine.birthday != theirs.birthday),
            ("addresses", mine.addresses != theirs.addresses),
            ("contacts", mine.contacts != theirs.contacts),
        ];
        members.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }
}

/// What a new file is given: its identity and its number.
pub struct NewCustomer {
    /// Identity.
    pub id: CustomerId,
    /// Number.
    pub number: String,
}

impl Customer {
    /// Enters a customer.
    ///
    /// # Errors
    /// What is not well formed, and what the company requires and is missing: all of it named.
    pub fn create(
        new: NewCustomer,
        mut content: CustomerContent,
        rules: &Rules,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let NewCustomer { id, number } = new;
        content.check(rules, today)?;
        content.personal.number_contacts(0);
        let (importance, sensitivity) = <(CustomerImportance, CustomerSensitivity)>::default();
        content.personal.is_sealed = rules.content.seals(importance, sensitivity);
        let customer = Self {
            id,
            number,
            completeness: rules.content.completeness(&content),
            content,
            importance,
            sensitivity,
            status: CustomerStatus::Active,
            verified_on: None,
            verification_due_on: Some(rules.content.verified_until(today)),
            creator: by.user,
            creator_employee: by.employee,
            created_at: now,
            version: 0,
        };
        let facts = customer.facts();
        Ok(Change::created(customer, CREATED, facts))
    }

    /// Whether a phone or a tax number names them: without either a registration does not count. `[OWN-1]`
    pub fn can_be_reached(&self) -> bool {
        self.content.tax_number.is_some() || !self.content.personal.phones.is_empty()
    }

    /// Whether the file can be changed.
    ///
    /// # Errors
    /// `customer_file.not_active` where another stands for it, or it is erased.
    pub fn ensure_active(&self) -> Result<(), Refusal> {
        if self.status == CustomerStatus::Active {
            return Ok(());
        }
        let refusal = Refusal::new(NOT_ACTIVE).with("number", self.number.clone());
        Err(refusal.with_label("state", self.status.state()).citing(Citation::rule("CUS-3")))
    }

    /// Rewrites what the file says; none where it says so already.
    ///
    /// # Errors
    /// A file that is not active; what is not well formed, all of it named.
    pub fn revise(
        self,
        mut content: CustomerContent,
        rules: &Rules,
        today: BusinessDate,
    ) -> Result<Option<Change<Self>>, Refusal> {
        self.ensure_active()?;
        content.check(rules, today)?;
        let last = self.content.personal.contacts.iter().map(|contact| contact.number).max();
        content.personal.number_contacts(last.unwrap_or(0));
        content.personal.is_sealed = self.content.personal.is_sealed;
        let changed = content.differs_from(&self.content);
        if changed.is_empty() {
            return Ok(None);
        }
        let completeness = rules.content.completeness(&content);
        let after = Self { content, completeness, ..self.clone() };
        let mut facts = after.facts();
        facts["changed"] = json!(changed);
        Ok(Some(Change::updated(self, after, CHANGED, facts)))
    }

    /// What the feed tells of it: nothing personal.
    fn facts(&self) -> serde_json::Value {
        json!({"number": self.number, "kind": self.content.kind.code(), "completeness": self.completeness})
    }
}

#[cfg(test)]
mod tests;
