//! Submitting: everything that a policy demands is checked here, all findings at once. `[EXP-2, EXP-3, EXP-7]`

use super::*;
use crate::finance::{
    expense_category::{self as category, ExpenseCategory},
    expense_claim::{FellowClaim, purchase::gone_beyond},
    procurement::{self, Purchase, PurchaseRules, QUOTES_MISSING},
};
use crate::spine::BusinessDate;
use std::collections::BTreeMap;

/// What regulation asks for the description of spending.
const DESCRIPTION_CLAUSE: &str = "003 营销费用审批流程 1；000 §9.3(5)";

impl ExpenseRequest {
    /// Whether it could be submitted now, on the company's day.
    ///
    /// # Errors
    /// Every missing detail, quote and wrong date, all at once.
    pub fn check_submission(
        &self,
        by: &Actor,
        today: BusinessDate,
        rules: RequestRules<'_>,
    ) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.content.check_complete(today, rules)
    }
}

impl RequestContent {
    /// Everything that a policy demands before approvers are asked.
    pub(crate) fn check_complete(&self, today: BusinessDate, rules: RequestRules<'_>) -> Result<(), Refusal> {
        self.check(rules)?;
        let mut findings = Findings::new();
        self.check_dates(today, rules, &mut findings);
        self.check_demands(&BTreeMap::new(), rules, &mut findings)?;
        cited(findings, rules)
    }

    /// The same of what an amendment makes of a request: its dates stay those of the request, and so does its rate, or
    /// it is one of these days. `claims` are those that take of the request.
    pub(crate) fn check_amendment(
        &self,
        before: &ExpenseRequest,
        claims: &[FellowClaim],
        today: BusinessDate,
        rules: RequestRules<'_>,
    ) -> Result<(), Refusal> {
        self.check(rules)?;
        let mut findings = Findings::new();
        if self.exchange != before.content.exchange {
            self.check_rate_date(today, rules, &mut findings);
        }
        self.check_demands(&self.gone_beyond(before, claims, rules)?, rules, &mut findings)?;
        cited(findings, rules)
    }

    /// Refuses what an amendment would have bought without papers, together with what claims went beyond the request
    /// meanwhile.
    pub(crate) fn check_amended_purchases(
        &self,
        before: &ExpenseRequest,
        claims: &[FellowClaim],
        rules: RequestRules<'_>,
    ) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        self.check_purchases(&self.gone_beyond(before, claims, rules)?, rules, &mut findings)?;
        cited(findings, rules)
    }

    /// What claims went beyond a request, where it says this.
    fn gone_beyond<'a>(
        &self,
        request: &ExpenseRequest,
        claims: &'a [FellowClaim],
        rules: RequestRules<'_>,
    ) -> Result<BTreeMap<&'a str, i64>, Refusal> {
        let after = ExpenseRequest { content: self.clone(), ..request.clone() };
        gone_beyond(&after, claims, &rules.policy.content)
    }

    fn check_demands(
        &self,
        bought: &BTreeMap<&str, i64>,
        rules: RequestRules<'_>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        if self.lines.is_empty() {
            findings.add("/lines", NO_LINES);
        }
        self.check_details(rules, findings);
        self.check_purchases(bought, rules, findings)
    }

    fn check_purchases(
        &self,
        bought: &BTreeMap<&str, i64>,
        rules: RequestRules<'_>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let worth = self.book_amounts()?;
        let lines = self.lines.iter().zip(worth.into_values()).enumerate();
        let purchases: Vec<Purchase<'_>> = lines
            .map(|(index, (line, worth))| Purchase {
                index,
                category: &line.category,
                worth,
                papers: line.papers(),
            })
            .collect();
        let rules = PurchaseRules { policy: rules.policy, categories: &rules.categories.content };
        procurement::compare(&purchases, bought, self.exchange.book, rules, findings);
        Ok(())
    }

    fn check_dates(&self, today: BusinessDate, rules: RequestRules<'_>, findings: &mut Findings) {
        let policy = &rules.policy.content;
        let ahead = self.business_date.signed_duration_since(today).num_days();
        let date = ("date", json!(self.business_date));
        if -ahead > i64::from(policy.max_age_days) {
            findings.add_with("/business_date", DATE_TOO_OLD, [date, ("days", json!(policy.max_age_days))]);
        } else if ahead > i64::from(policy.max_ahead_days) {
            let days = ("days", json!(policy.max_ahead_days));
            findings.add_with("/business_date", DATE_TOO_FAR, [date, days]);
        }
        self.check_rate_date(today, rules, findings);
    }

    fn check_rate_date(&self, today: BusinessDate, rules: RequestRules<'_>, findings: &mut Findings) {
        let most = rules.claims.content.rate_max_age_days;
        let strange = |date: &BusinessDate| {
            !(0..=i64::from(most)).contains(&today.signed_duration_since(*date).num_days())
        };
        if let Some(date) = self.exchange.rate_date.filter(strange) {
            let facts = [("date", json!(date)), ("days", json!(most))];
            findings.add_with("/exchange_rate/date", RATE_TOO_FAR, facts);
        }
    }

    fn check_details(&self, rules: RequestRules<'_>, findings: &mut Findings) {
        let mut asked: BTreeMap<_, &ExpenseCategory> = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            let Some(used) = rules.categories.content.find(&line.category) else { continue };
            if !used.active {
                let name = [("category", json!(used.zh))];
                findings.add_with(format!("/lines/{index}/category"), category::INACTIVE, name);
            }
            for detail in &used.required_details {
                asked.entry(*detail).or_insert(used);
            }
        }
        for (detail, category) in asked {
            if !self.details.has(detail) {
                let name = [("category", json!(category.zh))];
                findings.add_with(format!("/details/{}", detail.code()), DETAIL_MISSING, name);
            }
        }
    }
}

fn cited(findings: Findings, rules: RequestRules<'_>) -> Result<(), Refusal> {
    findings.into_result().map_err(|refusal| {
        let citation = cite(&refusal, rules);
        refusal.citing(citation)
    })
}

/// The rule that the (first) finding of a refused submission breaks.
fn cite(refusal: &Refusal, rules: RequestRules<'_>) -> Citation {
    match refusal.findings.first().map(|finding| finding.code) {
        Some(code) if code == QUOTES_MISSING => procurement::citation(rules.policy),
        Some(code) if code == DETAIL_MISSING => rules.categories.cite("EXP-2", Some(DESCRIPTION_CLAUSE)),
        Some(code) if code == category::INACTIVE => rules.categories.cite("EXP-2", None),
        _ => rules.policy.cite("EXP-2", None),
    }
}
