//! The clauses of a regulation: a tree in reading order, each with an id that stays whatever its number becomes. `[REG-1a]`

use crate::spine::{Findings, codes, in_both, wording};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;

crate::refusals! { CLAUSE_REFUSALS:
    ID_TWICE = "regulation.clause_twice", Invalid, "条款标识“{id}”重复", "The clause id \"{id}\" is given twice";
    PARENT_UNKNOWN = "regulation.clause_parent_unknown", Invalid, "上级条款“{parent}”须列在本条之前", "The clause \"{parent}\" above must stand before this one";
    PARENT_TOO_LOW = "regulation.clause_parent_too_low", Invalid, "{kind}不能列于该上级之下", "A {kind} cannot stand below that";
}

/// The most clauses a text has.
pub const MOST_CLAUSES: usize = 2_000;

/// Of what codes and ids consist, for people.
pub(super) const CODE_OF: (&str, &str) =
    ("小写字母、数字、点和连字符", "small letters, digits, dots and hyphens");

/// A word in both languages, as a parameter of a text.
pub(super) fn said((zh, en): (&str, &str)) -> serde_json::Value {
    in_both(zh, en)
}

/// What a clause is in the tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// A chapter (章).
    Chapter,
    /// A section (节).
    Section,
    /// A clause (条).
    Clause,
    /// An item (款、项), of a clause or of another item.
    Item,
}

crate::labels! { ClauseKind = "ClauseKind":
    Chapter = "chapter", "章", "Chapter";
    Section = "section", "节", "Section";
    Clause = "clause", "条", "Clause";
    Item = "item", "款项", "Item";
}

/// A clause as it is printed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Stays through all versions: `9.2.3`.
    pub id: String,
    /// What it is.
    pub kind: ClauseKind,
    /// The id of the clause above; none at the top.
    #[serde(default)]
    pub parent: Option<String>,
    /// The number as printed: `第三条`; empty where there is none.
    #[serde(default)]
    pub number: String,
    /// What it says: 1 to 5,000 characters.
    pub text: String,
    /// Whether it binds: what coverage counts.
    #[serde(default)]
    pub binding: bool,
}

/// Everything that is wrong with a tree, beneath a pointer.
pub fn check(findings: &mut Findings, pointer: &str, clauses: &[Clause]) {
    if clauses.is_empty() || clauses.len() > MOST_CLAUSES {
        let bounds = [("min", json!(1)), ("max", json!(MOST_CLAUSES))];
        findings.add_with(pointer, codes::BAD_LENGTH, bounds);
    }
    let mut above: BTreeMap<&str, ClauseKind> = BTreeMap::new();
    for (index, clause) in clauses.iter().enumerate() {
        let at = |member: &str| format!("{pointer}/{index}/{member}");
        let Clause { id, kind, parent, number, text, binding: _ } = clause;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        if !(1..=60).contains(&id.len()) || !id.chars().all(fits) {
            findings.add_with(at("id"), codes::BAD_FORMAT, [("expected", said(CODE_OF))]);
        }
        if number.chars().count() > 40 {
            findings.add_with(at("number"), codes::BAD_LENGTH, [("min", json!(0)), ("max", json!(40))]);
        }
        wording::check(findings, &at("text"), text, 5_000);
        match parent.as_deref().map(|parent| (parent, above.get(parent))) {
            Some((parent, None)) => {
                findings.add_with(at("parent"), PARENT_UNKNOWN, [("parent", json!(parent))]);
            }
            Some((_, Some(higher))) if *higher >= *kind && *kind != ClauseKind::Item => {
                findings.add_with(at("parent"), PARENT_TOO_LOW, [("kind", said(kind.labels()))]);
            }
            _ => {}
        }
        if above.insert(id, *kind).is_some() {
            findings.add_with(at("id"), ID_TWICE, [("id", json!(id))]);
        }
    }
}

/// The digest of a text as people read it: SHA-256 in hexadecimal, of its tree, numbers and words.
pub fn digest(clauses: &[Clause]) -> String {
    let mut hasher = Sha256::new();
    for Clause { id, kind, parent, number, text, binding } in clauses {
        let parent = parent.as_deref().unwrap_or_default();
        // As JSON, so that no text can be mistaken for two.
        hasher.update(json!([id, kind.code(), parent, number, text, binding]).to_string());
        hasher.update("\n");
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
