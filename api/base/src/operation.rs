//! Long operations over HTTP: listed, shown, cancelled, their files of results; and what works on them. `[OPR-1, OPR-2]`
//!
//! A noun registers a kind of operation beside its routes (`into.part(&KIND)`), as it registers chores and subjects.

/// Files of many rows, taken in batches.
pub mod import;
mod worker;

pub use worker::{CHORE, FORGET, Kind, Step, work_on_all};

use crate::spine::{
    AppState, Argument, At, Described, Description, List, PathId, Patience, Problem, Reading, Reply, Routes,
    SignedIn, UnitOfWork, Wanted, attachment, codes, routes,
};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header, web,
};
use domain::{operation::Operation, spine::Permission};
use persistence::{
    operation::{
        self as operations, OperationFilter, OperationSummary, OperationView, deed,
        piece::{self, Piece},
    },
    spine::Failure,
};
use std::future::{Ready, ready};
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, KnownFormat, ObjectBuilder, ResponseBuilder, SchemaFormat, schema::Type,
};

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "operations", [list_operations, show_operation, show_operation_result, cancel_operation]);
}

/// List one's long operations. `[OPR-1, INT-4]`
///
/// Nobody sees another's: what they found is within the sight of whoever asked.
#[utoipa::path(get, path = "/api/v1/operations")]
async fn list_operations(
    who: SignedIn,
    wanted: Wanted<OperationFilter>,
    reading: Reading,
) -> List<OperationSummary> {
    reading.list(who, wanted, operations::list).await
}

/// Show how far a long operation has come. `[OPR-1, ACT-1]`
///
/// With `Prefer: wait=10` it is answered once it has ended, or after ten seconds as it is then.
#[utoipa::path(get, path = "/api/v1/operations/{id}")]
async fn show_operation(
    who: SignedIn,
    id: PathId<Operation>,
    patience: Patience,
    reading: Reading,
) -> Reply<OperationView> {
    let id = *id;
    let is_over = move |reader: &mut persistence::spine::Reader<'_>| {
        Ok(operations::find(reader, id)?.ended_at().is_some())
    };
    patience.until(&who, is_over).await?;
    reading.read(who, move |reader| operations::view(reader, id)).await
}

/// Cancel a long operation. `[OPR-2]`
///
/// One that waits is cancelled at once, one that runs before its next batch: what was written by then stays and is counted,
/// and of what is taken whole or not at all nothing does.
#[utoipa::path(post, path = "/api/v1/operations/{id}/cancel")]
async fn cancel_operation(who: SignedIn, at: At<Operation>, work: UnitOfWork) -> Reply<OperationView> {
    work.moves(who, at, |found, tx| deed::cancel(tx, found)).await
}

/// Download the file of results of a long operation. `[OPR-1]`
///
/// Of an import the rows that were refused, each with what is wrong, to be mended and handed in again. Kept for seven days, and
/// only for whoever may still do what was asked for.
#[utoipa::path(get, path = "/api/v1/operations/{id}/result")]
async fn show_operation_result(
    who: SignedIn,
    id: PathId<Operation>,
    kinds: Kinds,
    reading: Reading,
    _: crate::spine::ByRules,
) -> Result<OperationFile, Problem> {
    let (id, mut bytes) = (*id, Vec::new());
    let name = reading
        .value(who.clone(), move |reader| {
            let found = operations::find(reader, id)?;
            let permission = kinds.permission(&found.kind)?;
            if !reader.actor().may(permission) {
                return Err(Failure::Denied(permission));
            }
            Ok(found.result_file(reader.now())?.to_owned())
        })
        .await?;
    for number in 0.. {
        let piece =
            move |reader: &mut persistence::spine::Reader<'_>| piece::read(reader, id, Piece::Result, number);
        let Some(body) = reading.value(who.clone(), piece).await? else { break };
        bytes.extend(body);
    }
    Ok(OperationFile { plain: format!("{id}.csv"), name, bytes })
}

/// The kinds of operations that the nouns registered.
struct Kinds(Vec<&'static Kind>);

impl Kinds {
    fn permission(&self, code: &str) -> Result<Permission, Failure> {
        let kind = self.0.iter().find(|kind| kind.code == code);
        kind.map(|kind| kind.permission).ok_or(Failure::NotFound)
    }
}

impl FromRequest for Kinds {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<AppState>>();
        ready(state.map(|state| Self(state.all().collect())).ok_or_else(|| Problem::new(codes::INTERNAL)))
    }
}

impl Argument for Kinds {
    fn describe(description: &mut Description) {
        description.problems.insert(403);
    }
}

/// A file of results, to be saved.
struct OperationFile {
    plain: String,
    name: String,
    bytes: Vec<u8>,
}

impl Responder for OperationFile {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
            .insert_header(attachment(&self.plain, &self.name))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(self.bytes)
    }
}

impl Described for OperationFile {
    fn describe(description: &mut Description) {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let bytes = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build();
        let name = HeaderBuilder::new()
            .schema(Some(text().build()))
            .description(Some("The name to save it under (RFC 6266)."))
            .build();
        let response = ResponseBuilder::new()
            .description("The rows, as CSV in UTF-8 with a byte order mark.")
            .content("text/csv", ContentBuilder::new().schema(Some(bytes)).build())
            .header("Content-Disposition", name);
        description.responses.insert(200, response.build());
    }
}
