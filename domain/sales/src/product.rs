//! Products (产品): what is sold, in which unit, at what tax, and what it costs the company. `[PROD]`
//!
//! Files and stages attach from the wing of marketing; stock is kept elsewhere.

use crate::{
    quantity::MOST_DECIMALS,
    spine::{
        BusinessDate, Change, Citation, Currency, Entity, Findings, Id, Money, Refusal, Version, codes,
        wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

crate::refusals! { PRODUCT_REFUSALS:
    COSTS_OVERLAP = "product.costs_overlap", Invalid, "成本的起止日期与上一项重叠或次序颠倒", "The days of this cost overlap with those of the one before, or come earlier";
    COSTS_TOO_MANY = "product.costs_too_many", Invalid, "一个产品最多 {max} 项成本", "A product has at most {max} costs";
    UNIT_IN_USE = "product.unit_in_use", Conflict, "产品 {code} 已有价格，计量单位的小数位不能减少", "The product {code} has prices; its unit cannot get fewer decimals";
    NOT_SOLD = "product.not_sold", Invalid, "产品 {code} 在 {date} 不在销售期内", "The product {code} is not sold on {date}";
}

crate::events! { PRODUCT_EVENTS:
    CREATED = "product.created", "产品已建立", "A product was entered";
    CHANGED = "product.changed", "产品已修改", "A product was changed";
    COSTED = "product.costed", "产品成本已调整", "What a product costs was changed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[PRODUCT_REFUSALS], events: &[PRODUCT_EVENTS], enums: &[] };

/// Which product.
pub type ProductId = Id<Product>;

/// At most so many costs of one product.
pub const COSTS_MAX: usize = 200;
/// The largest rate of value added tax, in basis points.
const TAX_RATE_MAX: u32 = 10_000;

/// What a product is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProductDetails {
    /// Its code, 1 to 40 characters; unique.
    pub code: String,
    /// Its Chinese name, 1 to 60 characters.
    pub name_zh: String,
    /// Its English name, 1 to 60 characters.
    pub name_en: String,
    /// What kind of product, 1 to 60 characters; also the product line of a filing.
    pub category: String,
    /// In what it is counted, 1 to 20 characters: 台, 套, 米.
    pub unit: String,
    /// The decimals of that unit, 0 to 4.
    pub decimals: u32,
    /// The value added tax in its prices, in basis points of the net.
    pub tax_rate_bp: u32,
    /// The first day it is sold.
    pub sold_from: BusinessDate,
    /// The last day it is sold; none is without end.
    pub sold_to: Option<BusinessDate>,
    /// The other system that keeps it, and its identity there.
    pub external: Option<(String, String)>,
}

impl ProductDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let Self {
            code,
            name_zh,
            name_en,
            category,
            unit,
            decimals,
            tax_rate_bp,
            sold_from,
            sold_to,
            external,
        } = self;
        for (pointer, text, max) in [
            ("/code", code, 40),
            ("/name_zh", name_zh, 60),
            ("/name_en", name_en, 60),
            ("/category", category, 60),
            ("/unit", unit, 20),
        ] {
            wording::check(&mut findings, pointer, text, max);
        }
        for (pointer, value, max) in
            [("/decimals", *decimals, MOST_DECIMALS), ("/tax_rate_bp", *tax_rate_bp, TAX_RATE_MAX)]
        {
            if value > max {
                findings.add_with(pointer, codes::OUT_OF_RANGE, [("min", json!(0)), ("max", json!(max))]);
            }
        }
        if let Some(to) = sold_to.filter(|to| to < sold_from) {
            findings.add_with("/sold_to", codes::PERIOD_REVERSED, days(*sold_from, to));
        }
        if let Some((source, external_id)) = external {
            wording::check(&mut findings, "/source", source, 40);
            wording::check(&mut findings, "/external_id", external_id, 100);
        }
        findings.into_result().map_err(cite)
    }
}

/// The days of a period that ends before it begins, as its refusal tells them.
fn days(from: BusinessDate, to: BusinessDate) -> [(&'static str, serde_json::Value); 2] {
    [("from", json!(from.to_string())), ("to", json!(to.to_string()))]
}

/// What a unit costs the company for some days.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProductCost {
    /// The first day.
    pub from: BusinessDate,
    /// The last day; none: until the next begins.
    pub to: Option<BusinessDate>,
    /// How much, tax not included; not below nothing.
    pub amount: Money,
}

