//! What an effect is measured by: expected against achieved, exactly.

use super::INDICATOR_TWICE;
use crate::{
    finance::wording,
    spine::{Findings, codes},
};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// At most so many indicators.
const INDICATORS_MAX: usize = 50;
/// The largest value of an indicator: what fifteen digits hold.
const VALUE_MAX: i64 = 999_999_999_999_999;

/// One thing the effect is measured by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Indicator {
    /// What is measured.
    pub name: String,
    /// In what.
    pub unit: String,
    /// What was expected.
    pub expected: Decimal,
    /// What was achieved, once a report says so.
    pub achieved: Option<Decimal>,
    /// Whether less is better, such as complaints.
    pub less_is_better: bool,
}

impl Indicator {
    /// How much of what was expected was achieved, in per cent to two places; nothing where nothing was
    /// expected, or nothing is known yet.
    pub fn rate_percent(&self) -> Option<Decimal> {
        let achieved = self.achieved?;
        let (part, whole) =
            if self.less_is_better { (self.expected, achieved) } else { (achieved, self.expected) };
        let rate = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
        let mut rate = rate.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        rate.rescale(2);
        Some(rate)
    }
    /// Whether what was expected was achieved.
    pub fn is_met(&self) -> Option<bool> {
        let achieved = self.achieved?;
        Some(if self.less_is_better { achieved <= self.expected } else { achieved >= self.expected })
    }
}

/// Notes what is wrong with the indicators of a commission.
pub(super) fn check_indicators(indicators: &[Indicator], findings: &mut Findings) {
    if !(1..=INDICATORS_MAX).contains(&indicators.len()) {
        let range = [("min", json!(1)), ("max", json!(INDICATORS_MAX))];
        findings.add_with("/indicators", codes::BAD_LENGTH, range);
    }
    for (index, indicator) in indicators.iter().enumerate() {
        let pointer = format!("/indicators/{index}");
        wording::check(findings, &format!("{pointer}/name"), &indicator.name, 100);
        wording::check(findings, &format!("{pointer}/unit"), &indicator.unit, 20);
        check_value(findings, &format!("{pointer}/expected"), indicator.expected);
        if indicators.iter().take(index).any(|earlier| earlier.name == indicator.name) {
            let name = [("name", json!(indicator.name))];
            findings.add_with(format!("{pointer}/name"), INDICATOR_TWICE, name);
        }
    }
}

/// Notes a value that cannot be one.
pub(super) fn check_value(findings: &mut Findings, pointer: &str, value: Decimal) {
    if value.is_sign_negative() && !value.is_zero() || value > Decimal::from(VALUE_MAX) || value.scale() > 6 {
        let range = [("min", json!(0)), ("max", json!(VALUE_MAX))];
        findings.add_with(pointer, codes::OUT_OF_RANGE, range);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indicator(expected: &str, achieved: &str, less_is_better: bool) -> Indicator {
        Indicator {
            name: "到场人数".into(),
            unit: "人".into(),
            expected: expected.parse().expect("a number"),
            achieved: Some(achieved.parse().expect("a number")),
            less_is_better,
        }
    }

    #[test]
    fn rates_are_exact_and_rounded_half_up() {
        for (expected, achieved, less, rate, met) in [
            ("200", "150", false, Some("75.00"), true),
            ("3", "1", false, Some("33.33"), true),
            ("3", "2", false, Some("66.67"), true),
            ("800", "801", false, Some("100.13"), false),
            ("0.3", "0.1", false, Some("33.33"), true),
            ("10", "8", true, Some("125.00"), false),
            ("10", "12.5", true, Some("80.00"), true),
            ("0", "5", false, None, false),
            ("5", "0", true, None, false),
        ] {
            let indicator = indicator(expected, achieved, less);
            let found = indicator.rate_percent().map(|rate| rate.to_string());
            assert_eq!(found.as_deref(), rate, "{achieved} of {expected}");
            assert_eq!(indicator.is_met(), Some(!met), "{achieved} of {expected}");
        }
        assert_eq!(Indicator { achieved: None, ..indicator("1", "1", false) }.rate_percent(), None);
    }
}
