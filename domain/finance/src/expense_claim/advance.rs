//! Settling cash advances by a claim: what it is worth pays off what its beneficiary got before. `[EXP-14]`

use super::*;
use crate::finance::cash_advance::CashAdvance;
use crate::spine::Money;
use std::collections::BTreeSet;

/// At most so many advances are settled by one claim.
pub const MAX_ADVANCES: usize = 20;

crate::refusals! { CLAIM_ADVANCE_REFUSALS:
    ADVANCE_TWICE = "expense_claim.advance_twice", Invalid, "同一借款单出现两次", "The same advance stands twice";
    SETTLES_TOO_MUCH = "expense_claim.settles_too_much", Invalid, "冲抵借款 {settled} 超过报销金额 {claimed}", "{settled} of advances is more than the {claimed} that is claimed";
}

/// What a claim settles of an advance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settlement {
    /// The advance.
    pub advance: Id<CashAdvance>,
    /// How much of it, in the book currency.
    pub amount: Money,
}

impl ClaimContent {
    /// Notes settlements that no claim may have, even as a draft.
    pub(super) fn check_settlements(&self, findings: &mut Findings) {
        let book = self.exchange.book;
        let mut seen = BTreeSet::new();
        for (index, Settlement { advance, amount }) in self.advances.iter().enumerate() {
            let pointer = format!("/advances/{index}");
            if !seen.insert(*advance) {
                findings.add(format!("{pointer}/advance_id"), ADVANCE_TWICE);
            }
            if amount.currency() != book {
                let expected = [("expected", json!(book.code()))];
                findings.add_with(format!("{pointer}/amount/currency"), codes::WRONG_CURRENCY, expected);
            }
            if !amount.is_positive() {
                findings.add(format!("{pointer}/amount"), codes::AMOUNT_NOT_POSITIVE);
            }
        }
    }

    /// Notes settlements beyond what is claimed.
    pub(super) fn check_settled(&self, findings: &mut Findings) -> Result<(), Refusal> {
        let claimed = self.in_books(self.claimed()?)?;
        let settled: i128 =
            self.advances.iter().map(|settlement| i128::from(settlement.amount.minor())).sum();
        if settled > i128::from(claimed.minor()) {
            let settled = i64::try_from(settled).map_err(|_| Refusal::new(codes::AMOUNT_TOO_LARGE))?;
            let settled = Money::from_minor(settled, self.exchange.book);
            let facts = [("settled", json!(settled.to_string())), ("claimed", json!(claimed.to_string()))];
            findings.add_with("/advances", SETTLES_TOO_MUCH, facts);
        }
        Ok(())
    }

    /// What the approved amount settles, the first advance first: less than was named where less was approved.
    pub fn settled(&self) -> Result<Vec<Settlement>, Refusal> {
        let mut left = self.in_books(self.approved()?)?.minor().max(0);
        let settle = |settlement: &Settlement| {
            let settled = settlement.amount.minor().min(left);
            left -= settled;
            Settlement { amount: Money::from_minor(settled, self.exchange.book), ..settlement.clone() }
        };
        Ok(self.advances.iter().map(settle).collect())
    }

    /// The same in all, in minor units of the book currency.
    pub fn settled_total(&self) -> Result<i64, Refusal> {
        Ok(self.settled()?.iter().map(|settlement| settlement.amount.minor()).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::{
        fixture::*,
        journal::{JournalEntry, Role},
    };

    fn settling(amount: i64) -> ClaimContent {
        let advances = vec![Settlement { advance: id(1), amount: cny(amount) }];
        ClaimContent { advances, ..content() }
    }

    #[test]
    fn what_an_advance_settles_is_not_owed_again() {
        let entry = JournalEntry::of(&settling(100_000), Rules::shipped().all()).expect("it balances");
        let of = |role| entry.postings.iter().find(|posting| posting.role == role).map(|p| p.amount.minor());
        assert_eq!((of(Role::Advance), of(Role::Payable)), (Some(100_000), Some(59_000)));
        let all = JournalEntry::of(&settling(159_000), Rules::shipped().all()).expect("it balances");
        assert!(all.postings.iter().all(|posting| posting.role != Role::Payable), "nothing is owed");
    }

    #[test]
    fn less_is_settled_where_less_is_approved() {
        let mut content = settling(100_000);
        content.lines.truncate(1);
        content.lines[0].reduction =
            Some(Reduction { approved: cny(60_000), reason: "超标准".into(), by: id(2) });
        assert_eq!(content.settled_total(), Ok(60_000));
    }

    #[test]
    fn a_claim_settles_no_more_than_it_claims() {
        let refusal = draft_of(settling(159_001))
            .check_submission(&submitter(), today(), Rules::shipped().all())
            .expect_err("too much");
        assert_eq!(refusal.code, SETTLES_TOO_MUCH);
    }
}
