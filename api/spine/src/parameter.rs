//! Parameters: ids in paths, filters in queries, `If-Match`.

use super::{Argument, Description, Problem, codes, query::Sent};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use domain::spine::{Currency, Id, Money, Version};
use persistence::spine::Failure;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IntoDeserializer},
};
use std::{
    future::{Ready, ready},
    ops::Deref,
};
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        ObjectBuilder, Required,
        path::{ParameterBuilder, ParameterIn},
        schema::Type,
    },
};
use validator::{Validate, ValidationError};

/// The `{id}` of a path. What cannot be an id of ours is not found.
#[derive(Debug)]
pub struct PathId<T>(Id<T>);

impl<T> Deref for PathId<T> {
    type Target = Id<T>;
    fn deref(&self) -> &Id<T> {
        &self.0
    }
}

impl<T: 'static> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(id.map(Self).ok_or_else(|| Problem::new(codes::NOT_FOUND)))
    }
}

impl<T: 'static> Argument for PathId<T> {
    fn describe(description: &mut Description) {
        description.share(
            ParameterBuilder::new()
                .name("id")
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(Id::<T>::schema()))
                .build(),
        );
        description.problems.insert(404);
    }
}

/// Several named parameters of a path.
#[derive(Debug)]
pub struct PathOf<T>(pub T);

impl<T> Deref for PathOf<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for PathOf<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = actix_web::web::Path::<T>::extract(request).into_inner();
        ready(read.map(|path| Self(path.into_inner())).map_err(|_| Problem::new(codes::NOT_FOUND)))
    }
}

impl<T: DeserializeOwned + IntoParams + 'static> Argument for PathOf<T> {
    fn describe(description: &mut Description) {
        description.parameters.extend(T::into_params(|| Some(ParameterIn::Path)));
        description.problems.insert(404);
    }
}

/// The filters of a query string. Unknown ones are refused: a filter that is silently ignored would
/// return everything.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = read_query(request.query_string()).map(Self);
        ready(read.map_err(|problem| match Sent::to(request) {
            Some(sent) => sent.read_as::<T>().or(problem),
            None => problem,
        }))
    }
}

/// The values that a parameter lists by their codes, separated by commas; none where it is absent.
#[derive(Clone, Debug)]
pub struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list = String::deserialize(from)?;
        let value = |code: &str| T::deserialize(code.into_deserializer());
        list.split(',').map(value).collect::<Result<_, _>>().map(Self)
    }
}

/// Whether a parameter is an amount of any currency at all: how exact it may be, its currency says.
pub fn is_amount(text: &str) -> Result<(), ValidationError> {
    let in_some = |currency| Money::parse(text, currency).is_ok();
    if Currency::ALL.into_iter().any(in_some) {
        return Ok(());
    }
    Err(ValidationError::new("amount").with_message("1234.50".into()))
}

/// The least and the most of an amount in parameters, in minor units of a currency; both are told where both
/// are wrong.
pub fn bounds<const N: usize>(
    sent: [(&str, Option<&str>); N],
    currency: Currency,
) -> Result<[Option<i64>; N], Problem> {
    let (mut minor, mut problem) = ([None; N], None);
    for (bound, (parameter, text)) in minor.iter_mut().zip(sent) {
        match text.map(|text| Money::parse(text, currency).map(Money::minor)).transpose() {
            Ok(read) => *bound = read,
            Err(_) => {
                let reason = format!("{currency} {:.*}", currency.digits() as usize, 1234.0);
                let found: Problem = problem.take().unwrap_or_else(|| {
                    let named = Problem::new(codes::BAD_PARAMETER).with("parameter", parameter);
                    named.with("reason", reason.as_str())
                });
                problem = Some(found.at(parameter, reason));
            }
        }
    }
    problem.map_or(Ok(minor), Err)
}

fn read_query<T: DeserializeOwned + Validate>(text: &str) -> Result<T, Problem> {
    let pairs = serde_urlencoded::Deserializer::new(form_pairs(text));
    let read: T = serde_path_to_error::deserialize(pairs).map_err(|error| {
        let parameter = error.path().to_string();
        let reason = error.inner().to_string();
        Problem::bad_parameter(&parameter, &reason)
    })?;
    read.validate().map_err(|errors| {
        let field = errors.errors().keys().next().map(ToString::to_string).unwrap_or_default();
        Problem::new(codes::BAD_PARAMETER)
            .with("parameter", field.as_str())
            .with("reason", "out of bounds")
            .at(field, "")
    })?;
    Ok(read)
}

fn form_pairs(text: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(text.as_bytes())
}

/// The pairs of a query string, decoded.
pub(super) fn query_pairs(text: &str) -> Vec<(String, String)> {
    form_pairs(text).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

impl<T: DeserializeOwned + Validate + IntoParams + 'static> Argument for Query<T> {
    fn describe(description: &mut Description) {
        description.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
        description.problems.insert(400);
    }
}

/// The version the caller has read and means to change. `[INT-3]`
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(Version);

impl IfMatch {
    /// The version that an item of a batch names.
    pub const fn of(version: Version) -> Self {
        Self(version)
    }
    /// Fails with 412 if there is a newer version by now.
    pub fn check(self, current: Version) -> Result<(), Failure> {
        if self.0 == current { Ok(()) } else { Err(Failure::Stale { current }) }
    }
    /// The version the caller has read.
    pub fn version(self) -> Version {
        self.0
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(sent) = request.headers().get(header::IF_MATCH) else {
            return ready(Err(Problem::new(codes::PRECONDITION_REQUIRED)));
        };
        let version = sent.to_str().ok().and_then(version_in);
        ready(version.map(Self).ok_or_else(|| Problem::new(codes::BAD_HEADER).with("header", "If-Match")))
    }
}

/// The version in an `ETag` of ours: what stands before the mark of the bytes, or all of it.
pub fn version_in(etag: &str) -> Option<Version> {
    etag.trim().trim_matches('"').split('-').next()?.parse().ok()
}

impl Argument for IfMatch {
    fn describe(description: &mut Description) {
        description.conditional = true;
        description.share(
            ParameterBuilder::new()
                .name("If-Match")
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some("The `ETag` you have read, or the `version` in it."))
                .schema(Some(
                    ObjectBuilder::new().schema_type(Type::String).max_length(Some(100)).examples(["\"1\""]),
                ))
                .build(),
        );
        description.problems.extend([400, 409, 412, 428]);
    }
}
