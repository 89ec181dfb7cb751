//! What a server tells of itself in figures: to whoever watches over it, and to nobody else.

use crate::spine::{AppState, Problem, codes};
use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};

/// Where metrics are told.
pub(super) const PATH: &str = "/metrics";

/// Tells them, where they may be told.
pub(super) async fn metrics(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    if let Err(problem) = permitted(&request, &state) {
        return HttpResponse::from_error(problem);
    }
    match prometheus::TextEncoder::new().encode_to_string(&prometheus::gather()) {
        Ok(text) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            log::error!("metrics: {error}");
            HttpResponse::from_error(Problem::new(codes::INTERNAL))
        }
    }
}

/// At an address of their own they are told to anybody who reaches that; else to whoever shows the token, or, where there
/// is none, calls from this very machine.
fn permitted(request: &HttpRequest, state: &AppState) -> Result<(), Problem> {
    let is_apart = state.settings.metrics_listen.is_some();
    if is_apart && !state.is_metrics_address(request.app_config().local_addr()) {
        return Err(Problem::new(codes::NOT_FOUND));
    }
    if let Some(token) = &state.settings.metrics_token {
        let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let sent = sent.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        // Digests are compared: how long that takes tells nothing of the token.
        let is_right = digest(sent) == digest(token);
        return if is_right { Ok(()) } else { Err(Problem::new(codes::UNAUTHENTICATED)) };
    }
    let is_here = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let is_forwarded = request.headers().contains_key("X-Forwarded-For");
    if is_apart || is_here && !is_forwarded { Ok(()) } else { Err(Problem::new(codes::NOT_FOUND)) }
}

fn digest(text: &str) -> sha2::digest::Output<sha2::Sha256> {
    <sha2::Sha256 as sha2::Digest>::digest(text)
}

/// At the address of the metrics there is nothing else.
pub(super) async fn apart(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = request.app_data::<web::Data<AppState>>();
    let is_apart = state.is_some_and(|state| state.is_metrics_address(request.app_config().local_addr()));
    if is_apart && request.path() != PATH {
        return Ok(request.into_response(HttpResponse::from_error(Problem::new(codes::NOT_FOUND))));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
