//! Answers: a view, its version as `ETag`, a status that stands in the handler's return type.

use super::{Described, Description, Problem, shape};
use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{Method, StatusCode, header},
};
use domain::spine::Version;
use persistence::spine::{Answered, Refers, StoredAnswer, View};
use serde::Serialize;
use std::{borrow::Cow, marker::PhantomData};
use utoipa::{
    ToSchema,
    openapi::{
        ArrayBuilder, ContentBuilder, ObjectBuilder, Ref, RefOr, ResponseBuilder, Schema,
        schema::{SchemaType, Type},
    },
};

/// An answer with a view `V` and a status.
#[derive(Debug)]
pub struct Answer<V, const STATUS: u16 = 200> {
    stored: StoredAnswer,
    replayed: bool,
    link: Option<String>,
    view: PhantomData<fn() -> V>,
}

/// 207: a result per item.
pub type PerItem<V> = Result<Answer<V, 207>, Problem>;
/// 200 with a view.
pub type Reply<V> = Result<Answer<V, 200>, Problem>;
/// 201 with a view and a `Location`.
pub type Created<V> = Result<Answer<V, 201>, Problem>;
/// 204: done, nothing to show.
pub type Done = Result<Answer<(), 204>, Problem>;

/// Turns a view into what is sent, and kept with an idempotency key.
pub(super) fn store<V: View, const STATUS: u16>(view: &V) -> Result<StoredAnswer, serde_json::Error> {
    let body = if STATUS == 204 { Vec::new() } else { serde_json::to_vec(view)? };
    Ok(store_as::<V, STATUS>(view, body))
}

/// What is sent of a view that was written as these bytes.
pub(super) fn store_as<V: View, const STATUS: u16>(view: &V, body: Vec<u8>) -> StoredAnswer {
    let etag = view.version().map(|version| etag(version, &body));
    let location = if matches!(STATUS, 201 | 202) { view.location() } else { None };
    StoredAnswer { status: STATUS, etag, location, body }
}

/// The `ETag` of a resource of this version that was sent as these bytes. `If-Match` asks for the version alone; but
/// two answers of one version differ where the caller, the hour or what the resource refers to decides what it shows.
fn etag(version: Version, body: &[u8]) -> String {
    format!("\"{version}-{:08x}\"", crc32fast::hash(body))
}

impl<V, const STATUS: u16> Answer<V, STATUS> {
    pub(super) fn new(answered: Answered) -> Self {
        Self { stored: answered.answer, replayed: answered.replayed, link: None, view: PhantomData }
    }

    pub(super) fn fresh(stored: StoredAnswer) -> Self {
        Self { stored, replayed: false, link: None, view: PhantomData }
    }

    /// The same answer as it is now.
    pub(super) fn anew(self, stored: StoredAnswer) -> Self {
        Self { stored, ..self }
    }

    /// Where what it tells of can be read.
    pub fn location(&self) -> Option<&str> {
        self.stored.location.as_deref()
    }

    /// Whether it is the answer of an earlier request with the same idempotency key.
    pub fn is_replay(&self) -> bool {
        self.replayed
    }

    /// Adds a `Link` header.
    #[must_use]
    pub fn linked(mut self, link: Option<String>) -> Self {
        self.link = link;
        self
    }
}

impl<V, const STATUS: u16> Responder for Answer<V, STATUS> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.stored.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if let Some(etag) = &self.stored.etag {
            response.insert_header((header::ETAG, etag.as_str()));
            if *request.method() == Method::GET && is_known(request, etag) {
                return HttpResponse::NotModified().insert_header((header::ETAG, etag.as_str())).finish();
            }
        }
        if let Some(location) = &self.stored.location {
            response.insert_header((header::LOCATION, location.as_str()));
        }
        if let Some(link) = &self.link {
            response.insert_header((header::LINK, link.as_str()));
        }
        if self.replayed {
            response.insert_header(("Idempotent-Replayed", "true"));
        }
        if self.stored.body.is_empty() {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, "application/json")).body(self.stored.body)
    }
}

/// Whether the client has this version already.
pub fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let sent = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    sent.is_some_and(|sent| {
        sent.split(',').any(|known| known.trim().trim_start_matches("W/") == etag || known.trim() == "*")
    })
}

impl<V: View, const STATUS: u16> Described for Answer<V, STATUS> {
    fn describe(description: &mut Description) {
        let mut response = ResponseBuilder::new().description(match STATUS {
            201 => "Created.",
            202 => "It takes longer: an operation was queued, which says how far it has come.",
            204 => "Done.",
            207 => "A result per item.",
            _ => "As asked.",
        });
        if STATUS != 204 {
            let schema = description.schema::<V>();
            response =
                response.content("application/json", ContentBuilder::new().schema(Some(schema)).build());
        }
        if matches!(STATUS, 201 | 202) {
            let location = description.header("Location", "Where the new resource can be read.");
            response = response.header_ref("Location", location);
        }
        let etag = description.header("ETag", "The version of a single resource; send it as `If-Match`.");
        description.responses.insert(STATUS, response.header_ref("ETag", etag).build());
        if STATUS == 200 && description.reads && !description.writes {
            shape::describe::<V>(description);
        }
    }
}

/// One of two answers: what was asked for, or, above a stated bound, what will find it.
#[derive(Debug)]
pub enum Either<A, B> {
    /// The one.
    This(A),
    /// The other.
    That(B),
}

impl<A: Responder<Body = BoxBody>, B: Responder<Body = BoxBody>> Responder for Either<A, B> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::This(answer) => answer.respond_to(request),
            Self::That(answer) => answer.respond_to(request),
        }
    }
}

impl<A: Described, B: Described> Described for Either<A, B> {
    fn describe(description: &mut Description) {
        A::describe(description);
        B::describe(description);
    }
}

/// A page of a list.
#[derive(Serialize, Debug)]
pub struct Listing<T: ToSchema> {
    data: Vec<T>,
    next_cursor: Option<String>,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
}

// By hand, because the derive would call the listing of every view "Listing", each replacing the last.
impl<T: ToSchema> utoipa::PartialSchema for Listing<T> {
    fn schema() -> RefOr<Schema> {
        let items =
            ArrayBuilder::new().items(RefOr::Ref(Ref::from_schema_name(T::name()))).max_items(Some(500));
        let cursor = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Pass it as `cursor` to read the next page; null on the last one."))
            .max_length(Some(2_000));
        let more = ObjectBuilder::new()
            .schema_type(Type::Boolean)
            .description(Some("Whether there are more items."));
        let total = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("How many items match in all; only with `include_total=true`."))
            .minimum(Some(0));
        ObjectBuilder::new()
            .description(Some("A page of a list."))
            .property("data", items)
            .property("next_cursor", cursor)
            .property("has_more", more)
            .property("total", total)
            .required("data")
            .required("next_cursor")
            .required("has_more")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Listing<T> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> Listing<T> {
    /// A page with its cursor.
    pub fn new(data: Vec<T>, next_cursor: Option<String>, total: Option<i64>) -> Self {
        Self { data, has_more: next_cursor.is_some(), next_cursor, total }
    }
    /// The cursor of the next page.
    pub fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

impl<T: View> View for Listing<T> {
    const REFERS: &'static [Refers] = T::REFERS;
}
