//! What a claim buys that nobody has looked at yet: directly, or beyond what its request allowed. `[EXP-4, EXP-7]`

use super::*;
use crate::finance::{
    budget_line::Amounts,
    expense_request::{ExpenseRequest, RequestLine},
    expense_request_policy::ExpenseRequestPolicy,
    procurement::{self, Purchase, PurchaseRules},
};
use crate::spine::Money;
use std::collections::BTreeMap;

/// A claim that takes of a request, beside the document that is looked at, as far as the comparison of prices asks for it.
#[derive(Clone, Debug)]
pub struct FellowClaim {
    /// The claim.
    pub id: Id<ExpenseClaim>,
    /// Where it stands.
    pub state: ClaimState,
    /// Its currency and rate.
    pub exchange: Exchange,
    /// Its lines, without their invoices.
    pub lines: Vec<Line>,
}

impl FellowClaim {
    /// Adds what it went beyond the request, by category, in minor units of the book currency: what its lines without
    /// papers ask of what was requested, less what they took. Until it is approved all that it claims counts, since
    /// who cut an amount may give it back.
    fn add_beyond<'a>(
        &'a self,
        request: &ExpenseRequest,
        policy: &ExpenseRequestPolicy,
        bought: &mut BTreeMap<&'a str, i64>,
    ) -> Result<(), Refusal> {
        let counted = |line: &Line| match self.state {
            ClaimState::InApproval => line.claimed,
            _ => line.approved(),
        };
        let amounts: Vec<Money> = self.lines.iter().map(counted).collect();
        let asked = self.exchange.amounts_in_books(&amounts)?;
        let drawn = request.drawn_by(self.id);
        for (line, (number, asked)) in self.lines.iter().zip(asked) {
            let beyond = asked - drawn.get(&number).copied().unwrap_or(0);
            let is_unseen = !line.papers().are_enough(policy) && !is_compared(request, line, policy);
            if beyond > 0 && is_unseen && request.content.asks_for(&line.category) {
                let bought = bought.entry(line.category.as_str()).or_insert(0);
                *bought = bought.saturating_add(beyond);
            }
        }
        Ok(())
    }
}

impl ExpenseClaim {
    /// Notes what is bought beyond the limit without papers. What an approved request allowed was compared there; what
    /// the claim asks beyond it counts together with what was requested of the category without papers, and with what
    /// other claims on the request went beyond it, else a request just under the limit and its over-runs would buy what
    /// none of them may.
    pub(super) fn check_purchases(
        &self,
        rules: ClaimRules<'_>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let (content, policy) = (&self.content, &rules.procurement.content);
        let request = content.drawn_request(self.petition.submitter, rules);
        let asked = content.book_amounts(|line| line.claimed)?;
        let beyond = match request {
            Some(request) => request.beyond(self.id, &content.wishes()?)?,
            None => Amounts::new(),
        };
        let compared = |line: &Line| request.is_some_and(|request| is_compared(request, line, policy));
        let mut purchases = Vec::new();
        for (index, (number, line)) in (1..).zip(&content.lines).enumerate() {
            let unseen = if line.request_line.is_some() { &beyond } else { &asked };
            let worth = unseen.get(&number).copied().unwrap_or(0);
            if worth > 0 && !compared(line) {
                purchases.push(Purchase { index, category: &line.category, worth, papers: line.papers() });
            }
        }
        let bought = request.map_or_else(|| Ok(BTreeMap::new()), |request| bought_on(request, rules))?;
        let rules = PurchaseRules { policy: rules.procurement, categories: &rules.categories.content };
        procurement::compare(&purchases, &bought, content.exchange.book, rules, findings);
        Ok(())
    }
}

/// What was requested of each category without papers, and what other claims went beyond it, in minor units of the book
/// currency.
fn bought_on<'a>(
    request: &'a ExpenseRequest,
    rules: ClaimRules<'a>,
) -> Result<BTreeMap<&'a str, i64>, Refusal> {
    let policy = &rules.procurement.content;
    let mut bought = gone_beyond(request, rules.fellows, policy)?;
    let worth = request.content.book_amounts()?;
    for (line, worth) in request.content.lines.iter().zip(worth.values()) {
        if !line.papers().are_enough(policy) {
            *bought.entry(line.category.as_str()).or_insert(0) += worth;
        }
    }
    Ok(bought)
}

