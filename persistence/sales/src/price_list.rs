//! Price lists in the database: opened, changed as a set, asked which price counts. `[PRI-1]`

mod row;
/// What price lists and their prices look like.
pub mod view;

pub use row::find;
pub use view::{
    AskedPrice, EffectivePriceView, PriceFilter, PriceListFilter, PriceListView, PriceView, effective, list,
    prices, show, view,
};

use crate::{
    customer_file, policy,
    policy::{Kind, Shipped},
    product,
    schema::price_lists,
    setup::{self, SetupStep},
    spine::{Failure, Part, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    price_list::{
        Asked, ChosenPrice, PRICE_ORDER_CODE, PriceChange, PriceEdit, PriceList, PriceOrder,
        SHIPPED_PRICE_ORDER,
    },
    product::Product,
    spine::{BusinessDate, Change, Currency, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &PRICES,
    &Kind::of::<PriceOrder>(),
    &Shipped::text(PRICE_ORDER_CODE, "价格适用次序", "004 §5.3", SHIPPED_PRICE_ORDER),
];

/// Without a price nothing is sold.
const PRICES: SetupStep = SetupStep {
    code: "price_lists",
    zh: "建立价目表，为产品定价",
    en: "Open a price list and give the products their prices",
    href: "/api/v1/price-lists",
    is_required: false,
    missing: |reader| {
        Ok(setup::unless(db!(reader, |c| diesel::select(diesel::dsl::exists(
            price_lists::table.select(price_lists::id)
        ))
        .get_result(c))?))
    },
};

crate::spine::resource! { crate::Sales: PriceList as PriceListView; find, apply, show = show }

/// Writes a change of a price list.
///
/// # Errors
/// Where it moved meanwhile; a currency that has a list.
pub fn apply(tx: &mut Tx<'_>, change: Change<PriceList>) -> Result<PriceList, Failure> {
    tx.apply(change)
}

/// Changes prices of a list: all edits, or none. Two changes at once meet at the version of the list, and the second is
/// judged against what the first left.
///
/// # Errors
/// A product or customer that is not there; what the rules refuse.
pub fn change(tx: &mut Tx<'_>, list: PriceList, change: &PriceChange) -> Result<Change<PriceList>, Failure> {
    for (index, edit) in change.edits.iter().enumerate() {
        let (PriceEdit::Add(terms) | PriceEdit::Replace(_, terms)) = edit else { continue };
        let product = product::refer(tx, terms.product, &format!("/edits/{index}/product_id"))?;
        for (name, quantity) in
            [("from_quantity", Some(terms.from_quantity)), ("below_quantity", terms.below_quantity)]
        {
            let counted = quantity.filter(|quantity| quantity.is_positive());
            if let Some(Err(refusal)) = counted.map(|quantity| quantity.check(product.details.decimals)) {
                return Err(refusal.at(format!("/edits/{index}/{name}")).into());
            }
        }
        if let Some(customer) = terms.customer {
            customer_file::refer(tx, customer, &format!("/edits/{index}/customer_id"))?;
        }
    }
    let list = row::with_prices(tx, list, change)?;
    Ok(list.change(change, || tx.id())?)
}

/// The price that counts, for rules: whoever asks.
///
/// # Errors
/// `price_list.no_price`.
pub(crate) fn chosen(
    reader: &mut Reader<'_>,
    product: &Product,
    currency: Currency,
    asked: &Asked,
) -> Result<ChosenPrice, Failure> {
    let order = order(reader, asked.on)?;
    let list = row::of_currency(reader, Some(currency), product.id)?;
    let standing = list.as_ref().map_or(&[][..], |list| &list.prices);
    Ok(order.content.choose(standing, asked, &product.details.code)?)
}

/// In which order keys make a price specific, on a day.
fn order(reader: &mut Reader<'_>, on: BusinessDate) -> Result<Arc<PolicyVersion<PriceOrder>>, Failure> {
    policy::in_force(reader, "company", on)
}
