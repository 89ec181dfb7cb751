//! Who tells: a company, a clock, and everybody's calls.

use chrono::{Datelike, Duration, NaiveDate};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};
use tests::{App, Caller, Company, PASSWORD, Reply};

/// The first day of the year that is told; stories begin in the year before.
pub const FIRST_DAY: (i32, u32, u32) = (2027, 1, 1);

/// Tells to the product what the books foresaw. Many clients may tell at once.
pub struct Teller {
    /// The product.
    pub app: App,
    /// Who works there.
    pub company: Company,
    /// The day.
    pub today: NaiveDate,
    /// How many tell at once.
    pub clients: usize,
    /// Where what the books know is found on the server.
    pub places: Places,
    /// Who signed in today.
    signed_in: Mutex<BTreeMap<&'static str, Caller>>,
}

/// Where what the books know is found on the server.
#[derive(Debug, Default)]
pub struct Places {
    /// The ids of the budget lines.
    pub lines: Vec<String>,
    /// The paths of the requests.
    pub requests: BTreeMap<usize, String>,
    /// The paths of the advances.
    pub advances: BTreeMap<usize, String>,
}

impl Places {
    /// The id of a request of the books.
    pub fn id_of_request(&self, request: usize) -> &str {
        id_of(&self.requests[&request])
    }

    /// The id of an advance of the books.
    pub fn id_of_advance(&self, advance: usize) -> &str {
        id_of(&self.advances[&advance])
    }
}

fn id_of(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or_default()
}

impl Teller {
    /// Sets up the company and lets time pass until the year begins.
    pub fn new(app: App, clients: usize) -> Self {
        let company = app.company();
        let begin = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap_or_default();
        let (places, signed_in) = (Places::default(), Mutex::default());
        let mut teller = Self { app, company, today: begin, clients, places, signed_in };
        let (year, month, day) = FIRST_DAY;
        teller.pass_until(NaiveDate::from_ymd_opt(year, month, day).unwrap_or(begin));
        teller
    }

    /// Lets time pass until a day; nobody is signed in then.
    pub fn pass_until(&mut self, day: NaiveDate) {
        let days = day.signed_duration_since(self.today).num_days();
        if days > 0 {
            self.app.advance(Duration::days(days));
            self.today = day;
            self.signed_in.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Somebody, who signs in once a day and makes no more calls than the tale needs.
    pub fn who(&self, name: &'static str) -> Caller {
        let mut signed_in = self.signed_in.lock().unwrap_or_else(PoisonError::into_inner);
        signed_in.entry(name).or_insert_with(|| self.app.sign_in(name, PASSWORD).quietly()).clone()
    }

    /// The month of today, as `2027-03`.
    pub fn month(&self) -> String {
        format!("{:04}-{:02}", self.today.year(), self.today.month())
    }

    /// Everything on a list, page by page.
    pub fn list(&self, by: &'static str, path: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut page = self.who(by).get(&format!("{path}&limit=200{cursor}")).expect(200).json();
            if let Value::Array(items) = page["data"].take() {
                all.extend(items);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// Takes an action on a document as it stands now.
    pub fn act(&self, by: &'static str, place: &str, action: &str, body: Value) {
        let by = self.who(by);
        let version = by.get(place).expect(200).version();
        by.at(version).post(&format!("{place}/{action}"), body).expect(200);
    }

    /// Submits what somebody has just made. Answers its approval, or none where the books foresaw this refusal.
    pub fn submit(&self, by: &Caller, place: &str, made: &Reply, refusal: Option<&str>) -> Option<String> {
        let submitted = by.at(made.version()).act(&format!("{place}/submit"));
        if let Some(code) = refusal {
            if submitted.status == 422 {
                // Several lines are refused, each for this.
                let errors = submitted.at("/errors");
                let errors = errors.as_array().map(Vec::as_slice).unwrap_or_default();
                assert!(errors.len() > 1 && errors.iter().all(|error| error["code"] == code), "{submitted}");
            } else {
                submitted.refuses(409, code);
            }
            return None;
        }
        Some(submitted.expect(200).text("/approval_id"))
    }

    /// Whoever an approval waits for sends its document back, and it is submitted again as it is.
    pub fn send_round(&self, by: &Caller, place: &str, approval: &str) {
        self.turn_down(approval, "return");
        by.at(by.get(place).expect(200).version()).act(&format!("{place}/submit")).expect(200);
    }

    /// Who submitted a document takes it back, and gives it up.
    pub fn take_back(&self, by: &'static str, place: &str) {
        self.act(by, place, "withdraw", json!({}));
        self.act(by, place, "void", json!({"reason": "计划取消"}));
    }

    /// Part of an advance is paid back.
    pub fn repay(&self, advance: usize, amount: i64) {
        let place = &self.places.advances[&advance];
        let body = json!({"reference": format!("REC-{}", self.today), "amount": money(amount),
            "received_on": self.today});
        self.act("qian", place, "repay", body);
    }

    /// Lets whoever an approval waits for decide it, until nobody is left to ask; answers the steps that
    /// decided.
    pub fn approve(&self, approval: &str) -> BTreeSet<String> {
        let path = format!("/api/v1/approvals/{approval}");
        let mut read = self.who("gm").get(&path).expect(200);
        for _ in 0..20 {
            let seen = read.json();
            if seen["state"] != "pending" {
                assert_eq!(seen["state"], "approved", "{seen}");
                let decided = tasks(&seen).iter().filter(|task| task["state"] == "decided");
                return decided.filter_map(|task| Some(task["step"].as_str()?.to_owned())).collect();
            }
            let body = json!({"document_version": seen["document"]["version"]});
            let by = self.who(self.asked(&seen));
            read = by.at(read.version()).post(&format!("{path}/approve"), body).expect(200);
        }
        panic!("the approval {approval} never ends");
    }

    /// Lets whoever an approval waits for refuse it, or send it back.
    pub fn turn_down(&self, approval: &str, how: &str) {
        let path = format!("/api/v1/approvals/{approval}");
        let read = self.who("gm").get(&path).expect(200);
        let seen = read.json();
        let body = json!({"document_version": seen["document"]["version"], "reason": "不符合规定"});
        self.who(self.asked(&seen)).at(read.version()).post(&format!("{path}/{how}"), body).expect(200);
    }

    /// The first person an approval waits for.
    pub fn asked(&self, approval: &Value) -> &'static str {
        let open = tasks(approval).iter().find(|task| task["state"] == "open");
        let id = open.and_then(|task| task["assignee"]["id"].as_str()).unwrap_or_default();
        self.company.name_of(id).unwrap_or_else(|| panic!("nobody is asked: {approval}"))
    }
}

fn tasks(approval: &Value) -> &[Value] {
    approval["tasks"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Yuan and fen, as the API writes them.
pub fn money(fen: i64) -> Value {
    json!({"amount": format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100),
        "currency": "CNY"})
}

/// The fen of an amount of the API.
pub fn fen(money: &Value) -> i64 {
    let text = money["amount"].as_str().unwrap_or_default();
    let (yuan, fen) = text.split_once('.').unwrap_or((text, "0"));
    let whole: i64 = yuan.parse().unwrap_or_default();
    let part: i64 = fen.parse().unwrap_or_default();
    if text.starts_with('-') { whole * 100 - part } else { whole * 100 + part }
}
