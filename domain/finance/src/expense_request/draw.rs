//! What claims take of a request: never more than is left, whoever comes at the same time; what comes back may be
//! claimed again. All in the book currency. `[EXP-4]`

use super::*;
use crate::finance::{budget_line::Amounts, expense_claim::ExpenseClaim};
use crate::spine::Money;

crate::refusals! { EXPENSE_REQUEST_DRAW_REFUSALS:
    BELOW_CLAIMED = "expense_request.below_claimed", Conflict, "第 {line} 行已报销 {claimed}，不能减少到 {amount}", "{claimed} of line {line} is claimed already; it cannot be cut to {amount}";
    CLAIMED_LINE_FIXED = "expense_request.claimed_line_fixed", Conflict, "第 {line} 行已有报销，类别、成本中心及活动、地区不可变更", "Line {line} is claimed already: its category, cost centre, campaign and region stay";
    FRAME_FIXED = "expense_request.frame_fixed", Conflict, "变更不得更改部门、业务日期或币种", "An amendment keeps department, business date and currency";
}

/// What one claim line took of one request line, in the book currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Draw {
    /// The claim.
    pub claim: Id<ExpenseClaim>,
    /// The claim's line, counted from 1.
    pub claim_line: i32,
    /// The request's line, counted from 1.
    pub line: i32,
    /// How much, never nothing.
    pub amount: Money,
    /// Whether the claim is approved.
    pub approved: bool,
}

/// What a claim line asks of a request line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    /// The claim's line, counted from 1.
    pub claim_line: i32,
    /// The request's line, counted from 1.
    pub line: i32,
    /// How much, in minor units of the book currency.
    pub amount: i64,
}

impl ExpenseRequest {
    /// What was claimed of each line so far, in minor units of the book currency.
    pub fn claimed(&self) -> Amounts {
        let mut claimed = Amounts::new();
        for draw in &self.draws {
            *claimed.entry(draw.line).or_default() += draw.amount.minor();
        }
        claimed
    }

    /// What a claim took so far, by its own lines, in minor units of the book currency.
    pub fn drawn_by(&self, claim: Id<ExpenseClaim>) -> Amounts {
        let mine = self.draws.iter().filter(|draw| draw.claim == claim);
        mine.map(|draw| (draw.claim_line, draw.amount.minor())).collect()
    }

    /// What is left of each line, in minor units of the book currency. Never negative.
    pub fn remaining(&self) -> Result<Amounts, Refusal> {
        let claimed = self.claimed();
        let mut left = self.content.book_amounts()?;
        for (line, amount) in &mut left {
            *amount = (*amount - claimed.get(line).copied().unwrap_or(0)).max(0);
        }
        Ok(left)
    }

    /// How a claim shares in what is left when its earlier draws are given back: everybody's draws then, and what its
    /// lines ask beyond that, by their numbers.
    fn shared(&self, claim: Id<ExpenseClaim>, wishes: &[Wish]) -> Result<(Vec<Draw>, Amounts), Refusal> {
        let mut without = self.clone();
        without.draws.retain(|draw| draw.claim != claim);
        let mut left = without.remaining()?;
        let (mut draws, mut beyond) = (without.draws, Amounts::new());
        for Wish { claim_line, line, amount } in wishes.iter().copied() {
            let left = left.entry(line).or_default();
            let taken = amount.min(*left);
            *left -= taken;
            if taken < amount {
                *beyond.entry(claim_line).or_default() += amount - taken;
            }
            if taken > 0 {
                let amount = Money::from_minor(taken, self.content.exchange.book);
                draws.push(Draw { claim, claim_line, line, amount, approved: false });
            }
        }
        Ok((draws, beyond))
    }

    /// What a claim asks beyond what is left for it, by its lines, in minor units of the book currency: its over-run.
    pub fn beyond(&self, claim: Id<ExpenseClaim>, wishes: &[Wish]) -> Result<Amounts, Refusal> {
        Ok(self.shared(claim, wishes)?.1)
    }

