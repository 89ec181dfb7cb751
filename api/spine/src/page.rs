//! Pages of lists: `limit`, an opaque `cursor` bound to its filters, `include_total`. `[INT-4]`

use super::{Argument, Description, Listing, Problem, codes, parameter::query_pairs};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use persistence::spine::{Mark, Page, Slice, SortKey};
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Required,
        path::{ParameterBuilder, ParameterIn},
        schema::{Schema, Type},
    },
};

const LIMIT_DEFAULT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// Which page of a list is wanted.
#[derive(Clone, Debug)]
pub struct Paged {
    limit: i64,
    cursor: Option<String>,
    include_total: bool,
    /// A digest of the filters and order, which a cursor carries along.
    filters: String,
    /// The path and query without the cursor, for the `Link` header.
    link_base: String,
}

impl Paged {
    /// The page in terms of the list. A cursor of other filters is refused.
    pub fn page(&self) -> Result<Page, Problem> {
        let after = self.cursor.as_deref().map(|cursor| self.read(cursor)).transpose()?;
        Ok(Page { limit: self.limit, after, include_total: self.include_total })
    }

    fn read(&self, cursor: &str) -> Result<Mark, Problem> {
        let bad = || Problem::new(codes::BAD_CURSOR).at("cursor", "");
        let (filters, key, tie) = decode(cursor).ok_or_else(bad)?;
        if filters == self.filters { Ok((key, tie)) } else { Err(bad()) }
    }

    /// The listing of a page, with the cursor of the next.
    pub fn listing<T: ToSchema>(&self, slice: Slice<T>) -> Listing<T> {
        let cursor = slice.next.and_then(|(key, tie)| {
            let bytes = serde_json::to_vec(&(&self.filters, key, tie)).ok()?;
            Some(BASE64_URL_SAFE_NO_PAD.encode(bytes))
        });
        Listing::new(slice.data, cursor, slice.total)
    }

    /// The `Link` header of the page behind a cursor.
    pub(super) fn link(&self, cursor: &str) -> String {
        let separator = if self.link_base.contains('?') { '&' } else { '?' };
        format!("<{}{separator}cursor={cursor}>; rel=\"next\"", self.link_base)
    }
}

impl FromRequest for Paged {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request))
    }
}

fn read(request: &HttpRequest) -> Result<Paged, Problem> {
    let bad = Problem::bad_parameter;
    let (mut limit, mut cursor, mut include_total) = (LIMIT_DEFAULT, None, false);
    let mut kept = form_urlencoded::Serializer::new(String::new());
    let mut pairs = query_pairs(request.query_string());
    pairs.sort();
    let filters = filters_of(request.path(), &pairs);
    for (name, value) in pairs {
        match name.as_str() {
            "cursor" => {
                cursor = Some(value);
                continue;
            }
            "limit" => {
                limit = value
                    .parse()
                    .ok()
                    .filter(|n| (1..=LIMIT_MAX).contains(n))
                    .ok_or_else(|| bad("limit", "1–200"))?;
            }
            "include_total" => {
                include_total = value.parse().map_err(|_| bad("include_total", "true, false"))?;
            }
            _ => {}
        }
        kept.append_pair(&name, &value);
    }
    let kept = kept.finish();
    let link_base =
        if kept.is_empty() { request.path().to_owned() } else { format!("{}?{kept}", request.path()) };
    Ok(Paged { limit, cursor, include_total, filters, link_base })
}

/// What a cursor carries along: a digest of the filters and the order, in whatever order they were sent.
fn filters_of(path: &str, sorted: &[(String, String)]) -> String {
    // The same rows in another format, or less or more of each: a cursor holds for all of them.
    const BESIDE: [&str; 6] = ["cursor", "limit", "include_total", "format", "fields", "expand"];
    let mut digest = Sha256::new();
    digest.update(path);
    for (name, value) in sorted.iter().filter(|(name, _)| !BESIDE.contains(&name.as_str())) {
        digest.update(name);
        digest.update([0]);
        digest.update(value);
        digest.update([0]);
    }
    BASE64_URL_SAFE_NO_PAD.encode(&digest.finalize()[..9])
}

/// The filters, and where the last row of the page before stood, that a cursor holds.
fn decode(cursor: &str) -> Option<(String, SortKey, SortKey)> {
    let read: (String, SortKey, SortKey) =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    // Anybody can make a cursor up: what no column holds never reaches one.
    let is_sound = |key: &SortKey| !matches!(key, SortKey::Text(text) if text.chars().any(char::is_control));
    (is_sound(&read.1) && is_sound(&read.2)).then_some(read)
}

/// Whether a cursor is one of ours and belongs to these filters, as far as can be told of any list.
pub(super) fn is_of_filters(cursor: &str, path: &str, pairs: &[(String, String)]) -> bool {
    let mut sorted = pairs.to_vec();
    sorted.sort();
    decode(cursor).is_some_and(|(filters, ..)| filters == filters_of(path, &sorted))
}

impl Argument for Paged {
    fn describe(description: &mut Description) {
        let mut add = |name: &str, about: &str, schema: ObjectBuilder| {
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(about))
                .schema(Some(Schema::from(schema)));
            description.share(parameter.build());
        };
        let integer = ObjectBuilder::new().schema_type(Type::Integer);
        let integer = integer.minimum(Some(1)).maximum(Some(LIMIT_MAX)).default(Some(LIMIT_DEFAULT.into()));
        add("limit", "At most this many items.", integer);
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(2000));
        add("cursor", "The `next_cursor` of the page before.", text);
        let flag = ObjectBuilder::new().schema_type(Type::Boolean).default(Some(false.into()));
        add("include_total", "Whether to count all matches.", flag);
        description.problems.insert(400);
    }
}
