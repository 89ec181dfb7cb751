//! Bank accounts of payees in the database: found by whose they are, shown without their number, sealed. `[EXP-9, ID-6]`

/// What is owed and to be paid, with where to.
pub mod pay_out;
mod row;
mod sealed;
/// What an account looks like, and all of them.
pub mod view;

pub(crate) use row::load;
pub use row::{find, live_of};
pub use view::{PAYEE_ACCOUNT, PayeeAccountFilter, PayeeAccountView, list, show, view};

use crate::{
    organisation::Organisation,
    spine::{Failure, Part, Reader, Tx, notice},
};
use domain::{
    approval::check_reason,
    finance::payee_account::{
        BankDetails, LIVE_ALREADY, NewPayeeAccount, Payee, PayeeAccount, PayeeAccountId, REVEALED,
        account_number, tail_of,
    },
    spine::{Change, Citation, EmployeeId, Permission, Refusal, codes},
};
use serde_json::json;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

crate::spine::resource! { crate::Finance: PayeeAccount as PayeeAccountView; find, apply, show = show }

/// Writes a change of an account.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<PayeeAccount>) -> Result<PayeeAccount, Failure> {
    tx.apply(change)
}

/// Registers an account: one's own, that of somebody in reach, or of a third party.
///
/// # Errors
/// Somebody who is not in reach, or has an account in use; everything that is wrong with it; where the server was given no
/// secret.
pub fn register(
    tx: &mut Tx<'_>,
    payee: Payee,
    details: BankDetails,
    number: &str,
) -> Result<PayeeAccount, Failure> {
    let department = match &payee {
        Payee::Employee { employee } => department_in_reach(tx, *employee)?,
        Payee::Third { .. } => tx.actor().department,
    };
    if let Payee::Employee { employee } = &payee
        && !live_of(tx, &[*employee])?.is_empty()
    {
        return Err(Refusal::new(LIVE_ALREADY).citing(Citation::rule("EXP-9")).at("/employee_id").into());
    }
    let (id, number) = (tx.id(), account_number(number)?);
    let tail = tail_of(&number);
    let number = (sealed::seal(tx, id, &number)?, tail);
    let new = NewPayeeAccount { id, payee, department, details, number };
    let change = PayeeAccount::register(new, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Where somebody works of whom the caller may register an account.
fn department_in_reach(
    tx: &mut Tx<'_>,
    employee: EmployeeId,
) -> Result<Option<domain::spine::DepartmentId>, Failure> {
    use domain::approval::Directory;
    let unknown = || Refusal::new(codes::UNKNOWN_REFERENCE).at("/employee_id");
    let department = Organisation::today(tx)?.department_of(employee).ok_or_else(unknown)?;
    if tx.reach().covers(department, tx.actor().is(employee)) {
        return Ok(Some(department));
    }
    Err(unknown().into())
}

/// Whether the caller sees the whole number of an account: their own, or as far as the permission reaches.
fn may_reveal(reader: &Reader<'_>, account: &PayeeAccount) -> bool {
    let actor = reader.actor();
    let is_own =
        account.employee().is_some_and(|employee| actor.is(employee)) || account.creator == actor.user;
    let reach = actor.reach(Permission::RevealPayeeAccounts);
    is_own || reach.all || account.department.is_some_and(|department| reach.covers(department, false))
}

/// An account with its whole number, for a reason that the trail keeps. `[ID-6]`
///
/// # Errors
/// Not found where the caller does not see it; denied where they may not see the number.
pub fn reveal(tx: &mut Tx<'_>, id: PayeeAccountId, reason: &str) -> Result<PayeeAccountView, Failure> {
    check_reason(reason)?;
    let account = find(tx, id)?;
    if !may_reveal(tx, &account) {
        return Err(Failure::Denied(Permission::RevealPayeeAccounts));
    }
    let user = tx.actor().user.uuid();
    notice(tx, REVEALED, Some(user), json!({"payee_account_id": id, "reason": reason}))?;
    let number = sealed::open(tx, &account)?;
    let mut view = show(tx, account)?;
    view.number = number;
    Ok(view)
}

/// An account that a claim is paid to in the place of its beneficiary: one that the caller sees, of a third party, in use.
///
/// # Errors
/// `validation.unknown_reference`, `payee_account.not_to_be_paid`.
pub fn refer(reader: &mut Reader<'_>, id: PayeeAccountId, pointer: &str) -> Result<PayeeAccount, Failure> {
    let found = reader.found_by(Permission::ReadPayeeAccounts, |reader| find(reader, id))?;
    let account = found.ok_or_else(|| Refusal::new(codes::UNKNOWN_REFERENCE).at(pointer))?;
    account.ensure_payable(pointer)?;
    Ok(account)
}
