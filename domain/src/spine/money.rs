//! Exact money: whole minor units of a currency; splits that always add up. `[EXP-15]`

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// An ISO 4217 currency the product can account in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Currency {
    Cny,
    Usd,
    Eur,
    Gbp,
    Hkd,
    Mop,
    Twd,
    Jpy,
    Krw,
    Sgd,
    Aud,
    Cad,
    Chf,
    Thb,
    Vnd,
    Kwd,
}

impl Currency {
    /// Every currency, in the order of the list above.
    pub const ALL: [Self; 16] = [
        Self::Cny,
        Self::Usd,
        Self::Eur,
        Self::Gbp,
        Self::Hkd,
        Self::Mop,
        Self::Twd,
        Self::Jpy,
        Self::Krw,
        Self::Sgd,
        Self::Aud,
        Self::Cad,
        Self::Chf,
        Self::Thb,
        Self::Vnd,
        Self::Kwd,
    ];

    /// The three-letter code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Hkd => "HKD",
            Self::Mop => "MOP",
            Self::Twd => "TWD",
            Self::Jpy => "JPY",
            Self::Krw => "KRW",
            Self::Sgd => "SGD",
            Self::Aud => "AUD",
            Self::Cad => "CAD",
            Self::Chf => "CHF",
            Self::Thb => "THB",
            Self::Vnd => "VND",
            Self::Kwd => "KWD",
        }
    }

    /// Digits behind the decimal point: 2 for the yuan, 0 for the yen, 3 for the dinar.
    pub const fn digits(self) -> u32 {
        match self {
            Self::Jpy | Self::Krw | Self::Vnd => 0,
            Self::Kwd => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::ALL.into_iter().find(|c| c.code() == code).ok_or(MoneyError::UnknownCurrency)
    }
}

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

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a plain decimal number",
            Self::TooPrecise => "more decimal places than the currency has",
            Self::TooLarge => "the amount is too large",
            Self::MixedCurrencies => "amounts of different currencies cannot be added",
            Self::UnknownCurrency => "unknown currency",
        })
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
        let value = self.decimal().checked_mul(rate.0).ok_or(MoneyError::TooLarge)?;
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

    #[test]
    fn conversion_rounds_half_up() {
        let rate: ExchangeRate = "7.125".parse().expect("a rate");
        let one = Money::from_minor(100, Currency::Usd);
        assert_eq!(one.convert(&rate, Currency::Cny).map(Money::minor), Ok(713));
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
