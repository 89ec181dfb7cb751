//! Drawing a sample so that anybody can draw it again: each claim of the population gets the rank that seed and
//! id give it, and the lowest ranks are drawn. The same seed over the same population draws the same claims,
//! in whatever order and pieces it is walked.

use super::{NOT_INDEPENDENT, rule};
use crate::{
    finance::expense_claim::ExpenseClaim,
    spine::{Employee, Id, Refusal, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// One draw, with what is needed to draw again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = InternalAuditDraw)]
pub struct Draw {
    /// When.
    pub at: Timestamp,
    /// Who drew.
    pub by: UserId,
    /// How many were to be drawn at random.
    #[schema(minimum = 0)]
    pub random: usize,
    /// The seed of the random part: the rank of a claim is the SHA-256 of seed, a zero byte and its id.
    #[schema(max_length = 100)]
    pub seed: Option<String>,
    /// How many were to be drawn by their risk.
    #[schema(minimum = 0)]
    pub by_risk: usize,
    /// The version of the policy of risk signals, where any were drawn by risk.
    #[schema(minimum = 1)]
    pub policy_version: Option<i32>,
    /// How many claims lay in scope.
    #[schema(minimum = 0)]
    pub population: usize,
    /// The SHA-256 over ids and versions of all claims in scope, by business day and id.
    #[schema(min_length = 64, max_length = 64)]
    pub population_digest: String,
    /// How many of these the auditor is a party to, by reason: they are never drawn.
    #[schema(max_items = 10)]
    pub excluded: Vec<Exclusion>,
    /// How many claims were drawn.
    #[schema(minimum = 0)]
    pub drawn: usize,
}

/// Claims that were left out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = InternalAuditExclusion)]
pub struct Exclusion {
    /// Why.
    pub reason: Conflict,
    /// How many.
    #[schema(minimum = 1)]
    pub count: usize,
}

/// Why an auditor is a party to a claim.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditorConflict)]
pub enum Conflict {
    /// The auditor made, submitted or benefits from it.
    OwnClaim,
    /// The auditor decided on its approval.
    OwnDecision,
    /// It is of the head of the auditor's own department.
    HeadOfOwnDepartment,
    /// It is of the auditor's own superior.
    OwnSuperior,
}

crate::labels! { Conflict = "AuditorConflict":
    OwnClaim = "own_claim", "本人的单据", "The auditor's own claim";
    OwnDecision = "own_decision", "本人参与审批", "The auditor decided on it";
    HeadOfOwnDepartment = "head_of_own_department", "本部门负责人的单据", "A claim of the head of the auditor's department";
    OwnSuperior = "own_superior", "直属上级的单据", "A claim of the auditor's superior";
}

/// An auditor and whom they depend on.
#[derive(Clone, Debug)]
pub struct Auditor {
    /// The auditor.
    pub employee: Id<Employee>,
    /// The heads of the departments the auditor works in or below.
    pub heads: BTreeSet<Id<Employee>>,
    /// The auditor's superior.
    pub superior: Option<Id<Employee>>,
    /// The claims whose approval the auditor had a decision in.
    pub decided: BTreeSet<Id<ExpenseClaim>>,
}

/// The people of a claim.
#[derive(Clone, Copy, Debug)]
pub struct Parties {
    /// The claim.
    pub claim: Id<ExpenseClaim>,
    /// Who made it, if an employee did.
    pub creator: Option<Id<Employee>>,
    /// Who answers for it.
    pub submitter: Id<Employee>,
    /// Who receives the money.
    pub beneficiary: Id<Employee>,
}

impl Auditor {
    /// Why this auditor may not audit a claim, if so.
    pub fn conflict(&self, parties: &Parties) -> Option<Conflict> {
        let people = [Some(parties.submitter), Some(parties.beneficiary), parties.creator];
        let of = |matches: &dyn Fn(&Id<Employee>) -> bool| people.iter().flatten().any(matches);
        if of(&|person| *person == self.employee) {
            Some(Conflict::OwnClaim)
        } else if self.decided.contains(&parties.claim) {
            Some(Conflict::OwnDecision)
        } else if of(&|person| self.heads.contains(person)) {
            Some(Conflict::HeadOfOwnDepartment)
        } else if of(&|person| self.superior == Some(*person)) {
            Some(Conflict::OwnSuperior)
        } else {
            None
        }
    }

    /// Refuses a claim the auditor is a party to.
    pub fn ensure_independent(&self, parties: &Parties) -> Result<(), Refusal> {
        match self.conflict(parties) {
            None => Ok(()),
            Some(conflict) => {
                Err(Refusal::new(NOT_INDEPENDENT).with_label("reason", conflict).citing(rule()))
            }
        }
    }
}

/// Draws the lowest ranks of what is offered; holds no more than it draws.
#[derive(Clone, Debug)]
pub struct Lottery<T> {
    seed: String,
    places: usize,
    drawn: BTreeMap<[u8; 32], T>,
}

impl<T> Lottery<T> {
    /// A lottery with so many places.
    pub fn new(seed: &str, places: usize) -> Self {
        Self { seed: seed.to_owned(), places, drawn: BTreeMap::new() }
    }
    /// Offers one of the population.
    pub fn offer(&mut self, id: Uuid, what: impl FnOnce() -> T) {
        let rank: [u8; 32] = Sha256::new()
            .chain_update(&self.seed)
            .chain_update([0])
            .chain_update(id.hyphenated().to_string())
            .finalize()
            .into();
        let is_low = self.drawn.last_key_value().is_none_or(|(highest, _)| rank < *highest);
        if self.drawn.len() < self.places || (is_low && self.places > 0) {
            self.drawn.insert(rank, what());
            if self.drawn.len() > self.places {
                self.drawn.pop_last();
            }
        }
    }
    /// What was drawn, by rank.
    pub fn into_drawn(self) -> Vec<T> {
        self.drawn.into_values().collect()
    }
}

/// Counts and fingerprints a population as it is walked.
#[derive(Clone, Debug, Default)]
pub struct PopulationDigest {
    count: usize,
    digest: Sha256,
}

impl PopulationDigest {
    /// Adds the next claim in order.
    pub fn add(&mut self, id: Uuid, version: Version) {
        self.count += 1;
        self.digest.update(format!("{}:{version}\n", id.hyphenated()));
    }
    /// How many there were, and the digest in hexadecimal.
    pub fn finish(self) -> (usize, String) {
        (self.count, hex::encode(self.digest.finalize()))
    }
}
