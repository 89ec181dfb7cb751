//! A fact is learnt: whose the customer is follows anew in the same transition. What the rules refuse is not learnt.
//! `[OWN-14 … OWN-18]`

use super::{
    Decision, Derived, Fact, FactId, Outcome, PolicyBook, PoolCause, PoolLevel, What, derive,
    warn::{Owed, next_warning},
};
use crate::{
    customer_file::{self, CustomerId, StandingState},
    spine::{Change, Citation, DepartmentId, Entity, Explanation, Refusal, Timestamp, Version},
};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

crate::refusals! { OWNERSHIP_REFUSALS:
    REFUSED = "ownership.refused", Conflict, "按“{rule}”规则不能办理：{because}", "The rule \"{rule}\" stands against it: {because}";
    NOT_CUSTOMERS_FACT = "ownership.not_customers_fact", Invalid, "该客户没有可作废的此项事实", "The customer has no such fact that could be voided";
    DEAL_OF_A_SALE = "ownership.deal_of_a_sale", Conflict, "该客户已有成交 {number}，定金、签约与撤单请在其合同或订单上办理", "There is the sale {number} with this customer; deposit, signature and giving up are told on its contract or order";
    SERVES_NOBODY = "ownership.serves_nobody", Invalid, "{name} 已离职或不接待客户，不能成为归属人", "{name} has left or receives no customers, and cannot be given any";
    NOT_OF_THE_POOL = "ownership.not_of_the_pool", Forbidden, "该客户在{department}的公海，只有该部门人员可以领取", "The customer is in the pool of {department}; only people who work there claim it";
    LOST = "ownership.claims_used_up", Conflict, "已达上限 {limit}（{counted}），不能再领取", "The limit of {limit} is reached ({counted}); nothing more can be claimed";
}

crate::events! { OWNERSHIP_EVENTS:
    FACT_LEARNT = "customer_ownership.fact_learnt", "客户归属事实已记录", "A fact about the ownership of a customer was learnt";
    CHANGED = "customer_ownership.changed", "客户归属已变更", "A customer came to stand otherwise";
    WARNED = "customer_ownership.protection_warned", "客户保护期即将届满", "The protection of a customer's owner ends soon";
    FOLLOW_UP_DUE = "customer_ownership.follow_up_due", "客户须按期跟进", "A customer is to be followed up";
    FOLLOW_UP_MOVED = "customer_ownership.follow_up_moved", "客户跟进期限已变更", "A customer is to be followed up by another day";
    FOLLOW_UP_OVER = "customer_ownership.follow_up_over", "客户无须再跟进", "A customer need no longer be followed up";
}

/// All that is known of whose a customer is, and where it leaves the customer.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Ownership {
    /// Whose ownership.
    pub customer: CustomerId,
    /// What is known, in the order in which it was learnt.
    pub facts: Vec<Fact>,
    /// Where the customer stands.
    pub standing: customer_file::Standing,
    /// Counts its states: that of the standing.
    pub version: Version,
}

