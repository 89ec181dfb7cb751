//! Files of customers in the database: found within the caller's sight, written by applying changes, shown masked to those
//! whose customers they are not. `[CUS-1 … CUS-5]`

/// What is done with a customer beyond the file itself.
pub mod deed;
/// Which duties it calls for and fulfils.
pub mod duty;
/// When a file was changed.
pub mod history;
/// How many are found, in which order.
pub mod list;
/// By which numbers a customer is found.
pub(crate) mod phone;
mod row;
/// Whose customer it is, for who may see it.
pub mod scope;
/// Whose customer it is, as the derivation of ownership leaves it behind.
pub mod standing;
/// What one customer looks like.
pub mod view;

pub use list::{CustomerFilter, CustomerSummary, list};
pub(crate) use row::reseal;
pub use row::{due_for_verification, find, find_by_external, find_same, load};
pub use view::{CUSTOMER, CustomerRef, CustomerView, show, view};

use crate::{
    audit::{Confidential, Shown},
    customer_look_up,
    organisation::{department, referred},
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    customer_file::{
        Customer, CustomerFilePolicy, CustomerId, DEPARTMENT_NEEDED, Standing,
        policy::{CUSTOMER_FILE_CODE, SHIPPED_CUSTOMER_FILE},
    },
    spine::{BusinessDate, Change, Citation, DepartmentId, Entity, PolicyVersion, Refusal},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Confidential { kind: Customer::KIND, shown: Shown::Never },
    &Kind::of::<CustomerFilePolicy>(),
    &Shipped::text(CUSTOMER_FILE_CODE, "客户档案规则", "000 §5.1", SHIPPED_CUSTOMER_FILE),
    &duty::VERIFICATION_CALLED,
    &duty::VERIFIED,
    &Shipped::text("duty-rule/customer-verification", "客户档案核查", "000 §5.1", duty::VERIFICATION_RULE),
];

crate::spine::resource! { crate::Customer: Customer as CustomerView; find, apply, show = show }

/// Writes a change of a customer who has been entered: see [`enter`] for a new one.
///
/// # Errors
/// Where it moved meanwhile; `customer_helper.read_only`.
pub fn apply(tx: &mut Tx<'_>, change: Change<Customer>) -> Result<Customer, Failure> {
    if change.before().is_some() {
        scope::ensure_may_write(tx, change.after().id)?;
    }
    tx.apply(change)
}

/// Writes a new customer, who belongs to a department until somebody owns it; `allow_double` where it is known that another
/// file says the same.
///
/// # Errors
/// One who is known already; an identity in another system that is taken.
pub fn enter(
    tx: &mut Tx<'_>,
    change: Change<Customer>,
    department: DepartmentId,
    allow_double: bool,
) -> Result<Customer, Failure> {
    let today = tx.today();
    let rules = rules(tx, today)?;
    customer_look_up::ensure_new(tx, change.after(), &rules, allow_double)?;
    let customer = apply(tx, change)?;
    standing::insert(tx, &Standing::entered(customer.id, department, customer.creator, tx.now()))?;
    Ok(customer)
}

/// The department that answers for a new customer: the one that is named, else that of whoever enters it.
///
/// # Errors
/// `customer_file.department_needed`; one that is closed or out of reach.
pub fn answering(tx: &mut Tx<'_>, named: Option<DepartmentId>) -> Result<DepartmentId, Failure> {
    const POINTER: &str = "/department_id";
    let Some(named) = named else {
        let missing = || Refusal::new(DEPARTMENT_NEEDED).citing(Citation::rule("CUS-1")).at(POINTER);
        return tx.actor().department.ok_or_else(|| missing().into());
    };
    department::refer(tx, named, POINTER)?;
    if tx.actor().department != Some(named) {
        referred(department::ensure_within_reach(tx, named), POINTER)?;
    }
    Ok(named)
}

/// A customer whom a field refers to: the caller must see it.
///
/// # Errors
/// `validation.unknown_reference` at the pointer where they do not.
pub fn refer(reader: &mut Reader<'_>, id: CustomerId, pointer: &str) -> Result<Customer, Failure> {
    referred(find(reader, id), pointer)
}

/// Calls for the verification of a file whose day has come; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn call_for_verification(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), Failure> {
    let today = tx.today();
    match load(tx, id)?.call_for_verification(today) {
        Some(change) => apply(tx, change).map(drop),
        None => Ok(()),
    }
}

/// The company's rules for files on a day.
///
/// # Errors
/// Where there are none.
pub fn rules(
    reader: &mut Reader<'_>,
    on: BusinessDate,
) -> Result<Arc<PolicyVersion<CustomerFilePolicy>>, Failure> {
    policy::in_force(reader, "company", on)
}

/// The number of a new customer of this year.
///
/// # Errors
/// Where the database fails.
pub fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    let today = tx.today();
    let rules = rules(tx, today)?;
    crate::spine::next_number(tx, &rules.content.number_prefix)
}
