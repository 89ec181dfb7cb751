//! Which of several prices counts, and why. `[PRI-1]`

use super::{KEY_TWICE, NO_PRICE, Price, PriceId, cite};
use crate::{
    customer::CustomerId,
    quantity::Quantity,
    spine::{BusinessDate, Finding, Findings, Money, PolicyContent, Refusal},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The code under which the order is kept in which keys make a price specific.
pub const PRICE_ORDER_CODE: &str = "price-order/company";

/// That order as shipped: customer, channel, tier, region.
pub const SHIPPED_PRICE_ORDER: &str = include_str!("../shipped/price_order.json");

/// What a price may be specific by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceKey {
    /// The customer.
    Customer,
    /// The channel.
    Channel,
    /// The customer's tier.
    Tier,
    /// The region.
    Region,
}

crate::labels! { PriceKey = "PriceKey":
    Customer = "customer", "客户", "Customer";
    Channel = "channel", "渠道", "Channel";
    Tier = "tier", "客户等级", "Customer tier";
    Region = "region", "区域", "Region";
}

/// In which order keys make a price specific, the most specific first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceOrder {
    /// A key that is not named makes no price more specific.
    pub keys: Vec<PriceKey>,
}

impl PolicyContent for PriceOrder {
    const KIND: &'static str = "price-order";
    const EXAMPLE: &'static str = SHIPPED_PRICE_ORDER;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let mut seen = BTreeSet::new();
        for (index, key) in self.keys.iter().enumerate() {
            if !seen.insert(key) {
                let name = [("key", json!(key.code()))];
                findings.add_with(format!("/content/keys/{index}"), KEY_TWICE, name);
            }
        }
        findings.into_vec()
    }
}

/// For whom, where, when and how much a price is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Which customer, where it is one that is known.
    pub customer: Option<CustomerId>,
    /// In which channel.
    pub channel: Option<String>,
    /// Of which tier.
    pub tier: Option<String>,
    /// In which region.
    pub region: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// The document's business date.
    pub on: BusinessDate,
}

/// The price that counts, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ChosenPrice {
    /// Which.
    pub id: PriceId,
    /// How much a unit costs.
    pub price: Money,
    /// Below which the general manager is asked.
    pub floor: Option<Money>,
    /// The keys by which it is specific, the most specific first; none: the general price.
    pub by: Vec<PriceKey>,
    /// How many other prices fitted and were less specific.
    pub passed_over: usize,
}

impl PriceOrder {
    /// The most specific of the prices of one product that fit.
    ///
    /// # Errors
    /// `price_list.no_price`, naming the product: never a price of nothing.
    pub fn choose(&self, prices: &[Price], asked: &Asked, product: &str) -> Result<ChosenPrice, Refusal> {
        let mut fitting: Vec<&Price> = prices.iter().filter(|price| fits(price, asked)).collect();
        // Prices that are equally specific would be of the same keys, and those do not overlap.
        fitting.sort_by_key(|price| std::cmp::Reverse(self.rank(price)));
        let Some(chosen) = fitting.first() else {
            return Err(cite(Refusal::new(NO_PRICE).with("product", product)));
        };
        Ok(ChosenPrice {
            id: chosen.id,
            price: chosen.terms.price,
            floor: chosen.terms.floor,
            by: self.keys.iter().copied().filter(|key| has(chosen, *key)).collect(),
            passed_over: fitting.len() - 1,
        })
    }

    fn rank(&self, price: &Price) -> Vec<bool> {
        self.keys.iter().map(|key| has(price, *key)).collect()
    }
}

const fn has(price: &Price, key: PriceKey) -> bool {
    let terms = &price.terms;
    match key {
        PriceKey::Customer => terms.customer.is_some(),
        PriceKey::Channel => terms.channel.is_some(),
        PriceKey::Tier => terms.tier.is_some(),
        PriceKey::Region => terms.region.is_some(),
    }
}

fn fits(price: &Price, asked: &Asked) -> bool {
    let terms = &price.terms;
    let is = |wanted: &Option<String>, given: &Option<String>| wanted.is_none() || wanted == given;
    (terms.customer.is_none() || terms.customer == asked.customer)
        && is(&terms.channel, &asked.channel)
        && is(&terms.tier, &asked.tier)
        && is(&terms.region, &asked.region)
        && terms.from_quantity <= asked.quantity
        && terms.below_quantity.is_none_or(|end| asked.quantity < end)
        && terms.valid_from <= asked.on
        && terms.valid_before.is_none_or(|end| asked.on < end)
}
