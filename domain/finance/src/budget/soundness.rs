//! What makes a budget unsound, complete or not: everything at once. `[BUD-1, BUD-2]`

use super::*;
use crate::{
    finance::{
        expense_category,
        period::{FIRST_YEAR, LAST_YEAR, Period},
        wording,
    },
    spine::{Money, codes},
};
use rust_decimal::Decimal;

impl BudgetContent {
    /// Everything that is unsound in it, complete or not.
    ///
    /// # Errors
    /// What is wrong with its parts; where nothing is, lines that come to the same and sums that differ.
    pub fn check(&self, rules: BudgetRules<'_>) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/title", &self.title, 200);
        if !(FIRST_YEAR..=LAST_YEAR).contains(&self.fiscal_year) {
            let year = [("year", json!(self.fiscal_year))];
            findings.add_with("/fiscal_year", YEAR_OUT_OF_RANGE, year);
        }
        self.check_scope(rules, &mut findings);
        self.check_words(&mut findings);
        for (index, activity) in self.activities.iter().enumerate() {
            activity.check(&format!("/activities/{index}"), rules.currency, &mut findings);
        }
        for (index, line) in self.lines.iter().enumerate() {
            self.check_line(&format!("/lines/{index}"), line, rules, &mut findings);
        }
        findings.into_result().map_err(|no| no.citing(Citation::clause("BUD-1", CONTENT_CLAUSE)))?;
        self.check_sums(rules)
    }

    fn check_scope(&self, rules: BudgetRules<'_>, findings: &mut Findings) {
        let Scope { level, department, region, campaign } = &self.scope;
        if !rules.departments.contains(*department) {
            findings.add("/scope/department_id", codes::UNKNOWN_REFERENCE);
        }
        let named = [
            ("/scope/region", region, *level == ScopeLevel::Region),
            ("/scope/campaign", campaign, *level == ScopeLevel::Campaign),
        ];
        for (pointer, name, wanted) in named {
            match name {
                None if wanted => findings.add(pointer, SCOPE_UNNAMED),
                Some(_) if !wanted => findings.add(pointer, SCOPE_OVERNAMED),
                Some(name) => wording::check(findings, pointer, name, 60),
                None => {}
            }
        }
    }

    fn check_words(&self, findings: &mut Findings) {
        let Strategy { product, price, channel, promotion } = &self.strategy;
        let parts = [("product", product), ("price", price), ("channel", channel), ("promotion", promotion)];
        for (name, text) in parts {
            wording::check_optional(findings, &format!("/strategy/{name}"), text.as_deref(), 4000);
        }
        for (index, objective) in self.objectives.iter().enumerate() {
            objective.check(&format!("/objectives/{index}"), self.fiscal_year, findings);
        }
        for (index, Indicator { name, target, measured }) in self.indicators.iter().enumerate() {
            let pointer = format!("/indicators/{index}");
            wording::check(findings, &format!("{pointer}/name"), name, 200);
            wording::check(findings, &format!("{pointer}/target"), target, 200);
            wording::check_optional(findings, &format!("{pointer}/measured"), measured.as_deref(), 500);
        }
        for (index, Foundation { kind: _, title, reference }) in self.foundations.iter().enumerate() {
            let pointer = format!("/foundations/{index}");
            wording::check(findings, &format!("{pointer}/title"), title, 200);
            wording::check_optional(findings, &format!("{pointer}/reference"), reference.as_deref(), 500);
        }
    }

    fn check_line(&self, at: &str, line: &PlannedLine, rules: BudgetRules<'_>, findings: &mut Findings) {
        let department = self.department_of(line);
        let within = department == self.scope.department
            || rules.departments.above(department).contains(&self.scope.department);
        if !rules.departments.contains(department) {
            findings.add(format!("{at}/department_id"), codes::UNKNOWN_REFERENCE);
        } else if !within {
            findings.add(format!("{at}/department_id"), OUTSIDE_SCOPE);
        }
        let of_scope = [
            ("region", &line.region, &self.scope.region),
            ("campaign", &line.campaign, &self.scope.campaign),
        ];
        for (name, mine, of_scope) in of_scope {
            wording::check_optional(findings, &format!("{at}/{name}"), mine.as_deref(), 60);
            if of_scope.is_some() && mine != of_scope {
                findings.add(format!("{at}/{name}"), OUTSIDE_SCOPE);
            }
        }
        let category = ("category", json!(line.category));
        match rules.categories.content.find(&line.category) {
            None => findings.add_with(format!("{at}/category"), expense_category::UNKNOWN, [category]),
            Some(known) if !known.active => {
                findings.add_with(format!("{at}/category"), expense_category::INACTIVE, [category]);
            }
            Some(_) => {}
        }
        check_year(&format!("{at}/period"), line.period, self.fiscal_year, findings);
        check_amount(&format!("{at}/amount"), line.amount, rules.currency, findings);
        wording::check_optional(findings, &format!("{at}/note"), line.note.as_deref(), 500);
        line.check_split(at, findings);
    }
}

impl Objective {
    fn check(&self, at: &str, year: i32, findings: &mut Findings) {
        check_year(&format!("{at}/period"), self.period, year, findings);
        wording::check(findings, &format!("{at}/unit"), &self.unit, 20);
        wording::check_optional(findings, &format!("{at}/note"), self.note.as_deref(), 500);
        let plain =
            self.target.len() <= 30 && self.target.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b));
        if !plain || self.target.parse::<Decimal>().is_err() {
            findings.add_with(format!("{at}/target"), codes::BAD_FORMAT, [("expected", json!("12000.5"))]);
        }
        if self.metric == ObjectiveMetric::Other && self.note.is_none() {
            findings.add(format!("{at}/note"), codes::REQUIRED);
        }
    }
}

impl Activity {
    fn check(&self, at: &str, currency: Currency, findings: &mut Findings) {
        wording::check(findings, &format!("{at}/name"), &self.name, 200);
        wording::check(findings, &format!("{at}/place"), &self.place, 200);
        wording::check(findings, &format!("{at}/people"), &self.people, 500);
        wording::check_optional(findings, &format!("{at}/campaign"), self.campaign.as_deref(), 60);
        let effect = self.expected_effect.as_deref();
        wording::check_optional(findings, &format!("{at}/expected_effect"), effect, 2000);
        if self.to < self.from {
            let days = [("from", json!(self.from)), ("to", json!(self.to))];
            findings.add_with(format!("{at}/to"), DATES_REVERSED, days);
        }
        if self.likelihood_percent.is_some_and(|percent| percent > 100) {
            let range = [("min", json!(0)), ("max", json!(100))];
            findings.add_with(format!("{at}/likelihood_percent"), codes::OUT_OF_RANGE, range);
        }
        check_amount(&format!("{at}/cost"), self.cost, currency, findings);
    }
}

/// Notes a period of another fiscal year.
pub(crate) fn check_year(at: &str, period: Period, year: i32, findings: &mut Findings) {
    if period.fiscal_year() != year {
        findings.add_with(at, WRONG_YEAR, [("period", json!(period)), ("year", json!(year))]);
    }
}

/// Notes an amount that is not more than nothing, or not in the currency of the books.
pub(crate) fn check_amount(at: &str, amount: Money, currency: Currency, findings: &mut Findings) {
    if amount.currency() != currency {
        findings.add_with(at, codes::WRONG_CURRENCY, [("expected", json!(currency.code()))]);
    } else if !amount.is_positive() {
        findings.add(at, codes::AMOUNT_NOT_POSITIVE);
    }
}
