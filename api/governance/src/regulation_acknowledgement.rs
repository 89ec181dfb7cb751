//! Acknowledgements of regulations over HTTP. `[REG-2]`

use crate::spine::{
    At, Attempts, Can, Chore, Every, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    file::File,
    regulation_acknowledgement::RegulationAcknowledgement,
    spine::{AnyId, Id, perm},
};
use persistence::{
    regulation_acknowledgement::{
        self as acknowledgements, AcknowledgementFilter, AcknowledgementView, deed,
        view::AcknowledgementSummary,
    },
    spine::{Database, Failure, Request, StoredAnswer},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "regulation-acknowledgements",
        [
            list_regulation_acknowledgements,
            show_regulation_acknowledgement,
            acknowledge_regulation,
            file_acknowledgement_sheet,
        ]
    );
}

/// List acknowledgements: who has, who has not, who left. `[REG-2, INT-4]`
///
/// One's own, and those of people of departments in reach.
#[utoipa::path(get, path = "/api/v1/regulation-acknowledgements")]
async fn list_regulation_acknowledgements(
    who: Can<perm::ReadRegulations>,
    wanted: Wanted<AcknowledgementFilter>,
    reading: Reading,
) -> List<AcknowledgementSummary> {
    reading.list(who, wanted, acknowledgements::list).await
}

/// Show an acknowledgement. `[REG-2]`
#[utoipa::path(get, path = "/api/v1/regulation-acknowledgements/{id}")]
async fn show_regulation_acknowledgement(
    who: Can<perm::ReadRegulations>,
    id: PathId<RegulationAcknowledgement>,
    reading: Reading,
) -> Reply<AcknowledgementView> {
    reading.read(who, move |reader| acknowledgements::view(reader, *id)).await
}

/// Which text was read.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcknowledgeRegulation {
    /// The digest of the text, as the version shows it.
    #[validate(length(equal = 64))]
    #[schema(
        min_length = 64,
        max_length = 64,
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    digest: String,
}

/// Acknowledge a regulation. `[REG-2]`
///
/// In one's own name, and by the digest of the text: where another stands meanwhile that is refused, so that nobody
/// acknowledges what they have not read.
#[utoipa::path(post, path = "/api/v1/regulation-acknowledgements/{id}/acknowledge")]
async fn acknowledge_regulation(
    who: Can<perm::RespondToRegulations>,
    at: At<RegulationAcknowledgement>,
    body: Valid<AcknowledgeRegulation>,
    work: UnitOfWork,
) -> Reply<AcknowledgementView> {
    work.moves(who, at, move |asked, tx| deed::acknowledge(tx, asked, &body.digest)).await
}

/// A sheet that somebody signed.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileAcknowledgementSheet {
    /// The digest of the text that was signed.
    #[validate(length(equal = 64))]
    #[schema(
        min_length = 64,
        max_length = 64,
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    digest: String,
    /// Its scan: files that were uploaded before.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    files: Vec<AnyId>,
}

/// File the sheet that somebody signed. `[REG-2]`
///
/// By the office, with its scan, for whoever has no account or signs on paper.
#[utoipa::path(post, path = "/api/v1/regulation-acknowledgements/{id}/file-sheet")]
async fn file_acknowledgement_sheet(
    who: Can<perm::PublishRegulations>,
    at: At<RegulationAcknowledgement>,
    body: Valid<FileAcknowledgementSheet>,
    work: UnitOfWork,
) -> Reply<AcknowledgementView> {
    let files: Vec<Id<File>> = body.files.iter().map(|id| id.uuid().into()).collect();
    work.moves(who, at, move |asked, tx| deed::file_sheet(tx, asked, &body.digest, &files)).await
}

/// People are asked to acknowledge regulations, and let go.
pub const ASKING: &Chore = &Chore {
    name: "regulation-acknowledgements",
    every: Every::Seconds(30),
    run: |state| Box::pin(ask_for_acknowledgements(&state.database)),
};

/// Asks everybody whom a regulation means, some in a unit of work, until nobody is missing; safe to be done by several
/// servers, and twice.
///
/// # Errors
/// A database that does not answer; a version that could not be attended to, when the others have been.
pub async fn ask_for_acknowledgements(database: &Database) -> Result<(), Failure> {
    const PURPOSE: &str = "regulation-acknowledgements";
    loop {
        let due = database.read(Request::system(PURPOSE), deed::due).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut attempts = Attempts::default();
        for version in due {
            let done = database.write(Request::system(PURPOSE), move |tx| {
                deed::attend(tx, version).map(|()| StoredAnswer::default())
            });
            attempts.noted(PURPOSE, done.await);
        }
        attempts.outcome()?;
    }
}
