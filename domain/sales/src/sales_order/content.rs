//! What an order says: lines with frozen tax, a discount, by when. `[ORD-1, LINE]`

use super::{ORDER_DISCOUNT_BEYOND, cite};
use crate::{
    customer_file::CustomerId,
    document_line::{Amounts, Priced, amounts},
    instalment::{InstalmentTerm, MILESTONES_OF_ORDERS, check_terms},
    product::ProductId,
    quantity::Quantity,
    sales_contract::SalesContractId,
    spine::{BusinessDate, Currency, Findings, Id, Money, MoneyError, Refusal, codes, wording},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

crate::refusals! { CONTENT_REFUSALS:
    ORDER_NOT_IN_BOOK_CURRENCY = "sales_order.not_in_book_currency", Invalid, "订单须以记账本位币计价", "An order is priced in the book currency";
}

/// At most so many lines.
const LINES_MAX: usize = 200;

/// The id of a line.
pub type OrderLineId = Id<OrderLine>;

/// A line of an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OrderLine {
    /// Identity: what its figures count.
    pub id: OrderLineId,
    /// What is ordered.
    pub product: ProductId,
    /// How many.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
    /// The tax in it, as the product bore it when the line was written; in basis points of the net.
    pub tax_rate_bp: u32,
}

/// What an order says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SalesOrderContent {
    /// From whom.
    pub customer: CustomerId,
    /// Under which contract, where there is one.
    pub contract: Option<SalesContractId>,
    /// The region it counts in.
    pub region: Option<String>,
    /// The channel it counts in.
    pub channel: Option<String>,
    /// What is ordered, 1 to 200 lines.
    pub lines: Vec<OrderLine>,
    /// What is taken off the whole, spread over the lines.
    pub discount: Money,
    /// By which day the customer wants it.
    pub deliver_by: Option<BusinessDate>,
    /// What is to be heeded: 1 to 500 characters.
    pub note: Option<String>,
    /// The other system that keeps it and its identity there; unique together.
    pub external: Option<(String, String)>,
    /// In which parts it is paid, each by when, where it is a sale of its own; where there are none the whole is due as the
    /// terms of receivables say.
    pub instalments: Vec<InstalmentTerm>,
}

impl SalesOrderContent {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/region", self.region.as_deref(), 40);
        wording::check_optional(&mut findings, "/channel", self.channel.as_deref(), 40);
        wording::check_optional(&mut findings, "/note", self.note.as_deref(), 500);
        if let Some((source, identity)) = &self.external {
            wording::check(&mut findings, "/external/source", source, 40);
            wording::check(&mut findings, "/external/external_id", identity, 100);
        }
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            let range = [("min", json!(1)), ("max", json!(LINES_MAX))];
            findings.add_with("/lines", codes::OUT_OF_RANGE, range);
        }
        for (index, line) in self.lines.iter().enumerate() {
            if line.price.currency() != Currency::Cny {
                findings.add(format!("/lines/{index}/price"), ORDER_NOT_IN_BOOK_CURRENCY);
            } else if !line.price.is_positive() {
                findings.add(format!("/lines/{index}/price"), codes::AMOUNT_NOT_POSITIVE);
            }
        }
        if self.discount.currency() != Currency::Cny {
            findings.add("/discount", ORDER_NOT_IN_BOOK_CURRENCY);
        }
        check_terms(&mut findings, &self.instalments, self.total().ok(), MILESTONES_OF_ORDERS);
        findings.into_result().map_err(cite)?;
        let is_whole = !self.discount.minor().is_negative() && self.total().is_ok_and(Money::is_positive);
        if is_whole { Ok(()) } else { Err(cite(Refusal::new(ORDER_DISCOUNT_BEYOND).at("/discount"))) }
    }

    /// What each line comes to, its part of the discount taken off.
    ///
    /// # Errors
    /// Amounts of two currencies, or too large.
    pub fn amounts(&self) -> Result<Vec<Amounts>, MoneyError> {
        let priced = |line: &OrderLine| Priced {
            quantity: line.quantity,
            price: line.price,
            tax_rate_bp: line.tax_rate_bp,
        };
        amounts(&self.lines.iter().map(priced).collect::<Vec<_>>(), self.discount)
    }

    /// What the customer pays, tax included.
    ///
    /// # Errors
    /// Amounts of two currencies, or too large.
    pub fn total(&self) -> Result<Money, MoneyError> {
        Money::sum(self.amounts()?.into_iter().map(|line| line.gross), Currency::Cny)
    }
}
