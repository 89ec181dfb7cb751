//! Ownership (客户归属): whose a customer is, why, until when, and what happens next. `[OWN-1 … OWN-18]`
//!
//! Nobody sets it. It is derived from facts by the policy that was in force when each of them came to be known; a fact that
//! is voided is as if it had never counted. Asked of an instant, only what was known by then is used.

/// The course of a customer, fact by fact.
mod course;
/// What the rules read.
mod fact;
mod inquiry;
/// A fact is learnt, and whose the customer is follows anew.
mod learn;
/// The rules as data.
mod policy;
/// How long an owner is safe, and what comes next.
mod protection;
/// Which rule decides about a registration.
mod registering;
/// What is derived, to be compared.
mod replay;
/// Where a customer stands, and what was decided.
mod standing;
/// The owner is warned, and a contact is owed.
mod warn;

pub use course::{Credit, Derived, State, derive};
pub use fact::{Channel, Fact, FactId, FactKind, Registered, What};
pub use inquiry::FirstInquiry;
pub use learn::{
    CHANGED, DEAL_OF_A_SALE, FACT_LEARNT, FOLLOW_UP_DUE, FOLLOW_UP_MOVED, FOLLOW_UP_OVER, LOST,
    NOT_CUSTOMERS_FACT, NOT_OF_THE_POOL, Ownership, REFUSED, SERVES_NOBODY, WARNED,
};
pub use policy::{
    DatedPolicy, DisputeNumbers, GENERAL, OWNERSHIP_POLICY, OwnershipPolicy, OwnershipRule, PolicyBook,
    PoolNumbers, REAL_ESTATE, ReceptionNumbers, RuleKind, SHIPPED_GENERAL, SHIPPED_REAL_ESTATE,
    TierProtection, WHOLE_BP, cite,
};
pub use protection::{Next, NextKind, Protection, Warning};
pub use standing::{
    Because, Decision, Effect, LookedAt, Outcome, PoolCause, PoolLevel, Share, Shares, Standing,
    StandingState,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[policy::OWNERSHIP_POLICY_REFUSALS, learn::OWNERSHIP_REFUSALS],
    events: &[learn::OWNERSHIP_EVENTS],
    enums: &[
        Because::LABELS,
        Channel::LABELS,
        FactKind::LABELS,
        NextKind::LABELS,
        PoolCause::LABELS,
        RuleKind::LABELS,
        StandingState::LABELS,
    ],
};

#[cfg(test)]
mod tests;
