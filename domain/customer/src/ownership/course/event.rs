//! What facts about people, pools, deals and disputes do. `[OWN-8, OWN-13 … OWN-16]`

use super::{Course, Credit, GivenTier, Held};
use crate::{
    ownership::{
        Because, Fact, Outcome, PoolCause, PoolLevel, RuleKind, Shares, Standing, StandingState, What,
    },
    spine::{AnyId, EmployeeId, Timestamp},
};

impl Course<'_> {
    /// Takes a fact that is no registration.
    pub(super) fn happen(&mut self, fact: &Fact, what: &What) {
        let at = fact.at;
        match what {
            What::Registered(_) | What::Voided { .. } => {}
            What::RegistrationBegun { scope, .. } => {
                self.follow_scope(scope);
                let nothing = Held::of(Outcome::Unchanged {});
                self.decide((at, Some(fact.id)), RuleKind::IncompleteInquiry, nothing, Vec::new());
            }
            What::Related { relative } => self.relations.push((fact.id, fact.known_at, *relative)),
            What::Introduced { introducer, representative } => {
                self.introductions.push((fact.id, fact.known_at, *introducer, *representative));
            }
            What::Received { receiver } => self.receptions.push((fact.id, *receiver)),
            What::FollowedUp { by } => self.follow_up(fact, *by),
            What::Deposited { deal } => self.credit(*deal, at, false),
            What::Signed { deal } => self.credit(*deal, at, true),
            What::FellThrough { deal } | What::Completed { deal } => self.close(*deal, at),
            What::Left { employee } => self.leave(fact, *employee),
            What::Claimed { by, department } => self.claim(fact, *by, *department),
            What::Released { by, .. } => self.release(fact, *by),
            What::Assigned { to, department, .. } => {
                self.hand_on(fact, RuleKind::Assignment, *to, *department);
            }
            What::Transferred { to, department, .. } => {
                self.hand_on(fact, RuleKind::Transfer, *to, *department);
            }
            What::Locked { until } => self.locked_until = Some(*until),
            What::DisputeOpened { dispute } => self.dispute = Some(*dispute),
            What::DisputeClosed { dispute } => {
                if self.dispute == Some(*dispute) {
                    self.dispute = None;
                    self.freeze_signed();
                    self.touch(at, true);
                }
            }
            What::Ruled { owner, department, shares, .. } => {
                self.dispute = None;
                self.give(fact, RuleKind::Ruling, *owner, shares.clone(), *department);
                self.rule_on_credits(*owner, shares);
                self.freeze_signed();
            }
            What::Tiered { tier, follow_up_days, deal_days } => {
                self.hold_tier(at, GivenTier { code: tier.clone(), days: follow_up_days.zip(*deal_days) });
            }
        }
    }

    /// The policy of the site that registers, while nobody owns the customer by that of another.
    pub(in crate::ownership) fn follow_scope(&mut self, scope: &str) {
        if self.standing().state() != StandingState::Owned {
            scope.clone_into(&mut self.scope);
        }
    }

    /// Only the owner, or whoever shares with them, keeps a customer by following up.
    fn follow_up(&mut self, fact: &Fact, by: EmployeeId) {
        let Standing::Owned { shares, .. } = self.standing() else { return };
        if shares.have(by) {
            self.contacts.push((fact.at, fact.id));
            self.touch(fact.at, false);
        }
    }

    /// A deposit is credited as it stands; what is signed is frozen, in a dispute once that is over.
    fn credit(&mut self, deal: AnyId, at: Timestamp, is_signed: bool) {
        let is_frozen = is_signed && self.dispute.is_none();
        if let Some(credit) = self.credits.iter_mut().find(|credit| credit.deal == deal) {
            credit.is_signed |= is_signed;
            credit.is_frozen |= is_frozen;
            return;
        }
        let (owner, shares) = match self.standing() {
            Standing::Owned { owner, shares, .. } => (Some(*owner), Some(shares.clone())),
            _ => (None, None),
        };
        self.touch(at, false);
        let leavers = Vec::new();
        let (since, is_open) = (at, true);
        self.credits.push(Credit { deal, owner, shares, since, is_signed, is_frozen, leavers, is_open });
    }

    /// The dispute in which it was signed is over.
    fn freeze_signed(&mut self) {
        for credit in &mut self.credits {
            credit.is_frozen |= credit.is_signed;
        }
    }

    fn close(&mut self, deal: AnyId, at: Timestamp) {
        let open = self.credits.iter_mut().find(|credit| credit.deal == deal && credit.is_open);
        if let Some(credit) = open {
            credit.is_open = false;
            self.touch(at, true);
        }
    }

    /// A ruling moves what is not frozen: what is open, and what was signed and carried out while it was disputed.
    fn rule_on_credits(&mut self, owner: EmployeeId, shares: &Shares) {
        for credit in
            self.credits.iter_mut().filter(|credit| (credit.is_open || credit.is_signed) && !credit.is_frozen)
        {
            (credit.owner, credit.shares) = (Some(owner), Some(shares.clone()));
        }
    }

    fn leave(&mut self, fact: &Fact, employee: EmployeeId) {
        self.left.insert(employee);
        for credit in &mut self.credits {
            let has_part = credit.shares.as_ref().is_some_and(|shares| shares.have(employee));
            if has_part && !credit.leavers.contains(&employee) {
                credit.leavers.push(employee);
            }
        }
        let Standing::Owned { owner, department, .. } = self.standing().clone() else { return };
        if owner != employee {
            return;
        }
        let has_order = self.credits.iter().any(|credit| credit.is_open);
        let cause = if has_order { PoolCause::LeaverWithOrder } else { PoolCause::LeaverWithoutOrder };
        let standing = Standing::Pooled { level: PoolLevel::Department, cause, department };
        let held = Held::of(Outcome::Stands { standing });
        self.decide((fact.at, Some(fact.id)), RuleKind::Leaving, held, Vec::new());
    }

    fn refuse(&mut self, fact: &Fact, rule: RuleKind, who: EmployeeId, because: Because) {
        let until = match because {
            Because::Waits => self.waits(who, fact.at),
            _ => None,
        };
        let refused = Held::of(Outcome::Refused { who, because, until });
        self.decide((fact.at, Some(fact.id)), rule, refused, Vec::new());
    }

    /// First come, first served.
    fn claim(&mut self, fact: &Fact, by: EmployeeId, department: AnyId) {
        match self.standing() {
            Standing::Pooled { cause, .. } if !cause.is_claimable() => {
                self.refuse(fact, RuleKind::Claim, by, Because::OnlyAssigned);
            }
            Standing::Pooled { .. } if self.dispute.is_some() => {
                self.refuse(fact, RuleKind::Claim, by, Because::Disputed);
            }
            Standing::Pooled { .. } if self.waits(by, fact.at).is_some() => {
                self.refuse(fact, RuleKind::WaitingTime, by, Because::Waits);
            }
            Standing::Pooled { .. } => {
                self.give(fact, RuleKind::Claim, by, Shares::whole(by), department);
            }
            _ => self.refuse(fact, RuleKind::Claim, by, Because::NotInPool),
        }
    }

    fn release(&mut self, fact: &Fact, by: EmployeeId) {
        let Standing::Owned { owner, department, .. } = self.standing().clone() else {
            return self.refuse(fact, RuleKind::Release, by, Because::NobodyOwns);
        };
        if let Some(because) = self.stays_because(fact.at) {
            return self.refuse(fact, RuleKind::Release, by, because);
        }
        self.lets_wait(owner, fact.at);
        let cause = PoolCause::Released;
        let standing = Standing::Pooled { level: PoolLevel::Department, cause, department };
        let held = Held::of(Outcome::Stands { standing });
        self.decide((fact.at, Some(fact.id)), RuleKind::Release, held, Vec::new());
    }

    /// What keeps a customer with their owner.
    fn stays_because(&self, at: Timestamp) -> Option<Because> {
        if self.dispute.is_some() {
            Some(Because::Disputed)
        } else if self.credits.iter().any(|credit| credit.is_open) {
            Some(Because::DealOpen)
        } else if self.locked_until.is_some_and(|until| until > at) {
            Some(Because::IsLocked)
        } else {
            None
        }
    }

    /// While it is disputed whose they are, nobody gives them to anybody.
    fn hand_on(&mut self, fact: &Fact, rule: RuleKind, to: EmployeeId, department: AnyId) {
        if self.dispute.is_some() {
            return self.refuse(fact, rule, to, Because::Disputed);
        }
        self.give(fact, rule, to, Shares::whole(to), department);
    }

    fn give(&mut self, fact: &Fact, rule: RuleKind, to: EmployeeId, shares: Shares, department: AnyId) {
        let held = Held::owned(to, shares, department);
        self.decide((fact.at, Some(fact.id)), rule, held, Vec::new());
    }
}
