//! The company's terms of pricing, ordering, delivering and granting credit (订货与授信规则). `[PRI-2a, ORD-1, ORD-2, REC-1d, REC-1e]`

use crate::{
    spine::{Finding, Findings, Money, PolicyContent, codes},
    terms::{check_numbers, check_prefixes},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which they are kept.
pub const ORDER_TERMS_CODE: &str = "order-terms/company";
/// Those terms as shipped.
pub const SHIPPED_ORDER_TERMS: &str = include_str!("shipped/order_terms.json");

/// What holds of all orders.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderTerms {
    /// With what numbers of price deviations begin.
    pub deviation_prefix: String,
    /// With what numbers of orders begin.
    pub order_prefix: String,
    /// With what numbers of shipments begin.
    pub shipment_prefix: String,
    /// With what numbers of grants of credit begin.
    pub credit_prefix: String,
    /// How much more than was ordered may be shipped, in basis points of it. `[ORD-1a]`
    pub over_delivery_bp: u32,
    /// How many working hours production may take from the approval on. `[ORD-1b]`
    pub production_hours: u32,
    /// How many working hours shipping may take from when it is finished. `[ORD-1b]`
    pub shipping_hours: u32,
    /// How many working hours delivery may take from the first shipment on. `[ORD-1b]`
    pub delivery_hours: u32,
    /// After how many days overdue new orders of a customer are held. `[REC-1d]`
    pub overdue_hold_days: u32,
    /// How many days a reserved unit may wait for its signature. `[ORD-2]`
    pub reserved_days: u32,
    /// With what numbers of claims for price protection begin. `[PRI-3]`
    #[serde(default = "protection_prefix")]
    pub protection_prefix: String,
    /// How many days after a cut it can be claimed. `[PRI-3]`
    #[serde(default = "thirty_days")]
    pub protection_days: u32,
    /// How many days later a claim lapses that nobody verified. `[PRI-3]`
    #[serde(default = "thirty_days")]
    pub protection_verify_days: u32,
    /// At most what a partner bought in so many days before the cut is protected. `[PRI-3]`
    #[serde(default = "ninety_days")]
    pub protection_bought_days: u32,
    /// The limit of customers to whom none was granted, none: they are not limited. `[REC-1e]`
    #[serde(
        default,
        rename = "limit_without_grant",
        alias = "limit_without_grant_minor",
        with = "crate::spine::book_money::optional"
    )]
    #[schema(value_type = Option<Money>)]
    pub limit_without_grant_minor: Option<i64>,
}

// What held where versions of the terms did not say it yet.
fn protection_prefix() -> String {
    "PP".to_owned()
}
const fn thirty_days() -> u32 {
    30
}
const fn ninety_days() -> u32 {
    90
}

impl PolicyContent for OrderTerms {
    const KIND: &'static str = "order-terms";
    const EXAMPLE: &'static str = SHIPPED_ORDER_TERMS;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let prefixes = [
            ("deviation_prefix", self.deviation_prefix.as_str()),
            ("order_prefix", &self.order_prefix),
            ("shipment_prefix", &self.shipment_prefix),
            ("credit_prefix", &self.credit_prefix),
            ("protection_prefix", &self.protection_prefix),
        ];
        check_prefixes(&mut findings, &prefixes);
        let numbers = [
            ("production_hours", self.production_hours, 1, 10_000),
            ("shipping_hours", self.shipping_hours, 1, 10_000),
            ("delivery_hours", self.delivery_hours, 1, 10_000),
            ("overdue_hold_days", self.overdue_hold_days, 1, 3_660),
            ("reserved_days", self.reserved_days, 1, 366),
            ("over_delivery_bp", self.over_delivery_bp, 0, 10_000),
            ("protection_days", self.protection_days, 1, 366),
            ("protection_verify_days", self.protection_verify_days, 1, 366),
            ("protection_bought_days", self.protection_bought_days, 1, 3_660),
        ];
        check_numbers(&mut findings, &numbers);
        if self.limit_without_grant_minor.is_some_and(i64::is_negative) {
            findings.add("/content/limit_without_grant", codes::AMOUNT_NOT_POSITIVE);
        }
        findings.into_vec()
    }
}
