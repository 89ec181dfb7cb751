//! What is done with a claim: made against the prices of the partner before and since, and what it bought. `[PRI-3]`

use super::{apply, find_unscoped};
use crate::{
    customer_tier, merged, order_terms,
    organisation::referred,
    partner, price_list, product,
    schema::credit_entries,
    spine::{Failure, Reader, Tx, db},
};
use chrono::Days;
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    approval::NO_EMPLOYEE,
    customer_file::CustomerId,
    partner::{Partner, PartnerId},
    price_list::Asked,
    price_protection::{Cut, NO_CUSTOMER, PriceProtection, PriceProtectionId, Stock, StockSource, Window},
    product::{Product, ProductId},
    quantity::Quantity,
    spine::{BusinessDate, Citation, Currency, Money, Permission, Refusal},
};

/// What is claimed.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// By which partner.
    pub partner: PartnerId,
    /// Of which product.
    pub product: ProductId,
    /// The first day of the new price.
    pub cut_on: BusinessDate,
    /// How many it had in stock at 24:00 before that.
    pub declared: Quantity,
    /// When that was reported.
    pub reported_on: BusinessDate,
    /// What shows it.
    pub evidence: String,
}

/// Claims protection for a partner in sight.
///
/// # Errors
/// A partner out of sight, or of which nobody knows as which customer it buys; as of [`PriceProtection::claim`];
/// `price_protection.claimed_already`.
pub fn claim(tx: &mut Tx<'_>, said: Claimed) -> Result<PriceProtection, Failure> {
    let submitter = tx.actor().employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let Claimed { partner, product, cut_on, declared, reported_on, evidence } = said;
    let seen = tx.seeing_by(Permission::ReadContracts, |tx| partner::find(tx, partner));
    let partner = referred(seen, "/partner_id")?;
    let customer = partner.details.customer.ok_or_else(|| {
        let refusal = Refusal::new(NO_CUSTOMER).with("name", partner.details.name.clone());
        refusal.citing(Citation::clause("PRI-3", "000 §7.3")).at("/partner_id")
    })?;
    let product = product::refer(tx, product, "/product_id")?;
    declared.check(product.details.decimals).map_err(|refusal| refusal.at("/declared"))?;
    let terms = order_terms::today(tx)?;
    let (claim_days, verify_days) = (terms.content.protection_days, terms.content.protection_verify_days);
    let window = Window { claim_days, verify_days };
    let before = cut_on.pred_opt().unwrap_or(cut_on);
    let old = price_on(tx, (&partner, customer), &product, before)?;
    let cut = Cut { on: cut_on, old, new: price_on(tx, (&partner, customer), &product, cut_on)? };
    let bought = bought(tx, customer, product.id, (cut_on, terms.content.protection_bought_days))?;
    let number = crate::spine::next_number(tx, &terms.content.protection_prefix)?;
    let (source, quantity) = (StockSource::Declared, declared);
    let (_, verify_by) = PriceProtection::days(cut_on, window);
    let claim = PriceProtection {
        id: tx.id(),
        number,
        partner: partner.id,
        department: partner.details.department,
        submitter,
        claimed_by: tx.actor().user,
        product: product.id,
        cut,
        bought,
        stock: Stock { source, quantity, reported_on, evidence },
        verify_by,
        verified: None,
        approved: None,
        credited: None,
        ended: None,
        version: 0,
    };
    let change = PriceProtection::claim(claim, window, tx.today())?;
    apply(tx, change)
}

/// What a unit of a product costs a partner on a day, by the list.
fn price_on(
    reader: &mut Reader<'_>,
    (partner, customer): (&Partner, CustomerId),
    product: &Product,
    on: BusinessDate,
) -> Result<Money, Failure> {
    let asked = Asked {
        customer: Some(customer),
        channel: partner.details.channel.clone(),
        tier: customer_tier::held_on(reader, customer, on)?,
        region: None,
        quantity: Quantity::units(1),
        on,
    };
    Ok(price_list::chosen(reader, product, Currency::Cny, &asked)?.price)
}

/// How many of a product a customer bought in so many days before a cut, less what it gave back.
fn bought(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    product: ProductId,
    (cut_on, days): (BusinessDate, u32),
) -> Result<Quantity, Failure> {
    let family = merged::family(reader, customer)?;
    let from = cut_on.checked_sub_days(Days::new(days.into())).unwrap_or(BusinessDate::MIN);
    let key = crate::spine::Key::from(product);
    let sum = sql::<BigInt>("CAST(COALESCE(SUM(credit_entries.quantity), 0) AS BIGINT)");
    let scaled: i64 = db!(reader, |c| credit_entries::table
        .filter(credit_entries::customer_id.eq_any(&family).and(credit_entries::product_id.eq(key)))
        .filter(credit_entries::counted_on.ge(from).and(credit_entries::counted_on.lt(cut_on)))
        .select(sum)
        .first(c))?;
    Ok(Quantity::from_scaled(scaled.max(0)))
}

/// Notes that a claim lapsed; nothing where it did not.
///
/// # Errors
/// Where the database fails.
pub fn lapse(tx: &mut Tx<'_>, id: PriceProtectionId) -> Result<(), Failure> {
    let (claim, now, today) = (find_unscoped(tx, id)?, tx.now(), tx.today());
    match claim.lapse(now, today) {
        Some(change) => apply(tx, change).map(drop),
        None => Ok(()),
    }
}
