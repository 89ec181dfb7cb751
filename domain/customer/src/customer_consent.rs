//! What a customer agreed to (个人信息授权): for which purpose, how, and until when. `[CUS-9; PIPL]`

use crate::{
    customer_file::CustomerId,
    spine::{Actor, Change, Citation, Entity, Findings, Id, Refusal, Timestamp, UserId, Version, wording},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { CUSTOMER_CONSENT_REFUSALS:
    WITHDRAWN_ALREADY = "customer_consent.withdrawn_already", Conflict, "该授权已撤回", "The consent is withdrawn already";
    GIVEN_IN_FUTURE = "customer_consent.given_in_future", Invalid, "授权时间不能晚于当前时间", "A consent that is written down has been given";
}

crate::events! { CUSTOMER_CONSENT_EVENTS:
    GIVEN = "customer_consent.given", "客户已授权", "A customer agreed to a purpose";
    WITHDRAWN = "customer_consent.withdrawn", "客户已撤回授权", "A customer withdrew a consent";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CUSTOMER_CONSENT_REFUSALS],
    events: &[CUSTOMER_CONSENT_EVENTS],
    enums: &[ConsentPurpose::LABELS, ConsentMeans::LABELS],
};

/// What personal data are used for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPurpose {
    /// To serve and to perform contracts.
    Service,
    /// To call and to write with offers.
    Marketing,
    /// To ask how satisfied the customer is.
    Survey,
    /// To pass data on to partners.
    Sharing,
}

crate::labels! { ConsentPurpose = "ConsentPurpose":
    Service = "service", "提供服务与履行合同", "Service and contracts";
    Marketing = "marketing", "营销推广", "Marketing";
    Survey = "survey", "满意度调查", "Surveys";
    Sharing = "sharing", "向合作方提供", "Sharing with partners";
}

/// How a customer agreed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentMeans {
    /// On paper.
    Signed,
    /// Online.
    Online,
    /// By word of mouth.
    Spoken,
}

crate::labels! { ConsentMeans = "ConsentMeans":
    Signed = "signed", "书面签字", "Signed";
    Online = "online", "线上勾选", "Online";
    Spoken = "spoken", "口头同意", "Spoken";
}

/// A consent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CustomerConsent {
    /// Its identity.
    pub id: Id<Self>,
    /// Who agreed.
    pub customer: CustomerId,
    /// To what.
    pub purpose: ConsentPurpose,
    /// How.
    pub means: ConsentMeans,
    /// When.
    pub given_at: Timestamp,
    /// What else is to be known of it, up to 500 characters.
    pub note: Option<String>,
    /// The account that wrote it down.
    pub recorded_by: UserId,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CustomerConsent {
    const KIND: &'static str = "customer_consent";
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

/// What a customer agreed to.
#[derive(Clone, Debug)]
pub struct NewConsent {
    /// To what.
    pub purpose: ConsentPurpose,
    /// How.
    pub means: ConsentMeans,
    /// When.
    pub given_at: Timestamp,
    /// What else is to be known of it.
    pub note: Option<String>,
}

impl CustomerConsent {
    /// Writes a consent down.
    ///
    /// # Errors
    /// One that lies ahead, a note that is too long.
    pub fn give(
        id: Id<Self>,
        customer: CustomerId,
        new: NewConsent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewConsent { purpose, means, given_at, note } = new;
        let mut findings = Findings::new();
        if given_at > now {
            findings.add("/given_at", GIVEN_IN_FUTURE);
        }
        wording::check_optional(&mut findings, "/note", note.as_deref(), 500);
        findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("CUS-9")))?;
        let consent = Self {
            id,
            customer,
            purpose,
            means,
            given_at,
            note,
            recorded_by: by.user,
            withdrawn_at: None,
            version: 0,
        };
        let facts = json!({"customer_id": customer, "purpose": purpose.code()});
        Ok(Change::created(consent, GIVEN, facts))
    }

    /// Withdraws it.
    ///
    /// # Errors
    /// One that is withdrawn already.
    pub fn withdraw(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if self.withdrawn_at.is_some() {
            return Err(Refusal::new(WITHDRAWN_ALREADY).citing(Citation::rule("CUS-9")));
        }
        let facts = json!({"customer_id": self.customer, "purpose": self.purpose.code()});
        let after = Self { withdrawn_at: Some(now), ..self.clone() };
        Ok(Change::updated(self, after, WITHDRAWN, facts))
    }
}
