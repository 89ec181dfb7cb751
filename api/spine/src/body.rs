//! Bodies: JSON, closed, bounded, validated; everything that is wrong is said at once, with pointers.

use super::{
    Access, AppState, Argument, Description, Problem, bounds::Bounds, codes, conform::differences,
    edge::Arrival, meaning,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use domain::spine::{
    Finding, Findings, Refusal, codes as rules, in_both, is_deceptive, is_forbidden, is_unseen, reason,
};
use futures_util::{FutureExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::ops::Deref;
use utoipa::{
    ToSchema,
    openapi::{ContentBuilder, Required, request_body::RequestBodyBuilder},
};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

/// A JSON body that was read and found valid.
#[derive(Clone, Debug)]
pub struct Valid<T>(pub T);

impl<T> Deref for Valid<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// The digest of the body, left for the idempotency key's fingerprint.
#[derive(Clone)]
pub(super) struct BodyDigest(pub [u8; 32]);

impl BodyDigest {
    /// Leaves it with a request whose body arrived whole.
    pub fn keep(self, request: &HttpRequest) {
        Arrival::tell(request);
        request.extensions_mut().insert(self);
    }
}

/// A JSON body may have at most this many bytes.
pub const JSON_BYTES_MAX: usize = 2 * 1024 * 1024;
/// One of somebody who need not be signed in: a user name and a password, a token.
const PUBLIC_JSON_BYTES_MAX: usize = 16 * 1024;
/// A body of more bytes is not read by a thread that answers HTTP: what is wrong with it may take long to be told.
const QUICK_BYTES_MAX: usize = 32 * 1024;
/// So many bodies of more bytes than that are read at once; others wait for their turn.
pub(super) const SLOW_BODIES_AT_ONCE: usize = 2;

impl<T: DeserializeOwned + Validate + ToSchema + Send + 'static> FromRequest for Valid<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        read_aside(request, payload, read).map(|read| read.map(Self)).boxed_local()
    }
}

/// Reads a body of JSON once it has arrived: beside the threads that answer HTTP where it is long.
pub(super) fn read_aside<T: Send + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    read: fn(&[u8]) -> Result<T, Problem>,
) -> impl Future<Output = Result<T, Problem>> + use<T> {
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let bytes = arrived(request, payload);
    async move {
        let bytes = bytes.await?;
        let Some(state) = state.filter(|_| bytes.len() > QUICK_BYTES_MAX) else { return read(&bytes) };
        let _turn = state.slow_bodies.acquire().await.map_err(|_| Problem::new(codes::INTERNAL))?;
        web::block(move || read(&bytes)).await.map_err(|_| Problem::new(codes::INTERNAL))?
    }
}

/// A body of JSON as it arrived.
fn arrived(
    request: &HttpRequest,
    payload: &mut Payload,
) -> LocalBoxFuture<'static, Result<web::Bytes, Problem>> {
    if !is_json(request) {
        let problem = Problem::new(codes::UNSUPPORTED_MEDIA_TYPE).with("expected", "application/json");
        return std::future::ready(Err(problem)).boxed_local();
    }
    let most = bytes_max(request);
    let too_large = move || Problem::new(codes::TOO_LARGE).with("limit", most);
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.is_some_and(|length| length.parse().is_ok_and(|length: usize| length > most)) {
        return std::future::ready(Err(too_large())).boxed_local();
    }
    let body = web::Payload::from_request(request, payload);
    let request = request.clone();
    async move {
        let body = body.await.map_err(|_| too_large())?;
        let bytes = body.to_bytes_limited(most).await.map_err(|_| too_large())?;
        let bytes = bytes.map_err(|_| {
            Problem::new(codes::MALFORMED_JSON).with("reason", reason::told("the body could not be read"))
        })?;
        // What it means is asked of nobody who does not send a key with it.
        let is_keyed = request.headers().contains_key("Idempotency-Key");
        let digest = if is_keyed { meaning::digest(&bytes) } else { Sha256::digest(&bytes).into() };
        BodyDigest(digest).keep(&request);
        Ok(bytes)
    }
    .boxed_local()
}

fn is_json(request: &HttpRequest) -> bool {
    let sent =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("application/merge-patch+json")
}

/// How many bytes a body may have.
fn bytes_max(request: &HttpRequest) -> usize {
    let route = request.app_data::<web::Data<AppState>>().and_then(|state| state.routes.of(request));
    let is_public = route.is_some_and(|route| route.access == Access::Public);
    if is_public { PUBLIC_JSON_BYTES_MAX } else { JSON_BYTES_MAX }
}

pub(super) fn read<T: DeserializeOwned + Validate + ToSchema + 'static>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |error: &serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        let place = in_both(format!("第 {line} 行第 {column} 列"), format!("line {line} column {column}"));
        Problem::new(codes::MALFORMED_JSON).with("reason", place)
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Problem::new(codes::MALFORMED_JSON).with("reason", reason::told("not UTF-8")))?;
    Bounds::of::<T>().judge(text).map_err(out_of_bounds)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let inner = error.inner();
        if inner.is_syntax() || inner.is_eof() {
            return malformed(inner);
        }
        let pointer = pointer_of(&error.path().to_string());
        unlike::<T>(text, pointer, &without_position(&inner.to_string()))
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    refuse_deceptive_texts(text)?;
    read.validate().map_err(|errors| invalid(&errors))?;
    Ok(read)
}

/// The title names so many places at most; the errors name them all.
const PLACES_MAX: usize = 5;

