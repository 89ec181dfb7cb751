//! Somebody who calls the API: a front end, a script, the ERP.

use crate::{
    Listener,
    ledger::{Ledger, route_of},
    race,
};
use serde_json::Value;
use std::{net::SocketAddr, sync::OnceLock};
use ureq::{Agent, Body, http};

/// A caller, with or without a token.
#[derive(Clone)]
pub struct Caller {
    base: String,
    token: Option<String>,
    agent: Agent,
    headers: Vec<(String, String)>,
    ledger: Ledger,
    probes: bool,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    json: OnceLock<Value>,
}

impl Caller {
    pub(crate) fn new(address: SocketAddr, token: Option<String>, ledger: Ledger, agent: Agent) -> Self {
        Self { base: format!("http://{address}"), token, agent, headers: Vec::new(), ledger, probes: true }
    }

    /// A caller of a server that is not a story's.
    pub fn of(address: SocketAddr, token: Option<String>) -> Self {
        Self::new(address, token, Ledger::default(), Self::agent())
    }

    /// What keeps the connections of all callers of a story. Its buffers are small, since they are filled with zeros
    /// for each connection.
    pub(crate) fn agent() -> Agent {
        let config = Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true);
        config.input_buffer_size(16 << 10).output_buffer_size(16 << 10).build().into()
    }

    /// What it says who it is.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Where whoever is called listens.
    pub fn address(&self) -> SocketAddr {
        self.base.trim_start_matches("http://").parse().expect("an address")
    }

    /// The same caller, sending one more header.
    pub fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut caller = self.clone();
        caller.headers.push((name.to_owned(), value.into()));
        caller
    }

    /// The same caller, without the probes along the way: for tales of many thousand calls.
    pub fn quietly(&self) -> Self {
        Self { probes: false, ..self.clone() }
    }

    /// The same caller, who has read this version.
    pub fn at(&self, version: i64) -> Self {
        self.with("If-Match", format!("\"{version}\""))
    }

    /// The same caller, with an idempotency key.
    pub fn once(&self, key: &str) -> Self {
        self.with("Idempotency-Key", key)
    }

    /// GET.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None)
    }
    /// POST with a JSON body.
    pub fn post(&self, path: &str, body: impl Into<Value>) -> Reply {
        self.send("POST", path, Some(("application/json", body.into().to_string().into_bytes())))
    }
    /// POST without a body.
    pub fn act(&self, path: &str) -> Reply {
        self.send("POST", path, None)
    }
    /// PUT with a JSON body.
    pub fn put(&self, path: &str, body: impl Into<Value>) -> Reply {
        self.send("PUT", path, Some(("application/json", body.into().to_string().into_bytes())))
    }
    /// PATCH with a JSON merge patch.
    pub fn patch(&self, path: &str, body: impl Into<Value>) -> Reply {
        self.send("PATCH", path, Some(("application/json", body.into().to_string().into_bytes())))
    }
    /// DELETE.
    pub fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, None)
    }

    /// Any request. Outside races, what holds of every route is proven along the way, of each route once in a story: a
    /// success under `If-Match` is 412 for another version, and a resource with an `ETag` is 304 for who has it, unless a server moved it meanwhile.
    pub fn send(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Reply {
        let Some(route) = route_of(method, path) else { return self.exchange(method, path, body) };
        let asked = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("if-match"));
        let probes = |what| self.probes && !race::is_running() && self.ledger.probes(route, what);
        let probe = (route.description.conditional && asked.is_some() && probes("If-Match"))
            .then(|| self.probing("If-Match", "\"0\"").exchange(method, path, body.clone()));
        let reply = self.exchange(method, path, body);
        self.ledger.hear(route, method, path, asked.map(|(_, version)| version.as_str()), &reply);
        if let Some(probe) = probe {
            if reply.status >= 300 || reply.header("idempotent-replayed").is_some() {
                self.ledger.forget_probe(route, "If-Match");
            } else {
                assert_eq!(probe.status, 412, "{method} {path} with a stale If-Match: {probe}");
            }
        }
        if method == "GET"
            && reply.status == 200
            && let Some(etag) = reply.header("etag")
            && probes("If-None-Match")
        {
            let again = self.probing("If-None-Match", &etag).exchange(method, path, None);
            let has_moved = again.header("etag").is_some_and(|now| now != etag);
            assert!(again.status == 304 || has_moved, "GET {path} with If-None-Match {etag}: {again}");
        }
        reply
    }

    /// Opens a stream of server-sent events.
    #[track_caller]
    pub fn listen(&self, path: &str) -> Listener {
        let token = self.token.iter().map(|token| ("Authorization".to_owned(), format!("Bearer {token}")));
        let headers: Vec<_> = token.chain(self.headers.iter().cloned()).collect();
        let (listener, head) = Listener::open(self, path, &headers);
        for part in [
            "http/1.1 200",
            "content-type: text/event-stream",
            "x-accel-buffering: no",
            "cache-control: no-store",
        ] {
            assert!(head.contains(part), "{part} in {head}");
        }
        if let Some(route) = route_of("GET", path) {
            let reply =
                Reply { status: 200, headers: Default::default(), bytes: Vec::new(), json: OnceLock::new() };
            self.ledger.hear(route, "GET", path, None, &reply);
        }
        listener
    }

    /// The same caller at another server.
    #[must_use]
    pub fn at_server_of(&self, other: &Self) -> Self {
        Self { base: other.base.clone(), ..self.clone() }
    }

    /// The same caller, who shows no token.
    #[must_use]
    pub fn without_token(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The same caller with one header replaced, whose requests leave no trace in the order of ids.
    fn probing(&self, header: &str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.retain(|(name, _)| {
            ![header, "Idempotency-Key", "X-Request-Id"].iter().any(|known| name.eq_ignore_ascii_case(known))
        });
        caller.with(header, value).with("X-Request-Id", "probe")
    }

    fn exchange(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Reply {
        self.attempt(method, path, body).unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// Any request; `None` if no answer came, because the other side is gone.
    pub fn attempt(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Option<Reply> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answered = match body {
            Some((kind, bytes)) => {
                self.agent.run(request.header("Content-Type", kind).body(bytes).expect("a request"))
            }
            None => self.agent.run(request.body(()).expect("a request")),
        };
        read(answered.ok()?)
    }
}

fn read(answered: http::Response<Body>) -> Option<Reply> {
    let (parts, mut body) = answered.into_parts();
    // A stream has no end to read to: whoever wants what it tells listens.
    let is_stream = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let bytes = if is_stream { Vec::new() } else { body.with_config().limit(1 << 30).read_to_vec().ok()? };
    Some(Reply { status: parts.status.as_u16(), headers: parts.headers, bytes, json: OnceLock::new() })
}

impl Reply {
    /// The body as JSON; null if it is not.
    pub fn json(&self) -> Value {
        self.parsed().clone()
    }
    fn parsed(&self) -> &Value {
        self.json.get_or_init(|| serde_json::from_slice(&self.bytes).unwrap_or(Value::Null))
    }
    /// A member of the body by its JSON pointer.
    pub fn at(&self, pointer: &str) -> Value {
        self.parsed().pointer(pointer).cloned().unwrap_or(Value::Null)
    }
    /// A member of the body that must be a string.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let value = self.at(pointer);
        value.as_str().unwrap_or_else(|| panic!("no text at {pointer} of {self}")).to_owned()
    }
    /// The code of a problem document.
    pub fn code(&self) -> String {
        self.at("/code").as_str().unwrap_or_default().to_owned()
    }
    /// The version in the `ETag`.
    #[track_caller]
    pub fn version(&self) -> i64 {
        let etag = self.header("etag").unwrap_or_else(|| panic!("no ETag on {self}"));
        etag.trim_matches('"').split('-').next().and_then(|version| version.parse().ok()).expect("a version")
    }
    /// A header.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
    /// Fails the story unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}, got {self}");
        self
    }
    /// Fails the story unless it is this problem.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Self {
        assert!(self.status == status && self.code() == code, "expected {status} {code}, got {self}");
        assert_eq!(self.header("content-type").as_deref(), Some("application/problem+json"));
        self
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.bytes))
    }
}
