//! Coverage: which policy or rule of the product enforces which clause of a regulation, or why none does. `[REG-8]`
//!
//! Policies cite clauses themselves. What only the code knows — that a clause is enforced by a rule of it, is only kept on
//! record, or declares and asks nothing — stands in `coverage.json`, by the ids of clauses.

use super::{
    Clause,
    citation::{Citation, Unresolved},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What ships: bindings and reasons by regulation and clause.
pub const SHIPPED_COVERAGE: &str = include_str!("shipped/coverage.json");

/// What becomes of a clause.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseStanding {
    /// A policy or a rule of the product sees to it.
    Enforced,
    /// What it asks is kept on record; that it is done, nothing sees to.
    RecordedOnly,
    /// It says what is, or what is meant, and asks nothing that could be checked.
    Declaration,
    /// Nothing sees to it, and nobody has said why.
    Open,
}

crate::labels! { ClauseStanding = "ClauseStanding":
    Enforced = "enforced", "系统执行", "Enforced";
    RecordedOnly = "recorded_only", "仅作记录", "Recorded only";
    Declaration = "declaration", "宣示性条款", "Declaration";
    Open = "open", "尚未落实", "Open";
}

/// What enforces a clause.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnforcerKind {
    /// A policy in force.
    Policy,
    /// A rule of the product itself.
    Rule,
}

crate::labels! { EnforcerKind = "EnforcerKind":
    Policy = "policy", "政策", "Policy";
    Rule = "rule", "系统规则", "Rule";
}

/// A place in a policy that cites clauses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cited {
    /// The code of the policy.
    pub policy: String,
    /// Which version of it.
    pub number: i32,
    /// Where in it, as a JSON pointer; empty where the whole policy cites the clause.
    pub path: String,
    /// What is cited, as it is written.
    pub clause: String,
}

/// What enforces a clause, and where that is said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Enforcer {
    /// What it is.
    pub kind: EnforcerKind,
    /// The code of the policy, or of the rule.
    pub code: String,
    /// Which version of the policy.
    pub number: Option<i32>,
    /// Where in the policy, as a JSON pointer.
    pub path: Option<String>,
}

/// What is said of a clause beside what policies cite.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The regulation: `000`.
    pub regulation: String,
    /// The clause: `9.2.3`. It counts for all below it that say nothing of their own.
    pub clause: String,
    /// The rules of the product that enforce it: `EXP-5`.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What becomes of it where nothing enforces it.
    #[serde(default)]
    pub standing: Option<ClauseStanding>,
    /// Why, for people.
    #[serde(default)]
    pub reason: Option<Reason>,
}

/// Why nothing enforces a clause.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A clause and what becomes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Covered<'a> {
    /// The clause.
    pub clause: &'a Clause,
    /// What becomes of it.
    pub standing: ClauseStanding,
    /// What enforces it.
    pub enforcers: Vec<Enforcer>,
    /// Why nothing does.
    pub reason: Option<&'a Reason>,
}

/// A regulation, clause by clause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage<'a> {
    /// Its clauses in reading order.
    pub clauses: Vec<Covered<'a>>,
    /// What cites it and leads nowhere.
    pub broken: Vec<&'a Cited>,
}

impl Coverage<'_> {
    /// How many clauses bind, and how many of those are enforced.
    pub fn counts(&self) -> (usize, usize) {
        let binding = || self.clauses.iter().filter(|covered| covered.clause.binding);
        (binding().count(), binding().filter(|covered| covered.standing == ClauseStanding::Enforced).count())
    }
}

/// Whether a citation is of a regulation, and where it leads in it: a regulation that is a part of the one named is named by
/// its section.
pub fn leads<'a>(
    cited: &Citation,
    regulation: &str,
    clauses: &'a [Clause],
) -> Option<Result<Option<&'a Clause>, Unresolved>> {
    if cited.regulation == regulation {
        return Some(cited.resolve(clauses));
    }
    let part = cited.within_part().filter(|part| part.regulation == regulation)?;
    Some(part.resolve(clauses))
}

/// What becomes of each clause of a regulation, by what policies cite and what is said beside. A clause is enforced where it
/// is cited itself, or one above it is that says nothing more than its heading; what cites a chapter does not enforce all of it.
pub fn cover<'a>(
    regulation: &str,
    clauses: &'a [Clause],
    cited: &'a [Cited],
    bindings: &'a [Binding],
) -> Coverage<'a> {
    let mut enforcers: BTreeMap<&str, BTreeSet<Enforcer>> = BTreeMap::new();
    let mut broken = Vec::new();
    for place in cited {
        for citation in Citation::all(&place.clause) {
            match leads(&citation, regulation, clauses) {
                Some(Ok(Some(clause))) => {
                    let enforcer = Enforcer {
                        kind: EnforcerKind::Policy,
                        code: place.policy.clone(),
                        number: Some(place.number),
                        path: Some(place.path.clone()),
                    };
                    enforcers.entry(&clause.id).or_default().insert(enforcer);
                }
                Some(Err(Unresolved)) => broken.push(place),
                _ => {}
            }
        }
    }
    let of_this = || bindings.iter().filter(|binding| binding.regulation == regulation);
    for binding in of_this() {
        for rule in &binding.rules {
            let enforcer =
                Enforcer { kind: EnforcerKind::Rule, code: rule.clone(), number: None, path: None };
            enforcers.entry(&binding.clause).or_default().insert(enforcer);
        }
    }
    let said = |clause: &Clause| nearest(&clause.id, |id| of_this().find(|one| one.clause == id));
    let clauses = clauses.iter().map(|clause| {
        let enforcers: Vec<Enforcer> =
            enforcers.get(clause.id.as_str()).into_iter().flatten().cloned().collect();
        let said = said(clause);
        let standing = match said.and_then(|said| said.standing) {
            _ if !enforcers.is_empty() => ClauseStanding::Enforced,
            Some(standing) => standing,
            // What asks nothing needs nothing that enforces it.
            None if clause.binding => ClauseStanding::Open,
            None => ClauseStanding::Declaration,
        };
        let reason = said.and_then(|said| said.reason.as_ref()).filter(|_| enforcers.is_empty());
        Covered { clause, standing, enforcers, reason }
    });
    Coverage { clauses: clauses.collect(), broken }
}

/// What is said of a clause, or of the nearest above it of which something is.
fn nearest<'a, T>(id: &str, said: impl Fn(&str) -> Option<&'a T>) -> Option<&'a T> {
    let mut here = Some(id);
    while let Some(id) = here {
        if let Some(found) = said(id) {
            return Some(found);
        }
        here = id.rsplit_once('.').map(|(above, _)| above);
    }
    None
}

/// What is said of clauses beside what policies cite.
///
/// # Errors
/// Where it cannot be read.
pub fn bindings() -> serde_json::Result<Vec<Binding>> {
    serde_json::from_str(SHIPPED_COVERAGE)
}
