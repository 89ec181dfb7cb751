//! Rates by what the credited person closed in the month (阶梯提成). `[COM, § How it is computed, 4]`

use super::{TIERS_NOT_ADJOINING, accrual::Earned};
use crate::spine::{Money, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How tiers are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommissionTierMode)]
pub enum TierMode {
    /// Each part of the month's closings at the rate of its tier, in the order of closing.
    Marginal,
    /// All of the month at the rate of the tier that the month's sum reaches.
    Whole,
}

crate::labels! { TierMode = "CommissionTierMode":
    Marginal = "marginal", "分段累进", "By the part in each tier";
    Whole = "whole", "全额按所达档位", "The whole by the tier reached";
}

/// From where on a rate holds: until the next tier begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionTier)]
pub struct Tier {
    /// From which sum of the month on, in minor units.
    #[serde(with = "crate::spine::book_money")]
    #[schema(value_type = Money)]
    pub from: i64,
    /// The rate, in basis points.
    pub rate_bp: u32,
}

/// Rates that adjoin, the first from nothing on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionTiers)]
pub struct Tiers {
    /// How they are read.
    pub mode: TierMode,
    /// The tiers, the lowest first.
    pub tiers: Vec<Tier>,
}

impl Tiers {
    /// Whether every sum has exactly one rate.
    ///
    /// # Errors
    /// `commission_plan.tiers_not_adjoining`.
    pub fn check(&self) -> Result<(), Refusal> {
        let begins = self.tiers.first().is_some_and(|first| first.from == 0);
        let rises = self.tiers.windows(2).all(|pair| pair[0].from < pair[1].from);
        if begins && rises { Ok(()) } else { Err(Refusal::new(TIERS_NOT_ADJOINING)) }
    }

    /// What a sale earns where so much was closed before it in the month, and so much in the whole month. Provisional
    /// until the month's statement, then frozen with the sale.
    pub fn earned(&self, before: i64, base: i64, month: i64) -> Earned {
        match self.mode {
            TierMode::Whole => Earned::at_rate(base, self.reached(month)),
            TierMode::Marginal => self.bands().fold(Earned::default(), |sum, (from, to, rate_bp)| {
                let inside = (before + base).min(to) - before.max(from);
                if inside > 0 { sum.plus(Earned::at_rate(inside, rate_bp)) } else { sum }
            }),
        }
    }

    fn reached(&self, sum: i64) -> u32 {
        self.tiers.iter().rev().find(|tier| tier.from <= sum).map_or(0, |tier| tier.rate_bp)
    }

    fn bands(&self) -> impl Iterator<Item = (i64, i64, u32)> {
        let ends = self.tiers.iter().skip(1).map(|tier| tier.from).chain([i64::MAX]);
        self.tiers.iter().zip(ends).map(|(tier, to)| (tier.from, to, tier.rate_bp))
    }
}
