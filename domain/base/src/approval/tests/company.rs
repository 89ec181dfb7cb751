//! A small company and the standard chain of its regulations.

use crate::approval::*;
use crate::spine::{
    BusinessDate, Change, Currency, DepartmentId, EmployeeId, Id, IdSource, Money, PolicyContent,
    PolicyVersion, Refusal, Timestamp,
};
use serde_json::{Map, Value, json};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

pub const CHAIR: u128 = 1;
pub const GM: u128 = 2;
pub const DIRECTOR: u128 = 3;
pub const HEAD: u128 = 4;
pub const FINANCE: u128 = 5;
pub const FINANCE_TOO: u128 = 6;
pub const LAN: u128 = 7;
pub const MING: u128 = 8;
pub const SALES_HEAD: u128 = 9;
pub const REP: u128 = 10;
pub const EVERYBODY: [u128; 10] =
    [CHAIR, GM, DIRECTOR, HEAD, FINANCE, FINANCE_TOO, LAN, MING, SALES_HEAD, REP];

pub fn who(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(number))
}
pub fn unit(number: u128) -> DepartmentId {
    Id::from_uuid(Uuid::from_u128(1000 + number))
}
pub fn day() -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, 3, 5).expect("a day")
}
pub fn noon() -> Timestamp {
    "\"2026-03-05T04:00:00Z\""
        .parse::<Value>()
        .map(serde_json::from_value)
        .expect("it is JSON")
        .expect("an instant")
}

/// The centre with marketing and sales below it, and finance beside.
pub fn company() -> Roster {
    let mut roster = Roster::default();
    roster.department(unit(1), "company", None);
    roster.department(unit(2), "centre", Some(unit(1)));
    roster.department(unit(3), "marketing", Some(unit(2)));
    roster.department(unit(4), "sales", Some(unit(2)));
    roster.department(unit(5), "finance", Some(unit(1)));
    let people = [
        (CHAIR, "周董", 1, None),
        (GM, "张总", 1, Some(CHAIR)),
        (DIRECTOR, "李总监", 2, Some(GM)),
        (HEAD, "王主管", 3, Some(DIRECTOR)),
        (FINANCE, "钱会计", 5, Some(GM)),
        (FINANCE_TOO, "孙会计", 5, Some(FINANCE)),
        (LAN, "兰兰", 3, Some(HEAD)),
        (MING, "小明", 3, Some(HEAD)),
        (SALES_HEAD, "赵主管", 4, Some(DIRECTOR)),
        (REP, "业务员", 4, Some(SALES_HEAD)),
    ];
    for (id, name, department, superior) in people {
        roster.person(who(id), name, unit(department), superior.map(who));
    }
    for (department, head) in [(1, CHAIR), (2, DIRECTOR), (3, HEAD), (4, SALES_HEAD), (5, FINANCE)] {
        roster.head(unit(department), Some(who(head)));
    }
    for finance in [FINANCE, FINANCE_TOO] {
        roster.grant("finance", who(finance));
    }
    roster.appoint("chair", who(CHAIR));
    roster.appoint("general-manager", who(GM));
    roster.appoint("marketing-director", who(DIRECTOR));
    roster
}

pub fn position(code: &str) -> ApproverRule {
    ApproverRule::Position { position: code.into() }
}

pub fn step(code: &str, approvers: Vec<ApproverRule>, counting: Counting, when: Vec<Condition>) -> StepRule {
    StepRule {
        code: code.into(),
        name: Label { zh: format!("步骤{code}"), en: code.into() },
        approvers,
        counting,
        when,
        ladder: None,
        decided_anew: false,
        time_limit: None,
        clause: "000 §9.3(5)".into(),
    }
}

pub fn from(amount: i64) -> Vec<Condition> {
    vec![Condition::Amount { from: Some(amount), to: None }]
}

