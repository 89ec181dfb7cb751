//! Submitting: everything that a policy demands is checked here, all findings at once. `[EXP-3, EXP-4, EXP-6]`

use super::*;
use crate::finance::{
    expense_category as category,
    expense_category::ExpenseCategory,
    invoice,
    procurement::{self, QUOTES_MISSING},
};
use crate::spine::{BusinessDate, Finding, Money};
use std::collections::{BTreeMap, BTreeSet};

/// What regulation asks for the description of a claim.
const DESCRIPTION_CLAUSE: &str = "000 §9.3(5)";

impl ExpenseClaim {
    /// Hands the claim to its approvers. `approval` is the approval that was opened for it in the same
    /// unit of work, `today` the company's day.
    ///
    /// # Errors
    /// Every missing detail, uncovered line, strange invoice and exceeded limit, all at once.
    pub fn submit(
        self,
        approval: Id<Approval>,
        by: &Actor,
        now: Timestamp,
        today: BusinessDate,
        rules: ClaimRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.check_submission(by, today, rules)?;
        let asked = self.asked()?;
        self.handed_in(approval, asked, by, now)
    }

    /// Whether it could be submitted now; the same check as [`Self::submit`], for a dry run. `[APR-8]`
    pub fn check_submission(
        &self,
        by: &Actor,
        today: BusinessDate,
        rules: ClaimRules<'_>,
    ) -> Result<(), Refusal> {
        self.may_submit(by)?;
        let submitter = self.petition.submitter;
        self.content.check(submitter, by, rules)?;
        let mut findings = Findings::new();
        if self.content.lines.is_empty() {
            findings.add("/lines", NO_LINES);
        }
        self.content.check_by_settings(today, rules, &mut findings)?;
        self.check_purchases(rules, &mut findings)?;
        self.content.check_request(submitter, rules, &mut findings);
        self.content.check_advertisements(submitter, rules, &mut findings);
        self.content.check_settled(&mut findings)?;
        findings.into_result().map_err(|refusal| {
            let citation = cite(&refusal, rules);
            refusal.citing(citation)
        })
    }
}

/// What a claim met as money was taken for it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Met {
    /// It goes beyond the budget and needs the special review. `[BUD-5]`
    pub over_budget: bool,
    /// It goes beyond what is left of its request. `[EXP-4]`
    pub over_run: bool,
}

/// The rule that the (first) finding of a refused submission breaks.
pub(super) fn cite(refusal: &Refusal, rules: ClaimRules<'_>) -> Citation {
    let Some(first) = refusal.findings.first() else { return rules.policy.cite("EXP-4", None) };
    let code = first.code.code;
    if first.code == request::OTHER_USE {
        Citation::clause("EXP-5", "000 §9.3(2)")
    } else if code.starts_with("expense_claim.advertisement") {
        advertisement::citation(rules)
    } else if first.code == QUOTES_MISSING {
        procurement::citation(rules.procurement)
    } else if first.code == advance::SETTLES_TOO_MUCH {
        Citation::rule("EXP-14")
    } else if code.starts_with("invoice.") {
        rules.policy.cite("EXP-6", None)
    } else if code.starts_with("expense_category.") || first.code == EVIDENCE_MISSING {
        rules.categories.cite("EXP-4", None)
    } else if first.code == DETAIL_MISSING {
        rules.categories.cite("EXP-4", Some(DESCRIPTION_CLAUSE))
    } else {
        rules.policy.cite("EXP-4", None)
    }
}

impl ClaimContent {
    /// What settings and categories alone say of it, as of the day of its submission.
    pub(super) fn judged(&self, today: BusinessDate, rules: ClaimRules<'_>) -> Result<Vec<Finding>, Refusal> {
        let mut findings = Findings::new();
        self.check_by_settings(today, rules, &mut findings)?;
        Ok(findings.into_vec())
    }

    fn check_by_settings(
        &self,
        today: BusinessDate,
        rules: ClaimRules<'_>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        self.check_dates(today, rules, findings);
        self.check_details(rules, findings);
        self.check_invoices(today, rules, findings);
        self.check_direct_limits(rules, findings)
    }

    fn check_dates(&self, today: BusinessDate, rules: ClaimRules<'_>, findings: &mut Findings) {
        let policy = &rules.policy.content;
        // The business date chooses the policies: an old one must not bring back rules of long ago.
        Self::check_age("/business_date".to_owned(), self.business_date, today, rules, findings);
        for (index, line) in self.lines.iter().enumerate() {
            let pointer = format!("/lines/{index}/occurred_on");
            Self::check_age(pointer, line.occurred_on, today, rules, findings);
        }
        if let Some(rate_date) = self.exchange.rate_date {
            let date = ("date", json!(rate_date));
            let apart = self.business_date.signed_duration_since(rate_date).num_days().abs();
            if rate_date > today {
                findings.add_with("/exchange_rate/date", DATE_IN_FUTURE, [date]);
            } else if apart > i64::from(policy.rate_max_age_days) {
                let days = ("days", json!(policy.rate_max_age_days));
                findings.add_with("/exchange_rate/date", RATE_TOO_FAR, [date, days]);
            }
        }
    }

    /// Notes a date that lies ahead, or longer ago than a claim may reach.
    fn check_age(
        pointer: String,
        date: BusinessDate,
        today: BusinessDate,
        rules: ClaimRules<'_>,
        findings: &mut Findings,
    ) {
        let most = rules.policy.content.claim_max_age_days;
        let age = today.signed_duration_since(date).num_days();
        if age < 0 {
            findings.add_with(pointer, DATE_IN_FUTURE, [("date", json!(date))]);
        } else if age > i64::from(most) {
            findings.add_with(pointer, SPENT_TOO_LONG_AGO, [("date", json!(date)), ("days", json!(most))]);
        }
    }

