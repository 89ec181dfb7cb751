//! A dispute over whose the customer is holds what is not decided yet; its end releases it, and it is judged anew by the
//! ruling. `[OWN-14, COM-10]`
//!
//! What was attributed before stays: of that only a ruling's settlement books a difference.

use super::{course::explained, *};
use crate::{
    commission::{CommissionRules, SaleFacts, fact::Ruling},
    spine::Change,
};

/// What became of a dispute over the customer of a sale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Disputed {
    /// It is open.
    Open,
    /// It came to nothing: withdrawn.
    ComeToNothing,
    /// It was ruled on.
    Ruled(Ruling),
}

impl Disputed {
    /// What facts of a closing become by it.
    fn moves(&self, mut facts: SaleFacts) -> SaleFacts {
        facts.open_dispute = *self == Self::Open;
        if let Self::Ruled(ruling) = self {
            facts.owner = ruling.credit;
            facts.ruling = Some(ruling.clone());
        }
        facts
    }
}

impl Sale {
    /// How a held sale would be attributed by what became of a dispute.
    pub fn would_be_by(&self, disputed: &Disputed, rules: &CommissionRules) -> Option<Attributed> {
        let closing = self.closing.as_ref().filter(|_| self.state() == SaleState::Held)?;
        let facts = disputed.moves(closing.facts.clone());
        Some(self.judged(&facts, rules, closing.terms.rules_version))
    }

    /// Judges a held sale anew by what became of a dispute over the customer, where that is of any consequence for it. By a
    /// ruling the customer was, for this sale, whose it says; where tiers rate it by the month of whom it counts for, `terms` are theirs.
    /// Where the ruling settles its money as well, nothing is booked by the split: the settlement, which follows, stands in
    /// place of that.
    pub fn dispute_moved(
        self,
        disputed: &Disputed,
        (terms, settles): (Option<Frozen>, bool),
        mut court: Court<'_>,
    ) -> Option<Change<Self>> {
        if self.state() != SaleState::Held {
            return None;
        }
        let before = self.clone();
        let mut after = self;
        let closing = after.closing.as_mut()?;
        closing.facts = disputed.moves(closing.facts.clone());
        if before.closing.as_ref().is_some_and(|known| known.facts == closing.facts) {
            return None;
        }
        after.judge_anew(court.rules, terms);
        if after.attribution().is_some() {
            if settles {
                after.give_credit(&mut court);
            } else {
                after.take_effect(&mut court);
            }
        }
        let facts = after.facts();
        Some(explained(Change::updated(before, after, SALE_JUDGED_ANEW, facts)))
    }
}
