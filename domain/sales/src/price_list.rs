//! Price lists (价目表): what a product costs whom, where, when and from what quantity on. `[PRI-1; 004 §5.3]`
//!
//! A list is all prices of one currency. On the same keys nothing overlaps, judged on the set as a whole after a change, so
//! that two neighbours move in one. Where several prices fit, the most specific wins and says why; where none does, that is
//! refused: never a price of nothing.

mod change;
mod choice;

pub use change::{PriceChange, PriceEdit};
pub use choice::{Asked, ChosenPrice, PRICE_ORDER_CODE, PriceKey, PriceOrder, SHIPPED_PRICE_ORDER};

use crate::{
    customer::CustomerId,
    product::ProductId,
    quantity::Quantity,
    spine::{
        BusinessDate, Change, Citation, Currency, Entity, Findings, Id, Money, Refusal, Version, codes,
        wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

crate::refusals! { PRICE_LIST_REFUSALS:
    OVERLAPS = "price_list.overlaps", Invalid, "与第 {other} 行价格的适用条件、数量段和有效期重叠", "It overlaps with the price in row {other}: same keys, quantities and days";
    BAND_REVERSED = "price_list.band_reversed", Invalid, "数量段的上限须大于下限", "The end of the quantities must lie above their beginning";
    FLOOR_ABOVE_PRICE = "price_list.floor_above_price", Invalid, "底价不得高于价格", "The floor price lies above the price";
    NO_PRICE = "price_list.no_price", Invalid, "“{product}”在该条件下没有价格", "There is no price of \"{product}\" under these conditions";
    PRICE_GONE = "price_list.no_such_price", Conflict, "该价格已不在价目表中", "The price is not on the list any more";
    KEY_TWICE = "price_order.key_twice", Invalid, "条件“{key}”重复", "The key \"{key}\" is given twice";
}

crate::events! { PRICE_LIST_EVENTS:
    CREATED = "price_list.created", "价目表已建立", "A price list was opened";
    PUBLISHED = "price_list.published", "价目表已调整", "Prices of a list were changed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PRICE_LIST_REFUSALS],
    events: &[PRICE_LIST_EVENTS],
    enums: &[PriceKey::LABELS],
};

/// Which price list.
pub type PriceListId = Id<PriceList>;
/// Which price on a list.
pub type PriceId = Id<Price>;

/// A price with what it holds for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Price {
    /// Identity; a change of a price is another price.
    pub id: PriceId,
    /// What it holds for, and how much it is.
    pub terms: PriceTerms,
}

/// What a price holds for, and how much it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PriceTerms {
    /// Of which product.
    pub product: ProductId,
    /// Only for this customer.
    pub customer: Option<CustomerId>,
    /// Only in this channel.
    pub channel: Option<String>,
    /// Only for customers of this tier. `[TIE-1]`
    pub tier: Option<String>,
    /// Only in this region.
    pub region: Option<String>,
    /// From this quantity on.
    pub from_quantity: Quantity,
    /// Below this quantity; none is without end.
    pub below_quantity: Option<Quantity>,
    /// From this day on.
    pub valid_from: BusinessDate,
    /// Before this day; none is without end.
    pub valid_before: Option<BusinessDate>,
    /// What a unit costs, tax included; more than nothing.
    pub price: Money,
    /// Below which the general manager is asked.
    pub floor: Option<Money>,
}

impl PriceTerms {
    /// Whether both hold at once for somebody.
    pub fn overlaps(&self, other: &Self) -> bool {
        let keys = |terms: &Self| {
            (terms.product, terms.customer, terms.channel.clone(), terms.tier.clone(), terms.region.clone())
        };
        let below = |end: Option<Quantity>, from: Quantity| end.is_none_or(|end| from < end);
        let before = |end: Option<BusinessDate>, from: BusinessDate| end.is_none_or(|end| from < end);
        keys(self) == keys(other)
            && below(self.below_quantity, other.from_quantity)
            && below(other.below_quantity, self.from_quantity)
            && before(self.valid_before, other.valid_from)
            && before(other.valid_before, self.valid_from)
    }

    fn check(&self, currency: Currency, pointer: &str, findings: &mut Findings) {
        let text = |name: &str, text: &Option<String>, findings: &mut Findings| {
            wording::check_optional(findings, &format!("{pointer}/{name}"), text.as_deref(), 40);
        };
        text("channel", &self.channel, findings);
        text("tier", &self.tier, findings);
        text("region", &self.region, findings);
        if self.from_quantity < Quantity::ZERO {
            let range = [("min", json!(0)), ("max", json!(1_000_000_000))];
            findings.add_with(format!("{pointer}/from_quantity"), codes::OUT_OF_RANGE, range);
        }
        if self.below_quantity.is_some_and(|end| end <= self.from_quantity) {
            findings.add(format!("{pointer}/below_quantity"), BAND_REVERSED);
        }
        if let Some(end) = self.valid_before
            && end <= self.valid_from
        {
            let span = [("from", json!(self.valid_from)), ("to", json!(end))];
            findings.add_with(format!("{pointer}/valid_before"), codes::PERIOD_REVERSED, span);
        }
        self.check_amounts(currency, pointer, findings);
    }

    fn check_amounts(&self, currency: Currency, pointer: &str, findings: &mut Findings) {
        for (name, amount) in [("price", Some(self.price)), ("floor", self.floor)] {
            let Some(amount) = amount else { continue };
            if amount.currency() != currency {
                let expected = [("expected", json!(currency.code()))];
                findings.add_with(format!("{pointer}/{name}"), codes::WRONG_CURRENCY, expected);
            } else if !amount.is_positive() {
                findings.add(format!("{pointer}/{name}"), codes::AMOUNT_NOT_POSITIVE);
            }
        }
        if self.floor.is_some_and(|floor| floor.minor() > self.price.minor()) {
            findings.add(format!("{pointer}/floor"), FLOOR_ABOVE_PRICE);
        }
    }
}

/// All prices of a currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PriceList {
    /// Identity.
    pub id: PriceListId,
    /// What people call it.
    pub name: String,
    /// The currency of all its prices; a currency has one list.
    pub currency: Currency,
    /// Its prices of the products at hand: of those a change touches, so that a list may have any number.
    pub prices: Vec<Price>,
    /// Counts its states; a document says which it was priced by.
    pub version: Version,
}

impl Entity for PriceList {
    const KIND: &'static str = "price_list";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl PriceList {
    /// Opens the list of a currency, without prices.
    ///
    /// # Errors
    /// What is not well formed.
    pub fn open(id: PriceListId, name: String, currency: Currency) -> Result<Change<Self>, Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/name", &name, 60);
        findings.into_result().map_err(cite)?;
        let list = Self { id, name, currency, prices: Vec::new(), version: 0 };
        Ok(Change::created(list, CREATED, json!({"currency": currency})))
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("PRI-1", "004 §5.3"))
}

#[cfg(test)]
mod tests;
