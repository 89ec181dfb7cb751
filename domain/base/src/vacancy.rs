//! Vacancies (用人申请): places that a department may fill, asked for and agreed to. `[ORG-2]`
//!
//! Who is taken on or moved in names the vacancy, and no vacancy is filled beyond its places, whoever comes at the same
//! time. Nothing is kept here about applicants.

/// What may be done with a vacancy now, and if not why. `[ACT-1]`
mod actions;
/// What becomes of an approved vacancy: filled, cancelled, expired.
mod opening;
/// How many people there are to be.
pub mod standard;
/// Where it stands.
mod status;

pub use actions::VacancyAction;
pub use opening::{Ended, Ending, Opening, Taken};
pub use standard::{Headcount, StaffingStandard, StandardPost};
pub use status::VacancyState;

use crate::{
    approval::{
        Approval, Course, Document, Facts, Holds, NewDocument, Outcome, Owner, Petition, RoutedField,
        StandingState, check_reason, facts,
    },
    organisation::PositionId,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings, Id,
        Permission, Refusal, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The chain that vacancies meet.
pub const VACANCY_CHAIN: &str = "vacancy";
/// The code under which that chain is kept.
pub const VACANCY_CHAIN_CODE: &str = "approval-chain/vacancy";
/// That chain as shipped: head, human resources, director; the general manager above the standard.
pub const SHIPPED_VACANCY_CHAIN: &str = include_str!("vacancy/shipped/vacancy_chain.json");

/// The field by which the chain tells what goes beyond the standard.
pub const ABOVE_STANDARD: &str = "above_standard";

/// By what vacancies let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[
        RoutedField::new(ABOVE_STANDARD, Holds::Flag),
        RoutedField::new("department_id", Holds::Department),
    ];
    (chain == VACANCY_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { VACANCY_REFUSALS:
    REPLACES_ONE = "vacancy.replaces_one", Invalid, "接替一名员工的用人申请只能有一个名额", "A vacancy that replaces somebody has one place";
    REPLACES_ANOTHER = "vacancy.replaces_another", Invalid, "{name} 不在该部门的该岗位", "{name} does not hold this position in this department";
    NEEDED_IN_PAST = "vacancy.needed_in_past", Invalid, "到岗日期 {date} 早于今天", "The day {date} by which people are needed lies in the past";
    NOT_OPEN = "vacancy.not_open", Conflict, "用人申请 {number} 当前为“{state}”，只有招聘中的用人申请可以办理", "The vacancy {number} is \"{state}\"; this can be done only while it is open";
    NO_PLACE_LEFT = "vacancy.no_place_left", Conflict, "用人申请 {number} 的 {places} 个名额已用完", "All {places} places of the vacancy {number} are taken";
    OTHER_POST = "vacancy.other_post", Invalid, "用人申请 {number} 不是为该部门的该岗位提出的", "The vacancy {number} is for another department or position";
    TAKEN_ALREADY = "vacancy.taken_already", Conflict, "该员工已占用用人申请 {number} 的名额", "The employee has a place of the vacancy {number} already";
    REQUIRED = "vacancy.required", Conflict, "公司规定录用和调入须有已批准的用人申请，请先提出用人申请", "The company takes nobody on without an approved vacancy; ask for one first";
    PLACE_GIVEN_AWAY = "vacancy.place_given_away", Conflict, "用人申请 {number} 的名额已由他人占用，该员工不能再按原岗位到岗", "All places of the vacancy {number} have gone to others, so the employee cannot have theirs again";
}

crate::events! { VACANCY_EVENTS:
    CREATED = "vacancy.created", "用人申请已建立", "A vacancy was drafted";
    CHANGED = "vacancy.changed", "用人申请已修改", "A vacancy was changed";
    SUBMITTED = "vacancy.submitted", "用人申请已提交", "A vacancy was submitted";
    WITHDRAWN = "vacancy.withdrawn", "用人申请已撤回", "A vacancy was withdrawn";
    RETURNED = "vacancy.returned", "用人申请已退回", "A vacancy was returned to whoever asked for it";
    REJECTED = "vacancy.rejected", "用人申请已驳回", "A vacancy was rejected";
    OPENED = "vacancy.opened", "用人申请已批准，开始招聘", "A vacancy was approved and can be filled";
    VOIDED = "vacancy.voided", "用人申请已作废", "A vacancy was voided; its number stays taken";
    PLACE_TAKEN = "vacancy.place_taken", "用人申请名额已占用", "Somebody took a place of a vacancy";
    PLACE_FREED = "vacancy.place_freed", "用人申请名额已释放", "Somebody who took a place of a vacancy never started";
    FILLED = "vacancy.filled", "用人申请名额已满", "All places of a vacancy are taken";
    CANCELLED = "vacancy.cancelled", "用人申请已取消", "A vacancy was cancelled";
    EXPIRED = "vacancy.expired", "用人申请已过期", "A vacancy was not filled in time";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[VACANCY_REFUSALS, standard::STAFFING_STANDARD_REFUSALS],
    events: &[VACANCY_EVENTS],
    enums: &[VacancyAction::LABELS, VacancyState::LABELS, VacancyCauseKind::LABELS],
};

/// Why people are needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VacancyCause)]
pub enum VacancyCauseKind {
    /// There is more to do.
    New,
    /// Somebody leaves or has left.
    Replacement,
}

crate::labels! { VacancyCauseKind = "VacancyCause":
    New = "new", "新增", "New";
    Replacement = "replacement", "接替", "Replacement";
}

/// What a vacancy says. `[000 §2.3(3)]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct VacancyContent {
    /// The department that needs people.
    pub department: DepartmentId,
    /// The position they are to hold.
    pub position: PositionId,
    /// How many, 1 to 1,000.
    pub places: u32,
    /// Who is replaced; none where there is more to do.
    pub replaces: Option<EmployeeId>,
    /// The day by which they are needed.
    pub needed_by: BusinessDate,
    /// What is looked for: 1 to 2,000 characters.
    pub profile: String,
}

