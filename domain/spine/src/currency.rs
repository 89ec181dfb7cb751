//! The currencies the product can account in.

use super::MoneyError;
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

crate::labels! { Currency = "Currency":
    Cny = "CNY", "人民币", "Chinese yuan";
    Usd = "USD", "美元", "US dollar";
    Eur = "EUR", "欧元", "Euro";
    Gbp = "GBP", "英镑", "Pound sterling";
    Hkd = "HKD", "港元", "Hong Kong dollar";
    Mop = "MOP", "澳门元", "Macanese pataca";
    Twd = "TWD", "新台币", "New Taiwan dollar";
    Jpy = "JPY", "日元", "Japanese yen";
    Krw = "KRW", "韩元", "South Korean won";
    Sgd = "SGD", "新加坡元", "Singapore dollar";
    Aud = "AUD", "澳大利亚元", "Australian dollar";
    Cad = "CAD", "加拿大元", "Canadian dollar";
    Chf = "CHF", "瑞士法郎", "Swiss franc";
    Thb = "THB", "泰铢", "Thai baht";
    Vnd = "VND", "越南盾", "Vietnamese dong";
    Kwd = "KWD", "科威特第纳尔", "Kuwaiti dinar";
}

impl Currency {
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
