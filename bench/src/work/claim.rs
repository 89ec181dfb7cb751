//! Claims: shown, listed, made, and brought through their course.

use super::{Client, Numbers, Twin, Work, reads, rereads, sends};
use crate::{
    company,
    fill::{id_of, scramble},
    load::{Answer, Script, request},
};
use persistence::spine::Key;
use serde_json::Value;

/// The list that is measured: fifty approved claims, those that changed last first.
pub const LIST: &str = "/api/v1/expense-claims?status=approved&sort=-changed_at&limit=50";

/// One claim by its id.
pub const SHOW: Work = Work {
    code: "show",
    name: "show a claim",
    fills: &[],
    twin: Some(|_, ground| {
        let claims = ground.counts.claims;
        Ok(Twin::read(move |bare, turn| bare.document(id_of(scramble(turn) % claims))))
    }),
    script: |client, index| {
        let claims = client.ground.counts.claims;
        reads(client, "finance", index, move |turn| {
            format!("/api/v1/expense-claims/{}", id_of(scramble(turn) % claims).0.hyphenated())
        })
    },
};

/// Fifty claims, filtered and sorted.
pub const LISTED: Work = Work {
    code: "list",
    name: "list 50, filtered and sorted",
    fills: &[],
    twin: Some(|_, _| Ok(Twin::read(|bare, _| bare.list()))),
    script: |client, _| rereads(client, "finance", LIST),
};

/// A claim with two lines.
pub const CREATE: Work = Work {
    code: "create",
    name: "create with 2 lines",
    fills: &[],
    twin: Some(|bare, ground| {
        let pattern = bare.pattern(Key(ground.company.pattern))?;
        Ok(Twin::write(move |bare, number| bare.insert(&pattern.numbered(number))))
    }),
    script: |client, _| {
        let numbers = client.numbers.clone();
        sends(client, "staff", "/api/v1/expense-claims", move || company::claim_body(numbers.take()))
    },
};

/// A claim that is submitted and reserves of one budget line.
pub const CHARGE: Work = Work {
    code: "charge",
    name: "create, submit, reserve of one budget line",
    fills: &[],
    twin: None,
    script: |client, index| Course::script(client, index, "spender", 2),
};

/// A claim that is submitted and approved twice.
pub const COURSE: Work = Work {
    code: "course",
    name: "create, submit, approve twice",
    fills: &[],
    twin: None,
    script: |client, index| Course::script(client, index, "staff", 4),
};

/// Makes a claim, submits it, and has it approved by the head of the department and by finance; or only the
/// first of these stages.
struct Course {
    submitter: String,
    head: String,
    finance: String,
    numbers: Numbers,
    stage: u8,
    /// How many stages are measured, at most 4.
    stages: u8,
}

impl Course {
    fn script(client: &Client<'_>, _: u32, submitter: &str, stages: u8) -> Box<dyn Script> {
        Box::new(Self {
            submitter: client.token(submitter),
            head: client.token("head"),
            finance: client.token("finance"),
            numbers: client.numbers.clone(),
            stage: 0,
            stages,
        })
    }
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