    fn check_details(&self, rules: ClaimRules<'_>, findings: &mut Findings) {
        let mut asked = BTreeMap::new();
        let mut evidence = None;
        for category in self.used_categories(rules) {
            for detail in &category.required_details {
                asked.entry(*detail).or_insert(category);
            }
            if category.evidence_required {
                evidence.get_or_insert(category);
            }
        }
        for (detail, category) in asked {
            if !self.details.has(detail) {
                let name = [("category", json!(category.zh))];
                findings.add_with(format!("/details/{}", detail.code()), DETAIL_MISSING, name);
            }
        }
        if let Some(category) = evidence.filter(|_| self.attachments.is_empty()) {
            findings.add_with("/attachments", EVIDENCE_MISSING, [("category", json!(category.zh))]);
        }
    }

    fn check_invoices(&self, today: BusinessDate, rules: ClaimRules<'_>, findings: &mut Findings) {
        for (index, line) in self.lines.iter().enumerate() {
            let pointer = format!("/lines/{index}/invoices");
            let required = rules.categories.content.find(&line.category).is_some_and(|c| c.invoice_required);
            if line.invoices.is_empty() {
                if required {
                    findings.add(pointer, invoice::MISSING);
                }
                continue;
            }
            for (position, invoice) in line.invoices.iter().enumerate() {
                invoice.check_policy(
                    &format!("{pointer}/{position}"),
                    today,
                    &rules.policy.content,
                    findings,
                );
            }
            let covered = Money::sum(line.invoices.iter().map(|i| i.used()), self.exchange.currency);
            if !covered.is_ok_and(|covered| covered.minor() >= line.claimed.minor()) {
                let amounts = [
                    ("covered", json!(covered.map(|c| c.to_string()).unwrap_or_default())),
                    ("claimed", json!(line.claimed.to_string())),
                ];
                findings.add_with(pointer, invoice::NOT_COVERED, amounts);
            }
        }
    }

    fn check_direct_limits(&self, rules: ClaimRules<'_>, findings: &mut Findings) -> Result<(), Refusal> {
        for used in self.used_categories(rules) {
            let name = ("category", json!(used.zh));
            let mine = || self.lines.iter().enumerate().filter(|(_, line)| line.category == used.code);
            // What a request allowed is not limited again.
            let direct = || mine().filter(|(_, line)| line.request_line.is_none());
            let at = mine().map(|(index, _)| format!("/lines/{index}/category")).next().unwrap_or_default();
            if !used.active {
                findings.add_with(at.clone(), category::INACTIVE, [name.clone()]);
            }
            if direct().next().is_none() {
                continue;
            }
            let Some(limit) = used.direct_limit else {
                findings.add_with(at, category::NEEDS_REQUEST, [name]);
                continue;
            };
            let claimed = direct().map(|(_, line)| line.claimed);
            let total = self.in_books(Money::sum(claimed, self.exchange.currency).map_err(too_large)?)?;
            if total.currency() != limit.currency() || total.minor() > limit.minor() {
                let amounts =
                    [name, ("amount", json!(total.to_string())), ("limit", json!(limit.to_string()))];
                findings.add_with(at, category::BEYOND_DIRECT, amounts);
            }
        }
        Ok(())
    }

    /// The categories that the lines use, each once, in order of first use.
    fn used_categories<'a>(&self, rules: ClaimRules<'a>) -> Vec<&'a ExpenseCategory> {
        let mut used: Vec<&ExpenseCategory> = Vec::new();
        for line in &self.lines {
            if let Some(category) = rules.categories.content.find(&line.category)
                && !used.iter().any(|known| known.code == category.code)
            {
                used.push(category);
            }
        }
        used
    }

    /// The fields that the conditions of an approval chain may look at, beside the amount.
    pub fn routed_fields(&self, met: Met) -> serde_json::Map<String, serde_json::Value> {
        let categories: BTreeSet<&str> = self.lines.iter().map(|line| line.category.as_str()).collect();
        let centres = self.lines.iter().map(|line| line.cost_centre);
        let elsewhere: BTreeSet<_> = centres.filter(|centre| *centre != self.department).collect();
        serde_json::Map::from_iter([
            ("category".to_owned(), json!(categories)),
            ("for_somebody_else".to_owned(), json!(self.beneficiary.reason.is_some())),
            ("foreign_currency".to_owned(), json!(self.exchange.currency != self.exchange.book)),
            ("campaign".to_owned(), json!(self.campaign)),
            ("region".to_owned(), json!(self.region)),
            ("borne_elsewhere".to_owned(), json!(!elsewhere.is_empty())),
            ("bearing_departments".to_owned(), json!(elsewhere)),
            ("over_budget".to_owned(), json!(met.over_budget)),
            ("over_run".to_owned(), json!(met.over_run)),
            ("within_request".to_owned(), json!(self.draws_wholly() && !met.over_run)),
        ])
    }

    /// What it asks for in the book currency: the amount by which a chain routes. What approvers cut does not count:
    /// they may give it back, and then nobody above them would have seen it. `[EXP-3]`
    pub fn asked_worth(&self) -> Result<Money, Refusal> {
        self.in_books(self.claimed()?)
    }

    /// What is approved of it in the book currency.
    pub fn worth(&self) -> Result<Money, Refusal> {
        self.in_books(self.approved()?)
    }
}
