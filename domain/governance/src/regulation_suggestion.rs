//! Suggestions (改进建议) to a regulation or one of its clauses: filed by anybody for whom it holds, answered by who issues it.
//! `[REG-3; 000 §10 持续改进]`

/// What may be done with a suggestion now, and if not why. `[ACT-1]`
mod actions;

pub use actions::RegulationSuggestionAction;

use crate::{
    approval::check_reason,
    regulation::Regulation,
    regulation_version::RegulationVersion,
    spine::{
        Actor, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Refusal, Timestamp, UserId,
        Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of suggestions begin with.
pub const NUMBER_PREFIX: &str = "SG";
/// The rule that calls for an answer, as shipped: 10 working days.
pub const SHIPPED_SUGGESTION_RULE: &str = include_str!("regulation_suggestion/shipped/rule.json");

crate::refusals! { SUGGESTION_REFUSALS:
    NO_EMPLOYEE = "regulation_suggestion.no_employee", Forbidden, "该账号未关联员工，不能提出建议", "An account without an employee cannot make suggestions";
    ALREADY_ANSWERED = "regulation_suggestion.answered", Conflict, "建议 {number} 当前为“{state}”，不能再办理", "The suggestion {number} is \"{state}\"; this can be done no more";
    OTHER_REGULATION = "regulation_suggestion.other_regulation", Invalid, "该版本属于另一制度", "The version is of another regulation";
    CLAUSE_UNKNOWN = "regulation_suggestion.clause_unknown", Invalid, "现行文本中没有条款“{clause}”", "The text in force has no clause \"{clause}\"";
    OF_ITSELF = "regulation_suggestion.of_itself", Invalid, "建议不能与自身合并", "A suggestion cannot be joined to itself";
    JOINS_OTHER = "regulation_suggestion.joins_other", Invalid, "只能合并到同一制度的建议", "A suggestion is joined to one of the same regulation";
}

crate::events! { SUGGESTION_EVENTS:
    FILED = "regulation_suggestion.filed", "改进建议已提出", "A suggestion was made";
    TAKEN_UP = "regulation_suggestion.taken_up", "改进建议评审中", "A suggestion is being looked into";
    ANSWERED = "regulation_suggestion.answered", "改进建议已答复", "A suggestion was adopted or declined";
    JOINED = "regulation_suggestion.joined", "改进建议已合并", "A suggestion was joined to another";
    IN_FORCE = "regulation_suggestion.in_force", "改进建议已生效", "What was suggested is in force";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SUGGESTION_REFUSALS],
    events: &[SUGGESTION_EVENTS],
    enums: &[RegulationSuggestionAction::LABELS, SuggestionState::LABELS],
};

/// Where a suggestion stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SuggestionStatus {
    /// Made, and to be answered.
    Filed,
    /// Being looked into.
    InReview {
        /// Since when.
        at: Timestamp,
    },
    /// A version is being drafted that takes it up.
    Adopted {
        /// When.
        at: Timestamp,
        /// Which version.
        draft: Id<RegulationVersion>,
    },
    /// The version that takes it up was published.
    InForce {
        /// When.
        at: Timestamp,
        /// Which version.
        draft: Id<RegulationVersion>,
    },
    /// It is not taken up.
    Declined {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Another says the same.
    Joined {
        /// When.
        at: Timestamp,
        /// Which.
        to: Id<RegulationSuggestion>,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegulationSuggestionStatus)]
pub enum SuggestionState {
    /// Made, and to be answered.
    Filed,
    /// Being looked into.
    InReview,
    /// A version is being drafted that takes it up.
    Adopted,
    /// The version that takes it up was published.
    InForce,
    /// It is not taken up.
    Declined,
    /// Another says the same.
    Joined,
}

crate::labels! { SuggestionState = "RegulationSuggestionStatus":
    Filed = "filed", "已提出", "Filed";
    InReview = "in_review", "评审中", "In review";
    Adopted = "adopted", "已采纳", "Adopted";
    InForce = "in_force", "已生效", "In force";
    Declined = "declined", "未采纳", "Declined";
    Joined = "joined", "已合并", "Joined";
}

crate::status! { SuggestionStatus as SuggestionState: Filed, InReview, Adopted, InForce, Declined, Joined }

/// What is suggested.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SuggestionContent {
    /// The clause it is about; none where it is about the whole.
    pub clause: Option<String>,
    /// What is suggested, and why: 1 to 2,000 characters.
    pub text: String,
    /// Whether others than who answers it are not to see who made it.
    pub is_anonymous: bool,
}

