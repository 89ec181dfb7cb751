//! What is done with a grant of credit: asked for, written anew, handed in. `[REC-1e]`

use super::{apply, settle::routed};
use crate::{
    approval::document,
    customer_file, order_terms,
    organisation::referred,
    price_deviation::deed::own_department,
    sales_order,
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::{Document, NewDocument},
    credit_grant::{CreditGrant, CreditGrantContent, GRANT_OTHER_CUSTOMER, Granted},
    spine::{Change, Refusal},
};

/// Asks for credit.
///
/// # Errors
/// A customer or order that is not in sight; what is not well formed.
pub fn create(tx: &mut Tx<'_>, content: CreditGrantContent) -> Result<CreditGrant, Failure> {
    check(tx, &content)?;
    let terms = order_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.credit_prefix)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let department = own_department(tx)?;
    let when = (tx.now(), tx.today());
    let change = CreditGrant::create(new, department, content, tx.actor(), when)?;
    apply(tx, change)
}

/// Writes anew what it says.
///
/// # Errors
/// As of [`create`]; where it is not the actor's to change, or not now.
pub fn revise(
    tx: &mut Tx<'_>,
    grant: CreditGrant,
    content: CreditGrantContent,
) -> Result<Change<CreditGrant>, Failure> {
    check(tx, &content)?;
    Ok(grant.revise(content, tx.actor(), tx.today())?)
}

fn check(reader: &mut Reader<'_>, content: &CreditGrantContent) -> Result<(), Failure> {
    referred(customer_file::view::refer_to(reader, content.customer), "/customer_id")?;
    let Granted::Release { order } = content.granted else { return Ok(()) };
    let order = referred(sales_order::find(reader, order), "/order_id")?;
    if order.content.customer == content.customer {
        return Ok(());
    }
    let refusal = Refusal::new(GRANT_OTHER_CUSTOMER).with("number", order.petition.number);
    Err(refusal.at("/order_id").into())
}

/// Hands a grant to its approvers.
///
/// # Errors
/// Where it is not the actor's to submit, or not now.
pub fn submit(tx: &mut Tx<'_>, grant: CreditGrant) -> Result<CreditGrant, Failure> {
    grant.may_submit(tx.actor())?;
    let routed = routed(tx, &grant)?;
    document::submit(tx, grant, routed)
}
