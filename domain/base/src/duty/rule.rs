//! A rule (应办规则) as data: who must do what by when, what fulfils it, what follows where it is not done.
//! `[DUT-1a]`

use super::cadence::{Cadence, Grace, Offset, Opening, RestDay};
use crate::{
    approval::{FieldValue, Label},
    incentive_entry::IncentiveAmount,
    spine::{EmployeeId, Finding, Money, PolicyContent},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The weekly report of the staff, as shipped: before the end of Saturday. `[REP-1c]`
pub const SHIPPED_WEEKLY_REPORT: &str = include_str!("shipped/weekly_report.json");
/// The weekly report of heads, as shipped: before Sunday noon. `[REP-1c]`
pub const SHIPPED_WEEKLY_REPORT_OF_HEADS: &str = include_str!("shipped/weekly_report_of_heads.json");

/// Whose a duty is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutySubjectKind)]
pub enum SubjectKind {
    /// A person's own, such as a weekly report.
    Person,
    /// A post's: whoever heads the department or holds the position.
    Post,
    /// A record's: whoever owns the customer, the contract, the risk.
    Record,
}

crate::labels! { SubjectKind = "DutySubjectKind":
    Person = "person", "个人", "Person";
    Post = "post", "岗位", "Post";
    Record = "record", "业务记录", "Record";
}

/// Whether heads of departments are meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyHeads)]
pub enum Heads {
    /// Like everybody else.
    #[default]
    Included,
    /// Nobody but them.
    Only,
    /// Not them.
    Excluded,
}

crate::labels! { Heads = "DutyHeads":
    Included = "included", "包括负责人", "Included";
    Only = "only", "仅负责人", "Only heads";
    Excluded = "excluded", "不包括负责人", "Excluded";
}

/// What a rule asks about a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Who.
    pub employee: EmployeeId,
    /// The codes of the roles they hold.
    pub roles: Vec<String>,
    /// The code of their position.
    pub position: Option<String>,
    /// The codes of their department and of all above it.
    pub departments: Vec<String>,
    /// Whether they head a department.
    pub is_head: bool,
}

/// Who is meant: what is empty excludes nobody.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = DutyScope)]
pub struct Scope {
    /// Holders of one of these roles.
    pub roles: Vec<String>,
    /// Holders of one of these positions.
    pub positions: Vec<String>,
    /// Members of one of these departments or of one below.
    pub departments: Vec<String>,
    /// Whether heads are meant.
    pub heads: Heads,
    /// Not these.
    pub except: Vec<EmployeeId>,
}

impl Scope {
    /// Whether a person is meant.
    pub fn covers(&self, member: &Member) -> bool {
        let among = |wanted: &[String], held: &[String]| {
            wanted.is_empty() || wanted.iter().any(|code| held.contains(code))
        };
        let fits_heads = match self.heads {
            Heads::Included => true,
            Heads::Only => member.is_head,
            Heads::Excluded => !member.is_head,
        };
        fits_heads
            && among(&self.roles, &member.roles)
            && among(&self.positions, member.position.as_slice())
            && among(&self.departments, &member.departments)
            && !self.except.contains(&member.employee)
    }
}

/// What fulfils a duty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyFulfilment)]
pub struct FulfilledBy {
    /// A source of the catalogue, such as `report.filed`, or `manual`: done by hand, with evidence.
    pub source: String,
    /// Which of its records: the kind of report, for instance. Empty: any.
    #[serde(default)]
    pub only: Vec<FieldIs>,
    /// Whether what was done by hand must be confirmed by the superior.
    #[serde(default)]
    pub is_confirmed: bool,
}

/// The source of what is done by hand.
pub const MANUAL: &str = "manual";

/// A field of a record or an event is one of these values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyFieldCondition)]
pub struct FieldIs {
    /// Its name.
    pub field: String,
    /// 1 to 100 values.
    #[schema(value_type = Vec<FieldValue>, min_items = 1, max_items = 100)]
    pub any_of: Vec<serde_json::Value>,
}

impl FieldIs {
    /// Whether all conditions hold for the facts of a record or an event.
    pub fn all_hold(conditions: &[Self], facts: &serde_json::Value) -> bool {
        let holds = |condition: &Self| {
            facts.get(&condition.field).is_some_and(|value| condition.any_of.contains(value))
        };
        conditions.iter().all(holds)
    }

    /// Whether some record may meet both of two lists of conditions.
    fn may_meet(one: &[Self], other: &[Self]) -> bool {
        one.iter().all(|condition| {
            let mut same = other.iter().filter(|also| also.field == condition.field);
            same.all(|also| also.any_of.iter().any(|value| condition.any_of.contains(value)))
        })
    }
}

