//! Authentication, before any argument of a handler is read: so that a bad body never answers before a
//! bad token does. What it finds is left for the guards.

use super::{
    AppState, Problem, codes,
    guard::Caller,
    limit::{count_unseen, turn_away},
};
use crate::identity::{Bearer, credential_of};
use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};

/// Resolves the bearer token of a request, if it has one.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let token = bearer(&request);
    if let Some(seconds) = token.as_ref().and_then(|token| must_wait(&request, token)) {
        return Ok(turn_away(request, seconds));
    }
    let caller = match token {
        None => Caller::Unknown,
        Some(token) => match resolve(&request, token).await {
            Ok(caller) => caller,
            Err(problem) if problem.status() == codes::UNAUTHENTICATED.status => Caller::Unknown,
            // As an answer, not as an error: `edge` renders it like every other.
            Err(problem) => return Ok(request.error_response(problem)),
        },
    };
    request.extensions_mut().insert(caller);
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// How many seconds an address must wait that has shown too many tokens nobody knows.
fn must_wait(request: &ServiceRequest, token: &Bearer) -> Option<u64> {
    let state =
        request.app_data::<web::Data<AppState>>().filter(|state| state.identity.is_unseen_key(token))?;
    count_unseen(request, state).err()
}

fn bearer(request: &ServiceRequest) -> Option<Bearer> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Bearer::new(token.trim()))
}

async fn resolve(request: &ServiceRequest, token: Bearer) -> Result<Caller, Problem> {
    let state =
        request.app_data::<web::Data<AppState>>().ok_or_else(|| Problem::new(codes::INTERNAL))?.clone();
    let credential = credential_of(&state, token).await?;
    state.principal(credential).await.map(Caller::Known)
}
