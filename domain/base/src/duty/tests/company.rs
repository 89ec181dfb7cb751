//! 李娜, her head 王强, the director, and the rules for their weekly reports.

pub use crate::duty::{
    actions::Line,
    occasion::{Called, DatedRule, RuleVersions},
    *,
};
pub use crate::organisation::working_calendar::WorkingCalendar;
pub use crate::spine::{Actor, ActorKind, EmployeeId, Id, PolicyContent, PolicyVersion, Timestamp};
pub use crate::working_time::Period;
pub use crate::working_time::tests::{at, calendar, day, shanghai, written};
pub use serde_json::{Value, json};
pub use uuid::Uuid;

pub const LI_NA: u128 = 1;
pub const WANG: u128 = 2;
pub const DIRECTOR: u128 = 3;

pub fn who(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(number))
}

pub fn actor(number: u128) -> Actor {
    Actor {
        kind: ActorKind::Person,
        user: Id::from_uuid(Uuid::from_u128(100 + number)),
        employee: Some(who(number)),
        ..Actor::system()
    }
}

pub fn settings() -> DutySettings {
    serde_json::from_str(SHIPPED_DUTY_SETTINGS).expect("it reads")
}

pub fn staff() -> DutyRule {
    serde_json::from_str(rule::SHIPPED_WEEKLY_REPORT).expect("it reads")
}

pub fn heads() -> DutyRule {
    serde_json::from_str(rule::SHIPPED_WEEKLY_REPORT_OF_HEADS).expect("it reads")
}

/// The weekly rule with 20 points taken for a miss.
pub fn strict(rule: DutyRule) -> DutyRule {
    let consequence = json!({"missed": {"kind": "points", "points": -20}});
    DutyRule { consequence: serde_json::from_value(consequence).expect("it reads"), ..rule }
}

pub fn version(number: i32, content: DutyRule) -> PolicyVersion<DutyRule> {
    PolicyVersion {
        id: Id::from_uuid(Uuid::from_u128(70 + u128::from(number.unsigned_abs()))),
        code: "duty-rule/weekly-report".into(),
        number,
        clause: "002 §6 §2".into(),
        content,
    }
}

pub fn week(text: &str) -> Period {
    text.parse().expect("a week")
}

pub fn subject() -> DutySubject {
    DutySubject::Person { employee: who(LI_NA) }
}

pub fn post() -> DutySubject {
    DutySubject::Post { department: Id::from_uuid(Uuid::from_u128(50)), position: None }
}

/// The duty of a week by a rule: 李娜's, or of the post of her head.
pub fn owed(rule: &DutyRule, of: &str, calendar: &WorkingCalendar) -> Duty {
    let period = week(of);
    let times = rule.times_of_period(period, shanghai(calendar)).expect("something is owed");
    let (subject, responsible) = match rule.subject {
        rule::SubjectKind::Person => (subject(), LI_NA),
        _ => (post(), WANG),
    };
    let new = NewDuty {
        id: Id::from_uuid(Uuid::from_u128(900)),
        subject,
        occasion: Occasion::Period(period),
        responsible: who(responsible),
        hold: Hold::Raised,
        times,
        proof: None,
    };
    Duty::raise(new, &version(1, rule.clone()), times.opens).into_after()
}

pub fn filed(received: &str) -> Proof {
    proof(at(received))
}

pub fn proof(received: Timestamp) -> Proof {
    Proof {
        source: "report.filed".into(),
        record: Some(Uuid::from_u128(400)),
        note: None,
        files: Vec::new(),
        by: None,
        received,
        counted: received,
        confirmed: None,
    }
}

/// The duty with a report filed for its own week.
pub fn fulfilled(duty: Duty, received: &str) -> Duty {
    let (occasion, rule) = (duty.occasion, staff());
    duty.fulfil(filed(received), occasion, &rule.fulfilled_by).expect("no refusal").into_after()
}

pub fn due(duty: &Duty) -> String {
    duty.times.due.map(written).expect("a due")
}

pub fn code<T: std::fmt::Debug>(result: Result<T, crate::spine::Refusal>) -> &'static str {
    result.unwrap_err().code.code
}
