//! One file in a multipart body (RFC 7578), handed on piece by piece: `curl -F file=@invoice.pdf`.

use super::{Argument, Description, Problem, body::BodyDigest, codes};
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use bytes::Bytes;
use domain::spine::{in_both, reason};
use futures_util::StreamExt;
use std::{
    future::{Ready, ready},
    time::Duration,
};
use utoipa::openapi::{
    ContentBuilder, KnownFormat, ObjectBuilder, Required, SchemaFormat, request_body::RequestBodyBuilder,
    schema::Type,
};

/// The name of the one part.
const PART: &str = "file";

/// How long a file may take to arrive.
pub const ARRIVAL_MAX: Duration = Duration::from_secs(600);

/// A body with one file. Nothing of it is read before the handler asks, so that whoever may not upload
/// is turned away first.
pub struct Upload {
    body: Multipart,
    request: HttpRequest,
}

/// The file in a body, as it arrives.
pub struct Arriving {
    /// The name it was sent with, exactly as it was sent.
    pub name: String,
    part: Field,
    body: Multipart,
    request: HttpRequest,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = sent.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("multipart/form-data") {
            let problem = Problem::new(codes::UNSUPPORTED_MEDIA_TYPE).with("expected", "multipart/form-data");
            return ready(Err(problem));
        }
        let body = Multipart::new(request.headers(), payload.take());
        ready(Ok(Self { body, request: request.clone() }))
    }
}

impl Upload {
    /// The query string it came with.
    pub(super) fn query_string(&self) -> String {
        self.request.query_string().to_owned()
    }

    /// Waits for the file to begin.
    pub async fn begin(self) -> Result<Arriving, Problem> {
        let Self { mut body, request } = self;
        let part = body.next().await.ok_or_else(missing)?.map_err(|error| unreadable(&error))?;
        let name = name_of(&part).filter(|_| part.name() == Some(PART)).ok_or_else(missing)?;
        Ok(Arriving { name, part, body, request })
    }
}

/// The file name of a part: in extended notation (RFC 8187) where there is one.
fn name_of(part: &Field) -> Option<String> {
    let disposition = part.content_disposition()?;
    let extended =
        disposition.get_filename_ext().map(|name| String::from_utf8_lossy(&name.value).into_owned());
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

impl Arriving {
    /// The next piece of the file; `None` at its end.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Problem> {
        self.part.next().await.transpose().map_err(|error| unreadable(&error))
    }

    /// Says that the file was read to its end and what identifies it: a retry with the same idempotency
    /// key must bring the same file, however its body was put together. Anything behind it is refused.
    pub async fn end(self, digest: [u8; 32]) -> Result<(), Problem> {
        let Self { part, mut body, request, .. } = self;
        drop(part);
        match body.next().await {
            None => {
                BodyDigest(digest).keep(&request);
                Ok(())
            }
            Some(Err(error)) => Err(unreadable(&error)),
            Some(Ok(_)) => Err(bad("只能有一个名为 file 的部分", "one part named \"file\" and nothing else")),
        }
    }
}

fn bad(zh: &str, en: &str) -> Problem {
    let reason = in_both(zh, en);
    Problem::new(codes::BAD_BODY).with("reason", reason.clone()).at(format!("/{PART}"), reason)
}

fn missing() -> Problem {
    bad("须有名为 file 的部分，并带文件名", "a part named \"file\" with a file name is wanted")
}

fn unreadable(error: &MultipartError) -> Problem {
    Problem::new(codes::MALFORMED_MULTIPART).with("reason", reason::told(&error.to_string()))
}

impl Argument for Upload {
    fn describe(description: &mut Description) {
        let bytes = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The file, with its name."));
        let schema = ObjectBuilder::new().property(PART, bytes).required(PART).additional_properties(Some(
            utoipa::openapi::schema::AdditionalProperties::<utoipa::openapi::Schema>::FreeForm(false),
        ));
        let content = ContentBuilder::new().schema(Some(schema.build())).build();
        let body = RequestBodyBuilder::new().content("multipart/form-data", content);
        description.request_body = Some(body.required(Some(Required::True)).build());
        description.problems.extend([400, 408, 413, 415, 422]);
    }
}
