//! The server, as the ERP sees it: a few calls, each of which may be made again.

use crate::Failure;
use serde_json::Value;
use ureq::{Agent, http};

/// The server.
pub struct Server {
    agent: Agent,
    base: String,
    key: String,
}

impl Server {
    pub fn new(base: &str, key: &str) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Self { agent, base: base.trim_end_matches('/').to_owned(), key: key.to_owned() }
    }

    /// The claims that are ready, page after page.
    pub fn ready(&self) -> Result<Vec<Value>, Failure> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.call("GET", &format!("/api/v1/erp/expense-claims?limit=200{cursor}"), None)?;
            all.extend(page["data"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(all),
            }
        }
    }

    /// Says something of several claims; answers a result per item.
    pub fn say(&self, what: &str, body: &Value) -> Result<Vec<Value>, Failure> {
        let answer = self.call("POST", &format!("/api/v1/erp/expense-claims/{what}"), Some(body))?;
        Ok(answer["data"].as_array().cloned().unwrap_or_default())
    }

    /// A page of the orders that are to be made and were taken over by nobody yet.
    pub fn orders(&self, cursor: Option<&str>) -> Result<Value, Failure> {
        let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        self.call("GET", &format!("/api/v1/erp/sales-orders?limit=20{cursor}"), None)
    }

    /// Tells of orders, shipments or receipts; answers a result per item.
    pub fn tell(&self, path: &str, body: &Value) -> Result<Vec<Value>, Failure> {
        let answer = self.call("POST", &format!("/api/v1/erp/{path}"), Some(body))?;
        Ok(answer["data"].as_array().cloned().unwrap_or_default())
    }

    /// Compares what the ERP has with what the server has.
    pub fn reconcile(&self, body: &Value) -> Result<Value, Failure> {
        self.call("POST", "/api/v1/erp/expense-claims/reconcile", Some(body))
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {}", self.key))
            .header("Accept-Language", "en");
        let mut answer = match body {
            Some(body) => {
                self.agent.run(request.header("Content-Type", "application/json").body(body.to_string())?)?
            }
            None => self.agent.run(request.body(())?)?,
        };
        let status = answer.status().as_u16();
        let value: Value = answer.body_mut().read_json().unwrap_or(Value::Null);
        if (200..300).contains(&status) {
            return Ok(value);
        }
        Err(format!("{method} {path}: {status} {} ({})", value["detail"], value["code"]).into())
    }
}
