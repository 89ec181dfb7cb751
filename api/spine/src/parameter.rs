//! Parameters: ids in paths, filters in queries, `If-Match`.

use super::{Argument, Description, Problem, codes, query::Sent};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use domain::spine::{Id, Version, is_deceptive, reason};
use percent_encoding::percent_decode_str;
use persistence::spine::Failure;
use serde::de::DeserializeOwned;
use std::{
    future::{Ready, ready},
    ops::Deref,
};
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        ObjectBuilder, RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
        schema::Type,
    },
};
use validator::Validate;

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
        // What is no text, or holds what no text may, names nothing: and NUL never reaches a column.
        let is_text = |part: &str| {
            let part = percent_decode_str(part).decode_utf8();
            // Bytes that are no text stand in it as the sign for what cannot be shown.
            let is_odd = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
            part.is_ok_and(|part| !is_deceptive(&part) && !part.chars().any(is_odd))
        };
        if !request.match_info().iter().all(|(_, part)| is_text(part)) {
            return ready(Err(Problem::new(codes::NOT_FOUND)));
        }
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

fn read_query<T: DeserializeOwned + Validate>(text: &str) -> Result<T, Problem> {
    let pairs = serde_urlencoded::Deserializer::new(form_pairs(text));
    let read: T = serde_path_to_error::deserialize(pairs).map_err(|error| {
        let parameter = error.path().to_string();
        Problem::bad_parameter(&parameter, reason::told(&error.inner().to_string()))
    })?;
    read.validate().map_err(|errors| {
        let field = errors.errors().keys().next().map(ToString::to_string).unwrap_or_default();
        Problem::new(codes::BAD_PARAMETER)
            .with("parameter", field.as_str())
            .with("reason", reason::told("out of bounds"))
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
        let parameters = T::into_params(|| Some(ParameterIn::Query));
        // A period that ends before it begins is no mistake of a parameter by itself.
        let ends_a_period = |name: &str| name == "to" || name.ends_with("[lte]") || name.ends_with("[lt]");
        if parameters.iter().any(|parameter| ends_a_period(&parameter.name)) {
            description.problems.insert(422);
        }
        description.parameters.extend(parameters.into_iter().map(separated_by_commas));
        description.problems.insert(400);
    }
}

/// A list of values in a parameter is one text, its values separated by commas.
fn separated_by_commas(mut parameter: Parameter) -> Parameter {
    if matches!(parameter.schema, Some(RefOr::T(Schema::Array(_)))) {
        parameter.style = Some(ParameterStyle::Form);
        parameter.explode = Some(false);
    }
    parameter
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
