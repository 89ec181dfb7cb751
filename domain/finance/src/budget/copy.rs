//! Next year's draft from this year's budget, with growth rates as a start. `[BUD-8]`

use super::*;
use crate::{
    finance::{expense_claim::too_large, period::Period},
    spine::{Money, codes},
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// By how much amounts grow, in hundredths of a per cent.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Growth {
    /// Of what no category says otherwise.
    pub default_basis_points: i32,
    /// By category; a heading's holds for everything below it.
    pub by_category: BTreeMap<String, i32>,
}

/// The least growth: to nothing.
pub const GROWTH_MIN: i32 = -10_000;
/// The most growth: elevenfold.
pub const GROWTH_MAX: i32 = 100_000;

impl Growth {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let fits = |rate: i32| (GROWTH_MIN..=GROWTH_MAX).contains(&rate);
        if !fits(self.default_basis_points) {
            findings.add("/growth_basis_points", NO_GROWTH);
        }
        for category in
            self.by_category.iter().filter(|(_, rate)| !fits(**rate)).map(|(category, _)| category)
        {
            findings.add(format!("/growth_by_category/{category}"), NO_GROWTH);
        }
        findings.into_result()
    }

    fn of(&self, category: &str, categories: &ExpenseCategories) -> i32 {
        let named =
            categories.path(category).into_iter().find_map(|code| self.by_category.get(&code).copied());
        named.unwrap_or(self.default_basis_points)
    }

    fn grown(&self, amount: Money, rate: i32) -> Result<Money, Refusal> {
        let factor = Decimal::new(i64::from(10_000 + rate), 4);
        let value = amount.decimal().checked_mul(factor);
        let value = value.ok_or_else(|| Refusal::new(codes::AMOUNT_TOO_LARGE))?;
        Money::rounded(value, amount.currency()).map_err(too_large)
    }
}

impl Budget {
    /// What the draft of a later year starts with: the lines grown and moved to that year, the strategy, the
    /// indicators, and objectives and activities moved likewise. `foundations` are the analyses of the year
    /// that feed it.
    pub fn content_for(
        &self,
        year: i32,
        title: Option<String>,
        growth: &Growth,
        foundations: Vec<Foundation>,
        categories: &ExpenseCategories,
    ) -> Result<BudgetContent, Refusal> {
        growth.check()?;
        let mut content = self.content.clone();
        let years = year - content.fiscal_year;
        let moved = |period: Period| period.in_year(year).unwrap_or(period);
        content.title =
            title.unwrap_or_else(|| format!("{}（{year}）", self.content.title)).chars().take(200).collect();
        content.fiscal_year = year;
        content.sums.clear();
        content.foundations.retain(|foundation| foundation.kind != FoundationKind::Analysis);
        content.foundations.extend(foundations);
        for objective in &mut content.objectives {
            objective.period = moved(objective.period);
        }
        for line in &mut content.lines {
            line.period = moved(line.period);
            line.amount = growth.grown(line.amount, growth.of(&line.category, categories))?;
        }
        content.lines.retain(|line| line.amount.is_positive());
        for activity in &mut content.activities {
            let months = chrono::Months::new(12 * years.unsigned_abs());
            let later = |day: crate::spine::BusinessDate| {
                if years < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }
            };
            activity.from = later(activity.from).unwrap_or(activity.from);
            activity.to = later(activity.to).unwrap_or(activity.to);
            activity.cost = growth.grown(activity.cost, growth.default_basis_points)?;
        }
        content.activities.retain(|activity| activity.cost.is_positive());
        // Activities grow by the default; where that outgrows the lines they are left for the compiler to cost.
        let cost: i64 = content.activities.iter().map(|activity| activity.cost.minor()).sum();
        let total: i64 = content.lines.iter().map(|line| line.amount.minor()).sum();
        if cost > total {
            content.activities.clear();
        }
        Ok(content)
    }
}
