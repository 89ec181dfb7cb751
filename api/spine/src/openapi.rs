//! The OpenAPI document, derived from the registry. Nothing is said twice.

use super::{Access, RouteInfo, Routes, Wing, problem::ProblemDocument, sample, tidy::tidy};
use domain::spine::EventKind;
use persistence::spine::{EventView, House};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, ComponentsBuilder, ContentBuilder, Header, HeaderBuilder, Info, InfoBuilder, License,
        ObjectBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required, ResponseBuilder,
        ResponsesBuilder, Schema, ServerBuilder, Tag,
        extensions::ExtensionsBuilder,
        path::{HttpMethod, Operation, OperationBuilder, Parameter},
        request_body::RequestBodyBuilder,
        schema::{SchemaType, Type},
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

const BEARER: &str = "bearer";
/// The tag of the feed, and of what stands in it.
const EVENTS: &str = "events";
/// The answer to whoever has it already.
const NOT_MODIFIED: &str = "NotModified";

/// The problems every route can answer with, and those that follow from its arguments, by name.
const PROBLEMS: &[(u16, &str, &str)] = &[
    (400, "BadRequest", "Malformed, or an unknown or invalid parameter."),
    (401, "Unauthenticated", "Sign in first."),
    (403, "Forbidden", "The function is not yours."),
    (404, "NotFound", "No such thing, or not within your data scope."),
    (405, "MethodNotAllowed", "Another method is wanted here; see `Allow`."),
    (406, "NotAcceptable", "The wanted format cannot be provided."),
    (408, "Timeout", "The body took too long to arrive."),
    (409, "Conflict", "The state of things does not allow it now."),
    (412, "Stale", "There is a newer version than the one in `If-Match`."),
    (413, "TooLarge", "The body is too large."),
    (415, "UnsupportedMediaType", "Another content type is wanted."),
    (422, "Unprocessable", "Not valid, or against a rule."),
    (428, "PreconditionRequired", "`If-Match` is missing."),
    (429, "TooManyRequests", "Too many requests; see `Retry-After`."),
    (500, "Internal", "Our fault; quote the request id."),
    (503, "Overloaded", "Busy; see `Retry-After`."),
];

/// The headers of every answer that is as asked.
const ALWAYS: [(&str, &str); 2] =
    [("RateLimit", "How many requests are left in this minute (`r`)."), REQUEST_ID];
/// The header of whatever is answered.
const REQUEST_ID: (&str, &str) = ("X-Request-Id", "The id of this request.");
/// The header of whoever must wait.
const RETRY_AFTER: (&str, &str) = ("Retry-After", "How many seconds to wait.");

/// Schemas by their names.
type Named = Vec<(String, RefOr<Schema>)>;

/// A schema that routes refer to and whose parts the wings bring, such as the content of policies by its kind: registered
/// beside the routes.
pub struct Composed {
    /// Its name.
    pub name: &'static str,
    /// It, with all it refers to, of what the wings registered.
    pub schemas: fn(&House) -> Named,
}

/// The document of these routes, or of those of one wing. That of a wing holds what its own routes refer to.
pub fn document(routes: &Routes, wing: Option<&Wing>, house: &House) -> OpenApi {
    let is_wanted = |name: &str| wing.is_none_or(|wing| wing.name == name);
    let wanted: Vec<&RouteInfo> = routes.iter().filter(|route| is_wanted(route.wing)).collect();
    let wings = routes.wings.iter().filter(|wing| is_wanted(wing.name));
    let events: Vec<&EventKind> = wings.flat_map(|wing| wing.events()).collect();
    let mut paths = Paths::new();
    for route in &wanted {
        paths.add_path_operation(route.path.clone(), vec![http_method(route)], operation(route));
    }
    let mut document = OpenApiBuilder::new()
        .info(info(wing))
        .servers(Some([ServerBuilder::new().url("/").description(Some("This server")).build()]))
        .tags(Some(tags(routes, &wanted)))
        .paths(paths)
        .components(Some(components(&wanted, routes.all().collect(), house)))
        .build();
    document.webhooks = Some(webhooks(&events));
    tidy(&mut document);
    sample::add_to(&mut document);
    document
}

