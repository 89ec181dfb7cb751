//! The course of a customer, fact by fact, as it was known at an instant: who owned them since when, by which rule, and what
//! comes next. Pure and whole: the same facts always give the same course, in whatever order they were written. `[OWN-18]`

/// What facts about people and deals do: everything that is no registration.
mod event;
/// What time does: protection ends, the department's pool empties into the centre's.
mod time;

use super::{
    Decision, Effect, Fact, FactId, LookedAt, Next, Outcome, OwnershipPolicy, PolicyBook, Protection,
    Registered, RuleKind, Shares, Standing, Warning, What, cite, policy::GENERAL,
};
use crate::spine::{AnyId, BusinessDate, EmployeeId, PolicyVersion, Timestamp};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a customer stood from an instant on, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct State {
    /// From when.
    pub from: Timestamp,
    /// How.
    pub standing: Standing,
    /// The decision that made it so.
    pub decision: Decision,
}

/// Whose a deal is credited to: as it stood when the deposit was paid, frozen when it was signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Credit {
    /// The deal.
    pub deal: AnyId,
    /// The owner of that instant; none where the department followed up.
    pub owner: Option<EmployeeId>,
    /// How credit and commission are shared.
    pub shares: Option<Shares>,
    /// When the deposit was paid, or the contract signed without one.
    pub since: Timestamp,
    /// Whether it was signed.
    pub is_signed: bool,
    /// Whether it was signed and whose the customer is was not disputed then, or no more: from then on nothing moves it.
    pub is_frozen: bool,
    /// Those of them who have left.
    pub leavers: Vec<EmployeeId>,
    /// Whether it is still open.
    pub is_open: bool,
}

/// What follows from the facts that were known at an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Derived {
    /// How the customer stood, from the first state that counts on.
    pub chain: Vec<State>,
    /// Every decision, also those by which nothing changed.
    pub decisions: Vec<Decision>,
    /// What was credited to whom.
    pub credits: Vec<Credit>,
    /// How long the owner is safe; none where nobody owns them, or nothing ends it.
    pub protection: Option<Protection>,
    /// The warnings of that, and those that were answered.
    pub warnings: Vec<Warning>,
    /// What happens next unless somebody acts.
    pub next: Option<Next>,
    /// The dispute that is open.
    pub dispute: Option<AnyId>,
    /// The lock that holds.
    pub locked_until: Option<Timestamp>,
    /// Who may not claim before when: whoever owned them and lost them to the pool.
    pub waiting: BTreeMap<EmployeeId, Timestamp>,
    /// The name of the policy that rules.
    pub scope: String,
    /// The tier that they hold.
    pub tier: Option<String>,
}

impl Derived {
    /// How the customer stands.
    pub fn standing(&self) -> &Standing {
        const UNOWNED: &Standing = &Standing::Unowned {};
        self.chain.last().map_or(UNOWNED, |state| &state.standing)
    }

    /// Since when.
    pub fn since(&self) -> Option<Timestamp> {
        self.chain.last().map(|state| state.from)
    }

    /// How the customer stood at an instant.
    pub fn standing_at(&self, at: Timestamp) -> Option<&State> {
        self.chain.iter().rev().find(|state| state.from <= at)
    }

    /// What was decided about a fact.
    pub fn decided(&self, fact: FactId) -> Option<&Decision> {
        self.decisions.iter().rev().find(|decision| decision.fact == Some(fact))
    }
}

/// Derives whose a customer is from what was known at an instant, by the policies published by then.
pub fn derive(facts: &[Fact], book: &PolicyBook, as_of: Timestamp, zone: Tz) -> Derived {
    let known = || facts.iter().filter(|fact| fact.known_at <= as_of);
    let voided: BTreeSet<FactId> = known()
        .filter_map(|fact| match fact.what {
            What::Voided { fact, .. } => Some(fact),
            _ => None,
        })
        .collect();
    let mut counted: Vec<&Fact> =
        known().filter(|fact| !voided.contains(&fact.id) && fact.at <= as_of).collect();
    counted.sort_by_key(|fact| (fact.at, fact.known_at, fact.id));
    let mut course = Course::new(book, zone);
    for fact in counted {
        course.pass_until(fact.at);
        course.take(fact);
    }
    course.pass_until(as_of);
    course.end(as_of)
}

