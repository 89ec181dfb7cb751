//! What sales earn (提成方案): the first rate that fits a line, or tiers over the month. `[COM; 002 §5]`

use super::{PLAN_INCOMPLETE, accrual::Earned, tier::Tiers};
use crate::{
    quantity::Quantity,
    spine::{Finding, Findings, Money, PolicyContent, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The code under which the company's plan is kept.
pub const COMMISSION_PLAN_CODE: &str = "commission-plan/company";
/// That plan as shipped.
pub const SHIPPED_COMMISSION_PLAN: &str = include_str!("../shipped/commission_plan.json");

/// What of a line commission is reckoned on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommissionBase)]
pub enum Base {
    /// What the customer pays, tax included.
    Gross,
    /// The same without tax.
    Net,
    /// Net less cost; of a line whose cost nobody has said, nothing.
    Profit,
}

crate::labels! { Base = "CommissionBase":
    Gross = "gross", "含税金额", "Tax included";
    Net = "net", "不含税金额", "Without tax";
    Profit = "profit", "毛利", "Profit";
}

/// What a line pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
#[schema(as = CommissionPay)]
pub enum Pays {
    /// A share of its base.
    Share {
        /// Of what.
        of: Base,
        /// How much, in basis points.
        rate_bp: u32,
    },
    /// So much a unit.
    PerUnit {
        /// In the book currency.
        #[serde(rename = "amount", alias = "amount_minor", with = "crate::spine::book_money")]
        #[schema(value_type = Money)]
        amount_minor: i64,
    },
}

crate::labels! { tagged Pays = "CommissionPay":
    Share = "share", "按比例", "A share";
    PerUnit = "per_unit", "按数量", "A sum for each unit";
}

/// A rate, and of which lines; of all where neither product nor category is named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionPlanRate)]
pub struct PlanRate {
    /// Only of the product of this code.
    #[serde(default)]
    pub product: Option<String>,
    /// Only of products of this category.
    #[serde(default)]
    pub category: Option<String>,
    /// What it pays.
    pub pays: Pays,
}

/// Rates by what the credited person closed in the month, in place of the rates of the lines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionTiered)]
pub struct Tiered {
    /// Of what.
    pub of: Base,
    /// The tiers.
    pub tiers: Tiers,
}

/// What sales earn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommissionPlan {
    /// The rates in their order: the first that fits a line is its rate. The last fits all.
    pub rates: Vec<PlanRate>,
    /// Tiers; none where the rates of the lines count.
    #[serde(default)]
    pub tiered: Option<Tiered>,
}

/// A line of a sale as a plan reads it; amounts in minor units of the book currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanLine {
    /// The code of the product.
    pub product: String,
    /// Its category.
    pub category: String,
    /// How many.
    pub quantity: Quantity,
    /// What the customer pays.
    pub gross: i64,
    /// The same without tax.
    pub net: i64,
    /// What it costs the company.
    pub cost: Option<i64>,
}

impl PlanLine {
    fn base(&self, base: Base) -> i64 {
        match base {
            Base::Gross => self.gross,
            Base::Net => self.net,
            Base::Profit => self.cost.map_or(0, |cost| self.net - cost),
        }
    }
}

impl CommissionPlan {
    /// What of a sale counts for the tiers of its month.
    pub fn tier_base(&self, lines: &[PlanLine]) -> i64 {
        let of = self.tiered.as_ref().map_or(Base::Net, |tiered| tiered.of);
        lines.iter().map(|line| line.base(of)).sum()
    }

    /// What a sale earns, exact. `before` is what the credited person closed in the month before it, as of
    /// [`Self::tier_base`], and `month` in all of it.
    pub fn earned(&self, lines: &[PlanLine], before: i64, month: i64) -> Earned {
        if let Some(tiered) = &self.tiered {
            return tiered.tiers.earned(before, self.tier_base(lines), month);
        }
        lines.iter().fold(Earned::default(), |sum, line| sum.plus(self.of_line(line)))
    }

    fn of_line(&self, line: &PlanLine) -> Earned {
        let fits = |rate: &&PlanRate| {
            rate.product.as_ref().is_none_or(|product| *product == line.product)
                && rate.category.as_ref().is_none_or(|category| *category == line.category)
        };
        match self.rates.iter().find(fits).map(|rate| rate.pays) {
            Some(Pays::Share { of, rate_bp }) => Earned::at_rate(line.base(of), rate_bp),
            Some(Pays::PerUnit { amount_minor }) => Earned::per_unit(line.quantity, amount_minor),
            None => Earned::default(),
        }
    }
}

impl PolicyContent for CommissionPlan {
    const KIND: &'static str = "commission-plan";
    const EXAMPLE: &'static str = SHIPPED_COMMISSION_PLAN;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        for (index, rate) in self.rates.iter().enumerate() {
            let pointer = format!("/content/rates/{index}/pays");
            match rate.pays {
                Pays::Share { rate_bp, .. } if rate_bp > 10_000 => {
                    let range = [("min", json!(0)), ("max", json!(10_000))];
                    findings.add_with(format!("{pointer}/rate_bp"), codes::OUT_OF_RANGE, range);
                }
                Pays::PerUnit { amount_minor } if amount_minor < 0 => {
                    findings.add(format!("{pointer}/amount"), codes::AMOUNT_NOT_POSITIVE);
                }
                _ => {}
            }
        }
        if self.rates.last().is_none_or(|last| last.product.is_some() || last.category.is_some()) {
            findings.add("/content/rates", PLAN_INCOMPLETE);
        }
        if let Some(Err(refusal)) = self.tiered.as_ref().map(|tiered| tiered.tiers.check()) {
            findings.absorb(refusal.at("/content/tiered/tiers"));
        }
        findings.into_vec()
    }
}