/// What claims went beyond a request, by category, in minor units of the book currency.
pub(crate) fn gone_beyond<'a>(
    request: &ExpenseRequest,
    claims: &'a [FellowClaim],
    policy: &ExpenseRequestPolicy,
) -> Result<BTreeMap<&'a str, i64>, Refusal> {
    let mut beyond = BTreeMap::new();
    for claim in claims {
        claim.add_beyond(request, policy, &mut beyond)?;
    }
    Ok(beyond)
}

/// Whether prices were compared for the line of the request that a line draws on.
fn is_compared(request: &ExpenseRequest, line: &Line, policy: &ExpenseRequestPolicy) -> bool {
    requested(request, line).is_some_and(|line| line.papers().are_enough(policy))
}

/// The line of the request that a line draws on.
fn requested<'a>(request: &'a ExpenseRequest, line: &Line) -> Option<&'a RequestLine> {
    let number = usize::try_from(line.request_line?).ok()?;
    request.content.lines.get(number.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::{
        expense_request::fixture::{approved, line as asked},
        fixture::*,
        procurement::{QUOTES_MISSING, Tender},
    };

    const CATEGORY: &str = "promotion.publicity";

    /// An approved request of 18,000.00 CNY, of which another claim took all and went 1,500.00 beyond.
    fn used_up() -> ExpenseRequest {
        let request = approved(vec![asked(CATEGORY, 1_800_000)]);
        let wish = crate::finance::expense_request::draw::Wish { claim_line: 1, line: 1, amount: 1_950_000 };
        let drawn = request.draw(id(77), &[wish]).expect("approved").0;
        drawn.expect("something is taken").into_after()
    }

    fn fellow(state: ClaimState) -> FellowClaim {
        let line = Line { request_line: Some(1), ..line(CATEGORY, 1_950_000, Vec::new()) };
        FellowClaim { id: id(77), state, exchange: content().exchange, lines: vec![line] }
    }

    /// Whether a claim of so many fen more on the request wants prices to be compared.
    fn wants_quotes(fen: i64, request: &ExpenseRequest, fellows: &[FellowClaim]) -> bool {
        let shipped = Rules::shipped();
        let rules = ClaimRules { request: Some(request), fellows, ..shipped.all() };
        let claim = ClaimContent {
            request: Some(request.id),
            lines: vec![Line { request_line: Some(1), ..line(CATEGORY, fen, vec![invoice(1, fen, 0)]) }],
            ..content()
        };
        match draft_of(claim).check_submission(&submitter(), today(), rules) {
            Ok(()) => false,
            Err(refusal) => {
                let codes: Vec<&str> = refusal.findings.iter().map(|finding| finding.code.code).collect();
                assert_eq!(codes, [QUOTES_MISSING.code]);
                true
            }
        }
    }

    #[test]
    fn what_several_claims_go_beyond_one_request_is_added_up() {
        let request = used_up();
        assert!(!wants_quotes(150_000, &request, &[]), "alone it stays below the limit");
        let fellows = [fellow(ClaimState::InApproval)];
        assert!(wants_quotes(50_001, &request, &fellows));
        assert!(!wants_quotes(50_000, &request, &fellows), "to the limit it is free");
    }

    #[test]
    fn what_was_cut_counts_until_the_claim_is_approved() {
        let request = used_up();
        let mut cut = fellow(ClaimState::InApproval);
        cut.lines[0].reduction =
            Some(Reduction { approved: cny(1_850_000), reason: "超标准".into(), by: id(2) });
        assert!(wants_quotes(150_000, &request, &[cut.clone()]));
        cut.state = ClaimState::Approved;
        assert!(!wants_quotes(150_000, &request, &[cut.clone()]));
        assert!(wants_quotes(150_001, &request, &[cut]));
    }

    #[test]
    fn what_was_compared_or_is_another_matter_does_not_count() {
        let request = used_up();
        let mut papers = fellow(ClaimState::Posted);
        papers.lines[0].tender = Some(Tender { reference: "ZB-7".into(), file_id: None });
        assert!(!wants_quotes(200_000, &request, &[papers]));
        let mut other = fellow(ClaimState::Posted);
        other.lines[0] = line("promotion.advertising", 900_000, Vec::new());
        assert!(!wants_quotes(200_000, &request, &[other]), "it was not requested");
        let mut beside = fellow(ClaimState::Posted);
        beside.lines.push(line(CATEGORY, 50_000, Vec::new()));
        assert!(wants_quotes(1, &request, &[beside]), "a line beside the request goes beyond it as well");
    }
}
