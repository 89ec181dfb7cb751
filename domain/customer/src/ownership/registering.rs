//! Which rule decides about a registration: the first of the policy that holds. `[OWN-1 … OWN-9, OWN-11, OWN-12]`

use super::{
    Because, Channel, Effect, Fact, LookedAt, Outcome, OwnershipRule, Registered, RuleKind, Shares, Standing,
    WHOLE_BP, cite,
    course::{Course, Held},
};
use crate::spine::{EmployeeId, Timestamp};

/// A registration that is held against the rules.
struct Asked<'f> {
    fact: &'f Fact,
    said: &'f Registered,
}

type Judged = Result<Held, Because>;

impl Course<'_> {
    /// Takes a registration with all answers.
    pub(super) fn register(&mut self, fact: &Fact, said: &Registered) {
        self.follow_scope(&said.scope);
        let Some(version) = self.policy(fact.at) else { return };
        let asked = Asked { fact, said };
        let mut looked_at = Vec::new();
        for rule in version.content.rules.iter().filter(|rule| rule.when.is_of_registrations()) {
            match self.judge(rule, &asked) {
                Ok(held) => return self.conclude(rule.when, held, &asked, looked_at),
                Err(because) => {
                    looked_at.push(LookedAt { rule: rule.when, citation: cite(version, rule.when), because });
                }
            }
        }
    }

    fn conclude(&mut self, rule: RuleKind, held: Held, asked: &Asked<'_>, looked_at: Vec<LookedAt>) {
        let Asked { fact, said } = *asked;
        let held = self.with_effects(held, said);
        let owner_before = self.standing().owner();
        self.decide((fact.at, Some(fact.id)), rule, held, looked_at);
        let owner = self.standing().owner();
        if owner_before != owner || self.won_by.is_none() {
            self.won_by = Some((fact.id, said.clone()));
        }
        self.receptions.clear();
    }

    /// Whoever received a customer of somebody else assisted; whoever asked too little or too late failed in a duty.
    fn with_effects(&self, mut held: Held, said: &Registered) -> Held {
        let receiver = said.receiver;
        let owner = match &held.outcome {
            Outcome::Stands { standing } => standing.owner(),
            Outcome::Refused { .. } | Outcome::Unchanged {} => self.standing().owner(),
        };
        let shares = matches!(&held.outcome, Outcome::Stands { standing: Standing::Owned { shares, .. } }
            if shares.have(receiver));
        if let Some(owner) = owner.filter(|owner| *owner != receiver && !shares) {
            held = held.with(Effect::Assist { by: receiver, owner });
        }
        let overtaken = said.begun_at.is_some() && owner.is_some_and(|owner| owner != receiver);
        if overtaken {
            held = held.with(Effect::Lapse { of: receiver, rule: RuleKind::IncompleteInquiry });
        }
        for (_, other) in self.receptions.iter().filter(|(_, other)| *other != receiver) {
            held = held.with(Effect::Lapse { of: *other, rule: RuleKind::UnregisteredReception });
        }
        held
    }

    fn judge(&self, rule: &OwnershipRule, asked: &Asked<'_>) -> Judged {
        let (at, said) = (asked.fact.at, asked.said);
        match rule.when {
            RuleKind::BeforeOpening => holds(
                said.channel == Channel::Call && said.is_before_opening,
                Because::NotBeforeOpening,
                || Held::of(Outcome::Unchanged {}),
            ),
            RuleKind::LeaverCustomer => self.was_a_leavers(said),
            RuleKind::WaitingTime => self.is_waiting(said.receiver, at),
            RuleKind::Entrusted => is_entrusted(said),
            RuleKind::TwoSitesOneDay => self.two_sites(rule, said, at),
            RuleKind::PhoneForgotten => self.phone_forgotten(rule, said, at),
            RuleKind::PhoneLapsed => self.phone_lapsed(said, at),
            RuleKind::AlreadyOwned => self.already_owned(said),
            RuleKind::Relative => self.relative(said, at),
            RuleKind::Introduced => self.introduced(said, at),
            RuleKind::Named => match said.inquiry.asks_for {
                Some(_) if said.named_serves_nobody => Err(Because::NamedServesNobody),
                Some(named) => Ok(owned(named, said)),
                None => Err(Because::NamedNobody),
            },
            RuleKind::LunchDuty => holds(said.lunch_duty == Some(said.receiver), Because::NotOnDuty, || {
                owned(said.receiver, said)
            }),
            RuleKind::AssignedByCompany => {
                holds(said.channel == Channel::Assigned, Because::NotAssigned, || owned(said.receiver, said))
            }
            RuleKind::UnregisteredReception => {
                let before = self.receptions.iter().find(|(_, other)| *other != said.receiver);
                let (fact, _) = before.ok_or(Because::NotReceivedBefore)?;
                Ok(owned(said.receiver, said).resting_on([*fact]))
            }
            RuleKind::FirstContact => Ok(owned(said.receiver, said)),
            _ => Err(Because::NobodyOwns),
        }
    }

    fn was_a_leavers(&self, said: &Registered) -> Judged {
        match self.standing() {
            Standing::Pooled { cause, .. } if !cause.is_claimable() => {
                Ok(refused(said.receiver, Because::OnlyAssigned, None))
            }
            _ => Err(Because::NoLeavers),
        }
    }

    fn is_waiting(&self, receiver: EmployeeId, at: Timestamp) -> Judged {
        match (self.standing(), self.waits(receiver, at)) {
            (Standing::Pooled { .. }, Some(until)) => Ok(refused(receiver, Because::Waits, Some(until))),
            _ => Err(Because::NotWaiting),
        }
    }

    /// The morning in town, the afternoon at the site: credit and commission half each.
    fn two_sites(&self, rule: &OwnershipRule, said: &Registered, at: Timestamp) -> Judged {
        let Standing::Owned { owner, department, .. } = self.standing() else {
            return Err(Because::NobodyOwns);
        };
        let (Some((first, before)), Some(state)) = (&self.won_by, self.chain.last()) else {
            return Err(Because::NobodyOwns);
        };
        if *owner == said.receiver {
            return Err(Because::OwnsThemAlready);
        }
        if self.day(state.from) != self.day(at) {
            return Err(Because::OtherDay);
        }
        if before.site == said.site {
            return Err(Because::SameSite);
        }
        let shows = said.inquiry.was_elsewhere == Some(true)
            && said.inquiry.elsewhere.is_none_or(|site| site == before.site);
        if !shows {
            return Err(Because::NotAnswered);
        }
        let shares = Shares::between(*owner, said.receiver, rule.share_bp.unwrap_or(WHOLE_BP / 2));
        Ok(Held::owned(*owner, shares, *department).resting_on([*first]))
    }

    /// Owned by a call that was followed up, but they remember nobody and name the receiver: half each, the receiver is
    /// credited.
    fn phone_forgotten(&self, rule: &OwnershipRule, said: &Registered, at: Timestamp) -> Judged {
        let (owner, first) = self.owned_by_phone(said)?;
        if !said.inquiry.remembers_nobody() {
            return Err(Because::RememberSomebody);
        }
        if said.inquiry.asks_for != Some(said.receiver) {
            return Err(Because::DoNotNameReceiver);
        }
        if self.phone_lapse().is_some_and(|lapse| lapse <= at) {
            return Err(Because::GapTooLong);
        }
        let other_bp = WHOLE_BP - rule.share_bp.unwrap_or(WHOLE_BP / 2);
        let shares = Shares::between(said.receiver, owner, other_bp);
        let contacts = self.contacts.iter().map(|(_, fact)| *fact);
        let held = Held::owned(said.receiver, shares, said.department);
        Ok(held.resting_on(std::iter::once(first).chain(contacts)))
    }

    fn phone_lapsed(&self, said: &Registered, at: Timestamp) -> Judged {
        let (_, first) = self.owned_by_phone(said)?;
        let lapse = self.phone_lapse().filter(|lapse| *lapse <= at);
        lapse.ok_or(Because::FollowedUp)?;
        let contacts = self.contacts.iter().map(|(_, fact)| *fact);
        Ok(owned(said.receiver, said).resting_on(std::iter::once(first).chain(contacts)))
    }

    fn owned_by_phone(&self, said: &Registered) -> Result<(EmployeeId, super::FactId), Because> {
        let owner = self.standing().owner().ok_or(Because::NobodyOwns)?;
        if owner == said.receiver {
            return Err(Because::OwnsThemAlready);
        }
        match &self.won_by {
            Some((fact, before)) if before.channel == Channel::Call && said.channel != Channel::Call => {
                Ok((owner, *fact))
            }
            _ => Err(Because::NotByPhone),
        }
    }

    fn already_owned(&self, said: &Registered) -> Judged {
        let owner = self.standing().owner().ok_or(Because::NobodyOwns)?;
        let is_own = owner == said.receiver;
        let because = if is_own { Because::OwnsThemAlready } else { Because::AnotherOwns };
        Ok(refused(said.receiver, because, None).resting_on(self.won_by.iter().map(|(fact, _)| *fact)))
    }

    fn relative(&self, said: &Registered, at: Timestamp) -> Judged {
        let before = self.relations.iter().find(|(_, known, who)| *known < at && !self.left.contains(who));
        match before {
            Some((fact, _, relative)) => Ok(owned(*relative, said).resting_on([*fact])),
            None if self.relations.is_empty() && said.inquiry.has_relative != Some(true) => {
                Err(Because::NoRelation)
            }
            None => Err(Because::RegisteredTooLate),
        }
    }

    fn introduced(&self, said: &Registered, at: Timestamp) -> Judged {
        let announced = self.introductions.iter().find(|(_, known, ..)| *known < at);
        if said.inquiry.introducer.is_none() && announced.is_none() {
            return Err(Because::NoIntroducer);
        }
        let then = announced.and_then(|(_, _, _, representative)| *representative);
        let owner = said.introducers_owner.or(then).filter(|owner| !self.left.contains(owner));
        let owner = owner.ok_or(Because::IntroducerUnowned)?;
        // Whoever registers a customer of their own need not be asked for; a chance meeting does not count.
        let is_named = said.inquiry.asks_for == Some(owner) || said.receiver == owner;
        if !is_named && announced.is_none() {
            return Err(Because::NeitherNamedNorAnnounced);
        }
        Ok(owned(owner, said).resting_on(announced.map(|(fact, ..)| *fact)))
    }
}

/// Who only began in another's place does not register.
fn is_entrusted(said: &Registered) -> Judged {
    let began_for_another = said.entrusted_by.is_some_and(|by| by != said.receiver);
    holds(began_for_another, Because::NotEntrusted, || refused(said.receiver, Because::BeganForAnother, None))
}

fn holds(condition: bool, because: Because, then: impl FnOnce() -> Held) -> Judged {
    if condition { Ok(then()) } else { Err(because) }
}

fn owned(owner: EmployeeId, said: &Registered) -> Held {
    Held::owned(owner, Shares::whole(owner), said.department)
}

fn refused(who: EmployeeId, because: Because, until: Option<Timestamp>) -> Held {
    Held::of(Outcome::Refused { who, because, until })
}
