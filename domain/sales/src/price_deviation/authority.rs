//! Who may agree to how much of a deviation: bands by role, as policy. `[PRI-2; 004 §5.3]`

use super::Deviation;
use crate::spine::{Finding, Findings, PolicyContent, codes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The code under which the authority over prices is kept.
pub const DISCOUNT_AUTHORITY_CODE: &str = "discount-authority/company";

/// That authority as shipped: manager ±500, director ±1500, general manager beyond or below the floor.
pub const SHIPPED_DISCOUNT_AUTHORITY: &str = include_str!("../shipped/discount_authority.json");

/// Who may agree to how much of a deviation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscountAuthority {
    /// Up to how many basis points nobody is asked.
    pub tolerance_bp: u32,
    /// Who may agree up to where, the narrowest first.
    pub bands: Vec<AuthorityBand>,
    /// The role that agrees to what lies beyond all bands or below the floor price.
    pub beyond: String,
    /// How many days an approved deviation can be used.
    pub valid_days: u32,
}

/// How far a role may agree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DiscountAuthorityBand)]
pub struct AuthorityBand {
    /// The code of the role.
    pub role: String,
    /// Up to how many basis points, either way.
    pub within_bp: u32,
}

impl DiscountAuthority {
    /// The role that must agree to a price; none where nobody is asked.
    pub fn asked(&self, deviation: Deviation, below_floor: bool) -> Option<&str> {
        if below_floor {
            return Some(&self.beyond);
        }
        if deviation.is_within(self.tolerance_bp) {
            return None;
        }
        let band = self.bands.iter().find(|band| deviation.is_within(band.within_bp));
        Some(band.map_or(&self.beyond, |band| &band.role))
    }
}

impl PolicyContent for DiscountAuthority {
    const KIND: &'static str = "discount-authority";
    const EXAMPLE: &'static str = SHIPPED_DISCOUNT_AUTHORITY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let mut reached = self.tolerance_bp;
        for (index, band) in self.bands.iter().enumerate() {
            if band.within_bp <= reached || band.within_bp > 10_000 {
                let range = [("min", json!(reached.saturating_add(1))), ("max", json!(10_000))];
                findings.add_with(format!("/content/bands/{index}/within_bp"), codes::OUT_OF_RANGE, range);
            }
            reached = reached.max(band.within_bp);
        }
        if self.beyond.trim().is_empty() {
            findings.add("/content/beyond", codes::REQUIRED);
        }
        findings.within("/content/valid_days", self.valid_days, 1..=3_660);
        findings.into_vec()
    }
}
