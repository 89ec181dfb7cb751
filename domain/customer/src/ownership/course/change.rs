//! What would change whose a customer is, as things stand. `[OWN-18]`

use super::Course;
use crate::{
    ownership::{Because, Channel, PoolLevel, RuleKind, Standing, cite},
    spine::{Citation, Timestamp},
};

/// A rule that would change whose the customer is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WouldChange {
    /// Which.
    pub rule: RuleKind,
    /// What sets it.
    pub citation: Citation,
    /// When it will, unless somebody acts; none of what waits for a deed.
    pub at: Option<Timestamp>,
    /// What stands against it now.
    pub because: Option<Because>,
}

/// When a rule holds by itself, and what keeps it from holding.
type When = (Option<Timestamp>, Option<Because>);

impl Course<'_> {
    /// The rules that would change it, in the order of the policy that rules at an instant.
    pub(super) fn would_change(&self, as_of: Timestamp) -> Vec<WouldChange> {
        let Some(version) = self.policy(as_of) else { return Vec::new() };
        let listed = version.content.rules.iter().filter_map(|listed| {
            let (at, because) = match self.standing() {
                Standing::Owned { .. } => self.while_owned(listed.when, as_of)?,
                Standing::Pooled { .. } => self.while_pooled(listed.when)?,
                Standing::Unowned {} => {
                    let first = listed.when.is_of_first_registration();
                    (first || listed.when == RuleKind::Assignment).then_some((None, None))?
                }
            };
            Some(WouldChange { rule: listed.when, citation: cite(version, listed.when), at, because })
        });
        listed.collect()
    }

    fn while_owned(&self, rule: RuleKind, as_of: Timestamp) -> Option<When> {
        let disputed = self.dispute.map(|_| Because::Disputed);
        let by_phone = self.won_by.as_ref().is_some_and(|(_, won)| won.channel == Channel::Call);
        match rule {
            RuleKind::Protection => {
                let held = self.dispute.is_some() || self.credits.iter().any(|credit| credit.is_open);
                let because = if held { self.stays_because(as_of) } else { None };
                Some((self.falls().map(|next| next.at), because))
            }
            RuleKind::Release => Some((None, self.stays_because(as_of))),
            RuleKind::Transfer => Some((None, disputed)),
            RuleKind::Ruling | RuleKind::Leaving => Some((None, None)),
            RuleKind::PhoneForgotten => by_phone.then_some((None, None)),
            RuleKind::PhoneLapsed => self.phone_lapse().map(|at| (Some(at), None)),
            RuleKind::TwoSitesOneDay => {
                let won_today =
                    self.chain.last().is_some_and(|state| self.day(state.from) == self.day(as_of));
                (won_today && self.won_by.is_some()).then_some((None, None))
            }
            _ => None,
        }
    }

    fn while_pooled(&self, rule: RuleKind) -> Option<When> {
        let Standing::Pooled { level, cause, .. } = self.standing() else { return None };
        let disputed = self.dispute.map(|_| Because::Disputed);
        let only_assigned = (!cause.is_claimable()).then_some(Because::OnlyAssigned);
        match rule {
            RuleKind::Claim => Some((None, disputed.or(only_assigned))),
            RuleKind::Assignment => Some((None, disputed)),
            RuleKind::CentrePool if *level == PoolLevel::Department => {
                Some((self.falls().map(|next| next.at), disputed.or(only_assigned)))
            }
            rule if rule.is_of_first_registration() => cause.is_claimable().then_some((None, None)),
            _ => None,
        }
    }
}
