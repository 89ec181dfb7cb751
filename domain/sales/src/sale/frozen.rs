//! The terms that freeze with a sale (冻结的提成条件): what each product pays and costs, or what tiers made of the whole. What the sale
//! earns is reckoned anew from them whenever it comes to be of other lines, so that no order of returns and amendments
//! matters, and what had come to nothing earns again once it is of something. `[COM-10b, ORD-3]`

use super::SaleLine;
use crate::{
    commission::{
        Earned,
        plan::{Base, Pays},
    },
    document_line::extended,
    product::ProductId,
    quantity::Quantity,
    spine::{Currency, Money},
};
use serde::{Deserialize, Serialize};

/// What a product pays, and costs a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FrozenRate {
    /// Which.
    pub product: ProductId,
    /// What it pays.
    pub pays: Pays,
    /// What a unit costs the company, in minor units; none where nobody has said it.
    pub unit_cost: Option<i64>,
}

/// What tiers made of a sale: so much of so much. It is rated anew as others of its month close, until a statement shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FrozenTier {
    /// Of what.
    pub of: Base,
    /// Of how much, in minor units.
    pub base: i64,
    /// What that earned.
    pub earned: Earned,
}

/// The terms that freeze with a sale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Frozen {
    /// The version of the plan.
    pub plan_version: i32,
    /// The version of the rules.
    pub rules_version: i32,
    /// What the sale earns as it is by now.
    pub earned: Earned,
    /// What of it counts for the tiers of its month, in minor units.
    pub tier_base: i64,
    /// What each product pays. Sales of before this was kept have none.
    #[serde(default)]
    pub rates: Vec<FrozenRate>,
    /// What tiers made of it, in place of those rates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<FrozenTier>,
}

impl Frozen {
    /// What a product pays.
    pub fn rate_of(&self, product: ProductId) -> Option<&FrozenRate> {
        self.rates.iter().find(|rate| rate.product == product)
    }

    /// What so many of a product cost, by what a unit cost when the sale closed.
    pub fn cost_of(&self, product: ProductId, quantity: Quantity) -> Option<i64> {
        let unit = self.rate_of(product)?.unit_cost?;
        extended(quantity, Money::from_minor(unit, Currency::Cny)).ok().map(Money::minor)
    }

    /// Lets the sale be of these lines.
    pub fn apply_to(&mut self, lines: &[SaleLine]) {
        let of = self.tier.map_or(Base::Net, |tier| tier.of);
        self.tier_base = lines.iter().map(|line| base(line, of)).sum();
        self.earned = match self.tier {
            Some(tier) => tier.earned.in_proportion(tier.base, self.tier_base),
            None => lines.iter().fold(Earned::default(), |sum, line| sum.plus(self.of_line(line))),
        };
    }

    fn of_line(&self, line: &SaleLine) -> Earned {
        match self.rate_of(line.product).map(|rate| rate.pays) {
            Some(Pays::Share { of, rate_bp }) => Earned::at_rate(base(line, of), rate_bp),
            Some(Pays::PerUnit { amount_minor }) => Earned::per_unit(line.quantity, amount_minor),
            None => Earned::default(),
        }
    }
}

fn base(line: &SaleLine, of: Base) -> i64 {
    of.of(line.gross, line.net, line.cost)
}
