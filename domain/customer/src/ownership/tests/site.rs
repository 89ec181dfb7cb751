//! The site of the worked examples: four representatives in their order, one of another site, in Asia/Shanghai.

use crate::{
    ownership::*,
    spine::{AnyId, EmployeeId, Id, PolicyVersion, Timestamp},
};
use chrono_tz::Tz;
use uuid::Uuid;

pub const ZONE: Tz = chrono_tz::Asia::Shanghai;

pub fn employee(name: char) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(0x1000 + u128::from(u32::from(name))))
}

pub fn thing(number: u128) -> AnyId {
    Id::from_uuid(Uuid::from_u128(number))
}

pub const NORTH: u128 = 0xA;
pub const SOUTH: u128 = 0xB;

/// A local time of May 2026: `4 09:10`, or `29 23:59:59.9`.
pub fn may(day_time: &str) -> Timestamp {
    let (day, time) = day_time.split_once(' ').expect("a day and a time");
    let text = format!("2026-05-{day:0>2}T{}{}+08:00", time, if time.len() == 5 { ":00" } else { "" });
    serde_json::from_value(serde_json::json!(text)).expect("an instant")
}

pub fn book() -> PolicyBook {
    let version = |name: &str, text: &str| DatedPolicy {
        from: chrono::NaiveDate::MIN,
        published_at: may("1 00:00"),
        version: PolicyVersion {
            id: thing(1).uuid_as(),
            code: format!("{OWNERSHIP_POLICY}/{name}"),
            number: 1,
            clause: "002 §5".to_owned(),
            content: serde_json::from_str(text).expect("a policy"),
        },
    };
    PolicyBook(vec![version(REAL_ESTATE, SHIPPED_REAL_ESTATE), version(GENERAL, SHIPPED_GENERAL)])
}

trait As {
    fn uuid_as<T>(self) -> Id<T>;
}
impl As for AnyId {
    fn uuid_as<T>(self) -> Id<T> {
        Id::from_uuid(self.uuid())
    }
}

/// The facts about one customer, as they are told.
#[derive(Clone, Default)]
pub struct Facts(pub Vec<Fact>);

impl Facts {
    pub fn at(mut self, at: Timestamp, what: What) -> Self {
        let id = Id::from_uuid(Uuid::from_u128(0xF000 + self.0.len() as u128));
        self.0.push(Fact { id, at, known_at: at, what });
        self
    }

    pub fn last(&self) -> FactId {
        self.0.last().expect("a fact").id
    }

    pub fn as_of(&self, at: Timestamp) -> Derived {
        derive(&self.0, &book(), at, ZONE)
    }

    pub fn owner(&self, at: &str) -> Option<EmployeeId> {
        self.as_of(may(at)).standing().owner()
    }

    /// The rule by which the customer stands as they do.
    pub fn rule(&self, at: &str) -> &'static str {
        let derived = self.as_of(may(at));
        derived.chain.last().expect("a state").decision.rule.spec()
    }

    /// What was decided about the last fact.
    pub fn decision(&self) -> Decision {
        let last = self.0.last().expect("a fact");
        self.as_of(last.known_at).decided(last.id).expect("a decision").clone()
    }
}

/// Answers to every question: no.
pub fn nothing() -> FirstInquiry {
    FirstInquiry {
        is_first_visit: Some(true),
        was_elsewhere: Some(false),
        was_phoned: Some(false),
        was_introduced: Some(false),
        asks_for_somebody: Some(false),
        has_relative: Some(false),
        ..FirstInquiry::default()
    }
}

pub fn asking_for(name: char) -> FirstInquiry {
    FirstInquiry { asks_for_somebody: Some(true), asks_for: Some(employee(name)), ..nothing() }
}

pub fn registered(receiver: char) -> Registered {
    Registered {
        registration: thing(0x50 + u128::from(u32::from(receiver))),
        channel: Channel::WalkIn,
        site: thing(NORTH),
        scope: REAL_ESTATE.to_owned(),
        receiver: employee(receiver),
        department: thing(0xD),
        inquiry: nothing(),
        begun_at: None,
        is_before_opening: false,
        lunch_duty: None,
        introducers_owner: None,
        entrusted_by: None,
        is_peer: false,
        named_serves_nobody: false,
    }
}

pub fn told(registered: Registered) -> What {
    What::Registered(Box::new(registered))
}
