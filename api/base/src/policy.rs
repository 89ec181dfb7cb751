//! Policies: draft, check, publish. `[REG-4]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, View, Wanted,
    routes,
};
use chrono::NaiveDate;
use domain::spine::{Change, Policy, PolicyStatus, perm};
use persistence::{
    policy::{self, PolicyFilter, PolicyView},
    spine::Tx,
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
    /// The content, by the kind.
    #[schema(value_type = Object)]
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

impl From<&Policy> for DraftPolicy {
    fn from(policy: &Policy) -> Self {
        let Policy { code, title, effective_from, content, clause, .. } = policy.clone();
        let content = content.as_object().cloned().unwrap_or_default();
        Self { code, title, effective_from, content, clause }
    }
}

fn draft(tx: &mut Tx<'_>, body: &DraftPolicy) -> Result<Change<Policy>, persistence::spine::Failure> {
    let DraftPolicy { code, title, effective_from, content, clause } = body.clone();
    let policy = Policy {
        id: tx.id(),
        number: policy::next_version_number(tx, &code)?,
        code,
        title,
        status: PolicyStatus::Draft,
        effective_from,
        content: Value::Object(content),
        clause,
        published: None,
        version: 0,
    };
    // An unknown kind is refused now; an unsound content may still be mended while it is a draft.
    policy::check(tx, &policy)?;
    Ok(policy.draft())
}

/// Draft a policy version. `[REG-4]`
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
    work.moves(who, at, move |drafted, _| {
        let DraftPolicy { code: _, title, effective_from, content, clause } =
            patch.over(&(&drafted).into())?;
        Ok(drafted.revise(title, effective_from, Value::Object(content), clause)?)
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
            let found = policy::check(reader, &found)?;
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
