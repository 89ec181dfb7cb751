//! Suggestions to regulations over HTTP. `[REG-3]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    regulation_suggestion::{RegulationSuggestion, SuggestionContent},
    spine::{AnyId, perm},
};
use persistence::regulation_suggestion::{
    self as suggestions, SuggestionFilter, SuggestionSummary, SuggestionView, deed,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "regulation-suggestions",
        [
            list_regulation_suggestions,
            file_regulation_suggestion,
            show_regulation_suggestion,
            take_up_regulation_suggestion,
            adopt_regulation_suggestion,
            decline_regulation_suggestion,
            join_regulation_suggestion,
        ]
    );
}

/// List suggestions to regulations. `[REG-3, INT-4]`
///
/// All of them; who made one is hidden where they wished so. The newest first.
#[utoipa::path(get, path = "/api/v1/regulation-suggestions")]
async fn list_regulation_suggestions(
    who: Can<perm::ReadRegulations>,
    wanted: Wanted<SuggestionFilter>,
    reading: Reading,
) -> List<SuggestionSummary> {
    reading.list(who, wanted, suggestions::list).await
}

/// Show a suggestion to a regulation. `[REG-3, ACT-1]`
#[utoipa::path(get, path = "/api/v1/regulation-suggestions/{id}")]
async fn show_regulation_suggestion(
    who: Can<perm::ReadRegulations>,
    id: PathId<RegulationSuggestion>,
    reading: Reading,
) -> Reply<SuggestionView> {
    reading.read(who, move |reader| suggestions::view(reader, *id)).await
}

/// A new suggestion.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileRegulationSuggestion {
    /// To which regulation.
    regulation_id: AnyId,
    /// The clause it is about; absent where it is about the whole.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    clause: Option<String>,
    /// What is suggested, and why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "建议将报销时限由五天改为十天")]
    text: String,
    /// Whether others than who answers are not to see who made it.
    #[serde(default)]
    is_anonymous: bool,
}

/// Suggest how a regulation could be better. `[REG-3; 000 §10 持续改进]`
///
/// Whoever heads the issuing department owes an answer.
#[utoipa::path(post, path = "/api/v1/regulation-suggestions")]
async fn file_regulation_suggestion(
    who: Can<perm::RespondToRegulations>,
    body: Valid<FileRegulationSuggestion>,
    work: UnitOfWork,
) -> Created<SuggestionView> {
    work.write(who, move |tx| {
        let FileRegulationSuggestion { regulation_id, clause, text, is_anonymous } = body.0.clone();
        let content = SuggestionContent { clause, text, is_anonymous };
        let suggestion = deed::file(tx, regulation_id.uuid().into(), content)?;
        suggestions::show(tx, suggestion)
    })
    .await
}

/// Begin to look into a suggestion. `[REG-3]`
#[utoipa::path(post, path = "/api/v1/regulation-suggestions/{id}/take-up")]
async fn take_up_regulation_suggestion(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationSuggestion>,
    work: UnitOfWork,
) -> Reply<SuggestionView> {
    work.moves(who, at, move |suggestion, tx| Ok(suggestion.take_up(tx.now())?)).await
}

/// In which version a suggestion is taken up.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdoptRegulationSuggestion {
    /// A version of the regulation.
    version_id: AnyId,
}

/// Adopt a suggestion: a version takes it up. `[REG-3]`
///
/// It is in force as that version is published.
#[utoipa::path(post, path = "/api/v1/regulation-suggestions/{id}/adopt")]
async fn adopt_regulation_suggestion(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationSuggestion>,
    body: Valid<AdoptRegulationSuggestion>,
    work: UnitOfWork,
) -> Reply<SuggestionView> {
    let draft = body.version_id.uuid().into();
    work.moves(who, at, move |suggestion, tx| deed::adopt(tx, suggestion, draft)).await
}

/// Decline a suggestion, with the reason. `[REG-3]`
#[utoipa::path(post, path = "/api/v1/regulation-suggestions/{id}/decline")]
async fn decline_regulation_suggestion(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationSuggestion>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<SuggestionView> {
    work.moves(who, at, move |suggestion, tx| Ok(suggestion.decline(body.reason.clone(), tx.now())?)).await
}

/// The suggestion that says the same.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct JoinRegulationSuggestion {
    /// Another suggestion to the same regulation.
    suggestion_id: AnyId,
}

/// Join a suggestion to another that says the same. `[REG-3]`
#[utoipa::path(post, path = "/api/v1/regulation-suggestions/{id}/join")]
async fn join_regulation_suggestion(
    who: Can<perm::DraftRegulations>,
    at: At<RegulationSuggestion>,
    body: Valid<JoinRegulationSuggestion>,
    work: UnitOfWork,
) -> Reply<SuggestionView> {
    let to = body.suggestion_id.uuid().into();
    work.moves(who, at, move |suggestion, tx| deed::join(tx, suggestion, to)).await
}
