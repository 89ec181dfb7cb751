//! Policies: draft, check, publish. `[REG-4]`
//!
//! What a version says has a schema by its kind, which the document shows: what is sent is held against it, and everything
//! that differs is told with its place.

use crate::spine::{
    At, Can, Composed, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, View,
    Wanted, differences_in, routes,
};
use chrono::NaiveDate;
use domain::spine::{
    Change, Finding, Findings, Policy, PolicyStatus, Refusal, codes as rules, in_both, perm,
};
use persistence::{
    policy::{self, ContentSchema, Kind, PolicyFilter, PolicyView},
    spine::{Failure, House, Tx},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

pub fn routes(into: &mut Routes) {
    routes!(
        into,
        "policies",
        [
            list_policies,
            draft_policy,
            show_policy,
            revise_policy,
            check_policy,
            publish_policy,
            withdraw_policy
        ]
    );
    into.part(&Composed { name: "PolicyContent", schemas: policy::schemas });
}

/// List policy versions. `[REG-4]`
#[utoipa::path(get, path = "/api/v1/policies")]
async fn list_policies(
    who: Can<perm::ReadPolicies>,
    wanted: Wanted<PolicyFilter>,
    reading: Reading,
) -> List<PolicyView> {
    reading.list(who, wanted, policy::list).await
}

/// A new version of a policy.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftPolicy {
    /// `kind/name`.
    #[validate(length(min = 3, max = 100))]
    #[schema(
        min_length = 3,
        max_length = 100,
        pattern = "^[a-z-]+/[a-z0-9-]+$",
        example = "approval-chain/expense-claim"
    )]
    code: String,
    /// What it is called.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "报销审批链")]
    title: String,
    /// The first business day it decides for.
    effective_from: NaiveDate,
    /// The content, by the kind of the code.
    #[schema(value_type = ContentSchema)]
    content: Map<String, Value>,
    /// The clause it enforces.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "003 营销费用审批流程")]
    clause: String,
}

impl Merged for DraftPolicy {
    const PATCH: &'static str = "RevisePolicy";
    const FIXED: &'static [&'static str] = &["code"];
}

impl DraftPolicy {
    /// What a version says, as it is shown.
    fn of(house: &House, policy: &Policy) -> Self {
        let Policy { code, title, effective_from, content, clause, .. } = policy.clone();
        let content = policy::shown(house, &code, content).as_object().cloned().unwrap_or_default();
        Self { code, title, effective_from, content, clause }
    }
}

/// What is sent as the content of a kind, as it is kept.
///
/// # Errors
/// Everything in which it differs from the schema of the kind, each with its place.
fn content_of(kind: &Kind, mut sent: Map<String, Value>) -> Result<Value, Failure> {
    let mut findings = Findings::new();
    let named = sent.shift_insert(0, "kind".to_owned(), kind.name.into());
    if named.is_some_and(|named| named != kind.name) {
        let expected = [("expected", in_both(kind.name, kind.name))];
        findings.add_with("/content/kind", rules::BAD_FORMAT, expected);
    }
    for found in differences_in(&policy::schema_of(kind)?, Value::Object(sent.clone())) {
        findings.note(Finding { pointer: format!("/content{}", found.pointer), ..found });
    }
    findings.into_result()?;
    sent.shift_remove("kind");
    let content = Value::Object(sent);
    let normal = (kind.normal)(&content);
    if normal.is_none() {
        // What no schema can say.
        let mut findings = Findings::new();
        (kind.findings)(&content).into_iter().for_each(|found| findings.note(found));
        findings.into_result()?;
    }
    normal.ok_or_else(|| Refusal::new(rules::VALIDATION_FAILED).into())
}

fn draft(tx: &mut Tx<'_>, body: &DraftPolicy) -> Result<Change<Policy>, Failure> {
    let DraftPolicy { code, title, effective_from, content, clause } = body.clone();
    Policy::check_code(&code)?;
    let content = content_of(Kind::of_code(tx.house(), &code)?, content)?;
    let policy = Policy {
        id: tx.id(),
        number: policy::next_version_number(tx, &code)?,
        code,
        title,
        status: PolicyStatus::Draft,
        effective_from,
        content,
        clause,
        published: None,
        version: 0,
    };
    // What is unsound may still be mended while it is a draft.
    Ok(policy.draft())
}

