//! What is done with a deviation: asked for, handed in, revoked, expired by the clock. `[PRI-2a]`

use super::{
    apply,
    row::{due, find_unscoped},
    settle::routed,
};
use crate::{
    approval::document,
    customer_file, customer_tier, order_terms,
    organisation::{Register, referred},
    policy, price_list, product,
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::{Document, NO_EMPLOYEE, NewDocument},
    price_deviation::{
        ALLOWED_ALREADY, Compared, Deviation, DiscountAuthority, PriceDeviation, PriceDeviationContent,
        PriceDeviationId,
    },
    price_list::Asked,
    spine::{Change, DepartmentId, PolicyVersion, Refusal},
};
use std::sync::Arc;

/// Asks for a price above or below the list.
///
/// # Errors
/// A customer or product that is not there; a price that is the list's; what is not well formed.
pub fn create(tx: &mut Tx<'_>, content: PriceDeviationContent) -> Result<PriceDeviation, Failure> {
    let compared = compared(tx, &content)?;
    let terms = order_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.deviation_prefix)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let department = own_department(tx)?;
    let change = PriceDeviation::create(new, department, (content, compared), tx.actor(), tx.now())?;
    apply(tx, change)
}

/// The department that somebody files for: where they work today.
pub(crate) fn own_department(tx: &mut Tx<'_>) -> Result<DepartmentId, Failure> {
    let (actor, today) = (tx.actor().clone(), tx.today());
    let register = Register::of(tx)?;
    let works_in = actor.employee.and_then(|person| register.department_on(person, today));
    Ok(works_in.or(actor.department).ok_or_else(|| Refusal::new(NO_EMPLOYEE))?)
}

/// Writes anew what it says, compared with the list of today.
///
/// # Errors
/// As of [`create`]; where it is not the actor's to change, or not now.
pub fn revise(
    tx: &mut Tx<'_>,
    deviation: PriceDeviation,
    content: PriceDeviationContent,
) -> Result<Change<PriceDeviation>, Failure> {
    let compared = compared(tx, &content)?;
    Ok(deviation.revise((content, compared), tx.actor())?)
}

/// Hands a deviation to whose authority suffices, by the list of today.
///
/// # Errors
/// Where it is not the actor's to submit, or not now; a price that is the list's by now.
pub fn submit(tx: &mut Tx<'_>, deviation: PriceDeviation) -> Result<PriceDeviation, Failure> {
    deviation.may_submit(tx.actor())?;
    let compared = compared(tx, &deviation.content)?;
    let deviation = if compared == deviation.compared {
        deviation
    } else {
        let content = deviation.content.clone();
        let change = deviation.revise((content, compared), tx.actor())?;
        apply(tx, change)?
    };
    let routed = routed(tx, &deviation);
    document::submit(tx, deviation, routed)
}

/// How a price compares with the list of today, and whose authority suffices.
pub(super) fn compared(
    reader: &mut Reader<'_>,
    content: &PriceDeviationContent,
) -> Result<Compared, Failure> {
    content.check()?;
    referred(customer_file::view::refer_to(reader, content.customer), "/customer_id")?;
    let product = product::refer(reader, content.product, "/product_id")?;
    content.quantity.check(product.details.decimals).map_err(|refusal| refusal.at("/quantity"))?;
    let today = reader.today();
    let asked = Asked {
        customer: Some(content.customer),
        channel: content.channel.clone(),
        tier: customer_tier::held_on(reader, content.customer, today)?,
        region: content.region.clone(),
        quantity: content.quantity,
        on: today,
    };
    let chosen = price_list::chosen(reader, &product, content.price.currency(), &asked)?;
    let authority: Arc<PolicyVersion<DiscountAuthority>> = policy::in_force(reader, "company", today)?;
    let below_floor = chosen.floor.is_some_and(|floor| content.price.minor() < floor.minor());
    let deviation = Deviation::of(content.price, chosen.price);
    let role = deviation.and_then(|deviation| authority.content.asked(deviation, below_floor));
    match role {
        Some(role) => Ok(Compared { list: chosen.price, price: chosen.id, authority: role.to_owned() }),
        None => {
            let refusal = Refusal::new(ALLOWED_ALREADY).with("list", chosen.price.to_string()).at("/price");
            Err(refusal.citing(authority.cite("PRI-2", Some("004 §5.3"))).into())
        }
    }
}

/// Takes a deviation back before anything uses it.
///
/// # Errors
/// `price_deviation.not_revocable`; a stranger.
pub fn revoke(
    tx: &mut Tx<'_>,
    deviation: PriceDeviation,
    reason: String,
) -> Result<Change<PriceDeviation>, Failure> {
    Ok(deviation.revoke(reason, tx.actor(), tx.now())?)
}

/// Deviations whose days are over, the longest ago first; so many that a sweep ends soon.
///
/// # Errors
/// Where the database fails.
pub fn over(reader: &mut Reader<'_>) -> Result<Vec<PriceDeviationId>, Failure> {
    due(reader)
}

/// Lets a deviation expire whose days are over; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn expire(tx: &mut Tx<'_>, id: PriceDeviationId) -> Result<(), Failure> {
    let (today, now) = (tx.today(), tx.now());
    match find_unscoped(tx, id)?.expire(today, now) {
        Some(change) => apply(tx, change).map(drop),
        None => Ok(()),
    }
}
