//! Versions of regulations over HTTP. `[REG-1]`

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, ByRules, Can, Created, List, Merge, Merged, Note, PathId, Query, Reading, Reason, Reply, Routes,
        UnitOfWork, Valid, Wanted, routes,
    },
};
use chrono::NaiveDate;
use domain::{
    approval::Document,
    regulation::{Clause, ClauseKind, Regulation, reading},
    regulation_version::{Nature, RegulationText, RegulationVersion},
    spine::{AnyId, perm},
};
use persistence::{
    approval::document,
    regulation_version::{
        self as versions, RegulationVersionFilter, RegulationVersionSummary, RegulationVersionView,
        comparison::{self, ComparisonView},
        deed,
    },
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "regulation-versions",
        [
            list_regulation_versions,
            draft_regulation_version,
            show_regulation_version,
            revise_regulation_version,
            compare_regulation_versions,
            preview_regulation_version_approval,
            submit_regulation_version,
            withdraw_regulation_version,
            void_regulation_version,
            publish_regulation_version,
            repeal_regulation_version,
        ]
    );
}

/// List versions of regulations. `[REG-1a, INT-4]`
///
/// What is published is read by all; the rest by whoever drafts it, is in reach of it, or approves it. The newest first.
#[utoipa::path(get, path = "/api/v1/regulation-versions")]
async fn list_regulation_versions(
    who: Can<perm::ReadRegulations>,
    wanted: Wanted<RegulationVersionFilter>,
    reading: Reading,
) -> List<RegulationVersionSummary> {
    reading.list(who, wanted, versions::list).await
}

/// Show a version of a regulation. `[REG-1a, ACT-1]`
#[utoipa::path(get, path = "/api/v1/regulation-versions/{id}")]
async fn show_regulation_version(
    who: Can<perm::ReadRegulations>,
    id: PathId<RegulationVersion>,
    reading: Reading,
) -> Reply<RegulationVersionView> {
    reading.read(who, move |reader| versions::view(reader, *id)).await
}

/// A clause as it is written.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DraftRegulationClause)]
struct RegulationClauseBody {
    /// Stays through all versions: small letters, digits, dots and hyphens.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "9.3.5")]
    id: String,
    /// What it is.
    kind: ClauseKind,
    /// The id of the clause above, which stands before it.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    parent: Option<String>,
    /// The number as it is printed.
    #[serde(default)]
    #[validate(length(max = 40))]
    #[schema(max_length = 40, example = "第三条")]
    number: String,
    /// What it says.
    #[validate(length(min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000, example = "报销单据须附详细说明。")]
    text: String,
    /// Whether it binds: what coverage counts.
    #[serde(default)]
    binding: bool,
}

impl From<Clause> for RegulationClauseBody {
    fn from(clause: Clause) -> Self {
        let Clause { id, kind, parent, number, text, binding } = clause;
        Self { id, kind, parent, number, text, binding }
    }
}

impl From<RegulationClauseBody> for Clause {
    fn from(body: RegulationClauseBody) -> Self {
        let RegulationClauseBody { id, kind, parent, number, text, binding } = body;
        Self { id, kind, parent, number, text, binding }
    }
}

/// What a version says.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftRegulationVersion {
    /// Of which regulation.
    regulation_id: AnyId,
    /// Whether it changes what is asked of people.
    nature: Nature,
    /// What it changes and why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "明确报销时限")]
    summary: String,
    /// The day by which its trial is reviewed; absent where it is for good.
    #[serde(default)]
    review_on: Option<NaiveDate>,
    /// Its clauses in reading order; those of the last version that was published where neither these nor a text is given.
    #[serde(default)]
    #[validate(nested, length(max = 2000))]
    #[schema(max_items = 2000)]
    clauses: Option<Vec<RegulationClauseBody>>,
    /// Plain text or Markdown, read into clauses to be corrected. Clauses that stood in the last version keep their ids.
    #[serde(default)]
    #[validate(length(min = 1, max = 200_000))]
    #[schema(min_length = 1, max_length = 200_000, example = "第一章 总则\n第一条 为规范报销，制定本制度。")]
    text: Option<String>,
}

impl Merged for DraftRegulationVersion {
    const PATCH: &'static str = "ReviseRegulationVersion";
    const FIXED: &'static [&'static str] = &["regulation_id"];
}

impl From<&RegulationVersion> for DraftRegulationVersion {
    fn from(version: &RegulationVersion) -> Self {
        let RegulationText { nature, summary, review_on, clauses } = version.text.clone();
        Self {
            regulation_id: version.regulation.uuid().into(),
            nature,
            summary,
            review_on,
            clauses: Some(clauses.into_iter().map(Into::into).collect()),
            text: None,
        }
    }
}

impl DraftRegulationVersion {
    /// What it says, beginning with the clauses that stood before.
    fn over(self, before: Vec<Clause>) -> RegulationText {
        let Self { regulation_id: _, nature, summary, review_on, clauses, text } = self;
        let clauses = match (text, clauses) {
            (Some(text), _) => reading::keep_ids(&before, reading::read(&text)),
            (None, Some(clauses)) => clauses.into_iter().map(Into::into).collect(),
            (None, None) => before,
        };
        RegulationText { nature, summary, review_on, clauses }
    }
}

