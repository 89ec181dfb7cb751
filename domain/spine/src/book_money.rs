//! Amounts of the book currency, the yuan: said as money, counted in minor units (分). Limits and fines of policies. `[EXP-15,
//! REG-4]`
//!
//! Before they were said as money they were said in whole minor units, and so they stand in versions of policies that were
//! published then. Both are read; the document knows the first alone, and what is sent is held against it.

use super::{Currency, Money};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;

/// Writes minor units as money.
///
/// # Errors
/// Where it cannot be written.
pub fn serialize<S: Serializer>(minor: &i64, into: S) -> Result<S::Ok, S::Error> {
    Money::from_minor(*minor, Currency::Cny).serialize(into)
}

/// Reads money of the book currency, or minor units as they were written before.
///
/// # Errors
/// Where it is neither, or of another currency.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    Minor::deserialize(from).map(|Minor(minor)| minor)
}

/// The same where there may be none.
pub mod optional {
    use super::{Deserialize, Deserializer, Minor, Serialize, Serializer};
    use crate::spine::{Currency, Money};

    /// Writes minor units as money.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn serialize<S: Serializer>(minor: &Option<i64>, into: S) -> Result<S::Ok, S::Error> {
        minor.map(|minor| Money::from_minor(minor, Currency::Cny)).serialize(into)
    }

    /// Reads money of the book currency, or minor units as they were written before.
    ///
    /// # Errors
    /// Where it is neither, or of another currency.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
        Ok(Option::<Minor>::deserialize(from)?.map(|Minor(minor)| minor))
    }
}

/// Minor units of the book currency.
struct Minor(i64);

impl<'de> Deserialize<'de> for Minor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Minor;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount and its currency")
    }
    fn visit_i64<E: Error>(self, minor: i64) -> Result<Minor, E> {
        Ok(Minor(minor))
    }
    fn visit_u64<E: Error>(self, minor: u64) -> Result<Minor, E> {
        i64::try_from(minor).map(Minor).map_err(|_| E::custom("number too large"))
    }
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Minor, A::Error> {
        let money = Money::deserialize(MapAccessDeserializer::new(members))?;
        match money.currency() {
            Currency::Cny => Ok(Minor(money.minor())),
            _ => Err(A::Error::custom("not in the book currency")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    #[derive(PartialEq, Debug, Serialize, Deserialize)]
    struct Limits {
        #[serde(with = "super", alias = "fine_minor")]
        fine: i64,
        #[serde(default, with = "super::optional")]
        most: Option<i64>,
    }

    fn read(value: Value) -> Result<Limits, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn what_was_said_in_minor_units_is_shown_as_money() {
        let before = read(json!({"fine_minor": 20_000, "most": 1})).expect("it reads");
        assert_eq!(before, Limits { fine: 20_000, most: Some(1) });
        let shown = json!({"fine": {"amount": "200.00", "currency": "CNY"},
            "most": {"amount": "0.01", "currency": "CNY"}});
        assert_eq!(serde_json::to_value(&before).expect("JSON"), shown);
        assert_eq!(read(shown), Ok(before));
        let none = read(json!({"fine": {"amount": "0", "currency": "CNY"}})).expect("it reads");
        assert_eq!(none, Limits { fine: 0, most: None });
        assert_eq!(serde_json::to_value(&none).expect("JSON")["most"], Value::Null);
    }

    #[test]
    fn another_currency_or_a_fraction_is_no_limit() {
        let refused = |fine: Value| read(json!({"fine": fine})).expect_err("no limit");
        assert_eq!(refused(json!({"amount": "1", "currency": "USD"})), "not in the book currency");
        for fine in [json!(1.5), json!("200"), json!(null), json!({"amount": "1.001", "currency": "CNY"})] {
            refused(fine);
        }
    }
}
