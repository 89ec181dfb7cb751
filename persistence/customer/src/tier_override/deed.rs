//! Deeds that need more than the override itself. `[TIE-1]`

use super::{apply, settle::routed};
use crate::{
    approval::document,
    customer_file::{self, standing},
    customer_tier,
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::NewDocument,
    customer_tier::TierModel,
    spine::{Change, PolicyVersion},
    tier_override::{Around, NUMBER_PREFIX, OverrideContent, TierOverride},
};
use std::sync::Arc;

/// What is known around an override: the model, and the tier that is held.
fn around(
    reader: &mut Reader<'_>,
    content: &OverrideContent,
) -> Result<(Arc<PolicyVersion<TierModel>>, Option<String>), Failure> {
    let today = reader.today();
    let model = customer_tier::model(reader, today)?;
    Ok((model, customer_tier::held_on(reader, content.customer, today)?))
}

/// Drafts an override for a customer in sight.
///
/// # Errors
/// A customer whom the caller does not see, or may only read; what is not sound in it.
pub fn create(tx: &mut Tx<'_>, content: OverrideContent) -> Result<TierOverride, Failure> {
    customer_file::refer(tx, content.customer, "/customer_id")?.ensure_active()?;
    customer_file::scope::ensure_may_write(tx, content.customer)?;
    let (model, held) = around(tx, &content)?;
    let department = standing::of(tx, content.customer)?.department;
    let number = crate::spine::next_number(tx, NUMBER_PREFIX)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let around = Around { model: &model, held: held.as_deref(), today: tx.today() };
    let change = TierOverride::create(new, department, content, &around, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Rewrites a draft.
///
/// # Errors
/// Where it is not the actor's, or not to be changed now; what is not sound in it.
pub fn revise(
    tx: &mut Tx<'_>,
    drafted: TierOverride,
    content: OverrideContent,
) -> Result<Change<TierOverride>, Failure> {
    let (model, held) = around(tx, &drafted.content)?;
    let around = Around { model: &model, held: held.as_deref(), today: tx.today() };
    Ok(drafted.revise(content, &around, tx.actor())?)
}

/// Hands an override to its approvers.
///
/// # Errors
/// What is no longer sound in it; where it is not the actor's to submit, or nobody can decide a step.
pub fn submit(tx: &mut Tx<'_>, drafted: TierOverride) -> Result<TierOverride, Failure> {
    let (model, held) = around(tx, &drafted.content)?;
    drafted.content.check(&Around { model: &model, held: held.as_deref(), today: tx.today() })?;
    let routed = routed(tx, &drafted);
    document::submit(tx, drafted, routed)
}