/// Something the company sells.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Product {
    /// Identity.
    pub id: ProductId,
    /// What it is.
    pub details: ProductDetails,
    /// What it costs, the earliest first.
    pub costs: Vec<ProductCost>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Product {
    const KIND: &'static str = "product";
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

impl Product {
    /// Enters a product.
    ///
    /// # Errors
    /// What is not well formed, all of it named.
    pub fn create(id: ProductId, details: ProductDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let product = Self { id, details, costs: Vec::new(), version: 0 };
        let facts = product.facts();
        Ok(Change::created(product, CREATED, facts))
    }

    /// Changes what it is. What is priced keeps the decimals it was priced in.
    ///
    /// # Errors
    /// What is not well formed; `product.unit_in_use`.
    pub fn revise(self, details: ProductDetails, is_priced: bool) -> Result<Change<Self>, Refusal> {
        details.check()?;
        if is_priced && details.decimals < self.details.decimals {
            let code = self.details.code;
            return Err(cite(Refusal::new(UNIT_IN_USE).with("code", code).at("/decimals")));
        }
        let after = Self { details, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    /// Says what it costs, all of it: history is part of what is said.
    ///
    /// # Errors
    /// `product.costs_overlap`, `product.costs_too_many`, amounts below nothing or of another currency.
    pub fn cost(self, costs: Vec<ProductCost>) -> Result<Change<Self>, Refusal> {
        check_costs(&costs)?;
        let after = Self { costs, ..self.clone() };
        // What it costs is for those who may read it: the feed tells only that it moved.
        let facts = after.facts();
        Ok(Change::updated(self, after, COSTED, facts))
    }

    /// What a unit costs on a day; none where nobody said so.
    pub fn cost_on(&self, day: BusinessDate) -> Option<Money> {
        let holds = |cost: &&ProductCost| cost.from <= day;
        let latest = self.costs.iter().rev().find(holds)?;
        latest.to.is_none_or(|to| day <= to).then_some(latest.amount)
    }

    /// Whether it is sold on a day.
    ///
    /// # Errors
    /// `product.not_sold`.
    pub fn expect_sold(&self, day: BusinessDate) -> Result<(), Refusal> {
        let ProductDetails { sold_from, sold_to, code, .. } = &self.details;
        if *sold_from <= day && sold_to.is_none_or(|to| day <= to) {
            return Ok(());
        }
        Err(cite(Refusal::new(NOT_SOLD).with("code", code.clone()).with("date", json!(day))))
    }

    fn facts(&self) -> serde_json::Value {
        json!({"code": self.details.code, "category": self.details.category})
    }
}

fn check_costs(costs: &[ProductCost]) -> Result<(), Refusal> {
    // All of one currency: that of the first.
    let currency = costs.first().map_or(Currency::Cny, |first| first.amount.currency());
    let mut findings = Findings::new();
    if costs.len() > COSTS_MAX {
        findings.add_with("/costs", COSTS_TOO_MANY, [("max", json!(COSTS_MAX))]);
    }
    for (index, cost) in costs.iter().enumerate() {
        let pointer = format!("/costs/{index}");
        if let Some(to) = cost.to.filter(|to| *to < cost.from) {
            findings.add_with(format!("{pointer}/to"), codes::PERIOD_REVERSED, days(cost.from, to));
        }
        let before = index.checked_sub(1).and_then(|before| costs.get(before));
        if before.is_some_and(|before| cost.from <= before.to.unwrap_or(before.from)) {
            findings.add(format!("{pointer}/from"), COSTS_OVERLAP);
        }
        if cost.amount.currency() != currency {
            let expected = [("expected", json!(currency.code()))];
            findings.add_with(format!("{pointer}/amount"), codes::WRONG_CURRENCY, expected);
        } else if cost.amount.minor() < 0 {
            findings.add(format!("{pointer}/amount"), codes::AMOUNT_NOT_POSITIVE);
        }
    }
    findings.into_result().map_err(cite)
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("PROD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> BusinessDate {
        BusinessDate::from_ymd_opt(2026, 3, day).expect("a day")
    }
    fn details() -> ProductDetails {
        ProductDetails {
            code: "P-1".into(),
            name_zh: "监护仪".into(),
            name_en: "Monitor".into(),
            category: "监护".into(),
            unit: "台".into(),
            decimals: 1,
            tax_rate_bp: 1_300,
            sold_from: day(1),
            sold_to: Some(day(20)),
            external: None,
        }
    }
    fn cost(from: u32, to: Option<u32>, amount: i64) -> ProductCost {
        ProductCost { from: day(from), to: to.map(day), amount: Money::from_minor(amount, Currency::Cny) }
    }
    fn product() -> Product {
        Product::create(Id::from_uuid(Uuid::from_u128(1)), details()).expect("it is sound").into_after()
    }

    #[test]
    fn a_cost_holds_until_the_next_begins_or_its_last_day() {
        let costed = product().cost(vec![cost(1, None, 100), cost(5, Some(9), 120)]);
        let product = costed.expect("it is sound").into_after();
        let on = |date| product.cost_on(day(date)).map(Money::minor);
        assert_eq!([on(1), on(4), on(5), on(9), on(10)], [Some(100), Some(100), Some(120), Some(120), None]);
        let overlapping = product.cost(vec![cost(1, Some(5), 1), cost(5, None, 1)]);
        assert_eq!(overlapping.expect_err("refused").code.code, "product.costs_overlap");
    }

    #[test]
    fn it_is_sold_from_its_first_to_its_last_day() {
        let sold = |date| product().expect_sold(day(date)).is_ok();
        assert_eq!([sold(1), sold(20), sold(21)], [true, true, false]);
    }

    #[test]
    fn what_is_priced_keeps_its_decimals() {
        let fewer = ProductDetails { decimals: 0, ..details() };
        assert!(product().revise(fewer.clone(), false).is_ok());
        assert_eq!(product().revise(fewer, true).expect_err("refused").code.code, "product.unit_in_use");
    }
}
