//! What a claim says: for whom, when, why, and its lines. `[EXP-4, EXP-14b, EXP-15]`

use super::*;
use crate::file::File;
use crate::finance::payee_account::{PayeeAccountId, SETTLES_ADVANCES};
use crate::finance::{
    budget_line::Amounts,
    expense_category::Detail,
    invoice::Invoice,
    procurement::{Papers, Quote, Tender},
    wording,
};
use crate::spine::{BusinessDate, Currency, Department, ExchangeRate, Money};
use std::collections::BTreeMap;

/// At most so many lines in a claim.
pub const MAX_LINES: usize = 200;
/// At most so many invoices on a line.
pub const MAX_INVOICES: usize = 50;
/// At most so many attachments on a claim.
pub const MAX_ATTACHMENTS: usize = 50;
/// The last line a request may have.
pub const MAX_REQUEST_LINE: i32 = 200;
/// At most so many entries of metadata.
pub const MAX_METADATA: usize = 20;

/// Who receives the money. `[EXP-14b]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Beneficiary {
    /// The employee.
    pub employee: Id<Employee>,
    /// Why it is not the submitter.
    pub reason: Option<String>,
    /// 对公付款: the account of the third party that is paid in their place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<PayeeAccountId>,
}

/// The claim's currency, and what it is worth in the books. `[EXP-15]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Exchange {
    /// The currency of every amount of the claim.
    pub currency: Currency,
    /// The currency of the books.
    pub book: Currency,
    /// How many units of the book currency one unit is worth; 1 for the book currency itself.
    pub rate: ExchangeRate,
    /// The day of the rate; none for the book currency itself.
    pub rate_date: Option<BusinessDate>,
}

impl Exchange {
    /// The books' own currency: nothing to exchange.
    pub const fn none(book: Currency) -> Self {
        Self { currency: book, book, rate: ExchangeRate::ONE, rate_date: None }
    }

    /// An amount of the document in the book currency.
    pub fn in_books(&self, amount: Money) -> Result<Money, Refusal> {
        if self.currency == self.book {
            return Ok(amount);
        }
        amount.convert(&self.rate, self.book).map_err(too_large)
    }

    /// What each line's amount is in minor units of the book currency, by the numbers of the lines; together exactly
    /// the sum in the book currency.
    pub fn amounts_in_books(&self, amounts: &[Money]) -> Result<Amounts, Refusal> {
        let total = Money::sum(amounts.iter().copied(), self.currency).map_err(too_large)?;
        let weights: Vec<u64> = amounts.iter().map(|amount| amount.minor().unsigned_abs()).collect();
        let parts = self.in_books(total)?.split(&weights);
        Ok((1..).zip(parts.into_iter().map(Money::minor)).collect())
    }

    /// Notes an amount of the document in another currency than its own, and one that is not positive.
    pub(crate) fn check_amount(&self, amount: Money, pointer: &str, findings: &mut Findings) {
        if amount.currency() != self.currency {
            let expected = [("expected", json!(self.currency.code()))];
            findings.add_with(format!("{pointer}/currency"), codes::WRONG_CURRENCY, expected);
        }
        if !amount.is_positive() {
            findings.add(pointer, codes::AMOUNT_NOT_POSITIVE);
        }
    }
}

/// The description that the regulation demands. `[000 §9.3(5)]`
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ExpenseDetails)]
pub struct Details {
    /// 活动背景: what it grew out of.
    #[schema(max_length = 2000)]
    pub background: Option<String>,
    /// 目的: what for.
    #[schema(max_length = 2000)]
    pub purpose: Option<String>,
    /// 参与人员: who took part.
    #[schema(max_length = 2000)]
    pub participants: Option<String>,
    /// 预期效果: what is expected of it.
    #[schema(max_length = 2000)]
    pub expected_effect: Option<String>,
    /// 客户: whom it was for (entertainment).
    #[schema(max_length = 200)]
    pub customer: Option<String>,
    /// 人数: how many took part (entertainment).
    #[schema(minimum = 1, maximum = 10000)]
    pub head_count: Option<i32>,
    /// 行程: from where to where (travel).
    #[schema(max_length = 500)]
    pub route: Option<String>,
    /// 天数: how many days (travel).
    #[schema(minimum = 1, maximum = 366)]
    pub days: Option<i32>,
}

impl Details {
    /// Whether a detail is given.
    pub fn has(&self, detail: Detail) -> bool {
        let text = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        match detail {
            Detail::Background => text(&self.background),
            Detail::Purpose => text(&self.purpose),
            Detail::Participants => text(&self.participants),
            Detail::ExpectedEffect => text(&self.expected_effect),
            Detail::Customer => text(&self.customer),
            Detail::HeadCount => self.head_count.is_some(),
            Detail::Route => text(&self.route),
            Detail::Days => self.days.is_some(),
        }
    }

