//! What the life of a claim means for the budget: reserved at submission, committed at approval, spent as it is paid,
//! free again when it comes to nothing. `[BUD-4]`

use super::*;
use crate::finance::budget_line::{Amounts, DocumentKind, DocumentRef};
use crate::spine::{BusinessDate, Money};

/// What a transition moves on the budget lines of a claim. Reserving is not among them: it comes before the
/// submission, since the chain asks whether the claim goes beyond the budget.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BudgetMove {
    /// It was approved: this much of each line.
    Commit(Amounts),
    /// It came to nothing, or went back to its submitter.
    Release,
    /// It was paid on that day: so much of each line so far.
    Spend(Amounts, BusinessDate),
    /// Its counter-document was posted.
    Reverse,
}

impl ExpenseClaim {
    /// The claim as the budget knows it.
    pub fn budget_document(&self) -> DocumentRef {
        DocumentRef::new(DocumentKind::ExpenseClaim, self.id.uuid())
    }

    /// What a transition moves on the budget. A counter-document holds nothing of its own: its posting gives
    /// back what its claim holds.
    ///
    /// # Errors
    /// Where an amount is too large to be kept.
    pub fn budget_move(before: Option<&Self>, after: &Self) -> Result<Option<BudgetMove>, Refusal> {
        let Some(before) = before.filter(|before| before.reverses.is_none()) else { return Ok(None) };
        Ok(match (before.state(), after.state()) {
            (was, is) if was == is => match after.money_moved_since(before) {
                Some(on) => Some(BudgetMove::Spend(after.paid_by_line()?, on)),
                None => None,
            },
            // What advances settle was paid before: it is spent with the posting.
            (_, ClaimState::Posted) if after.content.settled_total()? > 0 => {
                let posted = after.voucher().map(|voucher| voucher.posted_on);
                posted.map_or(Ok::<_, Refusal>(None), |on| {
                    Ok(Some(BudgetMove::Spend(after.paid_by_line()?, on)))
                })?
            }
            (_, ClaimState::Approved) => {
                Some(BudgetMove::Commit(after.content.book_amounts(Line::approved)?))
            }
            (
                _,
                ClaimState::Returned
                | ClaimState::Rejected
                | ClaimState::Withdrawn
                | ClaimState::Revoked
                | ClaimState::Void,
            ) => Some(BudgetMove::Release),
            (_, ClaimState::Reversed) => Some(BudgetMove::Reverse),
            _ => None,
        })
    }

    /// The day on which money moved, or came back, since a state.
    fn money_moved_since(&self, before: &Self) -> Option<BusinessDate> {
        let returned = |at: usize, payment: &Payment| {
            let was = before.payments.get(at).and_then(|payment| payment.returned.as_ref());
            payment.returned.as_ref().filter(|_| was.is_none()).map(|returned| returned.on)
        };
        let paid = self.payments.get(before.payments.len()..).and_then(<[_]>::last);
        let came_back = || self.payments.iter().enumerate().find_map(|(at, payment)| returned(at, payment));
        paid.map(|payment| payment.notice.paid_on).or_else(came_back)
    }

    /// What has been paid of each line so far, in minor units of the book currency: advances and payments settle
    /// the lines in their order.
    fn paid_by_line(&self) -> Result<Amounts, Refusal> {
        let mut left = self.paid().minor() + self.content.settled_total()?;
        let mut paid = self.content.book_amounts(Line::approved)?;
        for amount in paid.values_mut() {
            *amount = left.min(*amount);
            left -= *amount;
        }
        Ok(paid)
    }
}

impl ClaimContent {
    /// An amount of each line in minor units of the book currency; together exactly the sum in the book currency.
    pub fn book_amounts(&self, amount: impl Fn(&Line) -> Money) -> Result<Amounts, Refusal> {
        let amounts: Vec<Money> = self.lines.iter().map(amount).collect();
        self.exchange.amounts_in_books(&amounts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finance::fixture::*, spine::Currency};

    #[test]
    fn lines_in_another_currency_add_up_to_the_whole_in_the_books() {
        let mut content = content();
        let line = content.lines[0].clone();
        content.exchange = Exchange {
            currency: Currency::Usd,
            book: Currency::Cny,
            rate: "7.1234".parse().expect("a rate"),
            rate_date: Some(today()),
        };
        content.lines = (0..3)
            .map(|_| Line { claimed: Money::from_minor(3_333, Currency::Usd), ..line.clone() })
            .collect();
        let amounts = content.book_amounts(|line| line.claimed).expect("they convert");
        let whole = content.in_books(Money::from_minor(9_999, Currency::Usd)).expect("it converts");
        assert_eq!(amounts.values().sum::<i64>(), whole.minor());
        assert_eq!(amounts.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
    }
}
