//! Quantities (数量): exact, within the decimals of the unit they are counted in. `[LINE]`

use crate::spine::{Refusal, codes};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

crate::refusals! { QUANTITY_REFUSALS:
    QUANTITY_NOT_POSITIVE = "quantity.not_positive", Invalid, "数量须大于零", "The quantity must be more than zero";
    QUANTITY_TOO_PRECISE = "quantity.too_precise", Invalid, "该计量单位最多 {decimals} 位小数", "This unit is counted with at most {decimals} decimals";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[QUANTITY_REFUSALS], events: &[], enums: &[] };

/// The most decimals a unit has.
pub const MOST_DECIMALS: u32 = 4;

/// The largest quantity, in units.
const UNITS_MAX: i64 = 1_000_000_000;

/// How many of something, in ten-thousandths of its unit; may be less than nothing only as a movement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quantity(i64);

/// That a text is no quantity of at most four decimals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoQuantity;

impl fmt::Display for NoQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a plain decimal number of at most four decimals")
    }
}
impl std::error::Error for NoQuantity {}

impl Quantity {
    /// Ten-thousandths in a unit.
    pub const SCALE: i64 = 10_000;
    /// None.
    pub const ZERO: Self = Self(0);

    /// So many whole units.
    pub const fn units(units: i64) -> Self {
        Self(units * Self::SCALE)
    }
    /// So many ten-thousandths of a unit.
    pub const fn from_scaled(scaled: i64) -> Self {
        Self(scaled)
    }
    /// In ten-thousandths of a unit.
    pub const fn scaled(self) -> i64 {
        self.0
    }
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
    /// What is left without the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
    /// Whether there is any.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }
    /// The digits it has behind the point.
    pub fn decimals(self) -> u32 {
        let steps = [(0, 10_000), (1, 1_000), (2, 100), (3, 10)];
        steps.into_iter().find(|(_, step)| self.0 % step == 0).map_or(MOST_DECIMALS, |(digits, _)| digits)
    }

    /// Whether it may stand in a document: more than nothing, within what its unit is counted in. Zero never means
    /// "no limit".
    ///
    /// # Errors
    /// `quantity.not_positive`, `quantity.too_precise`, `validation.out_of_range`.
    pub fn check(self, decimals: u32) -> Result<(), Refusal> {
        if !self.is_positive() {
            return Err(Refusal::new(QUANTITY_NOT_POSITIVE));
        }
        if self.decimals() > decimals {
            return Err(Refusal::new(QUANTITY_TOO_PRECISE).with("decimals", decimals));
        }
        if self > Self::units(UNITS_MAX) {
            return Err(Refusal::new(codes::OUT_OF_RANGE).with("min", json!(0)).with("max", UNITS_MAX));
        }
        Ok(())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Decimal::new(self.0, MOST_DECIMALS).normalize())
    }
}

impl FromStr for Quantity {
    type Err = NoQuantity;
    fn from_str(text: &str) -> Result<Self, NoQuantity> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty()
            && digits.len() <= 20
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let value = plain.then(|| Decimal::from_str(text).ok()).flatten().ok_or(NoQuantity)?.normalize();
        if value.scale() > MOST_DECIMALS {
            return Err(NoQuantity);
        }
        let scaled = value.checked_mul(Decimal::from(Self::SCALE)).ok_or(NoQuantity)?;
        i64::try_from(scaled).map(Self).map_err(|_| NoQuantity)
    }
}
impl TryFrom<String> for Quantity {
    type Error = NoQuantity;
    fn try_from(text: String) -> Result<Self, NoQuantity> {
        text.parse()
    }
}
impl From<Quantity> for String {
    fn from(quantity: Quantity) -> Self {
        quantity.to_string()
    }
}

impl utoipa::PartialSchema for Quantity {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An exact quantity: a plain decimal of at most four decimals."))
            .min_length(Some(1))
            .max_length(Some(20))
            .pattern(Some(r"^-?[0-9]{1,10}(\.[0-9]{1,4})?$"))
            .examples([json!("12.5")])
            .into()
    }
}
impl ToSchema for Quantity {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_read_exactly_or_not_at_all() {
        for (text, scaled) in
            [("1", 10_000), ("0.5", 5_000), ("12.3456", 123_456), ("-2", -20_000), ("1.50", 15_000)]
        {
            assert_eq!(text.parse(), Ok(Quantity(scaled)), "{text}");
        }
        for text in ["", ".5", "1.", "1e3", "1.23456", "+1", "1,000", "1.2.3"] {
            assert_eq!(text.parse::<Quantity>(), Err(NoQuantity), "{text}");
        }
        assert_eq!(Quantity(15_000).to_string(), "1.5");
    }

    #[test]
    fn zero_is_refused_and_so_is_what_the_unit_cannot_count() {
        let code =
            |quantity: Quantity, decimals| quantity.check(decimals).map_err(|refusal| refusal.code.code);
        assert_eq!(code(Quantity::ZERO, 0), Err("quantity.not_positive"));
        assert_eq!(code(Quantity(15_000), 0), Err("quantity.too_precise"));
        assert_eq!(code(Quantity(15_000), 1), Ok(()));
        assert_eq!(code(Quantity::units(UNITS_MAX + 1), 0), Err("validation.out_of_range"));
    }
}
