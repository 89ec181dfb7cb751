//! Whether lines add up: to the year's total, to what is declared for a department, a category, a period, or any
//! of these together. `[BUD-2]`

use super::*;
use crate::{
    finance::{expense_category, period::Period},
    spine::{DepartmentId, Money, codes},
};
use std::collections::BTreeMap;

/// What lines add up to at one level. What names nothing is the total.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetSum)]
pub struct PlannedSum {
    /// Only lines of this department and those below it.
    #[serde(rename = "department_id", default)]
    pub department: Option<DepartmentId>,
    /// Only lines of this category and those below it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "promotion")]
    pub category: Option<String>,
    /// Only what falls into this period, after splitting.
    #[serde(default)]
    pub period: Option<Period>,
    /// What they add up to.
    pub amount: Money,
}

impl BudgetContent {
    /// Refuses duplicate lines and every declared sum that the lines do not add up to, with the difference.
    pub(super) fn check_sums(&self, rules: BudgetRules<'_>) -> Result<(), Refusal> {
        self.opened(&rules.policy.content)?;
        let total = self.total(rules.currency)?;
        let mut findings = Findings::new();
        for (index, sum) in self.sums.iter().enumerate() {
            self.check_sum(&format!("/sums/{index}"), sum, rules, &mut findings)?;
        }
        let cost = Money::sum(self.activities.iter().map(|activity| activity.cost), rules.currency)
            .map_err(|_| Refusal::new(codes::AMOUNT_TOO_LARGE))?;
        if !self.lines.is_empty() && cost.minor() > total.minor() {
            let difference = Money::from_minor(cost.minor() - total.minor(), rules.currency);
            let facts = [
                ("cost", json!(cost.to_string())),
                ("total", json!(total.to_string())),
                ("difference", json!(difference.to_string())),
            ];
            findings.add_with("/activities", ACTIVITIES_BEYOND, facts);
        }
        findings.into_result().map_err(|no| no.citing(Citation::clause("BUD-2", CONTENT_CLAUSE)))
    }

    fn check_sum(
        &self,
        at: &str,
        sum: &PlannedSum,
        rules: BudgetRules<'_>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        if sum.department.is_some_and(|department| !rules.departments.contains(department)) {
            findings.add(format!("{at}/department_id"), codes::UNKNOWN_REFERENCE);
        }
        if let Some(category) =
            sum.category.as_ref().filter(|code| rules.categories.content.find(code).is_none())
        {
            let facts = [("category", json!(category))];
            findings.add_with(format!("{at}/category"), expense_category::UNKNOWN, facts);
        }
        if sum.amount.currency() != rules.currency {
            let facts = [("expected", json!(rules.currency.code()))];
            findings.add_with(format!("{at}/amount"), codes::WRONG_CURRENCY, facts);
            return Ok(());
        }
        let added = self.add_up(sum, rules)?;
        if added != sum.amount {
            let difference = Money::from_minor(sum.amount.minor() - added.minor(), rules.currency);
            let facts = [
                ("sum", json!(added.to_string())),
                ("declared", json!(sum.amount.to_string())),
                ("difference", json!(difference.to_string())),
            ];
            findings.add_with(at, SUM_DIFFERS, facts);
        }
        Ok(())
    }

    /// What the lines of one level add up to, whatever is declared.
    fn add_up(&self, sum: &PlannedSum, rules: BudgetRules<'_>) -> Result<Money, Refusal> {
        let of_department = |line: &PlannedLine| {
            let mine = self.department_of(line);
            sum.department.is_none_or(|d| d == mine || rules.departments.above(mine).contains(&d))
        };
        let of_category = |line: &PlannedLine| {
            let path = || rules.categories.content.path(&line.category);
            sum.category.as_ref().is_none_or(|category| path().contains(category))
        };
        let amounts =
            self.lines.iter().filter(|line| of_department(line) && of_category(line)).flat_map(|line| {
                let within = |period: &Period| sum.period.is_none_or(|of| of.covers(*period));
                line.parts().into_iter().zip(line.amounts()).filter(move |(period, _)| within(period))
            });
        Money::sum(amounts.map(|(_, amount)| amount), rules.currency)
            .map_err(|_| Refusal::new(codes::AMOUNT_TOO_LARGE))
    }

    /// What it adds up to by department, by category (with the headings), and by month, quarter and year: what
    /// a table of the budget shows in its margins.
    pub fn margins(&self, categories: &ExpenseCategories, currency: Currency) -> Vec<PlannedSum> {
        let (mut departments, mut headings, mut periods) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for line in &self.lines {
            *departments.entry(self.department_of(line)).or_default() += line.amount.minor();
            for heading in categories.path(&line.category) {
                *headings.entry(heading).or_default() += line.amount.minor();
            }
            for (period, amount) in line.parts().into_iter().zip(line.amounts()) {
                for around in period.around() {
                    *periods.entry(around).or_default() += amount.minor();
                }
            }
        }
        let empty = |minor: i64| PlannedSum {
            department: None,
            category: None,
            period: None,
            amount: Money::from_minor(minor, currency),
        };
        let departments =
            departments.into_iter().map(|(of, sum)| PlannedSum { department: Some(of), ..empty(sum) });
        let headings = headings.into_iter().map(|(of, sum)| PlannedSum { category: Some(of), ..empty(sum) });
        let periods = periods.into_iter().map(|(of, sum)| PlannedSum { period: Some(of), ..empty(sum) });
        departments.chain(headings).chain(periods).collect()
    }
}