/// The tags of routes and events in the order of the routes, each with what it is about.
fn tags(routes: &Routes, wanted: &[&RouteInfo]) -> Vec<Tag> {
    let mut names: Vec<&str> = Vec::new();
    for name in wanted.iter().map(|route| route.tag).chain([EVENTS]) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let known = || routes.wings.iter().flat_map(|wing| wing.tags);
    let tag = |name: &str| {
        let mut tag = Tag::new(name);
        tag.description = known().find(|(known, _)| *known == name).map(|(_, about)| (*about).to_owned());
        tag
    };
    names.into_iter().map(tag).collect()
}

fn info(wing: Option<&Wing>) -> Info {
    let title = wing.map_or_else(
        || "Marketing Center API".to_owned(),
        |wing| format!("Marketing Center API · {} · {}", wing.zh, wing.en),
    );
    InfoBuilder::new()
        .title(title)
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "营销中心管理后端。Runs a company's marketing centre by its own regulations: who must approve what, \
             who must do what by when, who gets what — and why.",
        ))
        .license(Some({
            let mut license = License::new("Apache-2.0");
            license.identifier = Some("Apache-2.0".to_owned());
            license
        }))
        .build()
}

/// What routes refer to: schemas, parameters, headers, answers.
fn components(routes: &[&RouteInfo], composed: Vec<&Composed>, house: &House) -> Components {
    let mut components = ComponentsBuilder::new();
    let mut schemas = Vec::new();
    ProblemDocument::schemas(&mut schemas);
    schemas.push((ProblemDocument::name().into_owned(), ProblemDocument::schema()));
    EventView::schemas(&mut schemas);
    schemas.push((EventView::name().into_owned(), EventView::schema()));
    components = components.schemas_from_iter(schemas);
    for description in routes.iter().map(|route| &route.description) {
        components = components.schemas_from_iter(description.schemas());
        for parameter in description.shared_parameters() {
            components = components.parameter(component_name(&parameter.name), bounded(parameter.clone()));
        }
        for (name, about) in description.shared_headers() {
            components = components.header(name, header(about));
        }
    }
    for (status, name, about) in PROBLEMS {
        if !routes.iter().any(|route| answers_with(route, *status)) {
            continue;
        }
        let schema = RefOr::Ref(Ref::from_schema_name(ProblemDocument::name()));
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let mut response = ResponseBuilder::new()
            .description(*about)
            .content("application/problem+json", content)
            .header_ref(REQUEST_ID.0, header_ref(REQUEST_ID.0));
        if [429, 503].contains(status) {
            response = response.header_ref(RETRY_AFTER.0, header_ref(RETRY_AFTER.0));
        }
        components = components.response(*name, response.build());
    }
    for (name, about) in ALWAYS.into_iter().chain([RETRY_AFTER]) {
        components = components.header(name, header(about));
    }
    let known = ResponseBuilder::new()
        .description("You have it already.")
        .header_ref(REQUEST_ID.0, header_ref(REQUEST_ID.0));
    components = components.response(NOT_MODIFIED, known.build());
    let http = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token of a session, or an API key."))
        .build();
    let mut components = components.security_scheme(BEARER, SecurityScheme::Http(http)).build();
    for composed in composed {
        if components.schemas.contains_key(composed.name) {
            components.schemas.extend((composed.schemas)(house));
        }
    }
    components
}

