//! Bodies: JSON, closed, bounded, validated; everything that is wrong is said at once, with pointers.

use super::{Argument, Description, Problem, codes, conform::differences, edge::Arrival};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use domain::spine::{Finding, Findings, Refusal, codes as rules};
use futures_util::{FutureExt, future::LocalBoxFuture};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::ops::Deref;
use utoipa::{
    ToSchema,
    openapi::{ContentBuilder, Required, request_body::RequestBodyBuilder},
};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

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

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Valid<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            let problem = Problem::new(codes::UNSUPPORTED_MEDIA_TYPE).with("expected", "application/json");
            return std::future::ready(Err(problem)).boxed_local();
        }
        let bytes = web::Bytes::from_request(request, payload);
        let request = request.clone();
        async move {
            let bytes = bytes.await.map_err(|error| unreadable(&error))?;
            BodyDigest(Sha256::digest(&bytes).into()).keep(&request);
            read(&bytes).map(Self)
        }
        .boxed_local()
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let sent =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("application/merge-patch+json")
}

fn unreadable(error: &actix_web::Error) -> Problem {
    if error.as_response_error().status_code().as_u16() == 413 {
        return Problem::new(codes::TOO_LARGE).with("limit", JSON_BYTES_MAX);
    }
    Problem::new(codes::MALFORMED_JSON).with("reason", "the body could not be read")
}

fn read<T: DeserializeOwned + Validate + ToSchema + 'static>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |error: &serde_json::Error| {
        let reason = format!("line {} column {}", error.line(), error.column());
        Problem::new(codes::MALFORMED_JSON).with("reason", reason)
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Problem::new(codes::MALFORMED_JSON).with("reason", "not UTF-8"))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let inner = error.inner();
        if inner.is_syntax() || inner.is_eof() {
            return malformed(inner);
        }
        let pointer = pointer_of(&error.path().to_string());
        not_as_described::<T>(text, pointer, &without_position(&inner.to_string()))
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    refuse_control_characters(text)?;
    read.validate().map_err(|errors| invalid(&errors))?;
    Ok(read)
}

/// The title names so many places at most; the errors name them all.
const PLACES_MAX: usize = 5;

/// Everything in which a body is not as described: as its schema tells, or else as serde does of the first.
fn not_as_described<T: ToSchema + 'static>(text: &str, pointer: String, reason: &str) -> Problem {
    let body: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let mut found = differences::<T>(&body);
    if found.is_empty() {
        return Problem::new(codes::BAD_BODY).with("reason", reason).at(pointer, reason);
    }
    let is_told =
        |found: &Finding| found.pointer == pointer || found.pointer.starts_with(&format!("{pointer}/"));
    if !found.iter().any(is_told) {
        let expected = [("expected".to_owned(), reason.into())].into_iter().collect();
        found.push(Finding { pointer, code: rules::BAD_FORMAT, params: expected });
    }
    let rest = (found.len() > PLACES_MAX).then_some("…");
    let places: Vec<&str> =
        found.iter().map(|found| found.pointer.as_str()).take(PLACES_MAX).chain(rest).collect();
    let problem = Problem::new(codes::BAD_BODY).with("reason", places.join(", "));
    problem.finding(found)
}

/// NUL and other control characters never reach a column: PostgreSQL refuses NUL, and nobody can see
/// the others. JSON itself forbids those below U+0020 in a string unless they are escaped.
fn refuse_control_characters(text: &str) -> Result<(), Problem> {
    let plain = |c: char| c.is_control() && c >= '\u{7f}';
    if !text.contains("\\u00") && !text.contains(plain) {
        return Ok(());
    }
    let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let mut findings = Findings::new();
    find_control_characters(&value, "", &mut findings);
    Ok(findings.into_result()?)
}

fn find_control_characters(value: &Value, pointer: &str, findings: &mut Findings) {
    let forbidden = |text: &str| text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match value {
        Value::String(text) if forbidden(text) => findings.add(pointer, rules::BAD_CHARACTER),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_control_characters(item, &format!("{pointer}/{index}"), findings);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if forbidden(name) {
                    findings.add(pointer, rules::BAD_CHARACTER);
                }
                find_control_characters(member, &format!("{pointer}/{name}"), findings);
            }
        }
        _ => {}
    }
}

/// `lines[0].amount` as `/lines/0/amount`.
fn pointer_of(path: &str) -> String {
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
                    let param = |name: &str, open: &str| {
                        error.params.get(name).cloned().unwrap_or_else(|| json!(open))
                    };
                    match error.code.as_ref() {
                        "length" => {
                            let params = [("min", param("min", "0")), ("max", param("max", "∞"))];
                            findings.add_with(&pointer, rules::BAD_LENGTH, params);
                        }
                        "range" => {
                            let params = [("min", param("min", "-∞")), ("max", param("max", "∞"))];
                            findings.add_with(&pointer, rules::OUT_OF_RANGE, params);
                        }
                        "required" => findings.add(&pointer, rules::REQUIRED),
                        other => {
                            let expected = error.message.as_deref().unwrap_or(other).to_owned();
                            findings.add_with(&pointer, rules::BAD_FORMAT, [("expected", json!(expected))]);
                        }
                    }
                }
            }
        }
    }
}

impl<T: DeserializeOwned + Validate + ToSchema + 'static> Argument for Valid<T> {
    fn describe(description: &mut Description) {
        let schema = description.schema::<T>();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body =
            RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
        description.request_body = Some(body.build());
        description.problems.extend([400, 413, 415, 422]);
    }
}

/// A member of a merge patch: absent, null, or set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Patch<T> {
    /// Not mentioned: stays as it is.
    #[default]
    Absent,
    /// Null: cleared.
    Null,
    /// Set to a value.
    Set(T),
}

impl<T> Patch<T> {
    /// The value after the patch, for a member that can be empty.
    pub fn over(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Absent => old,
            Self::Null => None,
            Self::Set(new) => Some(new),
        }
    }
    /// The value after the patch, for a member that must have one.
    pub fn over_required(self, old: T, pointer: &str) -> Result<T, Refusal> {
        match self {
            Self::Absent => Ok(old),
            Self::Null => Err(Refusal::new(rules::REQUIRED).at(pointer)),
            Self::Set(new) => Ok(new),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Set))
    }
}