impl VacancyContent {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        if !(1..=standard::MOST_PLACES).contains(&self.places) {
            let (min, max) = (json!(1), json!(standard::MOST_PLACES));
            findings.add_with("/places", codes::OUT_OF_RANGE, [("min", min), ("max", max)]);
        } else if self.replaces.is_some() && self.places > 1 {
            findings.add("/places", REPLACES_ONE);
        }
        wording::check(&mut findings, "/profile", &self.profile, 2_000);
        findings.into_result().map_err(cite)
    }

    /// Why people are needed.
    pub const fn cause(&self) -> VacancyCauseKind {
        if self.replaces.is_some() { VacancyCauseKind::Replacement } else { VacancyCauseKind::New }
    }
}

/// Places that a department may fill.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Vacancy {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `VA-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: VacancyContent,
    /// What became of it after its approval.
    pub opening: Option<Opening>,
    /// Who took its places, in order; also who then never started.
    pub taken: Vec<Taken>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Vacancy {
    const KIND: &'static str = "vacancy";
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

impl Document for Vacancy {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: OPENED,
        voided: VOIDED,
        rule: Some("ORG-2b"),
        ends_for_leavers: Some(Permission::ManageVacancies),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.content.department
    }
    fn state_code(&self) -> &'static str {
        self.state().code()
    }
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.state().labels()
    }
    fn facts(&self) -> Facts {
        self.told()
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.told())
    }
}

impl Vacancy {
    /// Starts a draft in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        content: VacancyContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check()?;
        let vacancy = Self { id, petition, content, opening: None, taken: Vec::new(), version: 0 };
        let facts = vacancy.all_facts();
        Ok(Change::created(vacancy, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever asks.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(self, content: VacancyContent, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check()?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// Whether it could be submitted on a day.
    ///
    /// # Errors
    /// `vacancy.needed_in_past`; where it is not the actor's to submit, or not now.
    pub fn check_submission(&self, by: &Actor, today: BusinessDate) -> Result<(), Refusal> {
        self.may_submit(by)?;
        let mut findings = Findings::new();
        if self.content.needed_by < today {
            let date = [("date", json!(self.content.needed_by))];
            findings.add_with("/needed_by", NEEDED_IN_PAST, date);
        }
        findings.into_result().map_err(cite)
    }

    /// What its approval came to: once approved it can be filled for so many days.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn decide(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        (now, today): (Timestamp, BusinessDate),
        expires_after_days: u32,
    ) -> Result<Change<Self>, Refusal> {
        if !matches!(outcome, Outcome::Approved { .. }) {
            return self.settle(approval, outcome, now);
        }
        let opening = Opening::on(today, expires_after_days);
        let before = self.clone();
        let settled = self.settle(approval, outcome, now)?.into_after();
        let after = Self { opening: Some(opening), version: before.version, ..settled };
        let mut facts = after.all_facts();
        facts.insert("expires_on".to_owned(), json!(opening_day(&after)));
        Ok(Change::updated(before, after, OPENED, facts.into()))
    }

    fn told(&self) -> Facts {
        let VacancyContent { department, position, places, needed_by, .. } = &self.content;
        facts([
            ("department_id", json!(department)),
            ("position_id", json!(position)),
            ("places", json!(places)),
            ("taken", json!(self.places_taken())),
            ("needed_by", json!(needed_by)),
        ])
    }
}

fn opening_day(vacancy: &Vacancy) -> Option<BusinessDate> {
    vacancy.opening.as_ref().map(|opening| opening.expires_on)
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("ORG-2b"))
}

#[cfg(test)]
mod tests;
