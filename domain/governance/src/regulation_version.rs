//! Versions of regulations: drafted, agreed to by the management, published from a day on, superseded by the next or
//! repealed. `[REG-1a, REG-1b; 000 §9.2 六, §11.1]`

/// What may be done with a version now, and if not why. `[ACT-1]`
mod actions;
/// It takes effect, is superseded or repealed.
mod publication;
/// Where it stands.
mod status;

pub use actions::RegulationVersionAction;
pub use publication::{Publication, Repeal};
pub use status::RegulationVersionState;

use crate::{
    approval::{
        Course, Document, Facts, Holds, NewDocument, Petition, RoutedField, Standing, check_reason, facts,
    },
    regulation::{Clause, Regulation, clause},
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, Entity, Findings, Id, Permission, Refusal,
        Timestamp, UserId, Version, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The chain that versions meet.
pub const REGULATION_CHAIN: &str = "regulation";
/// The code under which that chain is kept.
pub const REGULATION_CHAIN_CODE: &str = "approval-chain/regulation";
/// That chain as shipped: director, then the management.
pub const SHIPPED_REGULATION_CHAIN: &str = include_str!("regulation_version/shipped/regulation_chain.json");
/// What the numbers of versions begin with.
pub const NUMBER_PREFIX: &str = "RV";

/// By what versions let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[
        RoutedField::new("substantive", Holds::Flag),
        RoutedField::new("trial", Holds::Flag),
        RoutedField::new("department_id", Holds::Department),
    ];
    (chain == REGULATION_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { REGULATION_VERSION_REFUSALS:
    FIRST_IS_SUBSTANTIVE = "regulation_version.first_is_substantive", Invalid, "制度的首个版本须为实质性版本", "The first version of a regulation is substantive";
    EDITION_IN_WORK = "regulation_version.edition_in_work", Conflict, "该制度已有版本 {number} 尚未发布", "The version {number} of the regulation is not published yet";
    NOT_APPROVED = "regulation_version.not_approved", Conflict, "版本当前为“{state}”，不能发布", "The version is \"{state}\" and cannot be published";
    NOT_PUBLISHED = "regulation_version.not_published", Conflict, "版本当前为“{state}”，不能废止", "The version is \"{state}\" and cannot be repealed";
    BACKDATED = "regulation_version.backdated", Invalid, "生效日期不得早于 {earliest}", "The effective date must not be before {earliest}";
    REVIEW_TOO_EARLY = "regulation_version.review_too_early", Invalid, "试行评估日期须晚于 {from}", "A trial is reviewed after {from}";
    NOBODY_ANSWERS = "regulation_version.nobody_answers", Conflict, "发布部门没有负责人，无法登记制度", "The issuing department has no head who could answer for the regulation";
    OTHER_REGULATION = "regulation_version.other_regulation", Invalid, "只能与同一制度的版本比较", "Only versions of one regulation are compared";
    NONE_IN_FORCE = "regulation_version.none_in_force", NotFound, "{date} 没有生效的版本", "No version is in force on {date}";
}

crate::events! { REGULATION_VERSION_EVENTS:
    CREATED = "regulation_version.created", "制度版本已起草", "A version of a regulation was drafted";
    CHANGED = "regulation_version.changed", "制度版本已修改", "A version of a regulation was changed";
    SUBMITTED = "regulation_version.submitted", "制度版本已提交", "A version of a regulation was submitted";
    WITHDRAWN = "regulation_version.withdrawn", "制度版本已撤回", "A version of a regulation was withdrawn";
    RETURNED = "regulation_version.returned", "制度版本已退回", "A version of a regulation was returned";
    REJECTED = "regulation_version.rejected", "制度版本已驳回", "A version of a regulation was rejected";
    APPROVED = "regulation_version.approved", "制度版本已批准", "A version of a regulation was approved";
    VOIDED = "regulation_version.voided", "制度版本已作废", "A version of a regulation was voided";
    PUBLISHED = "regulation_version.published", "制度版本已发布", "A version of a regulation was published";
    SUPERSEDED = "regulation_version.superseded", "制度版本将被取代", "A version of a regulation is superseded by the next";
    REPEALED = "regulation_version.repealed", "制度版本已废止", "A version of a regulation was repealed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[REGULATION_VERSION_REFUSALS],
    events: &[REGULATION_VERSION_EVENTS],
    enums: &[RegulationVersionAction::LABELS, RegulationVersionState::LABELS, Nature::LABELS],
};

/// Whether a version changes what is asked of people. Its drafter says so, and approvers see it first. `[REG-1b]`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegulationVersionNature)]
pub enum Nature {
    /// Only how it is put.
    Editorial,
    /// What is asked.
    Substantive,
}

crate::labels! { Nature = "RegulationVersionNature":
    Editorial = "editorial", "文字性修改", "Editorial";
    Substantive = "substantive", "实质性修改", "Substantive";
}

/// What a version says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RegulationText {
    /// Whether it changes what is asked of people.
    pub nature: Nature,
    /// What it changes and why: 1 to 2,000 characters.
    pub summary: String,
    /// The day by which its trial (试行) is reviewed; none where it is for good. `[002 §6 ch.1 §8]`
    pub review_on: Option<BusinessDate>,
    /// Its clauses in reading order.
    pub clauses: Vec<Clause>,
}

impl RegulationText {
    fn check(&self, edition: i32) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/summary", &self.summary, 2_000);
        if edition == 1 && self.nature == Nature::Editorial {
            findings.add("/nature", FIRST_IS_SUBSTANTIVE);
        }
        clause::check(&mut findings, "/clauses", &self.clauses);
        findings.into_result().map_err(cite)
    }
}

/// A version of a regulation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RegulationVersion {
    /// Identity.
    pub id: Id<Self>,
    /// Who drafts it, and where it stands on its way to approval; the number is such as `RG-2026-000003`.
    #[serde(flatten)]
    pub petition: Petition,
    /// Of which regulation.
    pub regulation: Id<Regulation>,
    /// Who issues it.
    pub department: DepartmentId,
    /// 1, 2, 3 … within the regulation.
    pub edition: i32,
    /// What it says.
    #[serde(flatten)]
    pub text: RegulationText,
    /// What became of it after its approval.
    pub publication: Option<Publication>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for RegulationVersion {
    const KIND: &'static str = "regulation_version";
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

impl Document for RegulationVersion {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("REG-1a"),
        ends_for_leavers: Some(Permission::PublishRegulations),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.department
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

impl RegulationVersion {
    /// Starts a draft in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        of: &Regulation,
        edition: i32,
        text: RegulationText,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        text.check(edition)?;
        let (regulation, department) = (of.id, of.details.department);
        let version =
            Self { id, petition, regulation, department, edition, text, publication: None, version: 0 };
        let facts = version.all_facts();
        Ok(Change::created(version, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with its drafter.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(self, text: RegulationText, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        text.check(self.edition)?;
        let after = Self { text, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// The digest of its text.
    pub fn digest(&self) -> String {
        clause::digest(&self.text.clauses)
    }

    fn told(&self) -> Facts {
        let publication = self.publication.as_ref();
        facts([
            ("regulation_id", json!(self.regulation)),
            ("edition", json!(self.edition)),
            ("substantive", json!(self.text.nature == Nature::Substantive)),
            ("trial", json!(self.text.review_on.is_some())),
            ("review_on", json!(self.text.review_on)),
            ("effective_from", json!(publication.map(|publication| publication.effective_from))),
        ])
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("REG-1a"))
}
