//! The registry of routes: the one list from which router, OpenAPI document, operations table and
//! coverage tests derive. A handler without a guard does not compile.

use super::{Access, Described, Description, Guarded, Problem, Wing, codes};
use actix_web::{
    Handler, HttpRequest, HttpResponse, Responder,
    guard::{self, GuardContext},
    http::{Method, header},
    web,
};
use persistence::spine::Part;
use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use utoipa::openapi::{
    KnownFormat, RefOr, Schema, SchemaFormat,
    path::{HttpMethod, Operation, Parameter, ParameterIn},
};

/// One route.
pub struct RouteInfo {
    /// The operation id: the handler's name.
    pub operation_id: String,
    /// The method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: String,
    /// The wing it belongs to.
    pub wing: &'static str,
    /// The context it belongs to.
    pub tag: &'static str,
    /// What it demands of its caller.
    pub access: Access,
    /// What its arguments and answer say.
    pub description: Description,
    pub(super) operation: Operation,
    make: Box<dyn Fn() -> actix_web::Route + Send + Sync>,
}

impl RouteInfo {
    /// Its query parameters.
    pub fn query_parameters(&self) -> impl Iterator<Item = &Parameter> {
        let all = self.description.parameters.iter();
        all.filter(|parameter| parameter.parameter_in == ParameterIn::Query)
    }

    /// Whether it has a query parameter of this name.
    pub fn knows_parameter(&self, name: &str) -> bool {
        self.query_parameters().any(|parameter| parameter.name == name)
    }
}

/// All routes.
pub struct Routes {
    list: Vec<Arc<RouteInfo>>,
    /// The wings they come from.
    pub(super) wings: &'static [&'static Wing],
    /// The wing that is adding.
    adding: &'static str,
    /// What the nouns registered beside their routes.
    pub(super) parts: Vec<Part>,
}

/// Adds handlers to the registry: `routes!(into, "tag", [list_things, show_thing])`.
#[macro_export]
macro_rules! routes {
    ($into:expr, $tag:literal, [$($handler:ident),* $(,)?]) => {
        $( $crate::pastey::paste! { $into.add::<[<__path_ $handler>], _, _>($tag, $handler); } )*
    };
}

impl Routes {
    /// The routes of these wings.
    pub fn of(wings: &'static [&'static Wing]) -> Self {
        let mut routes = Self { list: Vec::new(), wings, adding: "", parts: Vec::new() };
        for wing in wings {
            routes.adding = wing.name;
            (wing.routes)(&mut routes);
        }
        routes
    }

    /// Adds a handler with the path, method and text of its `#[utoipa::path]`.
    pub fn add<P, F, A>(&mut self, tag: &'static str, handler: F)
    where
        P: utoipa::Path,
        F: Handler<A> + Send + Sync,
        F::Output: Responder + Described + 'static,
        A: Guarded + 'static,
    {
        let mut description = Description::default();
        A::describe(&mut description);
        F::Output::describe(&mut description);
        let operation = P::operation();
        let method = P::methods().first().map_or(Method::GET, method_of);
        let make_method = method.clone();
        self.list.push(Arc::new(RouteInfo {
            operation_id: operation.operation_id.clone().unwrap_or_default(),
            path: P::path(),
            wing: self.adding,
            tag,
            access: A::ACCESS,
            description,
            operation,
            make: Box::new(move || route_for(&make_method).to(handler.clone())),
            method,
        }));
    }

    /// Registers something of any type that a lower wing asks for: a kind of long operation, say.
    pub fn part(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Everything of a type that the nouns registered, in their order.
    pub fn all<T: Any>(&self) -> impl Iterator<Item = &'static T> + use<'_, T> {
        self.parts.iter().filter_map(|part| part.downcast_ref())
    }

    /// Every route.
    pub fn iter(&self) -> impl Iterator<Item = &RouteInfo> {
        self.list.iter().map(AsRef::as_ref)
    }

    /// Routes by method and path pattern.
    pub(super) fn table(&self) -> RouteTable {
        RouteTable(self.list.iter().map(|r| ((r.method.clone(), r.path.clone()), r.clone())).collect())
    }

    /// Puts the routes into an actix application. Literal segments win over parameters. What begins alike is a scope:
    /// so that a request is held against the few patterns of its own collection, not against hundreds.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        let mut scopes: BTreeMap<&str, BTreeMap<&str, Vec<&RouteInfo>>> = BTreeMap::new();
        for route in self.iter() {
            let (collection, rest) = route.path.split_at(collection_length(&route.path));
            // `{` sorts behind every letter, so literal segments come first.
            scopes.entry(collection).or_default().entry(rest).or_default().push(route);
        }
        for (collection, resources) in scopes {
            let mut scope = web::scope(collection);
            for (path, routes) in resources {
                scope = scope.service(resource(path, &routes));
            }
            config.service(scope);
        }
    }
}

