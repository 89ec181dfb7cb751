//! The kinds of policy that nouns register: how their content is checked, and how the document describes it. `[REG-4, APR-10]`

use super::{earliest_start, may_follow};
use crate::spine::{Failure, House, Reader};
use domain::spine::{
    Finding, POLICY_UNKNOWN_KIND, Policy, PolicyContent, PolicyStatus, Refusal, read_content,
};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

/// A schema, and those it refers to by their names.
type SchemaOfKind = (RefOr<Schema>, Vec<(String, RefOr<Schema>)>);

/// A kind of policy, registered by the noun that reads it: how its content is checked before it is published.
pub struct Kind {
    /// What stands before the slash of a code.
    pub name: &'static str,
    /// Everything that makes the content unsound, also against the organisation as it is.
    pub check: fn(&mut Reader<'_>, &Policy) -> Result<Vec<Finding>, Failure>,
    /// Everything that makes the content unsound in itself.
    pub findings: fn(&Value) -> Vec<Finding>,
    /// Whether it decides documents that are handed in, and nothing else.
    pub is_of_documents: bool,
    /// The schema of its content, and those it refers to.
    pub schema: fn() -> SchemaOfKind,
    /// A sound content, which the document shows.
    pub example: &'static str,
    /// A content as it is written today, with all that was left out; none where it cannot be read.
    pub normal: fn(&Value) -> Option<Value>,
}

impl Kind {
    /// A kind whose soundness depends on its content alone.
    pub const fn of<C: PolicyContent>() -> Self {
        Self {
            name: C::KIND,
            check: check_content::<C>,
            findings: findings_in::<C>,
            is_of_documents: false,
            schema: schema_in::<C>,
            example: C::EXAMPLE,
            normal: normal_in::<C>,
        }
    }

    /// The kind of a policy with this code; refuses one that nobody registered.
    ///
    /// # Errors
    /// `policy.unknown_kind`.
    pub fn of_code(house: &House, code: &str) -> Result<&'static Self, Refusal> {
        let name = code.split_once('/').map_or(code, |(kind, _)| kind);
        let found = house.all::<Self>().find(|kind| kind.name == name);
        found.ok_or_else(|| Refusal::new(POLICY_UNKNOWN_KIND).at("/code"))
    }
}

/// The clauses of regulations that are published: registered by who keeps them. Whether one is among them.
pub struct Clauses(pub fn(&mut Reader<'_>, &str) -> Result<bool, Failure>);

/// Whether a clause that is cited is known; any is, as long as nobody keeps them.
///
/// # Errors
/// Where the database fails.
pub fn is_clause_known(reader: &mut Reader<'_>, clause: &str) -> Result<bool, Failure> {
    let mut is_kept = false;
    for Clauses(knows) in reader.house().all::<Clauses>() {
        if knows(reader, clause)? {
            return Ok(true);
        }
        is_kept = true;
    }
    Ok(!is_kept)
}

fn schema_in<C: PolicyContent>() -> SchemaOfKind {
    let mut schemas = Vec::new();
    C::schemas(&mut schemas);
    (C::schema(), schemas)
}

fn normal_in<C: PolicyContent>(content: &Value) -> Option<Value> {
    let content = read_content::<C>(content).ok()?;
    serde_json::to_value(content).ok()
}

fn check_content<C: PolicyContent>(_: &mut Reader<'_>, policy: &Policy) -> Result<Vec<Finding>, Failure> {
    Ok(findings_in::<C>(&policy.content))
}

fn findings_in<C: PolicyContent>(content: &Value) -> Vec<Finding> {
    match read_content::<C>(content) {
        Ok(content) => content.findings(),
        Err(finding) => vec![finding],
    }
}

/// Everything that makes a policy's content unsound; refuses a code that is not well formed and an unknown kind.
pub fn check(reader: &mut Reader<'_>, policy: &Policy) -> Result<Vec<Finding>, Failure> {
    Policy::check_code(&policy.code)?;
    (Kind::of_code(reader.house(), &policy.code)?.check)(reader, policy)
}

/// Everything that publishing a draft would refuse: an unsound content, a day before which documents were decided, a later
/// version that took its place.
///
/// # Errors
/// As [`check`].
pub fn obstacles(reader: &mut Reader<'_>, policy: &Policy) -> Result<Vec<Finding>, Failure> {
    let mut findings = check(reader, policy)?;
    if policy.status == PolicyStatus::Draft {
        let earliest = earliest_start(reader, &policy.code)?;
        findings.extend(policy.backdated(earliest).err().map(|refusal| found("/effective_from", refusal)));
        findings.extend(may_follow(reader, policy)?.err().map(|refusal| found("/number", refusal)));
    }
    Ok(findings)
}

/// A refusal as a finding of what it is about.
fn found(pointer: &str, refusal: Refusal) -> Finding {
    Finding { pointer: pointer.to_owned(), code: refusal.code, params: refusal.params }
}