/// Draft the next version of a regulation. `[REG-1a, REG-1b]`
///
/// From clauses, from a text that is read into clauses, or from the last version as it stands. One is written at a time.
#[utoipa::path(post, path = "/api/v1/regulation-versions")]
async fn draft_regulation_version(
    who: Can<perm::DraftRegulations>,
    body: Valid<DraftRegulationVersion>,
    work: UnitOfWork,
) -> Created<RegulationVersionView> {
    work.write(who, move |tx| {
        let of: domain::spine::Id<Regulation> = body.regulation_id.uuid().into();
        let before = deed::clauses_of_last(tx, of)?;
        let version = deed::draft(tx, of, body.0.clone().over(before))?;
        versions::show(tx, version)
    })
    .await
}

/// Change a version of a regulation. `[REG-1a]`
///
/// While it is a draft, returned or withdrawn. A list of clauses takes the place of what stands; a text is read anew.
#[utoipa::path(patch, path = "/api/v1/regulation-versions/{id}")]
async fn revise_regulation_version(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationVersion>,
    patch: Merge<DraftRegulationVersion>,
    work: UnitOfWork,
) -> Reply<RegulationVersionView> {
    work.moves(who, at, move |version, tx| revise(tx, version, &patch)).await
}

fn revise(
    tx: &mut Tx<'_>,
    version: RegulationVersion,
    patch: &Merge<DraftRegulationVersion>,
) -> Result<RegulationVersion, Failure> {
    version.may_revise(tx.actor())?;
    let text = patch.over(&(&version).into())?.over(version.text.clauses.clone());
    let change = version.revise(text, tx.actor())?;
    versions::apply(tx, change)
}

/// With which version one is compared.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct ComparedWith {
    /// Another version of the regulation; the last that was published before it where absent.
    with: Option<AnyId>,
}

/// Compare two versions of a regulation, clause by clause. `[REG-1b]`
#[utoipa::path(get, path = "/api/v1/regulation-versions/{id}/comparison")]
async fn compare_regulation_versions(
    who: Can<perm::ReadRegulations>,
    id: PathId<RegulationVersion>,
    other: Query<ComparedWith>,
    _: ByRules,
    reading: Reading,
) -> Reply<ComparisonView> {
    let with = other.with.map(|with| with.uuid().into());
    reading.read(who, move |reader| comparison::view(reader, *id, with)).await
}

/// Preview the approval of a version. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/regulation-versions/{id}/approval-preview")]
async fn preview_regulation_version_approval(
    who: Can<perm::ReadRegulations>,
    id: PathId<RegulationVersion>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let version = versions::find(reader, *id)?;
            versions::preview(reader, &version).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a version for approval. `[REG-1a; 000 §9.2 六; §11.1]`
#[utoipa::path(post, path = "/api/v1/regulation-versions/{id}/submit")]
async fn submit_regulation_version(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationVersion>,
    work: UnitOfWork,
) -> Reply<RegulationVersionView> {
    work.moves(who, at, move |version, tx| deed::submit(tx, version)).await
}

/// Withdraw a version that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/regulation-versions/{id}/withdraw")]
async fn withdraw_regulation_version(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationVersion>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<RegulationVersionView> {
    work.moves(who, at, move |version, tx| document::withdraw(tx, &version, body.note.clone())).await
}

/// Void a version. `[REG-1a]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/regulation-versions/{id}/void")]
async fn void_regulation_version(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationVersion>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<RegulationVersionView> {
    work.moves(who, at, move |version, tx| document::void(tx, version, body.reason.clone())).await
}

/// From when on a version is in force.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublishRegulationVersion {
    /// The first day on which it is in force: today at the earliest, and after that of the version before it.
    effective_from: NaiveDate,
}

/// Publish an approved version. `[REG-1a, REG-2; 000 §9.2 六]`
///
/// The version before it ends with the day before. One that changes what is asked of people asks everybody in scope to
/// acknowledge it.
#[utoipa::path(post, path = "/api/v1/regulation-versions/{id}/publish")]
async fn publish_regulation_version(
    who: Can<perm::PublishRegulations>,
    at: At<RegulationVersion>,
    body: Valid<PublishRegulationVersion>,
    work: UnitOfWork,
) -> Reply<RegulationVersionView> {
    let from = body.effective_from;
    work.moves(who, at, move |version, tx| deed::publish(tx, version, from)).await
}

/// From when on a version is in force no longer, and why.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RepealRegulationVersion {
    /// The first day on which it is not in force: today at the earliest.
    from: NaiveDate,
    /// Why, for the people it touches.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "并入差旅管理制度")]
    reason: String,
}

/// Repeal the last version of a regulation, without a next one. `[REG-1a]`
#[utoipa::path(post, path = "/api/v1/regulation-versions/{id}/repeal")]
async fn repeal_regulation_version(
    who: Can<perm::PublishRegulations>,
    at: At<RegulationVersion>,
    body: Valid<RepealRegulationVersion>,
    work: UnitOfWork,
) -> Reply<RegulationVersionView> {
    work.moves(who, at, move |version, tx| deed::repeal(tx, version, body.from, body.reason.clone())).await
}