impl Entity for Ownership {
    const KIND: &'static str = "customer_ownership";
    fn uuid(&self) -> Uuid {
        self.customer.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Ownership {
    /// Whose the customer is, as it was known at an instant.
    pub fn as_of(&self, book: &PolicyBook, at: Timestamp, zone: Tz) -> Derived {
        derive(&self.facts, book, at, zone)
    }

    /// Learns a fact now.
    ///
    /// # Errors
    /// `ownership.refused` with the rule that decides against it; `ownership.not_customers_fact`.
    pub fn learn(
        self,
        (id, what): (FactId, What),
        book: &PolicyBook,
        (now, zone): (Timestamp, Tz),
    ) -> Result<Change<Self>, Refusal> {
        if let What::Voided { fact, .. } = &what {
            self.ensure_voidable(*fact)?;
        }
        let (kind, is_contact) = (what.code(), matches!(what, What::FollowedUp { .. }));
        // One that is completed late is complete, though it overtakes nobody: the lapse is written down.
        let is_late = matches!(&what, What::Registered(registered) if registered.begun_at.is_some());
        let mut facts = self.facts.clone();
        facts.push(Fact { id, at: now, known_at: now, what });
        let derived = derive(&facts, book, now, zone);
        let decision = derived.decided(id).cloned();
        if let Some(refusal) = decision.as_ref().filter(|_| !is_late).and_then(refusal) {
            return Err(refusal);
        }
        let (standing, owed) = self.left_behind(&derived, is_contact, (now, zone));
        let is_otherwise = standing.owner != self.standing.owner || standing.state != self.standing.state;
        let told = json!({"kind": kind, "fact_id": id});
        let owner = self.told_of(&standing);
        let after = Self { facts, standing, ..self.clone() };
        let change = Change::updated(self, after, FACT_LEARNT, told);
        let change = if is_otherwise { change.and(CHANGED, owner) } else { change };
        let change = owed.told(change);
        let by_time = derived.chain.last().map(|state| state.decision.clone()).filter(|_| is_otherwise);
        Ok(change.explained(decision.or(by_time).as_ref().map(explained)))
    }

    /// Lets what time has brought about show where others read it; none where nothing has.
    pub fn settle(self, book: &PolicyBook, (now, zone): (Timestamp, Tz)) -> Option<Change<Self>> {
        let derived = derive(&self.facts, book, now, zone);
        let (standing, owed) = self.left_behind(&derived, false, (now, zone));
        if standing == self.standing {
            return None;
        }
        let told = self.told_of(&standing);
        let after = Self { standing, ..self.clone() };
        let why = derived.chain.last().map(|state| explained(&state.decision));
        Some(owed.told(Change::updated(self, after, CHANGED, told)).explained(why))
    }

    /// What the feed tells of where the customer came to stand.
    pub(super) fn told_of(&self, standing: &customer_file::Standing) -> serde_json::Value {
        json!({"owner_id": standing.owner, "state": standing.state.code(), "since": standing.since,
            "owner_before_id": self.standing.owner})
    }

    fn ensure_voidable(&self, fact: FactId) -> Result<(), Refusal> {
        let is_voided =
            |known: &Fact| matches!(known.what, What::Voided { fact: voided, .. } if voided == fact);
        let is_ones = |known: &Fact| known.id == fact && !matches!(known.what, What::Voided { .. });
        if self.facts.iter().any(is_ones) && !self.facts.iter().any(is_voided) {
            return Ok(());
        }
        Err(Refusal::new(NOT_CUSTOMERS_FACT).citing(Citation::rule("OWN-15")).at("/fact_id"))
    }

    /// What others read of what was derived, and what becomes of the contact that is owed.
    fn left_behind(
        &self,
        derived: &Derived,
        is_contact: bool,
        (now, zone): (Timestamp, Tz),
    ) -> (customer_file::Standing, Owed) {
        let (before, tier) = (&self.standing, derived.tier.clone());
        let Some(last) = derived.chain.last() else {
            let (state, protected_until) = (StandingState::Unowned, None);
            let owed = if before.follow_up_on.is_some() { Owed::Over } else { Owed::Unchanged };
            let standing = customer_file::Standing {
                owner: None,
                state,
                protected_until,
                tier,
                warn_at: None,
                follow_up_on: None,
                ..before.clone()
            };
            return (standing, owed);
        };
        let department = last.standing.department().map(|id| DepartmentId::from_uuid(id.uuid()));
        let mut standing = customer_file::Standing {
            owner: last.standing.owner(),
            department: department.unwrap_or(before.department),
            state: state_of(&last.standing),
            protected_until: derived.protection.map(|protection| protection.end().at),
            since: last.from,
            tier,
            ..before.clone()
        };
        standing.warn_at = next_warning(before, derived, now);
        let owed = Owed::after(before, derived, is_contact, zone);
        standing.follow_up_on = owed.day(before.follow_up_on);
        (standing, owed)
    }
}

/// How others call a standing.
const fn state_of(standing: &super::Standing) -> StandingState {
    match standing {
        super::Standing::Unowned {} => StandingState::Unowned,
        super::Standing::Owned { .. } => StandingState::Owned,
        super::Standing::Pooled { cause: PoolCause::LeaverWithOrder, .. } => StandingState::FollowedUp,
        super::Standing::Pooled { cause: PoolCause::LeaverWithoutOrder, .. } => StandingState::ToAssign,
        super::Standing::Pooled { level: PoolLevel::Department, .. } => StandingState::DepartmentPool,
        super::Standing::Pooled { level: PoolLevel::Centre, .. } => StandingState::CentrePool,
    }
}

/// What a decision says to whom it refuses.
fn refusal(decision: &Decision) -> Option<Refusal> {
    let Outcome::Refused { because, until, .. } = &decision.outcome else { return None };
    let refusal = Refusal::new(REFUSED)
        .with_labelled("rule", decision.rule.code(), decision.rule.labels())
        .with_label("because", *because)
        .with("until", json!(until));
    Some(refusal.citing(decision.citation.clone()))
}

fn explained(decision: &Decision) -> Explanation {
    let facts = json!({
        "rule": decision.rule, "fact_id": decision.fact, "rests_on": decision.rests_on,
        "looked_at": decision.looked_at.iter().map(|looked| json!({
            "rule": looked.rule, "because": looked.because,
        })).collect::<Vec<_>>(),
    });
    Explanation::new("ownership_decided", decision.citation.clone(), facts)
}
