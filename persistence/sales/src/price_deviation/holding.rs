//! What a contract or an order sells off the list needs a deviation that was agreed to: it holds that while it waits, and uses
//! it when it is signed or ordered. `[PRI-2, PRI-2a]`

use super::{
    apply,
    row::{agreed, held_by},
};
use crate::{
    customer_tier, policy, price_list, product,
    spine::{Failure, Reader, Tx},
};
use domain::{
    customer_file::CustomerId,
    document_line::extended,
    price_deviation::{Deviation, DiscountAuthority, Holder, HolderKind, Offered, PriceDeviation},
    price_list::Asked,
    product::ProductId,
    quantity::Quantity,
    spine::{BusinessDate, Findings, Money, PolicyVersion, Refusal, RefusalCode},
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// A line that somebody sells.
pub(crate) struct OfferedLine {
    pub product: ProductId,
    pub quantity: Quantity,
    /// What it comes to, discounts counted in.
    pub gross: Money,
    /// What a contract says of it, from what it comes to on; none: the list rules.
    pub agreed: Option<Money>,
}

/// What a document sells.
pub(crate) struct Offer {
    pub kind: HolderKind,
    pub document: Uuid,
    pub number: String,
    pub customer: CustomerId,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub lines: Vec<OfferedLine>,
    /// How it refuses a price that deviates, and a product that is not sold.
    pub refusals: (&'static RefusalCode, &'static RefusalCode),
}

/// Whether every line is sold at its list price, discounts counted in, or by a deviation that was agreed to: which ones, each
/// with how many. Nobody sells above or below the list without having asked.
///
/// # Errors
/// A product that is not sold; a price that deviates; `price_deviation.held`; a product without a price.
pub(crate) fn check(
    reader: &mut Reader<'_>,
    offer: &Offer,
) -> Result<Vec<(PriceDeviation, Quantity)>, Failure> {
    let today = reader.today();
    let authority: Arc<PolicyVersion<DiscountAuthority>> = policy::in_force(reader, "company", today)?;
    let (mut findings, mut wanted) = (Findings::new(), Vec::new());
    let mut held: Option<Refusal> = None;
    for (index, line) in offer.lines.iter().enumerate() {
        let product = product::find(reader, line.product)?;
        if product.expect_sold(today).is_err() {
            let named = [("product", json!(product.details.code))];
            findings.add_with(format!("/lines/{index}/product_id"), offer.refusals.1, named);
            continue;
        }
        let Some(list) = off_list(reader, offer, line, &authority.content, today)? else { continue };
        match cover(reader, offer, line, (&wanted, today))? {
            Cover::By(deviation) => wanted.push((*deviation, line.quantity)),
            Cover::Held(refusal) => held = held.or(Some(*refusal)),
            Cover::None => {
                let named = [("line", json!(index + 1)), ("list", json!(list.to_string()))];
                findings.add_with(format!("/lines/{index}/price"), offer.refusals.0, named);
            }
        }
    }
    let cited = |refusal: Refusal| refusal.citing(authority.cite("PRI-2", Some("004 §5.3")));
    findings.into_result().map_err(cited)?;
    match held {
        Some(refusal) => Err(refusal.into()),
        None => Ok(wanted),
    }
}

/// The list price of a line that is off it; none where nobody need be asked.
fn off_list(
    reader: &mut Reader<'_>,
    offer: &Offer,
    line: &OfferedLine,
    authority: &DiscountAuthority,
    today: BusinessDate,
) -> Result<Option<Money>, Failure> {
    if let Some(agreed) = line.agreed {
        return Ok((line.gross != agreed).then_some(agreed));
    }
    let product = product::find(reader, line.product)?;
    let asked = Asked {
        customer: Some(offer.customer),
        channel: offer.channel.clone(),
        tier: customer_tier::held_on(reader, offer.customer, today)?,
        region: offer.region.clone(),
        quantity: line.quantity,
        on: today,
    };
    let chosen = price_list::chosen(reader, &product, line.gross.currency(), &asked)?;
    let listed = extended(line.quantity, chosen.price).map_err(Failure::fault)?;
    let below_floor = chosen.floor.is_some_and(|floor| {
        extended(line.quantity, floor).is_ok_and(|floor| line.gross.minor() < floor.minor())
    });
    let deviation = Deviation::of(line.gross, listed);
    let is_off = deviation.is_none_or(|deviation| authority.asked(deviation, below_floor).is_some());
    Ok(is_off.then_some(chosen.price))
}

enum Cover {
    By(Box<PriceDeviation>),
    Held(Box<Refusal>),
    None,
}

/// The deviation that covers a line, where nothing else holds it.
fn cover(
    reader: &mut Reader<'_>,
    offer: &Offer,
    line: &OfferedLine,
    (wanted, on): (&[(PriceDeviation, Quantity)], BusinessDate),
) -> Result<Cover, Failure> {
    let offered = Offered {
        customer: offer.customer,
        product: line.product,
        quantity: line.quantity,
        gross: line.gross,
        on,
    };
    let mut held = Cover::None;
    for deviation in agreed(reader, offer.customer, line.product)? {
        let is_taken = wanted.iter().any(|(known, _)| known.id == deviation.id);
        if is_taken || !deviation.covers(&offered) {
            continue;
        }
        match deviation.held_by_another(offer.document) {
            None => return Ok(Cover::By(Box::new(deviation))),
            Some(refusal) => held = Cover::Held(Box::new(refusal)),
        }
    }
    Ok(held)
}

/// Holds what a document that is handed in sells off the list, in the order of ids, and lets go of what it no longer needs.
///
/// # Errors
/// As of [`check`].
pub(crate) fn take(tx: &mut Tx<'_>, offer: &Offer) -> Result<(), Failure> {
    let mut wanted = check(tx, offer)?;
    wanted.sort_by_key(|(deviation, _)| deviation.id);
    for known in held_by(tx, offer.document)? {
        if wanted.iter().all(|(deviation, _)| deviation.id != known.id) {
            apply(tx, known.let_go())?;
        }
    }
    for (deviation, quantity) in wanted {
        let holder =
            Holder { kind: offer.kind, document: offer.document, number: offer.number.clone(), quantity };
        if deviation.holder.as_ref() != Some(&holder) {
            apply(tx, deviation.take(holder)?)?;
        }
    }
    Ok(())
}

/// A document came to nothing, or goes back to be written anew.
///
/// # Errors
/// Where the database fails.
pub(crate) fn let_go(tx: &mut Tx<'_>, document: Uuid) -> Result<(), Failure> {
    for deviation in held_by(tx, document)? {
        apply(tx, deviation.let_go())?;
    }
    Ok(())
}

/// A document was signed, or ordered: what it holds is used.
///
/// # Errors
/// Where the database fails.
pub(crate) fn use_up(tx: &mut Tx<'_>, document: Uuid) -> Result<(), Failure> {
    let now = tx.now();
    for deviation in held_by(tx, document)? {
        apply(tx, deviation.use_up(now))?;
    }
    Ok(())
}
