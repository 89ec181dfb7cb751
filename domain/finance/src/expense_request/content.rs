//! What a request says: for what, how much, when, at whose cost, and why. `[EXP-2, EXP-15]`

use super::*;
use crate::file::File;
use crate::finance::{
    budget_line::Amounts,
    expense_category as category,
    expense_claim::{Details, Exchange},
    procurement::Papers,
    wording,
};
use crate::spine::{BusinessDate, Currency, Department, ExchangeRate, Money};
use std::collections::BTreeSet;

/// At most so many lines in a request.
pub const MAX_LINES: usize = 200;
/// At most so many attachments on a request.
pub const MAX_ATTACHMENTS: usize = 50;
/// At most so many links of a request.
pub const MAX_LINKS: usize = 20;

/// What a request may concern.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseLinkKind)]
pub enum LinkKind {
    /// 营销计划.
    Plan,
    /// 客户.
    Customer,
    /// 广告.
    Advertisement,
}

crate::labels! { LinkKind = "ExpenseLinkKind":
    Plan = "plan", "营销计划", "Marketing plan";
    Customer = "customer", "客户", "Customer";
    Advertisement = "advertisement", "广告", "Advertisement";
}

/// What a request concerns, by its number or name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExpenseLink)]
pub struct Link {
    /// What kind of thing it is.
    pub kind: LinkKind,
    /// Its number or name.
    #[schema(min_length = 1, max_length = 100, example = "PLAN-2026-Q2")]
    pub reference: String,
}

/// One thing money is asked for. Lines are counted from 1 in their order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestLine {
    /// The expense category's code.
    pub category: String,
    /// What it is.
    pub item: String,
    /// How many, where it is counted.
    pub quantity: Option<i32>,
    /// How much in all, in the request's currency.
    pub amount: Money,
    /// What for.
    pub purpose: String,
    /// The day it is planned for.
    pub planned_on: BusinessDate,
    /// The department that bears the cost.
    pub cost_centre: Id<Department>,
    /// What suppliers quoted.
    pub quotes: Vec<Quote>,
    /// The tender it was awarded in.
    pub tender: Option<Tender>,
}

impl RequestLine {
    /// What proves that prices were compared. `[EXP-7]`
    pub const fn papers(&self) -> Papers<'_> {
        Papers { quotes: self.quotes.as_slice(), tender: self.tender.as_ref() }
    }
}

/// What a request says; rewritten as a whole while it lies with its submitter, by amendments afterwards.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestContent {
    /// The department that asks.
    pub department: Id<Department>,
    /// The business day: it decides policies and the budget's period; it may lie ahead.
    pub business_date: BusinessDate,
    /// Currency and rate.
    pub exchange: Exchange,
    /// Background, purpose and so on.
    pub details: Details,
    /// Whether it cannot wait.
    pub urgent: bool,
    /// Whether it is a major campaign or project, which always meets director and general manager. `[EXP-3]`
    pub major_campaign: bool,
    /// The campaign it is for, by its code; it chooses the budget line.
    pub campaign: Option<String>,
    /// The region it is for, by its code.
    pub region: Option<String>,
    /// What else it concerns.
    pub links: Vec<Link>,
    /// What is asked for.
    pub lines: Vec<RequestLine>,
    /// Supporting papers, with those of quotes and tenders; each file once.
    pub attachments: Vec<Id<File>>,
}

impl RequestContent {
    /// What approvers see of it, part by part. `[APR-6]`
    pub(crate) fn said(&self, submitter: EmployeeId) -> Vec<(ContentPart, serde_json::Value)> {
        let lines =
            |part: fn(&RequestLine) -> serde_json::Value| -> Vec<_> { self.lines.iter().map(part).collect() };
        let Self { department, business_date, exchange, details, urgent, major_campaign, campaign, .. } =
            self;
        let place = lines(|line| json!(line.cost_centre));
        let papers = lines(|line| json!([line.quotes, line.tender]));
        vec![
            (ContentPart::Money, json!([exchange, lines(|line| json!([line.amount, line.quantity]))])),
            (ContentPart::Category, json!([urgent, major_campaign, lines(|line| json!(line.category))])),
            (ContentPart::Beneficiary, json!(submitter)),
            (ContentPart::BudgetLine, json!([department, campaign, self.region, place])),
            (ContentPart::Dates, json!([business_date, lines(|line| json!(line.planned_on))])),
            (
                ContentPart::Wording,
                json!([details, self.links, lines(|line| json!([line.item, line.purpose]))]),
            ),
            (ContentPart::Papers, json!([self.attachments, papers])),
        ]
    }

    /// What is asked for in all, in the request's currency.
    pub fn total(&self) -> Result<Money, Refusal> {
        Money::sum(self.lines.iter().map(|line| line.amount), self.exchange.currency).map_err(too_large)
    }

    /// What it is worth in the book currency: the amount by which a chain routes.
    pub fn worth(&self) -> Result<Money, Refusal> {
        self.in_books(self.total()?)
    }

