//! Who tells: a company, a clock, a seeded source of variety, and the books.

use crate::{books::Books, budget::Line, requests::Open};
use chrono::{Datelike, Duration, NaiveDate};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap};
use tests::{App, Caller, Company, PASSWORD};

/// The first day of the year that is told; stories begin in the year before.
pub const FIRST_DAY: (i32, u32, u32) = (2027, 1, 1);

pub struct Teller {
    pub app: App,
    pub company: Company,
    pub books: Books,
    pub today: NaiveDate,
    /// The lines of the year's budget.
    pub lines: Vec<Line>,
    /// Requests that were approved and are not over.
    pub open: Vec<Open>,
    /// Who signed in today.
    signed_in: RefCell<BTreeMap<&'static str, Caller>>,
    variety: StdRng,
    invoices: u64,
}

impl Teller {
    /// Sets up the company and lets time pass until the year begins.
    pub fn new(app: App, seed: u64) -> Self {
        let company = app.company();
        let begin = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap_or_default();
        let mut teller = Self {
            app,
            company,
            books: Books::default(),
            today: begin,
            lines: Vec::new(),
            open: Vec::new(),
            signed_in: RefCell::default(),
            variety: StdRng::seed_from_u64(seed),
            invoices: 0,
        };
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
            self.signed_in.get_mut().clear();
        }
    }

    /// Somebody, who signs in once a day and makes no more calls than the tale needs.
    pub fn who(&self, name: &'static str) -> Caller {
        let mut signed_in = self.signed_in.borrow_mut();
        signed_in.entry(name).or_insert_with(|| self.app.sign_in(name, PASSWORD).quietly()).clone()
    }

    /// One of several, by chance.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let last = i64::try_from(of.len()).ok()?.checked_sub(1)?;
        let index = self.number(0, last.max(0));
        of.get(usize::try_from(index).ok()?).copied()
    }

    /// A whole number from a range.
    pub fn number(&mut self, from: i64, to: i64) -> i64 {
        self.variety.random_range(from..=to)
    }

    /// Whether something happens that happens so often in a hundred times.
    pub fn happens(&mut self, percent: i64) -> bool {
        self.number(1, 100) <= percent
    }

    /// A fully digital invoice number that was never used.
    pub fn invoice_number(&mut self) -> String {
        self.invoices += 1;
        format!("27{:018}", self.invoices)
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
            let page = self.who(by).get(&format!("{path}&limit=200{cursor}")).expect(200);
            all.extend(page.at("/data").as_array().cloned().unwrap_or_default());
            match page.at("/next_cursor").as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// Lets whoever an approval waits for decide it, until nobody is left to ask.
    pub fn approve(&self, approval: &str) {
        let path = format!("/api/v1/approvals/{approval}");
        let mut read = self.who("gm").get(&path).expect(200);
        for _ in 0..20 {
            if read.at("/state") != "pending" {
                return;
            }
            let by = self.asked(&read.json());
            let body = json!({"document_version": read.at("/document/version")});
            read = self.who(by).at(read.version()).post(&format!("{path}/approve"), body).expect(200);
        }
        panic!("the approval {approval} never ends");
    }

    /// Lets whoever an approval waits for refuse it, or send it back.
    pub fn turn_down(&self, approval: &str, how: &str) {
        let path = format!("/api/v1/approvals/{approval}");
        let read = self.who("gm").get(&path).expect(200);
        let by = self.asked(&read.json());
        let body = json!({"document_version": read.at("/document/version"), "reason": "不符合规定"});
        self.who(by).at(read.version()).post(&format!("{path}/{how}"), body).expect(200);
    }

    /// The first person an approval waits for.
    pub fn asked(&self, approval: &Value) -> &'static str {
        let tasks = approval["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
        let open = tasks.iter().find(|task| task["state"] == "open");
        let id = open.and_then(|task| task["assignee"]["id"].as_str()).unwrap_or_default();
        self.company.name_of(id).unwrap_or_else(|| panic!("nobody is asked: {approval}"))
    }
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
