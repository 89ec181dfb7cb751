//! What time does by itself. `[OWN-15]`

use super::{Course, Derived, GivenTier, Held};
use crate::{
    ownership::{
        Channel, Next, NextKind, Outcome, PoolCause, PoolLevel, Protection, RuleKind, Standing, Warning,
        protection::{end_of_days, warnings},
    },
    spine::{EmployeeId, Timestamp},
    working_time::midnight,
};
use chrono::Days;

impl Course<'_> {
    /// Lets everything happen that time brings about until an instant, itself included.
    pub(super) fn pass_until(&mut self, until: Timestamp) {
        while let Some(next) = self.falls().filter(|next| next.at <= until) {
            // What a fact let go that held it back happens with that fact, not in the past that was told otherwise.
            let at = self.reached.map_or(next.at, |reached| reached.max(next.at));
            match next.kind {
                NextKind::FollowUpDue => self.fall(at, PoolCause::NotFollowedUp),
                NextKind::DealDue => self.fall(at, PoolCause::NoDeal),
                NextKind::CentrePool => self.sink(at),
                NextKind::PhoneLapses => return,
            }
        }
    }

    /// Whether nothing takes the customer from the owner, however late: a dispute, an open deal.
    fn is_held(&self) -> bool {
        self.dispute.is_some() || self.credits.iter().any(|credit| credit.is_open)
    }

    fn protection(&self) -> Option<Protection> {
        if !matches!(self.standing(), Standing::Owned { .. }) || self.is_held() {
            return None;
        }
        let (touched, courted) = (self.touched?, self.courted?);
        let policy = &self.policy(courted)?.content;
        policy.rule(RuleKind::Protection)?;
        let tier = self.tier.as_ref().map(|tier| (tier.code.as_str(), tier.days));
        let (follow_up_days, deal_days) = policy.protection(tier)?;
        let not_before = |end: Timestamp| self.locked_until.map_or(end, |locked| end.max(locked));
        let follow_up_by = not_before(end_of_days(touched, follow_up_days, self.zone));
        let deal_by = not_before(end_of_days(courted, deal_days, self.zone));
        let floored = |end: Timestamp, floor: Option<Timestamp>| floor.map_or(end, |floor| end.max(floor));
        Some(Protection {
            follow_up_by: floored(follow_up_by, self.floor.0),
            deal_by: floored(deal_by, self.floor.1),
        })
    }

    /// A tier holds from an instant on. One that is stricter takes nothing that was safe before: what is left of the old time
    /// stays, unless its own time, counted from then on, ends earlier.
    pub(super) fn hold_tier(&mut self, at: Timestamp, tier: GivenTier) {
        let before = self.protection();
        let days = self
            .policy(at)
            .and_then(|policy| policy.content.protection(Some((tier.code.as_str(), tier.days))));
        (self.tier, self.floor) = (Some(tier), (None, None));
        if let Some((before, (follow_up_days, deal_days))) = before.zip(days) {
            let anew = |days: u32, end: Timestamp| Some(end.min(end_of_days(at, days, self.zone)));
            self.floor = (anew(follow_up_days, before.follow_up_by), anew(deal_days, before.deal_by));
        }
    }

    /// What happens next to the standing if nobody acts.
    fn falls(&self) -> Option<Next> {
        match self.standing() {
            Standing::Unowned {} => None,
            Standing::Owned { .. } => self.protection().map(Protection::end),
            Standing::Pooled { level: PoolLevel::Centre, .. } => None,
            Standing::Pooled { cause, .. } if self.dispute.is_some() || !cause.is_claimable() => None,
            Standing::Pooled { .. } => {
                let since = self.chain.last()?.from;
                let policy = &self.policy(since)?.content;
                policy.rule(RuleKind::CentrePool)?;
                let at = end_of_days(since, policy.pool.department_days, self.zone);
                Some(Next { kind: NextKind::CentrePool, at })
            }
        }
    }

    fn fall(&mut self, at: Timestamp, cause: PoolCause) {
        let Standing::Owned { owner, department, .. } = self.standing().clone() else { return };
        self.lets_wait(owner, at);
        let standing = Standing::Pooled { level: PoolLevel::Department, cause, department };
        self.decide((at, None), RuleKind::Protection, Held::of(Outcome::Stands { standing }), Vec::new());
    }

    fn sink(&mut self, at: Timestamp) {
        let Standing::Pooled { cause, department, .. } = self.standing().clone() else { return };
        let standing = Standing::Pooled { level: PoolLevel::Centre, cause, department };
        self.decide((at, None), RuleKind::CentrePool, Held::of(Outcome::Stands { standing }), Vec::new());
    }

    /// Whoever lost a customer to the pool waits: each their own time, whatever others do meanwhile.
    pub(super) fn lets_wait(&mut self, owner: EmployeeId, at: Timestamp) {
        let Some(policy) = self.policy(at) else { return };
        if policy.content.rule(RuleKind::WaitingTime).is_none() {
            return;
        }
        let days = policy.content.pool.waiting_days;
        if let Some(day) = self.day(at).checked_add_days(Days::new(days.into())) {
            self.waiting.insert(owner, midnight(day, self.zone));
        }
    }

    /// Until when somebody waits, where they do at an instant.
    pub(in crate::ownership) fn waits(&self, who: EmployeeId, at: Timestamp) -> Option<Timestamp> {
        self.waiting.get(&who).copied().filter(|until| *until > at)
    }

    /// Time for a contact, and perhaps for a deal, runs anew; warnings that were given are answered by it.
    pub(super) fn touch(&mut self, at: Timestamp, also_deal: bool) {
        let before = self.protection();
        (self.touched, self.floor.0) = (Some(at), None);
        if also_deal {
            (self.courted, self.floor.1) = (Some(at), None);
        }
        let (Some(before), after) = (before, self.protection()) else { return };
        if after.is_some_and(|after| after.end().at <= before.end().at) {
            return;
        }
        let given = self.warned(before).into_iter().filter(|warning| warning.at <= at);
        let answered: Vec<_> = given.map(|warning| Warning { answered_at: Some(at), ..warning }).collect();
        self.answered.extend(answered);
    }

    fn warned(&self, protection: Protection) -> Vec<Warning> {
        let since = self.chain.last().map(|state| state.from);
        let policy = self.courted.and_then(|at| self.policy(at));
        let (Some(since), Some(policy)) = (since, policy) else { return Vec::new() };
        warnings(&policy.content.pool, protection.end().at, since)
    }

    /// When a registration by phone lapses, where that is how the customer is owned.
    pub(in crate::ownership) fn phone_lapse(&self) -> Option<Timestamp> {
        let (_, registered) = self.won_by.as_ref()?;
        if registered.channel != Channel::Call {
            return None;
        }
        let mut at = self.chain.last()?.from;
        let days = self.policy(at)?.content.rule(RuleKind::PhoneLapsed)?.gap_days?;
        for (contact, _) in &self.contacts {
            if *contact >= end_of_days(at, days, self.zone) {
                break;
            }
            at = *contact;
        }
        Some(end_of_days(at, days, self.zone))
    }

    /// What follows from all of it.
    pub(super) fn end(self, as_of: Timestamp) -> Derived {
        let protection = self.protection();
        let mut warnings = self.answered.clone();
        warnings.extend(protection.map(|protection| self.warned(protection)).unwrap_or_default());
        let lapse = self.phone_lapse().filter(|at| *at > as_of);
        let lapse = lapse.map(|at| Next { kind: NextKind::PhoneLapses, at });
        let next = self.falls().into_iter().chain(lapse).min_by_key(|next| next.at);
        Derived {
            protection,
            warnings,
            next,
            dispute: self.dispute,
            locked_until: self.locked_until.filter(|until| *until > as_of),
            chain: self.chain,
            decisions: self.decisions,
            credits: self.credits,
            waiting: self.waiting,
            scope: self.scope,
            tier: self.tier.map(|tier| tier.code),
        }
    }
}
