//! What a contract says: lines with frozen tax, a discount, and what its review found. `[CON-1, LINE]`

use super::{DISCOUNT_BEYOND_LINES, REVIEW_INCOMPLETE, REVIEW_TWICE, cite};
use crate::{
    customer_file::CustomerId,
    document_line::{Amounts, Priced, amounts},
    instalment::{InstalmentTerm, MILESTONES_OF_CONTRACTS, OF_ITS_ORDERS, check_terms},
    product::ProductId,
    quantity::Quantity,
    spine::{Currency, Findings, Money, MoneyError, Refusal, codes, wording},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

crate::refusals! { CONTENT_REFUSALS:
    NOT_IN_BOOK_CURRENCY = "sales_contract.not_in_book_currency", Invalid, "合同须以记账本位币计价", "A contract is priced in the book currency";
}

/// At most so many lines.
const LINES_MAX: usize = 200;

/// What kind of contract it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesContractKind)]
pub enum ContractKind {
    /// A sale.
    Sale,
    /// The purchase of a unit.
    UnitPurchase,
    /// With a channel partner.
    Channel,
    /// A framework: its orders are sales of their own.
    Framework,
}

crate::labels! { ContractKind = "SalesContractKind":
    Sale = "sale", "销售合同", "Sale";
    UnitPurchase = "unit_purchase", "认购合同", "Purchase of a unit";
    Channel = "channel", "渠道合同", "Channel";
    Framework = "framework", "框架合同", "Framework";
}

/// What the review of a contract looks at. `[003 销售合同管理]`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContractReviewSubject)]
pub enum ReviewSubject {
    /// Rights and duties.
    RightsAndDuties,
    /// The specification.
    Specification,
    /// The quantity.
    Quantity,
    /// The price.
    Price,
    /// The time of delivery.
    DeliveryTime,
    /// The payment.
    Payment,
}

crate::labels! { ReviewSubject = "ContractReviewSubject":
    RightsAndDuties = "rights_and_duties", "权利义务", "Rights and duties";
    Specification = "specification", "规格", "Specification";
    Quantity = "quantity", "数量", "Quantity";
    Price = "price", "价格", "Price";
    DeliveryTime = "delivery_time", "交货期", "Delivery time";
    Payment = "payment", "付款方式", "Payment";
}

/// What the review found of a subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContractReviewFinding)]
pub enum ReviewFinding {
    /// As is usual.
    Met,
    /// Otherwise, with a reason.
    Deviates,
}

crate::labels! { ReviewFinding = "ContractReviewFinding":
    Met = "met", "符合", "Met";
    Deviates = "deviates", "偏离", "Deviates";
}

/// A line of the review.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reviewed {
    /// Of what.
    pub subject: ReviewSubject,
    /// What was found.
    pub finding: ReviewFinding,
    /// Why, where it deviates: 1 to 500 characters.
    pub reason: Option<String>,
}

/// A line of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContractLine {
    /// What is sold.
    pub product: ProductId,
    /// How many.
    pub quantity: Quantity,
    /// What a unit costs, tax included.
    pub price: Money,
    /// The tax in it, as the product bore it when the line was written; in basis points of the net.
    pub tax_rate_bp: u32,
}

/// What a contract says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SalesContractContent {
    /// With whom.
    pub customer: CustomerId,
    /// What kind.
    pub kind: ContractKind,
    /// What it is about: 1 to 200 characters.
    pub subject: String,
    /// The region it counts in.
    pub region: Option<String>,
    /// The channel it counts in.
    pub channel: Option<String>,
    /// What is sold, 1 to 200 lines.
    pub lines: Vec<ContractLine>,
    /// What is taken off the whole, spread over the lines.
    pub discount: Money,
    /// What its review found.
    pub review: Vec<Reviewed>,
    /// In which parts it is paid, each by when; where there are none the whole is due as the terms of receivables say.
    pub instalments: Vec<InstalmentTerm>,
}

impl SalesContractContent {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/subject", &self.subject, 200);
        wording::check_optional(&mut findings, "/region", self.region.as_deref(), 40);
        wording::check_optional(&mut findings, "/channel", self.channel.as_deref(), 40);
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            let range = [("min", json!(1)), ("max", json!(LINES_MAX))];
            findings.add_with("/lines", codes::OUT_OF_RANGE, range);
        }
        for (index, line) in self.lines.iter().enumerate() {
            if line.price.currency() != Currency::Cny {
                findings.add(format!("/lines/{index}/price"), NOT_IN_BOOK_CURRENCY);
            } else if !line.price.is_positive() {
                findings.add(format!("/lines/{index}/price"), codes::AMOUNT_NOT_POSITIVE);
            }
        }
        if self.discount.currency() != Currency::Cny {
            findings.add("/discount", NOT_IN_BOOK_CURRENCY);
        }
        self.check_reasons(&mut findings);
        if matches!(self.kind, ContractKind::Framework) && !self.instalments.is_empty() {
            findings.add("/instalments", OF_ITS_ORDERS);
        } else {
            let total = self.total().ok();
            check_terms(&mut findings, &self.instalments, total, MILESTONES_OF_CONTRACTS);
        }
        findings.into_result().map_err(cite)?;
        let is_whole = !self.discount.minor().is_negative() && self.total().is_ok_and(Money::is_positive);
        if is_whole { Ok(()) } else { Err(cite(Refusal::new(DISCOUNT_BEYOND_LINES).at("/discount"))) }
    }

    fn check_reasons(&self, findings: &mut Findings) {
        let mut seen = BTreeSet::new();
        for (index, reviewed) in self.review.iter().enumerate() {
            if !seen.insert(reviewed.subject) {
                findings.add(format!("/review/{index}/subject"), REVIEW_TWICE);
            }
            let pointer = format!("/review/{index}/reason");
            match (reviewed.finding, &reviewed.reason) {
                (ReviewFinding::Deviates, None) => findings.add(pointer, codes::REQUIRED),
                (_, reason) => wording::check_optional(findings, &pointer, reason.as_deref(), 500),
            }
        }
    }

    /// Whether the review says something of every subject.
    pub(super) fn check_review(&self) -> Result<(), Refusal> {
        let said: BTreeSet<_> = self.review.iter().map(|reviewed| reviewed.subject).collect();
        match ReviewSubject::ALL.into_iter().find(|subject| !said.contains(subject)) {
            None => Ok(()),
            Some(missing) => {
                Err(cite(Refusal::new(REVIEW_INCOMPLETE).with_label("subject", missing).at("/review")))
            }
        }
    }

    /// What each line comes to, its part of the discount taken off.
    ///
    /// # Errors
    /// Amounts of two currencies, or too large.
    pub fn amounts(&self) -> Result<Vec<Amounts>, MoneyError> {
        let priced: Vec<Priced> = self
            .lines
            .iter()
            .map(|line| Priced { quantity: line.quantity, price: line.price, tax_rate_bp: line.tax_rate_bp })
            .collect();
        amounts(&priced, self.discount)
    }

    /// What the customer pays, tax included.
    ///
    /// # Errors
    /// Amounts of two currencies, or too large.
    pub fn total(&self) -> Result<Money, MoneyError> {
        Money::sum(self.amounts()?.into_iter().map(|line| line.gross), Currency::Cny)
    }
}
