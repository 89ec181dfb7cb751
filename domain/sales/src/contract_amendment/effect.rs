//! What an amendment may come to: never less than was shipped and kept, never below what was collected unless the rest goes back; a
//! termination settles what was shipped, collected, and is owed. `[CON-3]`

use super::*;
use crate::{
    document_line::{Amounts, kept},
    product::ProductId,
    quantity::Quantity,
    refund::RefundId,
    sales_contract::{SalesContract, SalesContractContent, SalesContractState},
    spine::{BusinessDate, MoneyError},
};
use std::collections::BTreeMap;

/// What was performed of a contract by now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Performed {
    /// Shipped of each product less what came back, in ten-thousandths of the unit, with its code.
    pub shipped: BTreeMap<ProductId, (i64, String)>,
    /// An order under it of which something is still to be shipped, or that waits for its review.
    pub open_order: Option<String>,
    /// Allocated to it less what was refunded, in minor units.
    pub collected: i64,
}

/// What an amendment came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AmendmentEffect {
    /// When.
    pub at: Timestamp,
    /// The business day: credit and commission count on it.
    pub on: BusinessDate,
    /// Which revision of the contract it made; of a termination the last one's.
    pub revision: u32,
    /// What the contract came to before, in minor units.
    pub total_before: i64,
    /// What it comes to since; of a termination, what was shipped and kept.
    pub total: i64,
    /// What was collected by then.
    pub collected: i64,
    /// The refund of what was collected beyond that.
    pub refund: Option<RefundId>,
    /// What had come back of each product by then, in ten-thousandths of the unit: the contract's quantities are net of it since.
    pub returned: Vec<(ProductId, i64)>,
}

impl AmendmentEffect {
    /// What is still owed, in minor units.
    pub fn owed(&self) -> i64 {
        (self.total - self.collected).max(0)
    }
}

impl ContractAmendment {
    /// Whether it may be submitted, or take effect, of a contract as it stands.
    ///
    /// # Errors
    /// `contract_amendment.not_signed`, `contract_amendment.nothing_changed`, `contract_amendment.below_shipped`,
    /// `contract_amendment.orders_open`, `contract_amendment.below_collected`; what the contract would not be well formed by.
    pub fn check_against(&self, contract: &SalesContract, known: &Performed) -> Result<(), Refusal> {
        if contract.state() != SalesContractState::Signed {
            let refusal = Refusal::new(NOT_SIGNED).with("number", contract.petition.number.clone());
            return Err(cite(refusal.with_label("state", contract.state()).at("/contract_id")));
        }
        match self.content.kind {
            AmendmentKind::Amend => {
                let after = self.becomes(&contract.content);
                if after == contract.content {
                    return Err(cite(Refusal::new(NOTHING_CHANGED).at("/lines")));
                }
                after.check_amended()?;
                self.check_shipped(known)?;
            }
            AmendmentKind::Terminate => {
                if let Some(number) = &known.open_order {
                    return Err(cite(Refusal::new(ORDERS_OPEN).with("number", number.clone())));
                }
            }
        }
        let total = self.total_of(contract, known).map_err(|_| cite(Refusal::new(NOTHING_CHANGED)))?;
        if known.collected > total && !self.content.refunds && contract.is_own_sale() {
            let yuan = |minor| Money::from_minor(minor, Currency::Cny).to_string();
            let refusal = Refusal::new(BELOW_COLLECTED).with("total", yuan(total));
            return Err(cite(refusal.with("collected", yuan(known.collected)).at("/refunds")));
        }
        Ok(())
    }

    /// That another amendment of the contract waits: what each says would undo the other's.
    pub fn refuse_beside(&self, contract: &SalesContract, other: String) -> Refusal {
        let refusal = Refusal::new(ANOTHER_PENDING).with("number", contract.petition.number.clone());
        cite(refusal.with("other", other).at("/contract_id"))
    }

    fn check_shipped(&self, known: &Performed) -> Result<(), Refusal> {
        let mut wanted: BTreeMap<ProductId, i64> = BTreeMap::new();
        for line in &self.content.lines {
            *wanted.entry(line.product).or_default() += line.quantity.scaled();
        }
        let mut findings = Findings::new();
        for (product, (shipped, code)) in &known.shipped {
            let quantity = wanted.get(product).copied().unwrap_or_default();
            if quantity < *shipped {
                let said = |scaled| json!(Quantity::from_scaled(scaled).to_string());
                let named =
                    [("product", json!(code)), ("shipped", said(*shipped)), ("quantity", said(quantity))];
                findings.add_with("/lines", BELOW_SHIPPED, named);
            }
        }
        findings.into_result().map_err(cite)
    }

    /// What the contract says from then on.
    pub fn becomes(&self, before: &SalesContractContent) -> SalesContractContent {
        let AmendmentContent { lines, discount, .. } = &self.content;
        match self.content.kind {
            AmendmentKind::Amend => {
                SalesContractContent { lines: lines.clone(), discount: *discount, ..before.clone() }
            }
            AmendmentKind::Terminate => before.clone(),
        }
    }

    /// What the contract comes to from then on, in minor units.
    ///
    /// # Errors
    /// Amounts of two currencies, or too large.
    pub fn total_of(&self, contract: &SalesContract, known: &Performed) -> Result<i64, MoneyError> {
        match self.content.kind {
            AmendmentKind::Amend => self.becomes(&contract.content).total().map(Money::minor),
            AmendmentKind::Terminate => {
                Ok(shipped_of(&contract.content, known)?.iter().map(|(_, gross)| gross.minor()).sum())
            }
        }
    }
}

/// What was shipped and kept of each line of a contract, and what that comes to: of the lines of a product in their order.
///
/// # Errors
/// Amounts of two currencies, or too large.
pub fn shipped_of(
    content: &SalesContractContent,
    known: &Performed,
) -> Result<Vec<(Quantity, Money)>, MoneyError> {
    let mut left: BTreeMap<ProductId, i64> =
        known.shipped.iter().map(|(product, (shipped, _))| (*product, *shipped)).collect();
    let amounts = content.amounts()?;
    let shipped = |(line, amounts): (&ContractLine, Amounts)| {
        let left = left.entry(line.product).or_default();
        let part = (*left).clamp(0, line.quantity.scaled());
        *left -= part;
        let quantity = Quantity::from_scaled(part);
        Ok((quantity, kept(amounts.gross, line.quantity, quantity)?))
    };
    content.lines.iter().zip(amounts).map(shipped).collect()
}
