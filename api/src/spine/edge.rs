//! The outermost layer: request ids, language, problem documents, headers, metrics, panics.

use super::{AppState, Problem, codes};
use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use domain::spine::Language;
use futures_util::FutureExt;
use prometheus::{HistogramVec, register_histogram_vec};
use std::{
    panic::AssertUnwindSafe,
    sync::LazyLock,
    time::{Duration, Instant},
};

/// The id of a request: the client's, or one of ours.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

static DURATIONS: LazyLock<Option<HistogramVec>> = LazyLock::new(|| {
    let buckets = vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
    register_histogram_vec!(
        "http_request_duration_seconds",
        "Time to answer, by route template",
        &["method", "route", "status"],
        buckets
    )
    .ok()
});

/// Wraps every request.
pub async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let request_id = request_id(&request);
    let language = language(request.headers());
    request.extensions_mut().insert(RequestId(request_id.clone()));
    let method = request.method().as_str().to_owned();
    let path = request.path().to_owned();
    let patience =
        request.app_data::<web::Data<AppState>>().map_or(60, |state| state.settings.request_seconds_max);
    let answering = AssertUnwindSafe(next.call(request)).catch_unwind();
    let mut response = match tokio::time::timeout(Duration::from_secs(patience), answering).await {
        Ok(Ok(Ok(response))) => response.map_into_boxed_body(),
        Ok(Ok(Err(error))) => return Err(error),
        Ok(Err(_)) => return Err(Problem::new(codes::INTERNAL).into()),
        Err(_) => return Err(Problem::new(codes::TIMEOUT).into()),
    };
    render(&mut response, language, &request_id);
    headers(response.headers_mut(), language, &request_id);
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let status = response.status();
    let elapsed = started.elapsed();
    if let Some(durations) = DURATIONS.as_ref() {
        durations
            .with_label_values(&[method.as_str(), &route, status.as_str()])
            .observe(elapsed.as_secs_f64());
    }
    log::info!("{method} {path} {} {} µs request={request_id}", status.as_u16(), elapsed.as_micros());
    Ok(response)
}

fn request_id(request: &ServiceRequest) -> String {
    let sent = request.headers().get("X-Request-Id").and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        (1..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=".contains(&b))
    };
    if let Some(id) = sent.filter(plain) {
        return id.to_owned();
    }
    let state = request.app_data::<web::Data<AppState>>();
    state.map_or_else(String::new, |state| state.database.ids().fresh().simple().to_string())
}

/// The first language of `Accept-Language` that we speak; Chinese by default.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let sent = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut wanted: Vec<(f32, &str)> = sent
        .split(',')
        .filter_map(|part| {
            let mut pieces = part.split(';');
            let tag = pieces.next()?.trim();
            let quality =
                pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            Some((quality, tag))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted
        .into_iter()
        .filter(|(quality, _)| *quality > 0.0)
        .find_map(|(_, tag)| match tag.to_ascii_lowercase().split('-').next()? {
            "zh" => Some(Language::Chinese),
            "en" => Some(Language::English),
            _ => None,
        })
        .unwrap_or_default()
}

/// Writes the problem document of a failed request, whoever failed it.
fn render(response: &mut ServiceResponse<BoxBody>, language: Language, request_id: &str) {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let error = response.response().error();
    let problem = error.and_then(|error| error.as_error::<Problem>());
    let fallback;
    let problem = match problem {
        Some(problem) => problem,
        None if response.headers().contains_key(header::CONTENT_TYPE) && error.is_none() => return,
        None => {
            fallback = Problem::new(match status.as_u16() {
                404 => codes::NOT_FOUND,
                405 => codes::METHOD_NOT_ALLOWED,
                408 => codes::TIMEOUT,
                413 => codes::TOO_LARGE,
                400..=499 => codes::BAD_HEADER,
                _ => codes::INTERNAL,
            });
            &fallback
        }
    };
    let body = serde_json::to_vec(&problem.render(language, request_id)).unwrap_or_default();
    let status = problem.status();
    let allow = response.headers().get(header::ALLOW).cloned();
    let rendered = HttpResponse::with_body(
        actix_web::http::StatusCode::from_u16(status).unwrap_or_default(),
        BoxBody::new(body),
    );
    let kept = std::mem::replace(response.response_mut(), rendered);
    let headers = response.headers_mut();
    for (name, value) in kept.headers() {
        headers.insert(name.clone(), value.clone());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, allow);
    }
    match status {
        401 => headers
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"marketing-center\"")),
        429 | 503 if !headers.contains_key(header::RETRY_AFTER) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"))
        }
        _ => return,
    };
}

fn headers(headers: &mut HeaderMap, language: Language, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Authorization, Origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