    /// An amount of the request in the book currency.
    pub fn in_books(&self, amount: Money) -> Result<Money, Refusal> {
        self.exchange.in_books(amount)
    }

    /// What each line asks for, in minor units of the book currency; together exactly what it is worth.
    pub fn book_amounts(&self) -> Result<Amounts, Refusal> {
        let amounts: Vec<Money> = self.lines.iter().map(|line| line.amount).collect();
        self.exchange.amounts_in_books(&amounts)
    }

    /// Whether it asks for something of a category.
    pub fn asks_for(&self, category: &str) -> bool {
        self.lines.iter().any(|line| line.category == category)
    }

    /// The same with each file once, those of quotes and tenders among them.
    #[must_use]
    pub fn tidied(mut self, book: Currency) -> Self {
        self.exchange.book = book;
        for line in &self.lines {
            self.attachments.extend(line.papers().files());
        }
        self.attachments.sort_unstable();
        self.attachments.dedup();
        self
    }

    /// What must hold even of a draft: formats, ranges, one currency.
    pub(crate) fn check(&self, rules: RequestRules<'_>) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        self.check_exchange(&mut findings);
        self.details.check(&mut findings);
        wording::check_optional(&mut findings, "/campaign", self.campaign.as_deref(), 60);
        wording::check_optional(&mut findings, "/region", self.region.as_deref(), 60);
        for (index, link) in self.links.iter().enumerate() {
            wording::check(&mut findings, &format!("/links/{index}/reference"), &link.reference, 100);
        }
        for (pointer, count, max) in [
            ("/lines", self.lines.len(), MAX_LINES),
            ("/attachments", self.attachments.len(), MAX_ATTACHMENTS),
            ("/links", self.links.len(), MAX_LINKS),
        ] {
            too_many(&mut findings, pointer, count, max);
        }
        for (index, line) in self.lines.iter().enumerate() {
            self.check_line(line, &format!("/lines/{index}"), rules, &mut findings);
        }
        findings.into_result()?;
        // A total beyond what one amount may be could be kept, but never read again.
        let total = self.total()?;
        Money::rounded(total.decimal(), total.currency()).map_err(too_large)?;
        self.in_books(total).map(|_| ())
    }

    fn check_exchange(&self, findings: &mut Findings) {
        let Exchange { currency, book, rate, rate_date } = &self.exchange;
        if currency == book {
            if *rate != ExchangeRate::ONE || rate_date.is_some() {
                findings.add("/exchange_rate", RATE_NOT_ONE);
            }
        } else if rate_date.is_none() {
            findings.add("/exchange_rate", RATE_MISSING);
        }
    }

    fn check_line(
        &self,
        line: &RequestLine,
        pointer: &str,
        rules: RequestRules<'_>,
        findings: &mut Findings,
    ) {
        let categories = &rules.categories.content;
        let name = [("category", json!(line.category))];
        if categories.find(&line.category).is_none() {
            findings.add_with(format!("{pointer}/category"), category::UNKNOWN, name);
        } else if categories.is_heading(&line.category) {
            findings.add_with(format!("{pointer}/category"), category::NOT_LEAF, name);
        }
        wording::check(findings, &format!("{pointer}/item"), &line.item, 200);
        wording::check(findings, &format!("{pointer}/purpose"), &line.purpose, 500);
        if line.quantity.is_some_and(|quantity| !(1..=1_000_000).contains(&quantity)) {
            let range = [("min", json!(1)), ("max", json!(1_000_000))];
            findings.add_with(format!("{pointer}/quantity"), codes::OUT_OF_RANGE, range);
        }
        self.exchange.check_amount(line.amount, &format!("{pointer}/amount"), findings);
        line.papers().check(&self.exchange, pointer, findings);
    }

    /// The fields that the conditions of an approval chain may look at, beside the amount. `[EXP-3]`
    pub fn routed_fields(&self, over_budget: bool) -> serde_json::Map<String, serde_json::Value> {
        let categories: BTreeSet<&str> = self.lines.iter().map(|line| line.category.as_str()).collect();
        let centres = self.lines.iter().map(|line| line.cost_centre);
        let elsewhere: BTreeSet<_> = centres.filter(|centre| *centre != self.department).collect();
        serde_json::Map::from_iter([
            ("category".to_owned(), json!(categories)),
            ("over_budget".to_owned(), json!(over_budget)),
            ("borne_elsewhere".to_owned(), json!(!elsewhere.is_empty())),
            ("bearing_departments".to_owned(), json!(elsewhere)),
            ("urgent".to_owned(), json!(self.urgent)),
            ("major_campaign".to_owned(), json!(self.major_campaign)),
            ("foreign_currency".to_owned(), json!(self.exchange.currency != self.exchange.book)),
            ("campaign".to_owned(), json!(self.campaign)),
            ("region".to_owned(), json!(self.region)),
        ])
    }
}

pub(super) fn too_many(findings: &mut Findings, pointer: &str, count: usize, max: usize) {
    if count > max {
        findings.add_with(pointer, TOO_MANY, [("max", json!(max))]);
    }
}
