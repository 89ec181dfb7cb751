//! What a unit of one currency is worth in the book currency. `[EXP-15]`

use super::MoneyError;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// How many units of the book currency one unit of a currency is worth, up to 8 decimal places.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExchangeRate(Decimal);

impl ExchangeRate {
    /// One for one: the rate of the book currency itself.
    pub const ONE: Self = Self(Decimal::ONE);
    /// The rate as a decimal number.
    pub fn decimal(self) -> Decimal {
        self.0
    }
}
impl fmt::Display for ExchangeRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}
impl FromStr for ExchangeRate {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let plain = text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let value = Decimal::from_str(text).ok().filter(|_| plain).ok_or(MoneyError::NotANumber)?;
        if value.normalize().scale() > 8 {
            return Err(MoneyError::TooPrecise);
        }
        if value <= Decimal::ZERO || value > Decimal::from(1_000_000) {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self(value))
    }
}
impl TryFrom<String> for ExchangeRate {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}
impl From<ExchangeRate> for String {
    fn from(rate: ExchangeRate) -> Self {
        rate.to_string()
    }
}
impl utoipa::PartialSchema for ExchangeRate {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A positive decimal with at most 8 decimal places."))
            .max_length(Some(20))
            .pattern(Some(r"^[0-9]{1,7}(\.[0-9]{1,8})?$"))
            .examples(["7.1234"])
            .into()
    }
}
impl ToSchema for ExchangeRate {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::{Currency, Money};

    #[test]
    fn conversion_rounds_half_up() {
        let rate: ExchangeRate = "7.125".parse().expect("a rate");
        let one = Money::from_minor(100, Currency::Usd);
        assert_eq!(one.convert(&rate, Currency::Cny).map(Money::minor), Ok(713));
    }
}