    /// A claim takes what it asks for, as far as it is there; none where there is nothing to take. Answers also
    /// whether it asks for more. The claim's earlier draws are given back first.
    pub fn draw(
        self,
        claim: Id<ExpenseClaim>,
        wishes: &[Wish],
    ) -> Result<(Option<Change<Self>>, bool), Refusal> {
        self.petition.expect_approved()?;
        let (draws, beyond) = self.shared(claim, wishes)?;
        let after = Self { draws, ..self.clone() };
        Ok((self.drawn(after), !beyond.is_empty()))
    }

    /// A claim was approved: what was approved of each of its lines stays drawn, the rest is left for others.
    /// A request that is used up by it closes itself.
    pub fn keep(
        self,
        claim: Id<ExpenseClaim>,
        approved: &Amounts,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, Refusal> {
        let mut after = self.clone();
        let book = self.content.exchange.book;
        for draw in after.draws.iter_mut().filter(|draw| draw.claim == claim) {
            let kept = approved.get(&draw.claim_line).copied().unwrap_or(0).min(draw.amount.minor());
            draw.amount = Money::from_minor(kept, book);
            draw.approved = true;
        }
        after.draws.retain(|draw| draw.amount.is_positive());
        let after = after.closed_if_used_up(now)?;
        Ok(self.drawn(after))
    }

    /// A claim came to nothing: what it took is left for others. A request that had closed itself is open again.
    pub fn give_back(self, claim: Id<ExpenseClaim>, now: Timestamp) -> Option<Change<Self>> {
        let mut after = self.clone();
        after.draws.retain(|draw| draw.claim != claim);
        if after.draws.len() < self.draws.len() {
            after = after.opened_again(now);
        }
        self.drawn(after)
    }

    fn drawn(self, after: Self) -> Option<Change<Self>> {
        if after == self {
            return None;
        }
        let total: i64 = after.claimed().values().sum();
        let facts = json!({
            "number": self.petition.number, "claimed": Money::from_minor(total, self.content.exchange.book),
        });
        let number = json!({"number": self.petition.number, "state": after.petition.state().code()});
        let told = match (self.petition.state(), after.petition.state()) {
            (was, is) if was == is => None,
            (_, StandingState::Closed) => Some(CLOSED),
            _ => Some(REOPENED),
        };
        let change = Change::updated(self, after, DRAWN, facts);
        Some(match told {
            Some(kind) => change.and(kind, number),
            None => change,
        })
    }

    /// Refuses content that takes away what claims took already, or moves it elsewhere. `[EXP-5]`
    pub(crate) fn check_amended(&self, content: &RequestContent) -> Result<(), Refusal> {
        let rule = Citation::clause("EXP-5", "000 §9.3(2)");
        let old = &self.content;
        let same_frame = content.exchange.currency == old.exchange.currency
            && content.department == old.department
            && content.business_date == old.business_date;
        if !same_frame {
            return Err(Refusal::new(FRAME_FIXED).citing(rule));
        }
        let amounts = content.book_amounts()?;
        let mut findings = Findings::new();
        for (number, claimed) in self.claimed() {
            let at = usize::try_from(number - 1).unwrap_or(usize::MAX);
            let pointer = format!("/lines/{at}");
            let amount = amounts.get(&number).copied().unwrap_or(0);
            if amount < claimed {
                let money = |minor| json!(Money::from_minor(minor, old.exchange.book).to_string());
                let facts = [("line", json!(number)), ("claimed", money(claimed)), ("amount", money(amount))];
                findings.add_with(format!("{pointer}/amount"), BELOW_CLAIMED, facts);
            }
            let (was, is) = (old.lines.get(at), content.lines.get(at));
            let same = was
                .zip(is)
                .is_none_or(|(was, is)| was.category == is.category && was.cost_centre == is.cost_centre);
            if !same || old.campaign != content.campaign || old.region != content.region {
                findings.add_with(pointer, CLAIMED_LINE_FIXED, [("line", json!(number))]);
            }
        }
        findings.into_result().map_err(|refusal| refusal.citing(rule))
    }
}
