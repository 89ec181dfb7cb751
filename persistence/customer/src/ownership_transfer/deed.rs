//! Deeds that need more than the transfer itself. `[OWN-16]`

use super::{apply, settle::routed};
use crate::{
    approval::document,
    customer_file::standing,
    organisation::{Register, employee},
    ownership,
    spine::{Failure, Tx},
};
use domain::{
    approval::NewDocument,
    customer_file::CustomerId,
    ownership_transfer::{
        Handed, NOT_THEIRS, NUMBER_PREFIX, OwnershipTransfer, TransferContent, TransferOutcome, cite,
    },
    spine::{Change, EmployeeId, Refusal},
};

/// What is to be handed over.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose customers; the caller's where nobody is named.
    pub from: Option<EmployeeId>,
    /// To whom.
    pub to: EmployeeId,
    /// Why.
    pub reason: String,
    /// What is still to be done.
    pub open_matters: Vec<String>,
    /// Which customers; all of theirs where none is listed.
    pub customers: Vec<CustomerId>,
}

/// Drafts a transfer: the customers are listed now, also where all are handed over.
///
/// # Errors
/// `ownership_transfer.not_theirs`, `ownership_transfer.not_yours`; somebody who does not work here.
pub fn create(tx: &mut Tx<'_>, asked: Asked) -> Result<OwnershipTransfer, Failure> {
    let Asked { from, to, reason, open_matters, customers } = asked;
    let today = tx.today();
    let nobody = || cite(Refusal::new(domain::approval::NO_EMPLOYEE));
    let from = match from {
        Some(from) => employee::refer(tx, from, "/from_id")?.id,
        None => tx.actor().employee.ok_or_else(nobody)?,
    };
    employee::refer_superior(tx, to, today, "/to_id")?;
    let corrupt = || Failure::corrupt("employees", "department_id", from);
    let department = Register::of(tx)?.department_on(from, today).ok_or_else(corrupt)?;
    let (is_hand_over, customers) = listed(tx, from, customers)?;
    let content = TransferContent { from, to, department, is_hand_over, reason, open_matters, customers };
    let number = crate::spine::next_number(tx, NUMBER_PREFIX)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = OwnershipTransfer::create(new, content, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Rewrites a draft: the customers are listed anew, also where all are handed over; whose they are stays.
///
/// # Errors
/// Where it is not the actor's, or not to be changed now; `ownership_transfer.not_theirs`; somebody who does not work here.
pub fn revise(
    tx: &mut Tx<'_>,
    transfer: OwnershipTransfer,
    asked: Asked,
) -> Result<Change<OwnershipTransfer>, Failure> {
    let Asked { from: _, to, reason, open_matters, customers } = asked;
    let (today, from, department) = (tx.today(), transfer.content.from, transfer.content.department);
    employee::refer_superior(tx, to, today, "/to_id")?;
    let (is_hand_over, customers) = listed(tx, from, customers)?;
    let content = TransferContent { from, to, department, is_hand_over, reason, open_matters, customers };
    Ok(transfer.revise(content, tx.actor())?)
}

/// Whether all of somebody's customers are handed over, and which.
fn listed(
    tx: &mut Tx<'_>,
    from: EmployeeId,
    customers: Vec<CustomerId>,
) -> Result<(bool, Vec<Handed>), Failure> {
    let is_hand_over = customers.is_empty();
    let customers = if is_hand_over { ownership::customers_of(tx, from)? } else { customers };
    for (index, customer) in customers.iter().enumerate() {
        let owner = match standing::of(tx, *customer) {
            Ok(standing) => standing.owner,
            Err(Failure::NotFound) => None,
            Err(failure) => return Err(failure),
        };
        if owner != Some(from) {
            return Err(cite(Refusal::new(NOT_THEIRS)).at(format!("/customer_ids/{index}")).into());
        }
    }
    let handed = |customer| Handed { customer, outcome: TransferOutcome::Waits, because: None };
    Ok((is_hand_over, customers.into_iter().map(handed).collect()))
}

/// Hands a transfer to its approvers.
///
/// # Errors
/// Where it is not the actor's to submit, or nobody can decide a step.
pub fn submit(tx: &mut Tx<'_>, transfer: OwnershipTransfer) -> Result<OwnershipTransfer, Failure> {
    let routed = routed(tx, &transfer);
    document::submit(tx, transfer, routed)
}
