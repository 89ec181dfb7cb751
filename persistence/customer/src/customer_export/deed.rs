//! Deeds that need more than the request itself. `[CUS-5]`

use super::{apply, settle::routed};
use crate::{
    approval::document,
    spine::{Failure, Tx},
};
use domain::{
    approval::NewDocument,
    customer_export::{CustomerExport, ExportContent, NUMBER_PREFIX},
    spine::Change,
};

/// Drafts a request.
///
/// # Errors
/// What is not sound in it.
pub fn create(tx: &mut Tx<'_>, content: ExportContent) -> Result<CustomerExport, Failure> {
    let (now, today) = (tx.now(), tx.today());
    let number = crate::spine::next_number(tx, NUMBER_PREFIX)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = CustomerExport::create(new, content, tx.actor(), (now, today))?;
    apply(tx, change)
}

/// Rewrites a draft.
///
/// # Errors
/// Where it is not the actor's, or not to be changed now; what is not sound in it.
pub fn revise(
    tx: &mut Tx<'_>,
    drafted: CustomerExport,
    content: ExportContent,
) -> Result<Change<CustomerExport>, Failure> {
    let today = tx.today();
    Ok(drafted.revise(content, tx.actor(), today)?)
}

/// Hands a request to its approvers.
///
/// # Errors
/// Where it is not the actor's to submit, or nobody can decide a step.
pub fn submit(tx: &mut Tx<'_>, drafted: CustomerExport) -> Result<CustomerExport, Failure> {
    let routed = routed(tx, &drafted);
    document::submit(tx, drafted, routed)
}
