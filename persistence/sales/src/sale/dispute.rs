//! Disputes over whose a customer is move the sales that they hold, in the same transaction. `[OWN-14, COM-10]`
//!
//! Locks: the dispute and the standing of the customer, then the sales by their ids.

use super::{
    apply,
    deed::{in_court, plan_lines},
    find::{earned_before, locked_with},
    settle::by_ruling,
};
use crate::{
    commission, ownership_dispute,
    spine::{Failure, House, Key, Told, Tx},
};
use domain::{
    commission::fact::Ruling,
    ownership_dispute::OwnershipDispute,
    sale::{Disputed, Frozen, Sale, SaleState},
    spine::{EmployeeId, Id},
};

/// Which events say something about what a dispute holds.
pub(super) fn wants(_: &'static House, kind: &'static str) -> bool {
    matches!(kind, "ownership_dispute.opened" | "ownership_dispute.ruled" | "ownership_dispute.withdrawn")
}

/// What is held is judged anew by what became of the dispute.
pub(super) fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    let dispute = ownership_dispute::load(tx, Id::from_uuid(told.entity))?;
    let settles = dispute.ruling.as_ref().is_some_and(|ruling| !ruling.settlement.is_empty());
    let mut held = Vec::new();
    for sale in locked_with(tx, dispute.customer)? {
        if sale.state() == SaleState::Held {
            held.push(sale.id);
            judge_anew(tx, sale, became_of(&dispute), settles)?;
        }
    }
    by_ruling(tx, &dispute, &held)
}

fn became_of(dispute: &OwnershipDispute) -> Disputed {
    match &dispute.ruling {
        Some(ruling) => Disputed::Ruled(Ruling::of(ruling.owner, &ruling.shares)),
        None if dispute.is_open() => Disputed::Open,
        None => Disputed::ComeToNothing,
    }
}

fn judge_anew(tx: &mut Tx<'_>, sale: Sale, disputed: Disputed, settles: bool) -> Result<(), Failure> {
    let Some(on) = sale.closing.as_ref().map(|closing| closing.on) else { return Ok(()) };
    let terms = match &disputed {
        Disputed::Ruled(ruling) => terms_of(tx, &sale, ruling.credit)?,
        _ => None,
    };
    let rules = commission::rules(tx, on)?;
    let judged = in_court(tx, &rules.content, &sale.clone(), |court| {
        sale.dispute_moved(disputed, (terms, settles), court)
    })?;
    judged.map_or(Ok(()), |change| apply(tx, change).map(drop))
}

/// What a sale earns where tiers rate it by the month of somebody else than the owner of its closing.
fn terms_of(tx: &mut Tx<'_>, sale: &Sale, credited: EmployeeId) -> Result<Option<Frozen>, Failure> {
    let Some(closing) = sale.closing.as_ref().filter(|closing| closing.facts.owner != credited) else {
        return Ok(None);
    };
    let plan = commission::plan(tx, closing.on)?;
    if plan.content.tiered.is_none() {
        return Ok(None);
    }
    let lines = plan_lines(tx, &mut sale.clone(), closing.on)?;
    let before = earned_before(tx, Key::from(credited), closing)?;
    let earned = plan.content.earned(&lines, before, before + plan.content.tier_base(&lines));
    Ok(Some(Frozen { earned, ..closing.terms }))
}