/// Head, finance, then leadership by limit; beyond the budget a special review by both leaders.
pub fn chain() -> ChainPolicy {
    let role = ApproverRule::Role {
        role: "finance".into(),
        place: RolePlace::Department { code: "finance".into() },
    };
    let leaders = vec![position("marketing-director"), position("general-manager")];
    let mut head = step("head", vec![ApproverRule::DepartmentHead {}], Counting::AnyOf, vec![]);
    head.time_limit = Some(TimeLimit { remind_after_hours: 24, escalate_after_hours: Some(48) });
    let director = vec![position("marketing-director")];
    let mut special = step("special", leaders, Counting::AllOf, vec![Condition::OverBudget { is: true }]);
    special.decided_anew = true;
    ChainPolicy {
        steps: vec![
            head,
            step("finance", vec![role], Counting::AnyOf, vec![]),
            step("director", director, Counting::AnyOf, from(500_001)),
            step("general-manager", vec![position("general-manager")], Counting::AnyOf, from(5_000_001)),
            special,
        ],
        fallback: vec![position("chair"), position("general-manager")],
        same_person_decides_once: true,
        unseen_changes: Vec::new(),
        reminder_interval_hours: 4,
        departments: vec![],
    }
}

pub fn policy(content: ChainPolicy) -> PolicyVersion<ChainPolicy> {
    PolicyVersion {
        id: Id::from_uuid(Uuid::from_u128(77)),
        code: format!("{}/expense-claim", ChainPolicy::KIND),
        number: 1,
        clause: "003 营销费用审批流程".into(),
        content,
    }
}

/// A document of somebody in a department, worth so many fen.
pub fn document(submitter: u128, department: u128, fen: i64) -> Subject {
    Subject {
        kind: "expense_claim".into(),
        document: Uuid::from_u128(500),
        number: "EC-2026-000001".into(),
        submitter: who(submitter),
        creator: who(submitter),
        beneficiary: who(submitter),
        department: unit(department),
        amount: Some(Money::from_minor(fen, Currency::Cny)),
        business_date: day(),
        fields: Map::new(),
        version: 2,
        seen: Seen::from([(ContentPart::Wording, "a".into())]),
    }
}

#[derive(Default)]
pub struct Counter(AtomicU64);
impl IdSource for Counter {
    fn fresh(&self) -> Uuid {
        Uuid::from_u128(10_000 + u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

/// A company, its chain and a clock.
pub struct World {
    pub roster: Roster,
    pub chain: ChainPolicy,
    pub ids: Counter,
    pub hours: Cell<i64>,
}

impl World {
    pub fn new() -> Self {
        Self { roster: company(), chain: chain(), ids: Counter::default(), hours: Cell::new(0) }
    }
    pub fn now(&self) -> Circumstances<'_> {
        let now = noon().plus(chrono::Duration::hours(self.hours.get()));
        Circumstances { directory: &self.roster, ids: &self.ids, now, today: day() }
    }
    pub fn plan(&self, subject: &Subject) -> Plan {
        plan(&policy(self.chain.clone()), subject, &self.roster, day())
    }
    pub fn start(&self, subject: Subject) -> Approval {
        let plan = self.plan(&subject);
        Approval::start(Id::from_uuid(Uuid::from_u128(9)), subject, plan, self.now())
            .expect("no refusal")
            .into_after()
    }
    pub fn approve(&self, approval: &Approval, by: u128) -> Result<Approval, Refusal> {
        approval.clone().approve(who(by), approval.subject.version, None, self.now()).map(Change::into_after)
    }
    /// All of these approve, one after the other.
    pub fn approved_by(&self, approval: Approval, by: &[u128]) -> Approval {
        by.iter().fold(approval, |approval, by| self.approve(&approval, *by).expect("no refusal"))
    }
}

/// Whom it waits for, in order: `head:4` is a task of person 4 at the step `head`.
pub fn waiting(approval: &Approval) -> String {
    let code =
        |key| approval.steps().iter().find(|step| step.key == key).expect("the step").planned.code.clone();
    let one = |task: &Task| format!("{}:{}", code(task.step), task.assignee.uuid().as_u128());
    let all: Vec<_> = approval.open_tasks().map(one).collect();
    if all.is_empty() { approval.outcome.name().into() } else { all.join(" ") }
}

/// The reason codes of the history from an entry on.
pub fn reasons(approval: &Approval, from: usize) -> String {
    let name = |entry: &Entry| json!(entry.kind).as_str().expect("a text").to_owned();
    approval.history[from..].iter().map(name).collect::<Vec<_>>().join(" ")
}

pub fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.unwrap_err().code.code
}