    pub(crate) fn check(&self, findings: &mut Findings) {
        for (field, text, max) in [
            ("background", &self.background, 2_000),
            ("purpose", &self.purpose, 2_000),
            ("participants", &self.participants, 2_000),
            ("expected_effect", &self.expected_effect, 2_000),
            ("customer", &self.customer, 200),
            ("route", &self.route, 500),
        ] {
            wording::check_optional(findings, &format!("/details/{field}"), text.as_deref(), max);
        }
        for (field, number, max) in [("head_count", self.head_count, 10_000), ("days", self.days, 366)] {
            if number.is_some_and(|number| !(1..=max).contains(&number)) {
                let range = [("min", json!(1)), ("max", json!(max))];
                findings.add_with(format!("/details/{field}"), codes::OUT_OF_RANGE, range);
            }
        }
    }
}

/// Less was approved than claimed. `[EXP-14a]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reduction {
    /// What is approved: less than claimed, perhaps nothing.
    pub approved: Money,
    /// Why.
    pub reason: String,
    /// Who decided so.
    pub by: Id<User>,
}

/// One thing that was spent. Lines are counted from 1 in their order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The expense category's code.
    pub category: String,
    /// What it was.
    pub description: String,
    /// The day it was spent.
    pub occurred_on: BusinessDate,
    /// What is asked for, in the claim's currency; negative on a reversing document alone.
    pub claimed: Money,
    /// Less was approved.
    pub reduction: Option<Reduction>,
    /// The department that bears the cost.
    pub cost_centre: Id<Department>,
    /// What proves it.
    pub invoices: Vec<Invoice>,
    /// The line of the request it draws on, counted from 1. `[EXP-4]`
    pub request_line: Option<i32>,
    /// The advertisement it pays for. `[EXP-8]`
    pub advertisement: Option<Advertisement>,
    /// What suppliers quoted. `[EXP-7]`
    pub quotes: Vec<Quote>,
    /// The tender it was awarded in.
    pub tender: Option<Tender>,
}

impl Line {
    /// What proves that prices were compared. `[EXP-7]`
    pub const fn papers(&self) -> Papers<'_> {
        Papers { quotes: self.quotes.as_slice(), tender: self.tender.as_ref() }
    }

    /// What is approved: the claimed amount unless it was reduced.
    pub fn approved(&self) -> Money {
        self.reduction.as_ref().map_or(self.claimed, |reduction| reduction.approved)
    }
}

/// What a claim says; rewritten as a whole while it lies with its submitter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClaimContent {
    /// The department whose expense it is.
    pub department: Id<Department>,
    /// Who receives the money.
    pub beneficiary: Beneficiary,
    /// The business day: it decides policies and, later, the budget's period.
    pub business_date: BusinessDate,
    /// The campaign it belongs to, by its code; it chooses the budget line.
    pub campaign: Option<String>,
    /// The region it belongs to, by its code.
    pub region: Option<String>,
    /// The approved request it draws on. `[EXP-4]`
    pub request: Option<Id<ExpenseRequest>>,
    /// The cash advances of its beneficiary that it settles, in this order. `[EXP-14]`
    pub advances: Vec<Settlement>,
    /// Currency and rate.
    pub exchange: Exchange,
    /// Background, purpose and so on.
    pub details: Details,
    /// What was spent.
    pub lines: Vec<Line>,
    /// Evidence, with the files of quotes and tenders; each file once.
    pub attachments: Vec<Id<File>>,
    /// Small notes of other systems.
    pub metadata: BTreeMap<String, String>,
}

impl ClaimContent {
    /// What is asked for in all, in the claim's currency.
    pub fn claimed(&self) -> Result<Money, Refusal> {
        Money::sum(self.lines.iter().map(|line| line.claimed), self.exchange.currency).map_err(too_large)
    }

    /// What is approved in all, in the claim's currency.
    pub fn approved(&self) -> Result<Money, Refusal> {
        Money::sum(self.lines.iter().map(Line::approved), self.exchange.currency).map_err(too_large)
    }

    /// An amount of the claim in the book currency.
    pub fn in_books(&self, amount: Money) -> Result<Money, Refusal> {
        self.exchange.in_books(amount)
    }

    /// The same with invoices as they are compared, the files of quotes and tenders among the evidence, and decisions of earlier rounds taken off: a
    /// submitter writes what is claimed, never what is approved.
    pub(super) fn tidied(mut self, book: Currency) -> Self {
        self.exchange.book = book;
        for line in &self.lines {
            self.attachments.extend(line.papers().files());
        }
        self.attachments.sort_unstable();
        self.attachments.dedup();
        for line in &mut self.lines {
            line.reduction = None;
            line.invoices = std::mem::take(&mut line.invoices).into_iter().map(Invoice::tidied).collect();
        }
        self
    }

