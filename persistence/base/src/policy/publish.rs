//! A version of a policy comes into force by somebody who may put it there: where the company keeps people apart, not by who
//! drafted it. `[REG-4]`

use super::earliest_start;
use crate::spine::{Failure, Reader, Tx};
use domain::spine::{Change, Explanation, Finding, Policy, Refusal};

/// Keeps people apart: registered by who knows the rules for it. What has to be told of it where the caller publishes what
/// they drafted themselves.
pub struct Apart(pub fn(&mut Reader<'_>, &Policy) -> Result<Option<Explanation>, Failure>);

fn apart(reader: &mut Reader<'_>, policy: &Policy) -> Result<Vec<Explanation>, Failure> {
    let mut told = Vec::new();
    for Apart(holds) in reader.house().all::<Apart>() {
        told.extend(holds(reader, policy)?);
    }
    Ok(told)
}

/// Whether the caller could publish a version, as far as people are kept apart.
pub(super) fn foreseen(reader: &mut Reader<'_>, policy: &Policy) -> Result<Result<(), Refusal>, Failure> {
    match apart(reader, policy) {
        Ok(_) => Ok(Ok(())),
        Err(Failure::Refused(refusal)) => Ok(Err(*refusal)),
        Err(failed) => Err(failed),
    }
}

/// A draft that is published by the caller now. `findings` come from checking its content.
///
/// # Errors
/// What speaks against it; the caller having drafted it, where somebody else could publish it.
pub fn publish(tx: &mut Tx<'_>, drafted: Policy, findings: Vec<Finding>) -> Result<Change<Policy>, Failure> {
    let earliest = earliest_start(tx, &drafted.code)?;
    let told = apart(tx, &drafted)?;
    Ok(drafted.publish(tx.actor().user, tx.now(), earliest, findings)?.explained(told))
}