/// What is remembered along the way.
pub(super) struct Course<'a> {
    pub(super) book: &'a PolicyBook,
    pub(super) zone: Tz,
    pub(super) scope: String,
    pub(super) chain: Vec<State>,
    pub(super) decisions: Vec<Decision>,
    pub(super) credits: Vec<Credit>,
    pub(super) answered: Vec<Warning>,
    /// The registration by which the owner came to own, while that is how they do.
    pub(super) won_by: Option<(FactId, Registered)>,
    /// The last qualified contact of the owner, or what begins the time anew.
    pub(super) touched: Option<Timestamp>,
    /// From when the time for a deal runs.
    pub(super) courted: Option<Timestamp>,
    /// Since when the owner has followed up a registration by phone without too long a gap; broken by the first that was.
    pub(super) contacts: Vec<(Timestamp, FactId)>,
    pub(super) relations: Vec<(FactId, Timestamp, EmployeeId)>,
    pub(super) introductions: Vec<(FactId, Timestamp, AnyId, Option<EmployeeId>)>,
    pub(super) receptions: Vec<(FactId, EmployeeId)>,
    pub(super) waiting: BTreeMap<EmployeeId, Timestamp>,
    pub(super) dispute: Option<AnyId>,
    pub(super) locked_until: Option<Timestamp>,
    pub(super) tier: Option<GivenTier>,
    /// Before when a tier that was given meanwhile does not let protection end: for want of a contact, of a deal.
    pub(super) floor: (Option<Timestamp>, Option<Timestamp>),
    pub(super) left: BTreeSet<EmployeeId>,
    /// The instant of the last fact that was taken.
    pub(super) reached: Option<Timestamp>,
}

/// A tier that a customer was given.
pub(super) struct GivenTier {
    pub code: String,
    /// The days between contacts and until a deal, as the tier model said then.
    pub days: Option<(u32, u32)>,
}

/// A rule that holds: what follows.
pub(super) struct Held {
    pub outcome: Outcome,
    pub effects: Vec<Effect>,
    pub rests_on: Vec<FactId>,
}

impl Held {
    pub fn of(outcome: Outcome) -> Self {
        Self { outcome, effects: Vec::new(), rests_on: Vec::new() }
    }

    pub fn owned(owner: EmployeeId, shares: Shares, department: AnyId) -> Self {
        Self::of(Outcome::Stands { standing: Standing::Owned { owner, shares, department } })
    }

    pub fn resting_on(mut self, facts: impl IntoIterator<Item = FactId>) -> Self {
        self.rests_on.extend(facts);
        self
    }

    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

impl<'a> Course<'a> {
    fn new(book: &'a PolicyBook, zone: Tz) -> Self {
        Self {
            book,
            zone,
            scope: GENERAL.to_owned(),
            chain: Vec::new(),
            decisions: Vec::new(),
            credits: Vec::new(),
            answered: Vec::new(),
            won_by: None,
            touched: None,
            courted: None,
            contacts: Vec::new(),
            relations: Vec::new(),
            introductions: Vec::new(),
            receptions: Vec::new(),
            waiting: BTreeMap::new(),
            dispute: None,
            locked_until: None,
            tier: None,
            floor: (None, None),
            left: BTreeSet::new(),
            reached: None,
        }
    }

    pub(super) fn standing(&self) -> &Standing {
        const UNOWNED: &Standing = &Standing::Unowned {};
        self.chain.last().map_or(UNOWNED, |state| &state.standing)
    }

    pub(super) fn day(&self, at: Timestamp) -> BusinessDate {
        at.date_in(self.zone)
    }

    /// The version of the policy that rules at an instant.
    pub(super) fn policy(&self, at: Timestamp) -> Option<&'a PolicyVersion<OwnershipPolicy>> {
        self.book.ruling(&self.scope, self.day(at), at)
    }

    /// Writes a decision by a rule down, and lets it take effect.
    pub(super) fn decide(
        &mut self,
        (at, fact): (Timestamp, Option<FactId>),
        rule: RuleKind,
        held: Held,
        looked_at: Vec<LookedAt>,
    ) {
        let Some(version) = self.policy(at) else { return };
        let citation = cite(version, rule);
        let Held { outcome, effects, rests_on } = held;
        let decision = Decision { at, fact, rule, citation, outcome, rests_on, effects, looked_at };
        if let Outcome::Stands { standing } = &decision.outcome {
            self.stand(at, standing.clone(), &decision);
        }
        self.decisions.push(decision);
    }

    fn stand(&mut self, from: Timestamp, standing: Standing, decision: &Decision) {
        let is_owned = standing.owner().is_some();
        self.won_by = None;
        self.contacts.clear();
        self.floor = (None, None);
        (self.touched, self.courted) = (is_owned.then_some(from), is_owned.then_some(from));
        self.chain.push(State { from, standing, decision: decision.clone() });
    }

    fn take(&mut self, fact: &Fact) {
        self.reached = Some(fact.at);
        match &fact.what {
            What::Registered(registered) => self.register(fact, registered),
            other => self.happen(fact, other),
        }
    }
}
