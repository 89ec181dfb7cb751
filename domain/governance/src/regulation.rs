//! Regulations (制度): what the company has written down, by whom it is issued and for whom it holds. What it says on a day
//! stands in its versions, see [`crate::regulation_version`]. `[REG-1a]`

/// How policies and rules name a clause.
pub mod citation;
/// What is written, clause by clause.
pub mod clause;
/// What a version changes of another.
pub mod comparison;
/// Which rule enforces which clause, or why none does.
pub mod coverage;
/// A text read into clauses, to be corrected.
pub mod reading;
/// The texts that come with the product.
pub mod shipped;

pub use clause::{Clause, ClauseKind};
pub use comparison::{ClauseChange, ClauseDifference};
pub use coverage::ClauseStanding;

use crate::{
    duty::rule::Scope,
    spine::{Change, DepartmentId, Entity, Findings, Id, Refusal, Version, codes, wording},
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

crate::events! { REGULATION_EVENTS:
    ESTABLISHED = "regulation.established", "制度已立项", "A regulation was set up";
    CHANGED = "regulation.changed", "制度信息已修改", "What is known of a regulation was changed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[clause::CLAUSE_REFUSALS],
    events: &[REGULATION_EVENTS],
    enums: &[
        ClauseKind::LABELS,
        ClauseChange::LABELS,
        ClauseStanding::LABELS,
        coverage::EnforcerKind::LABELS,
        shipped::ShippedState::LABELS,
    ],
};

/// What is known of a regulation beside its texts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RegulationDetails {
    /// How policies cite it: `000`; small letters, digits, dots and hyphens.
    pub code: String,
    /// What it is called: 1 to 200 characters.
    pub title: String,
    /// Who issues it.
    pub department: DepartmentId,
    /// Who holds the right of interpretation. `[000 §9.2 六]`
    pub interpreter: DepartmentId,
    /// For whom it holds.
    pub scope: Scope,
}

/// A regulation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Regulation {
    /// Identity.
    pub id: Id<Self>,
    /// What is known of it.
    #[serde(flatten)]
    pub details: RegulationDetails,
    /// The digest of the text that the product entered last; none where people wrote it. `[REG-5b]`
    pub shipped_digest: Option<String>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Regulation {
    const KIND: &'static str = "regulation";
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

impl RegulationDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        if !(1..=40).contains(&self.code.len()) || !self.code.chars().all(fits) {
            findings.add_with("/code", codes::BAD_FORMAT, [("expected", clause::said(clause::CODE_OF))]);
        }
        wording::check(&mut findings, "/title", &self.title, 200);
        findings.into_result()
    }

    fn told(&self) -> serde_json::Value {
        json!({"code": self.code, "department_id": self.department})
    }
}

impl Regulation {
    /// Sets one up; it says nothing until a version is published.
    ///
    /// # Errors
    /// What is not well formed.
    pub fn establish(id: Id<Self>, details: RegulationDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = details.told();
        Ok(Change::created(Self { id, details, shipped_digest: None, version: 0 }, ESTABLISHED, facts))
    }

    /// Changes what is known of it. Who comes into scope is asked to acknowledge it.
    ///
    /// # Errors
    /// What is not well formed.
    pub fn revise(self, details: RegulationDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = details.told();
        let after = Self { details, ..self.clone() };
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    /// Notes which text the product entered last, so that what people write later is known to be theirs.
    pub fn note_shipped(self, digest: String) -> Change<Self> {
        let after = Self { shipped_digest: Some(digest), ..self.clone() };
        let facts = after.details.told();
        Change::updated(self, after, CHANGED, facts)
    }
}
