//! What disputes do to whose a customer is. Locks: the dispute, then the standing of the customer. `[OWN-14]`

use super::apply;
use crate::{
    customer_file,
    organisation::{Register, employee, referred},
    ownership,
    spine::{Failure, Tx},
};
use domain::{
    customer_file::CustomerId,
    file::File,
    ownership::{FactId, Standing, What},
    ownership_dispute::{NUMBER_PREFIX, NewDispute, NewRuling, OPEN_ALREADY, OwnershipDispute},
    spine::{AnyId, Citation, EmployeeId, Id, Refusal},
};

/// Opens a dispute over whose a customer is: whoever knows the customer may, whether or not they see the file. Of two who do
/// at once one comes first.
///
/// # Errors
/// `ownership_dispute.open_already`, `ownership_dispute.owned_by_nobody`, `ownership_dispute.own_customer`.
pub fn open(tx: &mut Tx<'_>, customer: CustomerId, claim: String) -> Result<OwnershipDispute, Failure> {
    referred(customer_file::load(tx, customer), "/customer_id")?.ensure_active()?;
    let (book, now, zone, today) = (ownership::book(tx)?, tx.now(), tx.zone(), tx.today());
    let known = ownership::load(tx, customer)?;
    let derived = known.as_of(&book, now, zone);
    if derived.dispute.is_some() {
        return Err(Refusal::new(OPEN_ALREADY).citing(Citation::rule("OWN-14")).into());
    }
    let mut owners: Vec<EmployeeId> = derived.standing().owner().into_iter().collect();
    if let Standing::Owned { shares, .. } = derived.standing() {
        let others = shares.each().iter().map(|share| share.employee);
        owners.extend(others.filter(|who| derived.standing().owner() != Some(*who)));
    }
    let evidence_days =
        book.ruling(&derived.scope, today, now).map_or(0, |policy| policy.content.dispute.evidence_days);
    let number = crate::spine::next_number(tx, NUMBER_PREFIX)?;
    let department = known.standing.department;
    let new = NewDispute { id: tx.id(), number, customer, department, owners, claim, evidence_days };
    let change = OwnershipDispute::open(new, tx.actor(), now)?;
    // The standing comes first: who disputes second does it again, and finds what the first left.
    let dispute = AnyId::from_uuid(change.after().id.uuid());
    ownership::deed::learn(tx, known, What::DisputeOpened { dispute })?;
    apply(tx, change)
}

/// Gives evidence, as a party.
///
/// # Errors
/// `ownership_dispute.not_a_party`, `ownership_dispute.evidence_closed`, `ownership_dispute.fact_unknown`; files that are not
/// the actor's.
pub fn state_evidence(
    tx: &mut Tx<'_>,
    dispute: OwnershipDispute,
    content: String,
    proof: (Vec<FactId>, Vec<Id<File>>),
) -> Result<OwnershipDispute, Failure> {
    let facts = ownership::load(tx, dispute.customer)?.facts;
    let known: Vec<FactId> = facts.into_iter().map(|fact| fact.id).collect();
    let change = dispute.state_evidence(content, proof, &known, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Rules on a dispute: whose the customer is follows at once, and what open deals earn goes by it.
///
/// # Errors
/// `ownership_dispute.recused`, `ownership_dispute.not_mediated`, `ownership_dispute.evidence_open`; what is not sound.
pub fn rule(
    tx: &mut Tx<'_>,
    dispute: OwnershipDispute,
    ruling: NewRuling,
) -> Result<OwnershipDispute, Failure> {
    let today = tx.today();
    employee::refer_superior(tx, ruling.owner, today, "/owner_id")?;
    for (index, share) in ruling.shares.iter().enumerate() {
        employee::refer(tx, share.employee, &format!("/shares/{index}/employee_id"))?;
    }
    for (index, line) in ruling.settlement.iter().enumerate() {
        if let Some(who) = line.employee {
            employee::refer(tx, who, &format!("/settlement/{index}/employee_id"))?;
        }
    }
    let change = dispute.rule(ruling, tx.actor(), tx.now())?;
    let ruled = apply(tx, change)?;
    let Some(ruling) = &ruled.ruling else { return Ok(ruled) };
    let department = Register::of(tx)?.department_on(ruling.owner, today);
    let department = department.unwrap_or(ruled.department);
    let what = What::Ruled {
        dispute: AnyId::from_uuid(ruled.id.uuid()),
        owner: ruling.owner,
        department: AnyId::from_uuid(department.uuid()),
        shares: ruling.shares.clone(),
    };
    let known = ownership::load(tx, ruled.customer)?;
    ownership::deed::learn(tx, known, what)?;
    Ok(ruled)
}

/// Withdraws a dispute: what stood still goes on.
///
/// # Errors
/// `ownership_dispute.not_the_claimant`, `ownership_dispute.ended`.
pub fn withdraw(
    tx: &mut Tx<'_>,
    dispute: OwnershipDispute,
    reason: String,
) -> Result<OwnershipDispute, Failure> {
    let change = dispute.withdraw(reason, tx.actor(), tx.now())?;
    let withdrawn = apply(tx, change)?;
    let known = ownership::load(tx, withdrawn.customer)?;
    let dispute = AnyId::from_uuid(withdrawn.id.uuid());
    ownership::deed::learn(tx, known, What::DisputeClosed { dispute })?;
    Ok(withdrawn)
}
