//! What the demo's story is told with: callers by name, a clock, a seeded source of variety.

use super::PASSWORD;
use crate::spine::version_in;
use chrono::{Duration, NaiveDate};
use domain::spine::{Clock, Timestamp};
use persistence::spine::TestClock;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::{collections::HashMap, net::SocketAddr};
use ureq::{Agent, http};

/// Who tells the story: callers by name, a user's or the ERP's, and what they need.
pub(super) struct Script {
    agent: Agent,
    base: String,
    clock: TestClock,
    end: Timestamp,
    variety: StdRng,
    tokens: HashMap<String, (String, Timestamp)>,
    invoices: u64,
}

/// An answer: its body and its version.
#[derive(Clone)]
pub(super) struct Answer {
    pub body: Value,
    pub version: Option<i64>,
}

impl Answer {
    /// A text of the body by its JSON pointer.
    pub fn text(&self, pointer: &str) -> Result<String, String> {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.map(str::to_owned).ok_or_else(|| format!("no {pointer} in {}", self.body))
    }
}

impl Script {
    pub fn new(address: SocketAddr, clock: TestClock, end: Timestamp, seed: u64) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        let variety = StdRng::seed_from_u64(seed);
        let base = format!("http://{address}");
        Self { agent, base, clock, end, variety, tokens: HashMap::new(), invoices: seed * 1_000_000 }
    }

    /// The present day of the story.
    pub fn today(&self) -> NaiveDate {
        self.clock.now().date_in(chrono_tz::Asia::Shanghai)
    }

    /// Lets time pass, but never beyond the end of the story.
    pub fn pass(&self, time: Duration) {
        let time = time.min(self.end.since(self.clock.now()));
        if time > Duration::zero() {
            self.clock.advance(time);
        }
    }

    /// Lets time pass until a time of a day, of the company's clock, unless it has passed.
    pub fn pass_until(&self, day: NaiveDate, (hour, minute): (u32, u32)) -> Result<(), String> {
        let local = day
            .and_hms_opt(hour, minute, 0)
            .and_then(|time| time.and_local_timezone(chrono_tz::Asia::Shanghai).earliest());
        let then = local.ok_or("no such time")?.to_utc();
        self.pass(Timestamp::new(then).since(self.clock.now()));
        Ok(())
    }

    /// Lets time pass until three hours before the end of the story.
    pub fn pass_until_shortly_before_the_end(&self) {
        self.pass(self.end.since(self.clock.now()) - Duration::hours(3));
    }

    /// A whole number from a range.
    pub fn number(&mut self, from: i64, to: i64) -> i64 {
        self.variety.random_range(from..=to)
    }

    /// A fully digital invoice number that was never used.
    pub fn invoice_number(&mut self) -> String {
        self.invoices += 1;
        format!("26{:018}", self.invoices)
    }

    /// Keeps an API key for a caller.
    pub fn keep_key(&mut self, name: &str, key: String) {
        self.tokens.insert(name.to_owned(), (key, self.end.plus(Duration::days(3_650))));
    }

    fn token(&mut self, who: &str) -> Result<String, String> {
        let now = self.clock.now();
        if let Some((token, until)) = self.tokens.get(who)
            && now < *until
        {
            return Ok(token.clone());
        }
        let signed_in = self.send(
            None,
            "POST",
            "/api/v1/sessions",
            Some(json!({"username": who, "password": PASSWORD})),
            None,
        )?;
        let token = signed_in.text("/access_token")?;
        let lasts = signed_in.body["expires_in"].as_i64().unwrap_or(0) - 5;
        self.tokens.insert(who.to_owned(), (token.clone(), now.plus(Duration::seconds(lasts))));
        Ok(token)
    }

    /// Reads.
    pub fn get(&mut self, who: &str, path: &str) -> Result<Answer, String> {
        let token = self.token(who)?;
        self.send(Some(&token), "GET", path, None, None)
    }

    /// Creates, or acts on what has no version.
    pub fn post(&mut self, who: &str, path: &str, body: Value) -> Result<Answer, String> {
        let token = self.token(who)?;
        self.send(Some(&token), "POST", path, Some(body), None)
    }

    /// Acts on a version; without a body where that is null.
    pub fn act(&mut self, who: &str, path: &str, version: i64, body: Value) -> Result<Answer, String> {
        let token = self.token(who)?;
        let body = if body.is_null() { None } else { Some(body) };
        self.send(Some(&token), "POST", path, body, Some(version))
    }

    /// Acts on a version; without an answer where the thing has moved on, or is for others to act on by now.
    pub fn act_if_current(
        &mut self,
        who: &str,
        path: &str,
        version: i64,
        body: Value,
    ) -> Result<Option<Answer>, String> {
        let token = self.token(who)?;
        let answered = self.ask(Some(&token), "POST", path, Some(&body), Some(version))?;
        if [http::StatusCode::PRECONDITION_FAILED, http::StatusCode::FORBIDDEN].contains(&answered.status()) {
            return Ok(None);
        }
        read(answered).map(Some).map_err(|error| format!("POST {path} with {body}: {error}"))
    }

    /// Changes a version by a merge patch.
    pub fn patch(&mut self, who: &str, path: &str, version: i64, body: Value) -> Result<Answer, String> {
        let token = self.token(who)?;
        self.send(Some(&token), "PATCH", path, Some(body), Some(version))
    }

    /// Uploads a photograph as evidence; answers its id.
    pub fn upload(&mut self, who: &str, name: &str) -> Result<String, String> {
        const BOUNDARY: &str = "demo-7f3a9c";
        let token = self.token(who)?;
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(PHOTOGRAPH);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = http::Request::post(format!("{}/api/v1/files", self.base))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body)
            .map_err(|error| error.to_string())?;
        let answered = self.agent.run(request).map_err(|error| error.to_string())?;
        read(answered)?.text("/id")
    }

    fn send(
        &self,
        token: Option<&str>,
        method: &str,
        path: &str,
        body: Option<Value>,
        version: Option<i64>,
    ) -> Result<Answer, String> {
        let answered = self.ask(token, method, path, body.as_ref(), version)?;
        read(answered).map_err(|error| format!("{method} {path} with {}: {error}", body.unwrap_or_default()))
    }

    fn ask(
        &self,
        token: Option<&str>,
        method: &str,
        path: &str,
        body: Option<&Value>,
        version: Option<i64>,
    ) -> Result<http::Response<ureq::Body>, String> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        request = request.header("Accept-Language", "en").header("Content-Type", "application/json");
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(version) = version {
            request = request.header("If-Match", format!("\"{version}\""));
        }
        let answered = match body {
            Some(body) => self.agent.run(request.body(body.to_string()).map_err(|error| error.to_string())?),
            None => self.agent.run(request.body(()).map_err(|error| error.to_string())?),
        };
        answered.map_err(|error| error.to_string())
    }
}

fn read(mut answered: http::Response<ureq::Body>) -> Result<Answer, String> {
    let status = answered.status().as_u16();
    let etag = answered.headers().get("etag").and_then(|tag| tag.to_str().ok());
    let version = etag.and_then(version_in);
    let text = answered.body_mut().read_to_string().map_err(|error| error.to_string())?;
    if !(200..300).contains(&status) {
        return Err(format!("answered {status} {text}"));
    }
    Ok(Answer { body: serde_json::from_str(&text).unwrap_or(Value::Null), version })
}

/// The smallest picture: one white point.
const PHOTOGRAPH: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63,
    0xf8, 0x0f, 0, 1, 1, 1, 0, 0x1b, 0xb6, 0xee, 0x56, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60,
    0x82,
];
