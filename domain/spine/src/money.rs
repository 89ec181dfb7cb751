//! Exact money: whole minor units of a currency; splits that always add up. `[EXP-15]`

use super::{Currency, ExchangeRate};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// Why an amount cannot be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MoneyError {
    /// Not a plain decimal number such as `1234.50`.
    NotANumber,
    /// More digits behind the point than the currency has.
    TooPrecise,
    /// Beyond what one amount may be: 10^15 minor units.
    TooLarge,
    /// Two currencies met in one sum.
    MixedCurrencies,
    /// A code that is not one of ours.
    UnknownCurrency,
}

impl MoneyError {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::NotANumber, Self::TooPrecise, Self::TooLarge, Self::MixedCurrencies, Self::UnknownCurrency];

    /// What people read, Chinese and English.
    pub const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::NotANumber => ("不是金额，金额只写数字和小数点", "not a plain decimal number"),
            Self::TooPrecise => ("小数位数超过币种允许的位数", "more decimal places than the currency has"),
            Self::TooLarge => ("金额过大", "the amount is too large"),
            Self::MixedCurrencies => {
                ("不同币种的金额不能相加", "amounts of different currencies cannot be added")
            }
            Self::UnknownCurrency => ("没有这种货币", "unknown currency"),
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.texts().1)
    }
}
impl std::error::Error for MoneyError {}

/// An exact amount of a currency, in whole minor units (fen, cents).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "MoneyText", into = "MoneyText")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Money on the wire.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Money, description = "An exact amount: a decimal string and its ISO 4217 currency.")]
struct MoneyText {
    /// A plain decimal number with at most the currency's decimal places.
    #[schema(
        min_length = 1,
        max_length = 20,
        pattern = r"^-?[0-9]{1,15}(\.[0-9]{1,3})?$",
        example = "1234.50"
    )]
    amount: String,
    currency: Currency,
}

/// The largest single amount, in minor units: nine thousand of them still add up within an `i64`.
const MINOR_MAX: i64 = 1_000_000_000_000_000;

impl Money {
    /// An amount of whole minor units.
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }
    /// Nothing, of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }
    /// Whole minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }
    /// Its currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }
    /// Whether it is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }
    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }
    /// The amount as a decimal number.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.digits())
    }

    /// Reads a decimal string such as `1234.5`, refusing what is not exact in the currency.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let digits = amount.strip_prefix('-').unwrap_or(amount);
        let plain = !digits.is_empty()
            && digits.len() <= 20
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && digits.bytes().filter(|b| *b == b'.').count() <= 1;
        if !plain {
            return Err(MoneyError::NotANumber);
        }
        let value = Decimal::from_str(amount).map_err(|_| MoneyError::NotANumber)?;
        if value.normalize().scale() > currency.digits() {
            return Err(MoneyError::TooPrecise);
        }
        Self::rounded(value, currency)
    }

    /// A decimal amount rounded half-up (away from zero at the half) to the minor unit.
    pub fn rounded(value: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let scaled = value
            .checked_mul(Decimal::from(10_i64.pow(currency.digits())))
            .ok_or(MoneyError::TooLarge)?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        let minor = i64::try_from(scaled).map_err(|_| MoneyError::TooLarge)?;
        if minor.abs() > MINOR_MAX {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { minor, currency })
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }

    /// The difference of two amounts of one currency.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated())
    }

    /// The same amount in the other direction.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { minor: -self.minor, ..self }
    }

    /// The sum of many amounts; nothing of `currency` if there are none.
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The amount in another currency at a rate, rounded half-up.
    pub fn convert(self, rate: &ExchangeRate, into: Currency) -> Result<Self, MoneyError> {
        let value = self.decimal().checked_mul(rate.decimal()).ok_or(MoneyError::TooLarge)?;
        Self::rounded(value, into)
    }

    /// Parts in proportion to weights that add up to exactly the whole (largest remainder; ties go
    /// to the earlier part; a negative amount mirrors its positive). `[COM-10a]`
    pub fn split(self, weights: &[u64]) -> Vec<Self> {
        let parts = allocate(self.minor, weights);
        parts.into_iter().map(|minor| Self { minor, ..self }).collect()
    }
}

