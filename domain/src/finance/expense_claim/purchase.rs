//! What a claim buys that nobody has looked at yet: directly, or beyond what its request allowed. `[EXP-4, EXP-7]`

use super::*;
use crate::finance::{
    budget_line::Amounts,
    expense_request::{ExpenseRequest, RequestLine},
    procurement::{self, Purchase, PurchaseRules},
};
use std::collections::BTreeMap;

impl ExpenseClaim {
    /// Notes what is bought beyond the limit without papers. What an approved request allowed was compared there; what
    /// the claim asks beyond it counts together with what was requested of the category without papers, else a request
    /// just under the limit and an over-run would buy what neither may.
    pub(super) fn check_purchases(
        &self,
        rules: ClaimRules<'_>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let (content, policy) = (&self.content, &rules.procurement.content);
        let request = content.drawn_request(self.submitter, rules);
        let asked = content.book_amounts(|line| line.claimed)?;
        let beyond = match request {
            Some(request) => request.beyond(self.id, &content.wishes()?)?,
            None => Amounts::new(),
        };
        let compared = |line: &Line| {
            request
                .and_then(|request| requested(request, line))
                .is_some_and(|line| line.papers().are_enough(policy))
        };
        let mut purchases = Vec::new();
        for (index, (number, line)) in (1..).zip(&content.lines).enumerate() {
            let unseen = if line.request_line.is_some() { &beyond } else { &asked };
            let worth = unseen.get(&number).copied().unwrap_or(0);
            if worth > 0 && !compared(line) {
                purchases.push(Purchase { index, category: &line.category, worth, papers: line.papers() });
            }
        }
        let mut bought = BTreeMap::new();
        if let Some(request) = request {
            let worth = request.content.book_amounts()?;
            for (line, worth) in request.content.lines.iter().zip(worth.values()) {
                if !line.papers().are_enough(policy) {
                    *bought.entry(line.category.as_str()).or_insert(0) += worth;
                }
            }
        }
        let rules = PurchaseRules { policy: rules.procurement, categories: &rules.categories.content };
        procurement::compare(&purchases, &bought, content.exchange.book, rules, findings);
        Ok(())
    }
}

/// The line of the request that a line draws on.
fn requested<'a>(request: &'a ExpenseRequest, line: &Line) -> Option<&'a RequestLine> {
    let number = usize::try_from(line.request_line?).ok()?;
    request.content.lines.get(number.checked_sub(1)?)
}
