//! What a customer's tier moves besides: whose the customer is learns how long the owner is safe by it. `[TIE-1, OWN-15]`

use super::{apply, model, several};
use crate::{
    ownership,
    spine::{Failure, Tx},
};
use domain::{
    customer_file::CustomerId,
    customer_tier::{CustomerTier, TierModel, told},
    spine::{BusinessDate, Change, PolicyVersion},
};

/// Writes a change of a tier, and lets ownership learn of it where another is held from a day on.
///
/// # Errors
/// Where it moved meanwhile.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    change: Change<CustomerTier>,
    model: &PolicyVersion<TierModel>,
    day: BusinessDate,
) -> Result<CustomerTier, Failure> {
    let is_other = change.happened().iter().any(|happened| happened.kind.name == "customer_tier.changed");
    let tier = apply(tx, change)?;
    let held = tier.on(day).and_then(|hold| model.content.tier(&hold.tier));
    let Some(rule) = held.filter(|_| is_other) else { return Ok(tier) };
    let ownership = ownership::load(tx, tier.customer)?;
    ownership::deed::learn(tx, ownership, told(rule))?;
    Ok(tier)
}

/// Lets an override end that has run out; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn let_override_end(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), Failure> {
    let today = tx.today();
    let Some(tier) = several(tx, &[customer])?.remove(&customer) else { return Ok(()) };
    let model = model(tx, today)?;
    match tier.let_override_end(today) {
        Some(change) => write(tx, change, &model, today).map(drop),
        None => Ok(()),
    }
}