fn http_method(route: &RouteInfo) -> HttpMethod {
    match route.method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(route: &RouteInfo) -> Operation {
    let mut operation = route.operation.clone();
    let description = &route.description;
    operation.tags = Some(vec![route.tag.to_owned()]);
    let parameters: Vec<_> = description.parameters.iter().map(|known| parameter(route, known)).collect();
    operation.parameters = Some(parameters).filter(|parameters| !parameters.is_empty());
    operation.request_body = description.request_body.clone().map(RefOr::T);
    let mut responses = ResponsesBuilder::new();
    for (status, response) in &description.responses {
        let mut response = response.clone();
        for (name, _) in ALWAYS {
            response.headers.insert(name.to_owned(), RefOr::Ref(header_ref(name)));
        }
        responses = responses.response(status.to_string(), response);
    }
    if description.reads && route.method == actix_web::http::Method::GET {
        responses = responses.response("304", RefOr::Ref(Ref::from_response_name(NOT_MODIFIED)));
    }
    for (status, name, _) in PROBLEMS {
        if answers_with(route, *status) {
            responses = responses.response(status.to_string(), RefOr::Ref(Ref::from_response_name(*name)));
        }
    }
    operation.responses = responses.build();
    let mut extensions = ExtensionsBuilder::new();
    match route.access {
        Access::Public => operation.security = Some(Vec::new()),
        Access::SignedIn => operation.security = Some(vec![bearer()]),
        Access::Permission(permission) => {
            operation.security = Some(vec![bearer()]);
            extensions = extensions.add("x-permission", json!(permission.code()));
        }
    }
    operation.extensions = Some(extensions.build());
    operation
}

fn answers_with(route: &RouteInfo, status: u16) -> bool {
    let guarded = route.access != Access::Public;
    match status {
        401 => guarded || route.description.problems.contains(&401),
        403 => matches!(route.access, Access::Permission(_)) || route.description.problems.contains(&403),
        // What is to be ended may not be there.
        404 if route.method == actix_web::http::Method::DELETE => true,
        429 | 500 => true,
        status => route.description.problems.contains(&status),
    }
}

fn bearer() -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, [])
}

/// The parameter of a route, or a reference to what it shares with others.
fn parameter(route: &RouteInfo, known: &Parameter) -> RefOr<Parameter> {
    if route.description.shares(known) {
        return RefOr::Ref(Ref::new(format!("#/components/parameters/{}", component_name(&known.name))));
    }
    RefOr::T(bounded(known.clone()))
}

/// What a parameter is called among the components: `IdempotencyKey` for `Idempotency-Key`.
fn component_name(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.split(['_', '-']).map(word).collect()
}

fn header(about: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(text)).description(Some(about)).build()
}

/// Refers to a header that means the same wherever it stands.
pub(super) fn header_ref(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// A parameter without a schema is a string. One that may be left out is never null: a query string and
/// a header cannot say so.
fn bounded(mut parameter: Parameter) -> Parameter {
    parameter.schema = parameter.schema.map(never_null);
    if parameter.schema.is_none() {
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(500));
        parameter.schema = Some(text.into());
    }
    if parameter.parameter_in == utoipa::openapi::path::ParameterIn::Path {
        parameter.required = Required::True;
    }
    parameter
}

fn never_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let is_null = |item: &RefOr<Schema>| matches!(item, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::from(Type::Null));
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &object.schema_type {
                let kinds: Vec<Type> = types.iter().filter(|kind| **kind != Type::Null).cloned().collect();
                object.schema_type = match <[Type; 1]>::try_from(kinds) {
                    Ok([kind]) => SchemaType::from(kind),
                    Err(kinds) => SchemaType::from_iter(kinds),
                };
            }
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::OneOf(mut choice)) => {
            choice.items.retain(|item| !is_null(item));
            match <[RefOr<Schema>; 1]>::try_from(std::mem::take(&mut choice.items)) {
                Ok([only]) => only,
                Err(items) => RefOr::T(Schema::OneOf(utoipa::openapi::OneOf { items, ..choice })),
            }
        }
        schema => schema,
    }
}

/// Each kind of event, as a message to whoever follows them.
fn webhooks(events: &[&EventKind]) -> Paths {
    let mut webhooks = Paths::new();
    for event in events {
        webhooks.add_path_operation(event.name, vec![HttpMethod::Post], webhook(event));
    }
    webhooks
}

fn webhook(event: &EventKind) -> Operation {
    let message = ContentBuilder::new().schema(Some(Ref::from_schema_name(EventView::name()))).build();
    let body = RequestBodyBuilder::new().content("application/json", message).required(Some(Required::True));
    let responses = ResponsesBuilder::new()
        .response("2XX", ResponseBuilder::new().description("Received."))
        .response("4XX", ResponseBuilder::new().description("Not taken; it stays in the feed."));
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("on_{}", event.name.replace('.', "_"))))
        .tag(EVENTS)
        .summary(Some(event.en))
        .description(Some(format!("{}。Stands in the feed (`GET /api/v1/events`) as this body.", event.zh)))
        .request_body(Some(body.build()))
        .responses(responses.build())
        .build();
    operation.security = Some(Vec::new());
    operation
}
