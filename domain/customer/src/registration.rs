//! Registrations (来访登记、来电登记): the only proof of ownership. One whose first inquiry is not complete does not count
//! until it is. `[OWN-1, OWN-2, OWN-7; 002 §5(二)1]`

use crate::{
    customer_file::CustomerId,
    ownership::{Channel, FirstInquiry},
    site::Site,
    spine::{Actor, Change, Citation, DepartmentId, EmployeeId, Entity, Id, Refusal, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of registrations begin with.
pub const NUMBER_PREFIX: &str = "RG";

crate::refusals! { REGISTRATION_REFUSALS:
    NO_EMPLOYEE = "registration.no_employee", Forbidden, "该账号没有对应的员工，不能登记客户", "The account has no employee and registers no customers";
    NOT_RECEIVER = "registration.not_receiver", Forbidden, "只有接待人可以补全登记", "Only the receiver completes a registration";
    COMPLETE_ALREADY = "registration.complete_already", Conflict, "登记 {number} 已完整", "The registration {number} is complete already";
    CONTRADICTS = "registration.answers_contradict", Invalid, "首问答“否”，却又填了姓名：请改答“是”，或去掉姓名", "The answer is no, and yet somebody is named: answer yes, or name nobody";
    ASK_FIRST = "registration.ask_first", Invalid, "该客户已归他人，须先问完首问各项再登记", "Somebody owns the customer already: ask every question of the first inquiry before you register";
    NEEDS_RECEPTION = "registration.needs_reception", Conflict, "本现场今日按排号接待，此类客户由轮到的人接待后登记", "The site has a queue today: such a customer is registered by whoever's turn it is, of a reception";
    CLAIMED_AHEAD = "registration.claimed_ahead", Invalid, "所称的接待时间不得晚于现在", "The time that is claimed lies ahead";
    SELF_INTRODUCED = "registration.introduced_by_self", Invalid, "客户不能由自己介绍", "Nobody is introduced by themselves";
    NOT_REACHABLE = "registration.not_reachable", Invalid, "客户档案没有有效电话或统一社会信用代码，登记不计", "The file has neither a phone nor a tax number; such a registration does not count";
}

crate::events! { REGISTRATION_EVENTS:
    MADE = "registration.made", "客户已登记", "A customer was registered";
    BEGUN = "registration.begun", "客户登记尚不完整", "A customer was registered incompletely";
    COMPLETED = "registration.completed", "客户登记已补全", "A registration was completed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[REGISTRATION_REFUSALS],
    events: &[REGISTRATION_EVENTS],
    enums: &[RegistrationState::LABELS],
};

/// Whether a registration counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegistrationStatus)]
pub enum RegistrationState {
    /// Questions were not asked.
    Incomplete,
    /// All were.
    Complete,
}

crate::labels! { RegistrationState = "RegistrationStatus":
    Incomplete = "incomplete", "未完整", "Incomplete";
    Complete = "complete", "完整", "Complete";
}

/// What is registered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RegistrationContent {
    /// Who came.
    pub customer: CustomerId,
    /// Where.
    pub site: Id<Site>,
    /// By which way.
    pub channel: Channel,
    /// What was answered.
    pub inquiry: FirstInquiry,
    /// Who asked the receiver to begin in their place.
    pub entrusted_by: Option<EmployeeId>,
    /// Whether they are of a competitor.
    pub is_peer: bool,
    /// An earlier time, as it is claimed: an argument in a dispute, and nothing else.
    pub claimed_at: Option<Timestamp>,
}

/// That a customer was received.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Registration {
    /// Identity.
    pub id: Id<Self>,
    /// The number; never used again.
    pub number: String,
    /// What it says.
    pub content: RegistrationContent,
    /// Who received.
    pub receiver: EmployeeId,
    /// Where that person works.
    pub department: DepartmentId,
    /// When the server received it.
    pub registered_at: Timestamp,
    /// Since when it is complete.
    pub completed_at: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Registration {
    const KIND: &'static str = "registration";
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

impl Registration {
    /// Registers a customer, in the actor's own name.
    ///
    /// # Errors
    /// `registration.no_employee`.
    pub fn make(
        (id, number): (Id<Self>, String),
        content: RegistrationContent,
        department: DepartmentId,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let receiver =
            by.employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE).citing(Citation::rule("OWN-1")))?;
        let is_complete = content.inquiry.is_complete();
        let completed_at = is_complete.then_some(now);
        let registered_at = now;
        let made =
            Self { id, number, content, receiver, department, registered_at, completed_at, version: 0 };
        let facts = made.told();
        Ok(Change::created(made, if is_complete { MADE } else { BEGUN }, facts))
    }

    /// Asks what was not asked. It counts from then on, not from before. `[OWN-2]`
    ///
    /// # Errors
    /// `registration.not_receiver`, `registration.complete_already`.
    pub fn complete(
        self,
        inquiry: FirstInquiry,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let rule = || Citation::rule("OWN-2");
        if !by.is(self.receiver) {
            return Err(Refusal::new(NOT_RECEIVER).citing(rule()));
        }
        if self.completed_at.is_some() {
            let number = self.number.as_str();
            return Err(Refusal::new(COMPLETE_ALREADY).with("number", number).citing(rule()));
        }
        let completed_at = inquiry.is_complete().then_some(now);
        let content = RegistrationContent { inquiry, ..self.content.clone() };
        let after = Self { content, completed_at, ..self.clone() };
        let facts = after.told();
        Ok(Change::updated(self, after, COMPLETED, facts))
    }

    /// Whether it counts.
    pub const fn state(&self) -> RegistrationState {
        if self.completed_at.is_some() { RegistrationState::Complete } else { RegistrationState::Incomplete }
    }

    fn told(&self) -> serde_json::Value {
        json!({
            "number": self.number, "customer_id": self.content.customer, "site_id": self.content.site,
            "receiver_id": self.receiver, "channel": self.content.channel, "state": self.state(),
            "missing": self.content.inquiry.missing(),
        })
    }
}