impl fmt::Display for Money {
    /// The plain decimal, without the currency.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.*}", self.currency.digits() as usize, self.decimal())
    }
}

impl From<Money> for MoneyText {
    fn from(money: Money) -> Self {
        Self { amount: money.to_string(), currency: money.currency }
    }
}
impl TryFrom<MoneyText> for Money {
    type Error = MoneyError;
    fn try_from(text: MoneyText) -> Result<Self, MoneyError> {
        Self::parse(&text.amount, text.currency)
    }
}
impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        MoneyText::schema()
    }
}
impl ToSchema for Money {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        MoneyText::schemas(schemas);
    }
}

/// Parts of a whole in proportion to weights, by the largest remainder: they add up to exactly the
/// whole. Ties go to the earlier part. No weight at all gives everything to the first part.
pub fn allocate(whole: i64, weights: &[u64]) -> Vec<i64> {
    let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    let mut parts = vec![0_i64; weights.len()];
    if total == 0 {
        if let Some(first) = parts.first_mut() {
            *first = whole;
        }
        return parts;
    }
    let magnitude = u128::from(whole.unsigned_abs());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = magnitude;
    let mut floors = vec![0_u128; weights.len()];
    for (index, weight) in weights.iter().enumerate() {
        let product = magnitude * u128::from(*weight);
        floors[index] = product / total;
        left -= floors[index];
        remainders.push((product % total, index));
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, index) in remainders.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        floors[index] += 1;
    }
    for (part, floor) in parts.iter_mut().zip(floors) {
        let amount = i64::try_from(floor).unwrap_or(i64::MAX);
        *part = if whole < 0 { -amount } else { amount };
    }
    parts
}

/// A whole in `n` parts as equal as minor units allow; the first parts get the remainder.
pub fn split_evenly(whole: i64, n: usize) -> Vec<i64> {
    allocate(whole, &vec![1; n])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        for (text, currency, expected) in [
            ("1234.50", Currency::Cny, Ok(123_450)),
            ("1234.5", Currency::Cny, Ok(123_450)),
            ("-0.01", Currency::Cny, Ok(-1)),
            ("1.500", Currency::Cny, Ok(150)),
            ("1.505", Currency::Cny, Err(MoneyError::TooPrecise)),
            ("1", Currency::Jpy, Ok(1)),
            ("1.5", Currency::Jpy, Err(MoneyError::TooPrecise)),
            ("1.234", Currency::Kwd, Ok(1234)),
            ("", Currency::Cny, Err(MoneyError::NotANumber)),
            ("1e9", Currency::Cny, Err(MoneyError::NotANumber)),
            ("+1", Currency::Cny, Err(MoneyError::NotANumber)),
            (".5", Currency::Cny, Err(MoneyError::NotANumber)),
            ("1.", Currency::Cny, Err(MoneyError::NotANumber)),
            ("１", Currency::Cny, Err(MoneyError::NotANumber)),
            ("1_000", Currency::Cny, Err(MoneyError::NotANumber)),
            ("99999999999999999", Currency::Cny, Err(MoneyError::TooLarge)),
        ] {
            assert_eq!(Money::parse(text, currency).map(Money::minor), expected, "{text} {currency}");
        }
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(whole in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_u64..10_000, 1..20)) {
            let parts = allocate(whole, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), whole);
            let mirrored: Vec<i64> = allocate(-whole, &weights).iter().map(|p| -p).collect();
            prop_assert_eq!(parts, mirrored);
        }

        #[test]
        fn what_is_written_is_read_back(minor in -MINOR_MAX..MINOR_MAX, index in 0_usize..16) {
            let money = Money::from_minor(minor, Currency::ALL[index]);
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency()), Ok(money));
        }
    }
}