/// A suggestion.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RegulationSuggestion {
    /// Identity.
    pub id: Id<Self>,
    /// Its number, such as `SG-2026-000004`.
    pub number: String,
    /// To which regulation.
    pub regulation: Id<Regulation>,
    /// Who issues that, and answers.
    pub department: DepartmentId,
    /// What is suggested.
    #[serde(flatten)]
    pub content: SuggestionContent,
    /// The account that made it.
    pub creator: UserId,
    /// Who made it.
    pub submitter: EmployeeId,
    /// When.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: SuggestionStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for RegulationSuggestion {
    const KIND: &'static str = "regulation_suggestion";
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

impl RegulationSuggestion {
    /// Makes a suggestion in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed.
    pub fn file(
        (id, number): (Id<Self>, String),
        to: &Regulation,
        content: SuggestionContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let submitter = by.employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/text", &content.text, 2_000);
        if content.clause.as_ref().is_some_and(|clause| !(1..=60).contains(&clause.len())) {
            let bounds = [("min", json!(1)), ("max", json!(60))];
            findings.add_with("/clause", codes::BAD_LENGTH, bounds);
        }
        findings.into_result().map_err(cite)?;
        let suggestion = Self {
            id,
            number,
            regulation: to.id,
            department: to.details.department,
            content,
            creator: by.user,
            submitter,
            created_at: now,
            status: SuggestionStatus::Filed,
            version: 0,
        };
        let facts = suggestion.told();
        Ok(Change::created(suggestion, FILED, facts))
    }

    /// Whether it can be answered still.
    ///
    /// # Errors
    /// `regulation_suggestion.answered`.
    pub fn may_answer(&self) -> Result<(), Refusal> {
        match self.status {
            SuggestionStatus::Filed | SuggestionStatus::InReview { .. } => Ok(()),
            _ => Err(cite(self.refused(ALREADY_ANSWERED))),
        }
    }

    fn refused(&self, code: &'static crate::spine::RefusalCode) -> Refusal {
        Refusal::new(code).with("number", self.number.clone()).with_label("state", self.status.state())
    }

    /// Begins to look into it.
    ///
    /// # Errors
    /// Where that has begun, or it was answered.
    pub fn take_up(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if self.status != SuggestionStatus::Filed {
            return Err(cite(self.refused(ALREADY_ANSWERED)));
        }
        Ok(self.becomes(SuggestionStatus::InReview { at: now }, TAKEN_UP))
    }

    /// Takes it up in a version that is being drafted.
    ///
    /// # Errors
    /// Where it was answered, or the version is of another regulation.
    pub fn adopt(self, draft: &RegulationVersion, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_answer()?;
        if draft.regulation != self.regulation {
            return Err(cite(Refusal::new(OTHER_REGULATION).at("/version_id")));
        }
        Ok(self.becomes(SuggestionStatus::Adopted { at: now, draft: draft.id }, ANSWERED))
    }

    /// Does not take it up, and says why.
    ///
    /// # Errors
    /// Where it was answered; no reason.
    pub fn decline(self, reason: String, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_answer()?;
        check_reason(&reason)?;
        Ok(self.becomes(SuggestionStatus::Declined { at: now, reason }, ANSWERED))
    }

    /// Joins it to another that says the same.
    ///
    /// # Errors
    /// Where it was answered, or the other is itself or of another regulation.
    pub fn join(self, other: &Self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_answer()?;
        if other.id == self.id {
            return Err(cite(Refusal::new(OF_ITSELF).at("/suggestion_id")));
        }
        if other.regulation != self.regulation {
            return Err(cite(Refusal::new(JOINS_OTHER).at("/suggestion_id")));
        }
        Ok(self.becomes(SuggestionStatus::Joined { at: now, to: other.id }, JOINED))
    }

    /// The version that takes it up was published; nothing where none does.
    pub fn come_into_force(self, now: Timestamp) -> Option<Change<Self>> {
        let SuggestionStatus::Adopted { draft, .. } = self.status else { return None };
        Some(self.becomes(SuggestionStatus::InForce { at: now, draft }, IN_FORCE))
    }

    fn becomes(self, status: SuggestionStatus, kind: &'static crate::spine::EventKind) -> Change<Self> {
        let after = Self { status, ..self.clone() };
        let facts = after.told();
        Change::updated(self, after, kind, facts)
    }

    /// Nothing of who made it: the feed is read by others.
    fn told(&self) -> Value {
        json!({
            "number": self.number,
            "regulation_id": self.regulation,
            "clause": self.content.clause,
            "state": self.status.state(),
        })
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("REG-3"))
}
