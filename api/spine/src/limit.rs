//! How often one caller may call: counted per account, or per address where there is none. Headers as in
//! the IETF draft "RateLimit header fields for HTTP".

use super::{AppState, Problem, address, codes, guard::Caller};
use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue, RETRY_AFTER},
    middleware::Next,
    web,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use std::num::NonZeroU32;

/// Counts the requests of every caller.
pub(super) struct Limiter {
    per_minute: NonZeroU32,
    callers: RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>,
}

impl Limiter {
    pub fn new(per_minute: u32) -> Self {
        let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let callers = RateLimiter::keyed(Quota::per_minute(per_minute));
        Self { per_minute, callers: callers.with_middleware::<StateInformationMiddleware>() }
    }

    /// How many requests the caller has left, or how many seconds it must wait.
    fn count(&self, caller: &String) -> Result<u32, u64> {
        self.callers
            .check_key(caller)
            .map(|state| state.remaining_burst_capacity())
            .map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }

    pub fn forget_idle(&self) {
        self.callers.retain_recent();
    }
}

/// Whether a path is never limited: whoever watches over a server must be answered when nobody else is.
pub(super) fn is_exempt(path: &str) -> bool {
    ["/healthz", "/readyz", "/metrics"].contains(&path)
}

/// What is left to an address that was counted before anybody looked at its token.
#[derive(Clone, Copy)]
struct Counted(u32);

/// Counts a request for its address already now: one whose token must be looked for in the database, where whoever
/// makes tokens up would cost a query each. Answers how many seconds it must wait, if it must.
pub(super) fn count_unseen(request: &ServiceRequest, state: &AppState) -> Result<(), u64> {
    let left = state.limiter.count(&address_of(request))?;
    request.extensions_mut().insert(Counted(left));
    Ok(())
}

/// The answer to a caller who must wait.
pub(super) fn turn_away(request: ServiceRequest, seconds: u64) -> ServiceResponse {
    let refused = actix_web::HttpResponse::from_error(Problem::new(codes::TOO_MANY_REQUESTS));
    let mut response = request.into_response(refused);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Turns away callers who call too often. Runs behind authentication, which says who they are.
pub async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(state) = request.app_data::<web::Data<AppState>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    if is_exempt(request.path()) {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    }
    let mut response = match count(&request, &state) {
        Ok(left) => {
            let mut response = next.call(request).await?.map_into_boxed_body();
            let text = format!("\"default\";r={left}");
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(HeaderName::from_static("ratelimit"), value);
            }
            response
        }
        Err(seconds) => turn_away(request, seconds),
    };
    let policy = format!("\"default\";q={};w=60", state.limiter.per_minute);
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(HeaderName::from_static("ratelimit-policy"), value);
    }
    Ok(response)
}

/// Counts a request for its account; one without, for its address, unless it is counted already.
fn count(request: &ServiceRequest, state: &AppState) -> Result<u32, u64> {
    let extensions = request.extensions();
    match (extensions.get::<Caller>(), extensions.get::<Counted>()) {
        (Some(Caller::Known(principal)), _) => state.limiter.count(&principal.actor.user.to_string()),
        (_, Some(Counted(left))) => Ok(*left),
        _ => state.limiter.count(&address_of(request)),
    }
}

fn address_of(request: &ServiceRequest) -> String {
    address::of(request.request()).map_or_else(String::new, |address| address.to_string())
}
