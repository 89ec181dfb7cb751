//! Why it is whose, until when, and what happens next: now, or as it was known at an instant. `[OWN-18]`

use super::{
    deed::not_ahead,
    row::{book, find},
};
use crate::{
    organisation::{EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{Failure, Reader, Refers, View},
};
use domain::{
    customer_file::CustomerId,
    ownership::{
        Because, Decision, Derived, Effect, Fact, FactKind, LookedAt, NextKind, Ownership, PoolCause,
        RuleKind, Shares, Standing, StandingState, State, What,
    },
    spine::{AnyId, Citation, DepartmentId, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody's part.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipShare)]
pub struct ShareView {
    /// Whose.
    pub employee: PersonRef,
    /// How much of 10,000.
    #[schema(minimum = 1, maximum = 10000)]
    pub bp: u32,
}

/// A rule that was looked at and did not hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipLookedAt)]
pub struct LookedAtView {
    /// Which.
    pub rule: RuleKind,
    /// What sets it.
    pub citation: Citation,
    /// Why it did not hold.
    pub because: Because,
}

/// Somebody helped, or failed in a duty of reception.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipEffect)]
pub struct EffectView {
    /// `assist` or `lapse`.
    #[schema(max_length = 20, example = "assist")]
    pub kind: String,
    /// Who.
    pub employee: PersonRef,
    /// By which rule it is a lapse.
    pub rule: Option<RuleKind>,
}

/// A state of the chain, with the decision that made it so.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipChainState)]
pub struct StateView {
    /// From when.
    pub from: Timestamp,
    /// How they stood.
    pub state: StandingState,
    /// Whose they were.
    pub owner: Option<PersonRef>,
    /// How credit and commission are shared.
    #[schema(max_items = 20)]
    pub shares: Vec<ShareView>,
    /// How they came into the pool; null of whom somebody owns.
    pub pool_cause: Option<PoolCause>,
    /// The department.
    pub department: Option<NamedRef>,
    /// The rule that held.
    pub rule: RuleKind,
    /// What sets it: rule, policy, version, clause.
    pub citation: Citation,
    /// The fact that called for it; null where time did.
    pub fact_id: Option<AnyId>,
    /// Other facts that it rests on.
    #[schema(max_items = 1000)]
    pub rests_on: Vec<AnyId>,
    /// The rules that were looked at before it.
    #[schema(max_items = 50)]
    pub looked_at: Vec<LookedAtView>,
}

/// A fact that was known.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipFact)]
pub struct FactView {
    /// Its identity.
    pub id: AnyId,
    /// What kind of fact.
    pub kind: FactKind,
    /// From when it counts.
    pub at: Timestamp,
    /// When the server knew it.
    pub known_at: Timestamp,
    /// Whether it was voided by then.
    pub is_voided: bool,
    /// Who voided it.
    pub voided_by: Option<PersonRef>,
}

/// What happens next unless somebody acts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipNextEvent)]
pub struct NextView {
    /// What.
    pub kind: NextKind,
    /// When.
    pub at: Timestamp,
}

/// A warning before protection ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipWarning)]
pub struct WarningView {
    /// So many days before.
    #[schema(minimum = 1)]
    pub days: u32,
    /// When.
    pub at: Timestamp,
    /// The end it warns of.
    pub of: Timestamp,
    /// When what it warns of was put off.
    pub answered_at: Option<Timestamp>,
}

/// Whose a deal is credited to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipCredit)]
pub struct CreditView {
    /// The deal.
    pub deal_id: AnyId,
    /// Who is credited; null where the department followed up.
    pub owner: Option<PersonRef>,
    /// How credit and commission are shared.
    #[schema(max_items = 20)]
    pub shares: Vec<ShareView>,
    /// Since when.
    pub since: Timestamp,
    /// Whether it was signed: from then on nothing moves it.
    pub is_frozen: bool,
    /// Whether it is still open.
    pub is_open: bool,
    /// Whether what it earns is held, since it is disputed whose the customer is.
    pub is_held: bool,
    /// Those of them who have left.
    #[schema(max_items = 20)]
    pub leavers: Vec<PersonRef>,
}

/// Whose a customer is, why, until when, and what happens next.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerOwnership)]
pub struct OwnershipView {
    /// The customer.
    pub customer_id: AnyId,
    /// Only what was known, and published, by then is used.
    pub as_of: Timestamp,
    /// How they stand.
    pub state: StandingState,
    /// Whose they are.
    pub owner: Option<PersonRef>,
    /// The name of the policy that rules.
    #[schema(max_length = 60, example = "real-estate")]
    pub policy: String,
    /// Until when the owner is safe.
    pub protected_until: Option<Timestamp>,
    /// Until when they are locked.
    pub locked_until: Option<Timestamp>,
    /// The dispute that is open.
    pub dispute_id: Option<AnyId>,
    /// What happens next unless somebody acts.
    pub next: Option<NextView>,
    /// The warnings of the end of protection, and those that were answered.
    #[schema(max_items = 1000)]
    pub warnings: Vec<WarningView>,
    /// The chain of owners, the oldest first: the last is how they stand.
    #[schema(max_items = 1000)]
    pub chain: Vec<StateView>,
    /// Who assisted, and who failed in a duty of reception.
    #[schema(max_items = 1000)]
    pub effects: Vec<EffectView>,
    /// What was credited to whom.
    #[schema(max_items = 1000)]
    pub credits: Vec<CreditView>,
    /// What was known, in the order in which it was learnt.
    #[schema(max_items = 10000)]
    pub facts: Vec<FactView>,
    /// Counts its states.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for OwnershipView {
    const REFERS: &'static [Refers] = &[Refers::to("owner", &EMPLOYEE)];
}

/// Whose a customer is in the caller's sight, as it was known at an instant; now where none is named.
///
/// # Errors
/// Not found where they do not see them.
pub fn view(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    as_of: Option<Timestamp>,
) -> Result<OwnershipView, Failure> {
    let ownership = find(reader, customer)?;
    show(reader, &ownership, as_of)
}

/// The same of one at hand.
///
/// # Errors
/// Where the database fails.
pub fn show(
    reader: &mut Reader<'_>,
    ownership: &Ownership,
    as_of: Option<Timestamp>,
) -> Result<OwnershipView, Failure> {
    let (book, zone) = (book(reader)?, reader.zone());
    let as_of = not_ahead(as_of, reader.now());
    let derived = ownership.as_of(&book, as_of, zone);
    let register = Register::of(reader)?;
    let named = |who| register.named(who);
    let facts = ownership.facts.iter().filter(|fact| fact.known_at <= as_of);
    let known: Vec<&Fact> = facts.collect();
    Ok(OwnershipView {
        customer_id: ownership.customer.uuid().into(),
        as_of,
        state: derived.standing().state(),
        owner: derived.standing().owner().map(named).transpose()?,
        protected_until: derived.protection.map(|protection| protection.end().at),
        locked_until: derived.locked_until,
        dispute_id: derived.dispute,
        next: derived.next.map(|next| NextView { kind: next.kind, at: next.at }),
        warnings: warnings(&derived),
        chain: each(&derived.chain, |state| state_shown(&register, state))?,
        effects: each(&effects(&derived), |effect| effect_shown(&register, effect))?,
        credits: credits(&register, &derived)?,
        facts: each(&known, |fact| fact_shown(&register, fact, &known))?,
        policy: derived.scope,
        version: ownership.version,
    })
}

fn each<T, U>(items: &[T], shown: impl Fn(&T) -> Result<U, Failure>) -> Result<Vec<U>, Failure> {
    items.iter().map(shown).collect()
}

fn effects(derived: &Derived) -> Vec<Effect> {
    derived.decisions.iter().flat_map(|decision| decision.effects.iter().copied()).collect()
}

fn warnings(derived: &Derived) -> Vec<WarningView> {
    let shown = derived.warnings.iter().map(|warning| WarningView {
        days: warning.days,
        at: warning.at,
        of: warning.of,
        answered_at: warning.answered_at,
    });
    shown.collect()
}

pub(crate) fn shares_shown(register: &Register, shares: Option<&Shares>) -> Result<Vec<ShareView>, Failure> {
    let Some(shares) = shares else { return Ok(Vec::new()) };
    each(shares.each(), |share| Ok(ShareView { employee: register.named(share.employee)?, bp: share.bp }))
}

fn credits(register: &Register, derived: &Derived) -> Result<Vec<CreditView>, Failure> {
    each(&derived.credits, |credit| {
        Ok(CreditView {
            deal_id: credit.deal,
            owner: credit.owner.map(|owner| register.named(owner)).transpose()?,
            shares: shares_shown(register, credit.shares.as_ref())?,
            since: credit.since,
            is_frozen: credit.is_frozen,
            is_open: credit.is_open,
            is_held: credit.is_open && derived.dispute.is_some(),
            leavers: each(&credit.leavers, |who| register.named(*who))?,
        })
    })
}

fn state_shown(register: &Register, state: &State) -> Result<StateView, Failure> {
    let shares = match &state.standing {
        Standing::Owned { shares, .. } => Some(shares),
        _ => None,
    };
    let department = state.standing.department().map(|id| DepartmentId::from_uuid(id.uuid()));
    let Decision { fact, rule, citation, rests_on, looked_at, .. } = &state.decision;
    let looked = |looked: &LookedAt| LookedAtView {
        rule: looked.rule,
        citation: looked.citation.clone(),
        because: looked.because,
    };
    Ok(StateView {
        from: state.from,
        state: state.standing.state(),
        owner: state.standing.owner().map(|owner| register.named(owner)).transpose()?,
        shares: shares_shown(register, shares)?,
        pool_cause: match state.standing {
            Standing::Pooled { cause, .. } => Some(cause),
            _ => None,
        },
        department: department.map(|id| register.placed(id)).transpose()?,
        rule: *rule,
        citation: citation.clone(),
        fact_id: fact.map(|fact| fact.uuid().into()),
        rests_on: rests_on.iter().map(|fact| fact.uuid().into()).collect(),
        looked_at: looked_at.iter().map(looked).collect(),
    })
}

fn effect_shown(register: &Register, effect: &Effect) -> Result<EffectView, Failure> {
    let (kind, who, rule) = match effect {
        Effect::Assist { by, .. } => ("assist", *by, None),
        Effect::Lapse { of, rule } => ("lapse", *of, Some(*rule)),
    };
    Ok(EffectView { kind: kind.to_owned(), employee: register.named(who)?, rule })
}

fn fact_shown(register: &Register, fact: &Fact, known: &[&Fact]) -> Result<FactView, Failure> {
    let voiding = known.iter().find_map(|other| match &other.what {
        What::Voided { fact: voided, by, .. } if *voided == fact.id => Some(*by),
        _ => None,
    });
    Ok(FactView {
        id: fact.id.uuid().into(),
        kind: fact.what.kind(),
        at: fact.at,
        known_at: fact.known_at,
        is_voided: voiding.is_some(),
        voided_by: voiding.flatten().map(|by| register.named(by)).transpose()?,
    })
}