/// Everything in which a body is not as described: as its schema tells, or else as serde does of the first.
fn unlike<T: ToSchema + 'static>(text: &str, pointer: String, reason: &str) -> Problem {
    let body: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let mut found = differences::<T>(body, &pointer);
    let reason = reason::told(reason);
    if found.is_empty() {
        return Problem::new(codes::BAD_BODY).with("reason", reason.clone()).at(pointer, reason);
    }
    let is_told =
        |found: &Finding| found.pointer == pointer || found.pointer.starts_with(&format!("{pointer}/"));
    if !found.iter().any(is_told) {
        let expected = [("expected".to_owned(), reason)].into_iter().collect();
        found.push(Finding { pointer, code: rules::BAD_FORMAT, params: expected });
    }
    not_as_described(found)
}

/// A body that differs in all this from what is described.
pub(super) fn not_as_described(found: Vec<Finding>) -> Problem {
    let problem = Problem::new(codes::BAD_BODY).with("reason", places(&found));
    problem.finding(found)
}

/// Where a body differs; what is wrong with it, where that is the body as a whole.
fn places(found: &[Finding]) -> Value {
    if let [whole] = found
        && whole.pointer.is_empty()
    {
        return whole.code.texts(&whole.params).into();
    }
    let rest = (found.len() > PLACES_MAX).then_some("…");
    let places: Vec<&str> =
        found.iter().map(|found| found.pointer.as_str()).take(PLACES_MAX).chain(rest).collect();
    places.join(", ").into()
}

/// A body that is more than may be sent, or an array where an object is described.
fn out_of_bounds(found: Finding) -> Problem {
    if found.code == rules::BAD_FORMAT {
        return not_as_described(vec![found]);
    }
    let refusal = Refusal { params: found.params.clone(), ..Refusal::new(found.code) };
    Refusal { findings: vec![found], ..refusal }.into()
}

/// NUL and other control characters never reach a column: PostgreSQL refuses NUL, and nobody can see the others; nor
/// does what makes a text read otherwise than it is. JSON itself forbids those below U+0020 in a string unless they are
/// escaped.
fn refuse_deceptive_texts(text: &str) -> Result<(), Problem> {
    let suspicious = |c: char| c >= '\u{7f}' && (is_forbidden(c) || is_unseen(c));
    if !text.contains("\\u") && !text.contains(suspicious) {
        return Ok(());
    }
    let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let mut findings = Findings::new();
    find_deceptive_texts(&value, "", &mut findings);
    Ok(findings.into_result()?)
}

fn find_deceptive_texts(value: &Value, pointer: &str, findings: &mut Findings) {
    match value {
        Value::String(text) if is_deceptive(text) => findings.add(pointer, rules::BAD_CHARACTER),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_deceptive_texts(item, &format!("{pointer}/{index}"), findings);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if is_deceptive(name) {
                    findings.add(pointer, rules::BAD_CHARACTER);
                }
                find_deceptive_texts(member, &format!("{pointer}/{name}"), findings);
            }
        }
        _ => {}
    }
}

/// `lines[0].amount` as `/lines/0/amount`.
pub(super) fn pointer_of(path: &str) -> String {
    if path == "." {
        return String::new();
    }
    format!("/{}", path.replace(['.', '['], "/").replace(']', ""))
}

/// serde's message without "at line 1 column 2", which means nothing to whoever filled in a form.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// What the `validator` crate found, as findings of ours.
pub(super) fn invalid(errors: &ValidationErrors) -> Problem {
    match broken(errors).into_result() {
        Err(refusal) => refusal.into(),
        Ok(()) => Refusal::new(rules::VALIDATION_FAILED).with("count", 0).into(),
    }
}

/// Which bounds are broken, and where.
pub(super) fn broken(errors: &ValidationErrors) -> Findings {
    let mut findings = Findings::new();
    collect(errors, "", &mut findings);
    findings
}

fn collect(errors: &ValidationErrors, at: &str, findings: &mut Findings) {
    for (field, kind) in errors.errors() {
        let pointer = format!("{at}/{field}");
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &pointer, findings),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(inner, &format!("{pointer}/{index}"), findings);
                }
            }
            ValidationErrorsKind::Field(found) => {
                for error in found {
                    findings.note(unbound(&pointer, error));
                }
            }
        }
    }
}

/// What is wrong with one field. A bound that is open is left out.
fn unbound(pointer: &str, error: &ValidationError) -> Finding {
    let given = |name: &str| error.params.get(name).map(|value| (name.to_owned(), value.clone()));
    let (code, params) = match error.code.as_ref() {
        "length" | "range" => {
            let is_range = error.code == "range";
            let exactly = error.params.get("equal").into_iter();
            let exactly =
                exactly.flat_map(|value| ["min", "max"].map(|name| (name.to_owned(), value.clone())));
            let bounds = ["min", "max"].into_iter().filter_map(given).chain(exactly).collect();
            (if is_range { rules::OUT_OF_RANGE } else { rules::BAD_LENGTH }, bounds)
        }
        "required" => (rules::REQUIRED, Map::new()),
        other => {
            let expected = reason::told(error.message.as_deref().unwrap_or(other));
            (rules::BAD_FORMAT, [("expected".to_owned(), expected)].into_iter().collect())
        }
    };
    Finding { pointer: pointer.to_owned(), code, params }
}

impl<T: DeserializeOwned + Validate + ToSchema + Send + 'static> Argument for Valid<T> {
    fn describe(description: &mut Description) {
        let schema = description.schema::<T>();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body =
            RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
        description.request_body = Some(body.build());
        description.problems.extend([400, 413, 415, 422]);
    }
}