    /// What must hold even of a draft: formats, ranges, one currency, sums of invoices.
    pub(super) fn check(
        &self,
        submitter: Id<Employee>,
        by: &Actor,
        rules: ClaimRules<'_>,
    ) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        self.check_beneficiary(submitter, by, &mut findings)?;
        self.check_exchange(&mut findings);
        self.check_settlements(&mut findings);
        too_many(&mut findings, "/advances", self.advances.len(), advance::MAX_ADVANCES);
        self.details.check(&mut findings);
        wording::check_optional(&mut findings, "/campaign", self.campaign.as_deref(), 60);
        wording::check_optional(&mut findings, "/region", self.region.as_deref(), 60);
        too_many(&mut findings, "/lines", self.lines.len(), MAX_LINES);
        too_many(&mut findings, "/attachments", self.attachments.len(), MAX_ATTACHMENTS);
        too_many(&mut findings, "/metadata", self.metadata.len(), MAX_METADATA);
        for (key, value) in &self.metadata {
            wording::check(&mut findings, "/metadata", key, 40);
            wording::check(&mut findings, &format!("/metadata/{key}"), value, 200);
        }
        for (index, line) in self.lines.iter().enumerate() {
            let pointer = format!("/lines/{index}");
            self.check_line(line, &pointer, rules, &mut findings);
        }
        self.check_shared(&mut findings);
        findings.into_result()?;
        // A total beyond what one amount may be could be kept, but never read again.
        let claimed = self.claimed()?;
        Money::rounded(claimed.decimal(), claimed.currency()).map_err(too_large)?;
        self.in_books(claimed).map(|_| ())
    }

    fn check_beneficiary(
        &self,
        submitter: Id<Employee>,
        by: &Actor,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let Beneficiary { employee, reason, payee } = &self.beneficiary;
        if payee.is_some() && !self.advances.is_empty() {
            findings.add("/payee_account_id", SETTLES_ADVANCES);
        }
        let rule = Citation::rule("EXP-14b");
        if *employee == submitter {
            if reason.is_some() {
                findings.add("/beneficiary_reason", REASON_WITHOUT_OTHER);
            }
            return Ok(());
        }
        if !by.may(Permission::SubmitExpenseClaimsForOthers) {
            return Err(Refusal::new(FOR_OTHERS_FORBIDDEN).citing(rule).at("/beneficiary_id"));
        }
        match reason {
            None => findings.add("/beneficiary_reason", REASON_FOR_OTHER),
            Some(reason) => wording::check(findings, "/beneficiary_reason", reason, 500),
        }
        Ok(())
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

    fn check_line(&self, line: &Line, pointer: &str, rules: ClaimRules<'_>, findings: &mut Findings) {
        let currency = self.exchange.currency;
        let categories = &rules.categories.content;
        let category = ("category", json!(line.category));
        if categories.find(&line.category).is_none() {
            findings.add_with(
                format!("{pointer}/category"),
                crate::finance::expense_category::UNKNOWN,
                [category],
            );
        } else if categories.is_heading(&line.category) {
            findings.add_with(
                format!("{pointer}/category"),
                crate::finance::expense_category::NOT_LEAF,
                [category],
            );
        }
        wording::check(findings, &format!("{pointer}/description"), &line.description, 500);
        self.exchange.check_amount(line.claimed, &format!("{pointer}/claimed"), findings);
        line.papers().check(&self.exchange, pointer, findings);
        if line.request_line.is_some_and(|line| !(1..=MAX_REQUEST_LINE).contains(&line)) {
            let range = [("min", json!(1)), ("max", json!(MAX_REQUEST_LINE))];
            findings.add_with(format!("{pointer}/request_line"), codes::OUT_OF_RANGE, range);
        }
        if let Some(advertisement) = &line.advertisement {
            advertisement.check(&format!("{pointer}/advertisement"), findings);
        }
        too_many(findings, &format!("{pointer}/invoices"), line.invoices.len(), MAX_INVOICES);
        for (position, invoice) in line.invoices.iter().enumerate() {
            invoice.check_shape(&format!("{pointer}/invoices/{position}"), currency, findings);
        }
    }
}

impl ExpenseClaim {
    /// What the beneficiary is owed beyond the advances that are settled, in the book currency; negative on a reversing
    /// document: what the beneficiary owes back.
    pub fn payable(&self) -> Result<Money, Refusal> {
        if let Some(reversal) = &self.reverses {
            return Ok(reversal.repayable.negated());
        }
        let (worth, settled) = (self.content.worth()?, self.content.settled_total()?);
        Ok(Money::from_minor(worth.minor() - settled, worth.currency()))
    }
}

fn too_many(findings: &mut Findings, pointer: &str, count: usize, max: usize) {
    if count > max {
        findings.add_with(pointer, TOO_MANY, [("max", json!(max))]);
    }
}
