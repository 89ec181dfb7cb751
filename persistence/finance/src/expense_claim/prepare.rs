//! Making the missing journal entry of a claim, under the policies in force today.

use super::{PoliciesInForce, apply};
use crate::spine::{Failure, Tx};
use domain::finance::expense_claim::ExpenseClaim;

/// Makes the journal entry that could not be made at the approval of a claim.
///
/// # Errors
/// A claim that has its entry or is not approved; the reason why still none can be made.
pub fn prepare(tx: &mut Tx<'_>, claim: ExpenseClaim) -> Result<ExpenseClaim, Failure> {
    let today = tx.today();
    let policies = PoliciesInForce::on(tx, today)?;
    let change = claim.prepare(policies.rules())?;
    apply(tx, change)
}
