//! The outermost layer: request ids, language, problem documents, headers, metrics, panics.

use super::{AppState, EdgeCode, Problem, codes, notice, query, registry, upload::ARRIVAL_MAX as UPLOAD_MAX};
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use domain::spine::Language;
use futures_util::FutureExt;
use prometheus::{HistogramVec, register_histogram_vec};
use std::{
    cell::Cell,
    fmt,
    panic::AssertUnwindSafe,
    rc::Rc,
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

/// What is known of a request before anybody looks at it: enough to answer it whatever happens.
struct Call {
    started: Instant,
    id: String,
    language: Language,
    method: &'static str,
    path: String,
    /// The caller's trace, as W3C Trace Context names it: for the log.
    trace: Option<String>,
    body: Arrival,
}

/// Whether the body of a request has arrived: set by whatever reads it.
#[derive(Clone, Default)]
pub(super) struct Arrival(Rc<Cell<bool>>);

impl Arrival {
    /// Says of a request that its body was read to the end.
    pub fn tell(request: &HttpRequest) {
        if let Some(Self(arrived)) = request.extensions().get() {
            arrived.set(true);
        }
    }
}

impl Call {
    fn of(request: &ServiceRequest) -> Self {
        let headers = request.headers();
        let trace = headers.get("traceparent").and_then(|value| value.to_str().ok());
        let plain =
            |trace: &&str| trace.len() == 55 && trace.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let has_body = headers.contains_key(header::TRANSFER_ENCODING)
            || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
        Self {
            started: Instant::now(),
            id: request_id(request),
            language: language(headers),
            method: known(request.method()),
            path: request.path().to_owned(),
            trace: trace.filter(plain).map(str::to_owned),
            body: Arrival(Rc::new(Cell::new(!has_body))),
        }
    }

    /// A request that is answered here, because what was to answer it did not.
    fn cut_off(&self, code: &'static EdgeCode) -> Error {
        let problem = Problem::new(code);
        self.note("cut-off", problem.status_code());
        CutOff { problem, language: self.language, request_id: self.id.clone() }.into()
    }

    fn note(&self, route: &str, status: StatusCode) {
        let elapsed = self.started.elapsed();
        if let Some(durations) = DURATIONS.as_ref() {
            durations
                .with_label_values(&[self.method, route, status.as_str()])
                .observe(elapsed.as_secs_f64());
        }
        let Self { id, method, path, .. } = self;
        let (status, micros) = (status.as_u16(), elapsed.as_micros());
        match &self.trace {
            None => log::info!("{method} {path} {status} {micros} µs request={id}"),
            Some(trace) => log::info!("{method} {path} {status} {micros} µs request={id} trace={trace}"),
        }
    }
}

/// The methods that anybody here answers. What else a client calls a method is no name for a metric: there would be no
/// end of them.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// The answer where a handler panicked or took too long: there is no response to be rendered then.
#[derive(Debug)]
struct CutOff {
    problem: Problem,
    language: Language,
    request_id: String,
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl ResponseError for CutOff {
    fn status_code(&self) -> StatusCode {
        self.problem.status_code()
    }
    fn error_response(&self) -> HttpResponse {
        let mut response = self.problem.answer(self.language, None, &self.request_id);
        headers(response.headers_mut(), self.language, &self.request_id);
        response
    }
}

/// Wraps every request.
pub async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let call = Call::of(&request);
    request.extensions_mut().insert(RequestId(call.id.clone()));
    request.extensions_mut().insert(call.body.clone());
    let patience = patience(&request);
    let answering = AssertUnwindSafe(next.call(request)).catch_unwind();
    let mut response = match tokio::time::timeout(patience, answering).await {
        Ok(Ok(Ok(response))) => response.map_into_boxed_body(),
        Ok(Ok(Err(error))) => return Err(error),
        Ok(Err(_)) => return Err(call.cut_off(codes::INTERNAL)),
        Err(_) if call.body.0.get() => return Err(call.cut_off(codes::TOO_SLOW)),
        Err(_) => return Err(call.cut_off(codes::TIMEOUT)),
    };
    if response.status() == StatusCode::FORBIDDEN
        && let Some(refused) = response.response().error().and_then(|error| error.as_error::<Problem>())
    {
        notice::of_refusal(response.request(), refused).await;
    }
    render(&mut response, call.language, &call.id);
    headers(response.headers_mut(), call.language, &call.id);
    let route = registry::route_of(response.request());
    call.note(route.as_deref().unwrap_or("unmatched"), response.status());
    Ok(response)
}

/// How long a request may take. Files may take long to arrive, and whoever receives them sees to it that they do not
/// take for ever.
fn patience(request: &ServiceRequest) -> Duration {
    let state = request.app_data::<web::Data<AppState>>();
    let patience = Duration::from_secs(state.map_or(60, |state| state.settings.request_seconds_max));
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("multipart/")) { patience + UPLOAD_MAX } else { patience }
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
    let completed = query::completed(response.request(), problem);
    let state = response.request().app_data::<web::Data<AppState>>();
    let zone = state.map(|state| state.database.zone());
    let rendered = completed.as_ref().unwrap_or(problem).answer(language, zone, request_id);
    let said = std::mem::replace(response.response_mut(), rendered);
    let headers = response.headers_mut();
    for (name, value) in said.headers().iter().filter(|(name, _)| *name != header::CONTENT_TYPE) {
        headers.insert(name.clone(), value.clone());
    }
}

/// By what an answer differs for others: what is asked for most is also had packed.
const VARIES: &str = "Accept-Encoding, Accept-Language, Authorization, Origin";

fn headers(headers: &mut HeaderMap, language: Language, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static(VARIES));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
