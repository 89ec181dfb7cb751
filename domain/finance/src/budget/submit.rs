//! Submitting: by then a budget says everything that the regulation asks of one. `[BUD-1, BUD-3]`

use super::*;
use crate::finance::period::Period;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

impl Budget {
    /// Hands it to its approvers. `approval` is the approval that was opened for it in the same unit of work.
    ///
    /// # Errors
    /// Every part that is missing and every sum that does not add up, all at once.
    pub fn submit(
        self,
        approval: Id<Approval>,
        by: &Actor,
        now: Timestamp,
        rules: BudgetRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.check_submission(by, rules)?;
        let asked = facts([
            ("total", json!(self.content.total(rules.currency)?)),
            ("department_id", json!(self.content.scope.department)),
        ]);
        self.handed_in(approval, asked, by, now)
    }

    /// Whether it could be submitted now; the same check as [`Self::submit`], for a dry run. `[APR-8]`
    pub fn check_submission(&self, by: &Actor, rules: BudgetRules<'_>) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.content.check(rules)?;
        let mut findings = Findings::new();
        self.content.check_completeness(&mut findings);
        findings.into_result().map_err(|refusal| refusal.citing(Citation::clause("BUD-1", CONTENT_CLAUSE)))
    }
}

impl BudgetContent {
    /// Notes every part that the regulation asks for and that is not there.
    fn check_completeness(&self, findings: &mut Findings) {
        let Strategy { product, price, channel, promotion } = &self.strategy;
        self.check_objectives(findings);
        let parts = [
            ("/strategy/product", product.is_some()),
            ("/strategy/price", price.is_some()),
            ("/strategy/channel", channel.is_some()),
            ("/strategy/promotion", promotion.is_some()),
            ("/activities", !self.activities.is_empty()),
            ("/lines", !self.lines.is_empty()),
            ("/indicators", !self.indicators.is_empty()),
        ];
        for (pointer, _) in parts.into_iter().filter(|(_, said)| !said) {
            findings.add(pointer, INCOMPLETE);
        }
    }

    /// 目标设定: objectives are set for the year, for quarters and for months. `[BUD-1, 000 §9.1(2)]`
    fn check_objectives(&self, findings: &mut Findings) {
        let stated =
            |is_it: fn(Period) -> bool| self.objectives.iter().any(|objective| is_it(objective.period));
        let spans = [
            (stated(Period::is_year), NO_YEAR_OBJECTIVE),
            (stated(Period::is_quarter), NO_QUARTER_OBJECTIVE),
            (stated(Period::is_month), NO_MONTH_OBJECTIVE),
        ];
        for (_, missing) in spans.into_iter().filter(|(stated, _)| !stated) {
            findings.add("/objectives", missing);
        }
    }

    /// The fields that the conditions of an approval chain may look at, beside the amount.
    pub fn routed_fields(&self) -> Map<String, Value> {
        let categories: BTreeSet<&str> = self.lines.iter().map(|line| line.category.as_str()).collect();
        Map::from_iter([
            ("category".to_owned(), json!(categories)),
            ("scope".to_owned(), json!(self.scope.level)),
            ("region".to_owned(), json!(self.scope.region)),
            ("fiscal_year".to_owned(), json!(self.fiscal_year)),
        ])
    }
}