/// Who is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyRecipient)]
pub enum Recipient {
    /// Whose duty it is.
    Person,
    /// Their superior.
    Superior,
    /// The head of their department.
    DepartmentHead,
    /// The director.
    Director,
    /// The office.
    Office,
}

crate::labels! { Recipient = "DutyRecipient":
    Person = "person", "责任人", "Person";
    Superior = "superior", "上级", "Superior";
    DepartmentHead = "department_head", "部门负责人", "Department head";
    Director = "director", "营销总监", "Director";
    Office = "office", "办公室", "Office";
}

/// A step of the escalation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyEscalationStep)]
pub struct EscalationStep {
    /// When, seen from the due.
    pub at: Offset,
    /// Who is told.
    pub to: Recipient,
}

/// How much may be taken in a month, of what is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = DutyMonthlyCap)]
pub enum MonthlyCap {
    /// Money.
    Money(Money),
    /// Points or half days; of money its minor units, as versions say that were published before it was said as money.
    Count(i64),
}

impl MonthlyCap {
    /// In minor units, points or half days.
    pub const fn measure(self) -> i64 {
        match self {
            Self::Money(money) => money.minor(),
            Self::Count(count) => count,
        }
    }

    /// Whether it caps what is taken: money caps money of its currency.
    pub fn fits(self, taken: &IncentiveAmount) -> bool {
        match (self, taken) {
            (Self::Money(cap), IncentiveAmount::Money { amount }) => cap.currency() == amount.currency(),
            (Self::Money(_), _) => false,
            (Self::Count(_), _) => true,
        }
    }
}

/// What follows where a duty is missed. `[DUT-2d]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyConsequence)]
pub struct ConsequenceRule {
    /// What is entered for a miss: a penalty.
    pub missed: IncentiveAmount,
    /// What is entered where it is done late; absent: nothing.
    #[serde(default)]
    pub late: Option<IncentiveAmount>,
    /// How much of it a person is charged in a month at most; absent: no cap.
    #[serde(default)]
    pub monthly_cap: Option<MonthlyCap>,
    /// The clause says that an indicator deducts for the same all the same.
    #[serde(default)]
    pub despite_indicator: bool,
}

/// The content of a `duty-rule/…` policy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyRule {
    /// What people read.
    pub name: Label,
    /// Whose duty it is.
    pub subject: SubjectKind,
    /// Who is meant.
    #[serde(default)]
    pub scope: Scope,
    /// When it comes back, or what calls for it.
    pub cadence: Cadence,
    /// Where the due goes if its day is a rest day.
    #[serde(default)]
    pub rest_day: RestDay,
    /// Whether nothing is owed for a period without a working day.
    #[serde(default)]
    pub skip_idle_periods: bool,
    /// When it shows.
    #[serde(default)]
    pub opens: Opening,
    /// How long late is still late, not missed.
    #[serde(default)]
    pub grace: Grace,
    /// What fulfils it.
    pub fulfilled_by: FulfilledBy,
    /// Who is told when, at most 20 steps.
    #[serde(default)]
    pub escalation: Vec<EscalationStep>,
    /// What follows where it is missed; absent: nothing.
    #[serde(default)]
    pub consequence: Option<ConsequenceRule>,
    /// Whether this version gives what is open already more time, where it does. What it makes stricter holds for what is
    /// called for from its day on, never for what is open. `[DUT-2e]`
    #[serde(default)]
    pub eases_open_duties: bool,
    /// Whether this version repeals the rule: from its day on it calls for nothing, and what is due later is owed no longer.
    /// A later version may take the rule up again. `[DUT-2e]`
    #[serde(default)]
    pub is_repealed: bool,
}

impl DutyRule {
    /// Whether what fulfils this rule may fulfil another for the same occasion: not doing it then is one failure, not two.
    /// What is done by hand says nothing of what it is.
    pub fn is_about_the_same_as(&self, other: &Self) -> bool {
        let recurs_alike = match (&self.cadence, &other.cadence) {
            (Cadence::Period { every: one, .. }, Cadence::Period { every: other, .. }) => one == other,
            (Cadence::Event { kind: one, .. }, Cadence::Event { kind: other, .. }) => one == other,
            _ => false,
        };
        let (one, other) = (&self.fulfilled_by, &other.fulfilled_by);
        recurs_alike
            && one.source != MANUAL
            && one.source == other.source
            && FieldIs::may_meet(&one.only, &other.only)
    }
}

impl PolicyContent for DutyRule {
    const KIND: &'static str = "duty-rule";
    const EXAMPLE: &'static str = SHIPPED_WEEKLY_REPORT;

    fn findings(&self) -> Vec<Finding> {
        super::soundness::findings(self)
    }
}