/// Draft a policy version. `[REG-4]`
///
/// A content that is not as its kind demands is refused with everything that differs; one that is unsound is kept as a draft, of
/// which the findings tell what has to be mended before it is published.
#[utoipa::path(post, path = "/api/v1/policies")]
async fn draft_policy(
    who: Can<perm::ManagePolicies>,
    body: Valid<DraftPolicy>,
    work: UnitOfWork,
) -> Created<PolicyView> {
    work.write(who, move |tx| {
        let change = draft(tx, &body)?;
        let drafted = policy::apply(tx, change)?;
        policy::view(tx, drafted.id)
    })
    .await
}

/// Show a policy version. `[REG-4]`
#[utoipa::path(get, path = "/api/v1/policies/{id}")]
async fn show_policy(
    who: Can<perm::ReadPolicies>,
    id: PathId<Policy>,
    reading: Reading,
) -> Reply<PolicyView> {
    reading.read(who, move |reader| policy::view(reader, *id)).await
}

/// Change a drafted policy version. `[REG-4]`
///
/// A published version never changes: draft a new one.
#[utoipa::path(patch, path = "/api/v1/policies/{id}")]
async fn revise_policy(
    who: Can<perm::ManagePolicies>,
    at: At<Policy>,
    patch: Merge<DraftPolicy>,
    work: UnitOfWork,
) -> Reply<PolicyView> {
    work.moves(who, at, move |drafted, tx| {
        let now = DraftPolicy::of(tx.house(), &drafted);
        let DraftPolicy { code, title, effective_from, content, clause } = patch.over(&now)?;
        let content = content_of(Kind::of_code(tx.house(), &code)?, content)?;
        Ok(drafted.revise(title, effective_from, content, clause)?)
    })
    .await
}

/// What checking a policy found.
#[derive(serde::Serialize, ToSchema)]
struct PolicyFindings {
    /// Whether it can be published.
    sound: bool,
    /// Everything that stands in the way.
    #[schema(max_items = 1000)]
    findings: Vec<PolicyFinding>,
}
impl View for PolicyFindings {}

/// One thing that stands in the way of publishing.
#[derive(serde::Serialize, ToSchema)]
struct PolicyFinding {
    /// Where in the content, as a JSON pointer.
    #[schema(max_length = 500)]
    pointer: String,
    /// The stable code.
    #[schema(max_length = 100)]
    code: &'static str,
    /// In Chinese.
    #[schema(max_length = 2000)]
    zh: String,
    /// In English.
    #[schema(max_length = 2000)]
    en: String,
}

/// Check a policy version without publishing it. `[APR-10]`
///
/// Everything that publishing it now would refuse: what is unsound in the content, against the organisation as it is too, a day
/// before which documents were decided, a later version that took its place.
#[utoipa::path(get, path = "/api/v1/policies/{id}/findings")]
async fn check_policy(
    who: Can<perm::ManagePolicies>,
    id: PathId<Policy>,
    reading: Reading,
) -> Reply<PolicyFindings> {
    use domain::spine::Language;
    reading
        .read(who, move |reader| {
            let found = policy::find(reader, *id)?;
            let found = policy::obstacles(reader, &found)?;
            let findings: Vec<_> = found
                .into_iter()
                .map(|finding| PolicyFinding {
                    code: finding.code.code,
                    zh: finding.code.text(Language::Chinese, &finding.params),
                    en: finding.code.text(Language::English, &finding.params),
                    pointer: finding.pointer,
                })
                .collect();
            Ok(PolicyFindings { sound: findings.is_empty(), findings })
        })
        .await
}

/// Publish a policy version. `[REG-4, APR-10]`
///
/// It is in force from its effective date until a later version's. An unsound one is refused with all findings, and so is one
/// that a later version has overtaken: what that one changed would be lost without a word.
#[utoipa::path(post, path = "/api/v1/policies/{id}/publish")]
async fn publish_policy(
    who: Can<perm::ManagePolicies>,
    at: At<Policy>,
    work: UnitOfWork,
) -> Reply<PolicyView> {
    work.moves(who, at, move |drafted, tx| {
        policy::may_follow(tx, &drafted)??;
        let findings = policy::check(tx, &drafted)?;
        let earliest = policy::earliest_start(tx, &drafted.code)?;
        Ok(drafted.publish(tx.actor().user, tx.now(), earliest, findings)?)
    })
    .await
}

/// Withdraw a published policy version before it takes effect. `[REG-4]`
///
/// It is a draft again, to be mended and published anew. Not once its day has come, nor where a document of such a day
/// was handed in.
#[utoipa::path(post, path = "/api/v1/policies/{id}/withdraw")]
async fn withdraw_policy(
    who: Can<perm::ManagePolicies>,
    at: At<Policy>,
    work: UnitOfWork,
) -> Reply<PolicyView> {
    work.moves(who, at, move |published, tx| policy::withdraw(tx, published)).await
}
