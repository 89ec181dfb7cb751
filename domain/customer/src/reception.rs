//! Receptions (接待): somebody receives a visitor, from when to when, whose visitor it was, and what came of it.
//! `[QUE-1, QUE-2, OWN-3, OWN-7, OWN-10; 002 §5(二)5-6, 14; §5(三)8]`
//!
//! Who receives somebody else's visitor asks them at once; they agree or not, and where they do not answer in time, whoever
//! leads there does. Helping earns no turn and no customer; it counts in the appraisal.

/// What a helper asks, and what is answered.
mod assist;

pub use assist::{Answer, Assist, AssistState};

use crate::{
    customer_file::CustomerId,
    reception_queue::{ReceptionQueue, Turn},
    registration::Registration,
    site::Site,
    spine::{
        Actor, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Id, Refusal, Timestamp, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { RECEPTION_REFUSALS:
    NOT_RECEPTIONS = "reception.not_yours", Forbidden, "只有接待人、被访人或现场主管可以办理", "Only whoever receives, whose visitor it is, or who leads the site does this";
    ENDED_ALREADY = "reception.ended_already", Conflict, "接待已结束", "The reception has ended already";
    NOTHING_ASKED = "reception.nothing_asked", Conflict, "该接待没有待答复的协助请求", "The reception asks nobody for consent";
    ANSWERED_ALREADY = "reception.answered_already", Conflict, "协助请求已答复", "It was answered already";
    NOT_YET = "reception.not_yet", Conflict, "被访人仍可在 {until} 前答复，到时才由现场主管答复", "Whose visitor it is may answer until {until}; only then whoever leads the site does";
    WHOSE = "reception.whose", Invalid, "请说明来访者是谁的客户或找谁", "Say whose customer the visitor is, or for whom they ask";
    REGISTERED_ALREADY = "reception.registered_already", Conflict, "该接待已登记客户", "The customer of the reception is registered already";
}

crate::events! { RECEPTION_EVENTS:
    BEGUN = "reception.begun", "接待已开始", "A reception began";
    ASKED = "reception.assist_asked", "已请求协助接待", "Somebody receives another's visitor and asks for consent";
    AGREED = "reception.assist_agreed", "已同意协助接待", "Whose visitor it is lets another receive them";
    DECLINED = "reception.assist_declined", "未同意协助接待", "Whose visitor it is lets no other receive them";
    ESCALATED = "reception.assist_escalated", "协助请求逾时未答复，转现场主管", "Whose visitor it is did not answer in time";
    REGISTERED = "reception.registered", "接待已登记客户", "The customer of a reception was registered";
    ENDED = "reception.ended", "接待已结束", "A reception ended";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[RECEPTION_REFUSALS],
    events: &[RECEPTION_EVENTS],
    enums: &[AssistState::LABELS, ReceptionState::LABELS, Visitor::LABELS],
};

/// Who comes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReceptionVisitor)]
pub enum Visitor {
    /// Somebody new: it is somebody's turn.
    New,
    /// Passed on by the company: it is somebody's turn. `[OWN-11]`
    Assigned,
    /// A customer who is somebody's. `[OWN-10]`
    Returning,
    /// Somebody who asks for one of ours. `[OWN-5]`
    Named,
}

crate::labels! { Visitor = "ReceptionVisitor":
    New = "new", "新客户", "New";
    Assigned = "assigned", "公司转介", "Passed on by the company";
    Returning = "returning", "老客户", "Returning";
    Named = "named", "指名来访", "Asks for somebody";
}

impl Visitor {
    /// Whether whose turn it is receives them.
    pub const fn takes_turn(self) -> bool {
        matches!(self, Self::New | Self::Assigned)
    }
}

/// Where a reception stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReceptionStatus)]
pub enum ReceptionState {
    /// The visitor is being received.
    Open,
    /// It is over.
    Ended,
}

crate::labels! { ReceptionState = "ReceptionStatus":
    Open = "open", "接待中", "Open";
    Ended = "ended", "已结束", "Ended";
}

/// How a reception ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// By whom; nobody where no employee did it.
    pub by: Option<EmployeeId>,
    /// Whether the customer turned out to be another's.
    pub is_mistaken: bool,
    /// Whether a new customer was received and not registered: a lapse of the receiver. `[OWN-7]`
    pub is_unregistered: bool,
}

/// What begins.
#[derive(Clone, Debug)]
pub struct NewReception {
    /// Identity.
    pub id: Id<Reception>,
    /// In which queue.
    pub queue: Id<ReceptionQueue>,
    /// At which site.
    pub site: Id<Site>,
    /// The department that receives there.
    pub department: DepartmentId,
    /// Who receives.
    pub receiver: EmployeeId,
    /// Who comes.
    pub visitor: Visitor,
    /// Which customer, where that is known.
    pub customer: Option<CustomerId>,
    /// Whose visitor it is.
    pub host: Option<EmployeeId>,
}

/// A reception.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reception {
    /// Identity.
    pub id: Id<Self>,
    /// In which queue.
    pub queue: Id<ReceptionQueue>,
    /// At which site.
    pub site: Id<Site>,
    /// The department that receives there.
    pub department: DepartmentId,
    /// Who receives.
    pub receiver: EmployeeId,
    /// Who comes.
    pub visitor: Visitor,
    /// How it used the queue.
    pub turn: Turn,
    /// Which customer, as far as that is known.
    pub customer: Option<CustomerId>,
    /// Whom the receiver asked, where it is another's visitor.
    pub assist: Option<Assist>,
    /// The registration that came of it.
    pub registration: Option<Id<Registration>>,
    /// When it began.
    pub begun_at: Timestamp,
    /// How it ended.
    pub ended: Option<Ended>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Reception {
    const KIND: &'static str = "reception";
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

impl Reception {
    /// Begins one. Who receives another's visitor asks them; they may answer for so many minutes.
    ///
    /// # Errors
    /// `reception.whose`: a returning or named visitor is somebody's.
    pub fn begin(
        new: NewReception,
        turn: Turn,
        answer_minutes: u32,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewReception { id, queue, site, department, receiver, visitor, customer, host } = new;
        if !visitor.takes_turn() && host.is_none() {
            return Err(Refusal::new(WHOSE).citing(Citation::rule("OWN-10")).at("/visitor"));
        }
        let other = host.filter(|host| *host != receiver && !visitor.takes_turn());
        let assist = other.map(|host| Assist::asked(host, now, answer_minutes));
        let event = if assist.is_some() { ASKED } else { BEGUN };
        let reception = Self {
            id,
            queue,
            site,
            department,
            receiver,
            visitor,
            turn,
            customer,
            assist,
            registration: None,
            begun_at: now,
            ended: None,
            version: 0,
        };
        let facts = reception.told();
        Ok(Change::created(reception, event, facts))
    }

    /// Where it stands.
    pub const fn state(&self) -> ReceptionState {
        if self.ended.is_some() { ReceptionState::Ended } else { ReceptionState::Open }
    }

    /// Notes the registration that came of it.
    ///
    /// # Errors
    /// `reception.not_yours`, `reception.ended_already`, `reception.registered_already`.
    pub fn register(
        self,
        registration: Id<Registration>,
        customer: CustomerId,
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_open("OWN-1")?;
        let is_hosts = self.assist.as_ref().is_some_and(|assist| by.is(assist.host));
        if !by.is(self.receiver) && !is_hosts {
            return Err(Refusal::new(NOT_RECEPTIONS).citing(Citation::rule("OWN-1")));
        }
        if self.registration.is_some() {
            return Err(Refusal::new(REGISTERED_ALREADY).citing(Citation::rule("OWN-1")));
        }
        let after = Self { registration: Some(registration), customer: Some(customer), ..self.clone() };
        Ok(self.moved(after, REGISTERED))
    }

    /// Ends it, by the receiver, whose visitor it was, or who leads the site. `owner` is whose the customer is then.
    ///
    /// # Errors
    /// `reception.not_yours`, `reception.ended_already`.
    pub fn end(
        self,
        customer: Option<CustomerId>,
        owner: Option<EmployeeId>,
        (by, leads): (&Actor, bool),
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let is_party = by.is(self.receiver) || self.assist.as_ref().is_some_and(|assist| by.is(assist.host));
        if !is_party && !leads {
            return Err(Refusal::new(NOT_RECEPTIONS).citing(Citation::rule("QUE-1")));
        }
        self.ensure_open("QUE-1")?;
        let is_mistaken = self.visitor.takes_turn() && owner.is_some_and(|owner| owner != self.receiver);
        let is_unregistered = self.visitor.takes_turn() && self.registration.is_none() && !is_mistaken;
        let ended = Some(Ended { at: now, by: by.employee, is_mistaken, is_unregistered });
        let after = Self { ended, customer: self.customer.or(customer), ..self.clone() };
        Ok(self.moved(after, ENDED))
    }

    /// Whether it gives its turn back, where customers who are another's use up none.
    pub fn gives_turn_back(&self, mistaken_uses_turn: bool) -> bool {
        let is_mistaken = self.ended.as_ref().is_some_and(|ended| ended.is_mistaken);
        self.turn == Turn::Taken && is_mistaken && !mistaken_uses_turn
    }

    /// Who asked the receiver to begin in their place: then the receiver registers nobody. `[OWN-3; 002 §5(二)14]`
    pub fn entrusted_by(&self) -> Option<EmployeeId> {
        self.assist.as_ref().filter(|_| self.visitor == Visitor::Named).map(|assist| assist.host)
    }

    fn ensure_open(&self, rule: &str) -> Result<(), Refusal> {
        if self.ended.is_none() {
            Ok(())
        } else {
            Err(Refusal::new(ENDED_ALREADY).citing(Citation::rule(rule)))
        }
    }

    fn moved(self, after: Self, event: &'static EventKind) -> Change<Self> {
        let facts = after.told();
        Change::updated(self, after, event, facts)
    }

    fn told(&self) -> serde_json::Value {
        json!({
            "queue_id": self.queue, "site_id": self.site, "receiver_id": self.receiver, "visitor": self.visitor,
            "turn": self.turn, "host_id": self.assist.as_ref().map(|assist| assist.host),
            "registration_id": self.registration,
            "is_mistaken": self.ended.as_ref().map(|ended| ended.is_mistaken),
            "is_unregistered": self.ended.as_ref().map(|ended| ended.is_unregistered),
        })
    }
}

#[cfg(test)]
mod tests;
