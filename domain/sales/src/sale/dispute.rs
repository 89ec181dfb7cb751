//! A dispute over whose the customer is holds what is not decided yet; its end releases it, and it is judged anew by the
//! ruling. `[OWN-14, COM-10]`
//!
//! What was attributed before stays: of that only a ruling's settlement books a difference.

use super::{course::explained, told::with_told, *};
use crate::{
    commission::{COMMISSION_RULES_CODE, attribution::attribute, fact::Ruling},
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

impl Sale {
    /// Judges a held sale anew by what became of a dispute over the customer, where that is of any consequence for it. By a
    /// ruling the customer was, for this sale, whose it says; where tiers rate it by that person's month, `terms` are theirs.
    /// Where the ruling settles its money as well, nothing is booked by the split: the settlement, which follows, stands in
    /// place of that.
    pub fn dispute_moved(
        self,
        disputed: Disputed,
        (terms, settles): (Option<Frozen>, bool),
        mut court: Court<'_>,
    ) -> Option<Change<Self>> {
        if self.state() != SaleState::Held {
            return None;
        }
        let before = self.clone();
        let mut after = self;
        let closing = after.closing.as_mut()?;
        closing.facts.open_dispute = disputed == Disputed::Open;
        if let Disputed::Ruled(ruling) = disputed {
            closing.facts.owner = ruling.credit;
            closing.facts.ruling = Some(ruling);
            closing.terms = terms.unwrap_or(closing.terms);
        }
        if before.closing.as_ref().is_some_and(|known| known.facts == closing.facts) {
            return None;
        }
        closing.judged = attribute(
            &with_told(closing.facts.clone(), &after.told),
            court.rules,
            (COMMISSION_RULES_CODE, closing.terms.rules_version),
        );
        if matches!(closing.judged, Attributed::Decided(_)) {
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
