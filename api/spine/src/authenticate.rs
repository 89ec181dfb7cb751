//! Authentication, before any argument of a handler is read: so that a bad body never answers before a
//! bad token does. What it finds is left for the guards.

use super::{
    AppState, Problem, codes,
    guard::Caller,
    limit::{count_unseen, is_exempt, turn_away},
    stream,
};
use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use futures_util::future::LocalBoxFuture;
use persistence::spine::{Credential, Database};

/// Who stands at the door: knows what a bearer token proves to hold. The wing of accounts brings it.
pub trait Doorkeeper: Send + Sync {
    /// Whether a token must be looked for in the database: one that was not shown here yet, or that nobody knows.
    fn is_unseen(&self, token: &str) -> bool;
    /// Whether whoever signs in can be given a token.
    fn may_sign<'a>(&'a self, database: &'a Database) -> LocalBoxFuture<'a, bool>;
    /// What a token proves to hold; 401 if nothing. Whether that is still live is asked when it is resolved.
    fn credential<'a>(
        &'a self,
        database: &'a Database,
        token: &'a str,
    ) -> LocalBoxFuture<'a, Result<Credential, Problem>>;
}

/// Resolves the bearer token of a request, if it has one.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let token = bearer(&request).filter(|_| !is_exempt(request.path()));
    if let Some(seconds) = token.as_ref().and_then(|token| must_wait(&request, token)) {
        return Ok(turn_away(request, seconds));
    }
    if token.is_none()
        && let Some(ticket) = stream::shown(&request)
    {
        return with_ticket(request, &ticket, next).await;
    }
    let caller = match token {
        None => Caller::Unknown,
        Some(token) => match resolve(&request, &token).await {
            Ok(caller) => caller,
            Err(problem) if problem.status() == codes::UNAUTHENTICATED.status => Caller::Unknown,
            // As an answer, not as an error: `edge` renders it like every other.
            Err(problem) => return Ok(request.error_response(problem)),
        },
    };
    request.extensions_mut().insert(caller);
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Lets in whoever shows a ticket in place of a token. Each is one nobody has seen here, and counts as such.
async fn with_ticket(
    request: ServiceRequest,
    ticket: &str,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(state) = request.app_data::<web::Data<AppState>>().cloned() else {
        return Ok(request.error_response(Problem::new(codes::INTERNAL)));
    };
    if let Err(seconds) = count_unseen(&request, &state) {
        return Ok(turn_away(request, seconds));
    }
    let caller = match stream::redeemed(&state, ticket, request.path()).await {
        Ok(credential) => state.principal(credential).await.map(Caller::Known),
        Err(problem) => Err(problem),
    };
    match caller {
        Ok(caller) => request.extensions_mut().insert(caller),
        Err(problem) if problem.status() == codes::UNAUTHENTICATED.status => None,
        Err(problem) => return Ok(request.error_response(problem)),
    };
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// How many seconds an address must wait that has shown too many tokens nobody knows.
fn must_wait(request: &ServiceRequest, token: &str) -> Option<u64> {
    let state =
        request.app_data::<web::Data<AppState>>().filter(|state| state.doorkeeper.is_unseen(token))?;
    count_unseen(request, state).err()
}

fn bearer(request: &ServiceRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

async fn resolve(request: &ServiceRequest, token: &str) -> Result<Caller, Problem> {
    let state =
        request.app_data::<web::Data<AppState>>().ok_or_else(|| Problem::new(codes::INTERNAL))?.clone();
    let credential = state.doorkeeper.credential(&state.database, token).await?;
    state.principal(credential).await.map(Caller::Known)
}