/// How much of a path names its collection: `/api/v1/expense-claims` of `/api/v1/expense-claims/{id}`.
fn collection_length(path: &str) -> usize {
    path.match_indices('/').nth(3).map_or(path.len(), |(at, _)| at)
}

/// What an id in a path is matched by: ASCII, since a class of Unicode takes half a megabyte to compile, for each of
/// hundreds of paths and on every thread of a server. Whatever else is sent there was never an id.
const ASCII: &str = r":[\x00-.0-\x7f]+";

/// A path as the router takes it: its ids narrowed to what they can be made of.
fn spelled(path: &str, routes: &[&RouteInfo]) -> String {
    let ids =
        routes.iter().flat_map(|route| &route.description.parameters).filter(|parameter| is_id(parameter));
    let names: BTreeSet<&str> = ids.map(|parameter| parameter.name.as_str()).collect();
    names.iter().fold(path.to_owned(), |path, name| {
        path.replace(&format!("{{{name}}}"), &format!("{{{name}{ASCII}}}"))
    })
}

fn is_id(parameter: &Parameter) -> bool {
    let uuid = SchemaFormat::KnownFormat(KnownFormat::Uuid);
    parameter.parameter_in == ParameterIn::Path
        && matches!(&parameter.schema, Some(RefOr::T(Schema::Object(schema))) if schema.format.as_ref() == Some(&uuid))
}

/// The path with its parameters in braces to which a request was led.
pub(super) fn route_of(request: &HttpRequest) -> Option<String> {
    request.match_pattern().map(|pattern| pattern.replace(ASCII, ""))
}

/// The path with its parameters in braces to which a request to this path would be led.
pub(super) fn route_at(request: &HttpRequest, path: &str) -> Option<String> {
    request.resource_map().match_pattern(path).map(|pattern| pattern.replace(ASCII, ""))
}

fn resource(path: &str, routes: &[&RouteInfo]) -> actix_web::Resource {
    let mut allow: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    if allow.contains(&"GET") {
        allow.push("HEAD");
    }
    allow.push("OPTIONS");
    let allow = allow.join(", ");
    let made = |resource: actix_web::Resource, route: &&RouteInfo| resource.route((route.make)());
    routes.iter().fold(web::resource(spelled(path, routes)), made).default_service(web::to(
        move |request: HttpRequest| std::future::ready(other_method(&request, &allow)),
    ))
}

fn route_for(method: &Method) -> actix_web::Route {
    if *method == Method::GET { read_route() } else { web::method(method.clone()) }
}

/// A route for GET. HEAD answers like it; the connection leaves out the body.
pub fn read_route() -> actix_web::Route {
    web::route().guard(guard::fn_guard(|context: &GuardContext<'_>| {
        matches!(context.head().method, Method::GET | Method::HEAD)
    }))
}

/// A resource that is not part of the interface, and can only be read.
pub fn get_only(path: &str, route: actix_web::Route) -> actix_web::Resource {
    web::resource(path.to_owned()).route(route).default_service(web::to(|request: HttpRequest| {
        std::future::ready(other_method(&request, "GET, HEAD, OPTIONS"))
    }))
}

fn other_method(request: &HttpRequest, allow: &str) -> HttpResponse {
    if *request.method() == Method::OPTIONS {
        return HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish();
    }
    let problem = Problem::new(codes::METHOD_NOT_ALLOWED);
    let mut response = HttpResponse::from_error(problem);
    if let Ok(value) = header::HeaderValue::from_str(allow) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

fn method_of(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// Finds the route a request matched.
pub(super) struct RouteTable(std::collections::HashMap<(Method, String), Arc<RouteInfo>>);

impl RouteTable {
    /// The route of a path pattern.
    pub fn at(&self, method: &Method, pattern: &str) -> Option<&RouteInfo> {
        self.0.get(&(method.clone(), pattern.to_owned())).map(AsRef::as_ref)
    }

    pub fn of(&self, request: &HttpRequest) -> Option<Arc<RouteInfo>> {
        let method = if *request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
        self.0.get(&(method, route_of(request)?)).cloned()
    }
}
