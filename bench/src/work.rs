//! The work that is measured, as a client sends it.

use crate::{
    company,
    fill::{id_of, scramble},
    load::{Answer, Script, request},
};
use serde_json::Value;
use std::{
    cell::Cell,
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};

/// The list that is measured: fifty approved claims, those that changed last first.
pub const LIST: &str = "/api/v1/expense-claims?status=approved&sort=-changed_at&limit=50";

/// Reads claims here and there.
pub struct Show {
    /// What stands before the id.
    pub prefix: &'static str,
    pub token: String,
    pub claims: u64,
    pub turn: u64,
}

impl Script for Show {
    fn next(&mut self, _: Option<&Answer>, into: &mut Vec<u8>) -> bool {
        self.turn += 1;
        let id = id_of(scramble(self.turn) % self.claims).0.hyphenated();
        request("GET", &format!("{}{id}", self.prefix), &[("Authorization", &self.token)], "", into);
        true
    }
}

/// Reads one thing again and again.
pub struct Same {
    pub path: String,
    pub token: String,
}

impl Script for Same {
    fn next(&mut self, _: Option<&Answer>, into: &mut Vec<u8>) -> bool {
        request("GET", &self.path, &[("Authorization", &self.token)], "", into);
        true
    }
}

/// Numbers that no claim of this run has had: of invoices and idempotency keys.
#[derive(Clone)]
pub struct Numbers(Rc<Cell<u64>>);

impl Numbers {
    /// Numbers from here on, beyond those of earlier runs.
    #[expect(clippy::disallowed_methods, reason = "only to differ from earlier runs")]
    pub fn fresh() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self(Rc::new(Cell::new(now * 10_000_000)))
    }

    fn take(&self) -> u64 {
        self.0.replace(self.0.get() + 1)
    }
}

/// Makes claims.
pub struct Create {
    pub path: &'static str,
    pub token: String,
    pub numbers: Numbers,
}

impl Script for Create {
    fn next(&mut self, _: Option<&Answer>, into: &mut Vec<u8>) -> bool {
        let number = self.numbers.take();
        let key = number.to_string();
        let headers = [("Authorization", self.token.as_str()), ("Idempotency-Key", &key)];
        request("POST", self.path, &headers, &company::claim_body(number), into);
        true
    }
}

/// Makes a claim, submits it, and has it approved by the head of the department and by finance; or only the
/// first of these stages.
pub struct Course {
    pub submitter: String,
    pub head: String,
    pub finance: String,
    pub numbers: Numbers,
    pub stage: u8,
    /// How many stages are measured, at most 4.
    pub stages: u8,
}

impl Script for Course {
    fn next(&mut self, before: Option<&Answer>, into: &mut Vec<u8>) -> bool {
        if before.is_some_and(|answer| !(200..300).contains(&answer.status)) {
            self.stage = 0;
        }
        let known: Value =
            before.and_then(|answer| serde_json::from_slice(&answer.body).ok()).unwrap_or_default();
        let text =
            |pointer: &str| known.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let version = |pointer: &str| known.pointer(pointer).and_then(Value::as_i64).unwrap_or_default();
        let key = self.numbers.take();
        let (token, path, etag, body) = match self.stage {
            0 => (&self.submitter, "/api/v1/expense-claims".to_owned(), None, company::claim_body(key)),
            1 => {
                let path = format!("/api/v1/expense-claims/{}/submit", text("/id"));
                (&self.submitter, path, Some(version("/version")), String::new())
            }
            // The answer to the submission names the approval; a new one stands at its first version.
            2 => {
                let path = format!("/api/v1/approvals/{}/approve", text("/approval_id"));
                let body = format!("{{\"document_version\":{}}}", version("/version"));
                (&self.head, path, Some(1), body)
            }
            _ => {
                let path = format!("/api/v1/approvals/{}/approve", text("/id"));
                let body = format!("{{\"document_version\":{}}}", version("/document/version"));
                (&self.finance, path, Some(version("/version")), body)
            }
        };
        let (key, etag) = (key.to_string(), etag.map(|version| format!("\"{version}\"")));
        let mut headers = vec![("Authorization", token.as_str()), ("Idempotency-Key", key.as_str())];
        headers.extend(etag.as_ref().map(|etag| ("If-Match", etag.as_str())));
        request("POST", &path, &headers, &body, into);
        self.stage = (self.stage + 1) % self.stages;
        self.stage == 0
    }
}
