//! How far a price is from its list price (价格偏差), and who may agree to that. `[PRI-2; 004 §5.3]`
//!
//! Compared as fractions: 9,500 for 9,999 is −499.05 basis points and within 500, where rounding would have to say which
//! way. Nobody sells above *or* below the list without having asked.

use crate::spine::{Finding, Findings, Money, PolicyContent, codes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::cmp::Ordering;

/// A price against its list price, in minor units of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deviation {
    effective: i64,
    list: i64,
}

impl Deviation {
    /// Of an effective price, or of what a line comes to: after line and document discounts, gifts and points counted
    /// in. None where the list says nothing to compare with.
    pub fn of(effective: Money, list: Money) -> Option<Self> {
        let comparable = list.is_positive() && effective.currency() == list.currency();
        comparable.then(|| Self { effective: effective.minor(), list: list.minor() })
    }

    /// Whether there is any.
    pub const fn is_none(self) -> bool {
        self.effective == self.list
    }

    /// Whether it is a price below the list.
    pub const fn is_below(self) -> bool {
        self.effective < self.list
    }

    /// How it compares with so many basis points, exactly: (effective − list) × 10000 against points × list.
    pub fn cmp_bp(self, points: i64) -> Ordering {
        let deviation = (i128::from(self.effective) - i128::from(self.list)) * 10_000;
        deviation.cmp(&(i128::from(points) * i128::from(self.list)))
    }

    /// Whether it lies within so many basis points, either way.
    pub fn is_within(self, points: u32) -> bool {
        let points = i64::from(points);
        self.cmp_bp(points) != Ordering::Greater && self.cmp_bp(-points) != Ordering::Less
    }

    /// In hundredths of a basis point, half-up; to be read, never to be compared.
    pub fn hundredths_bp(self) -> i64 {
        let difference = i128::from(self.effective) - i128::from(self.list);
        let scaled = crate::document_line::half_up(difference * 1_000_000, self.list.into());
        i64::try_from(scaled).unwrap_or(if scaled > 0 { i64::MAX } else { i64::MIN })
    }
}

/// The code under which the authority over prices is kept.
pub const DISCOUNT_AUTHORITY_CODE: &str = "discount-authority/company";

/// That authority as shipped: manager ±500, director ±1500, general manager beyond or below the floor.
pub const SHIPPED_DISCOUNT_AUTHORITY: &str = include_str!("shipped/discount_authority.json");

/// Who may agree to how much of a deviation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
        if !(1..=3_660).contains(&self.valid_days) {
            let range = [("min", json!(1)), ("max", json!(3_660))];
            findings.add_with("/content/valid_days", codes::OUT_OF_RANGE, range);
        }
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::Currency;
    use proptest::prelude::*;

    fn fen(minor: i64) -> Money {
        Money::from_minor(minor, Currency::Cny)
    }
    fn shipped() -> DiscountAuthority {
        serde_json::from_str(SHIPPED_DISCOUNT_AUTHORITY).expect("it reads")
    }
    fn of(effective: i64, list: i64) -> Deviation {
        Deviation::of(fen(effective), fen(list)).expect("comparable")
    }

    /// Worked example 5.
    #[test]
    fn a_hair_decides_who_is_asked() {
        let authority = shipped();
        assert_eq!(authority.findings(), []);
        assert_eq!(authority.asked(of(9_500, 9_999), false), Some("sales-manager"));
        assert_eq!(of(9_500, 9_999).hundredths_bp(), -49_905);
        assert_eq!(authority.asked(of(9_499, 9_999), false), Some("marketing-director"));
        assert_eq!(of(9_499, 9_999).hundredths_bp(), -50_005);
    }

    #[test]
    fn above_the_list_is_asked_for_as_below_it_and_below_the_floor_always_of_the_top() {
        let authority = shipped();
        assert_eq!(authority.asked(of(10_000, 10_000), false), None);
        assert_eq!(authority.asked(of(10_001, 10_000), false), Some("sales-manager"));
        assert_eq!(authority.asked(of(11_501, 10_000), false), Some("general-manager"));
        assert_eq!(authority.asked(of(10_000, 10_000), true), Some("general-manager"));
        assert_eq!(Deviation::of(fen(1), fen(0)), None, "no list price is not a price of nothing");
    }

    proptest! {
        #[test]
        fn nearer_the_list_never_asks_somebody_higher(list in 1_i64..1_000_000, by in 0_i64..300_000, less in 0_i64..300_000) {
            let authority = shipped();
            let rank = |deviation: Deviation| match authority.asked(deviation, false) {
                None => 0, Some("sales-manager") => 1, Some("marketing-director") => 2, Some(_) => 3 };
            let nearer = by.min(less);
            prop_assert!(rank(of(list - nearer, list)) <= rank(of(list - by, list)));
            prop_assert!(rank(of(list + nearer, list)) <= rank(of(list + by, list)));
            prop_assert_eq!(rank(of(list - by, list)), rank(of(list + by, list)), "both ways alike");
        }
    }
}
