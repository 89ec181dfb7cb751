//! What is granted or taken: money, points, wage days, honours. `[INC-1]`

use super::{AMOUNT_NOTHING, AMOUNTS_DIFFER};
use crate::spine::{Findings, Money, wording};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an entry grants (more than nothing) or takes (less).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum IncentiveAmount {
    /// Money, in the currency of the wages.
    Money {
        /// How much.
        amount: Money,
    },
    /// Points of the appraisal.
    Points {
        /// How many.
        #[schema(minimum = -1000, maximum = 1000)]
        points: i32,
    },
    /// Days of wages, in half days.
    WageDays {
        /// How many half days.
        #[schema(minimum = -730, maximum = 730)]
        half_days: i32,
    },
    /// An honour: its title. Revoked by a counter-entry.
    Honour {
        /// Chinese, 1 to 60 characters.
        #[schema(min_length = 1, max_length = 60)]
        zh: String,
        /// English, 1 to 60 characters.
        #[schema(min_length = 1, max_length = 60)]
        en: String,
    },
}

crate::labels! { tagged IncentiveAmount = "IncentiveAmount":
    Money = "money", "金额", "Money";
    Points = "points", "积分", "Points";
    WageDays = "wage_days", "工资天数", "Wage days";
    Honour = "honour", "荣誉", "Honour";
}

/// The most points and half days of one entry.
const POINTS_MAX: i64 = 1_000;
const HALF_DAYS_MAX: i64 = 730;

impl IncentiveAmount {
    /// How much it is, in minor units, points or half days; none for an honour.
    pub const fn measure(&self) -> Option<i64> {
        match self {
            Self::Money { amount } => Some(amount.minor()),
            Self::Points { points } => Some(*points as i64),
            Self::WageDays { half_days } => Some(*half_days as i64),
            Self::Honour { .. } => None,
        }
    }

    /// What its kind is called, Chinese and English.
    pub fn labels(&self) -> (&'static str, &'static str) {
        let label = Self::LABELS.values.iter().find(|label| label.code == self.code());
        label.map_or(("", ""), |label| (label.zh, label.en))
    }

    /// As much of the same kind.
    fn with_measure(&self, measure: i64) -> Self {
        let narrow = |measure: i64| i32::try_from(measure).unwrap_or(i32::MAX);
        match self {
            Self::Money { amount } => Self::Money { amount: Money::from_minor(measure, amount.currency()) },
            Self::Points { .. } => Self::Points { points: narrow(measure) },
            Self::WageDays { .. } => Self::WageDays { half_days: narrow(measure) },
            Self::Honour { .. } => self.clone(),
        }
    }

    /// Whether it takes something.
    pub fn is_penalty(&self) -> bool {
        self.measure().is_some_and(|measure| measure < 0)
    }

    /// The same in the other direction; an honour stays what it is.
    #[must_use]
    pub fn negated(&self) -> Self {
        self.measure().map_or_else(|| self.clone(), |measure| self.with_measure(-measure))
    }

    /// Whether both count the same thing, in the same currency.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Money { amount }, Self::Money { amount: other }) => amount.currency() == other.currency(),
            _ => self.code() == other.code(),
        }
    }

    /// What of a penalty is left under a monthly cap, where penalties of the month have taken so much
    /// already: the rest is not taken. Cap and taken are counts without a sign. Rewards and honours are not
    /// capped.
    #[must_use]
    pub fn capped(&self, cap: Option<i64>, taken: i64) -> Self {
        match (self.measure(), cap) {
            (Some(measure), Some(cap)) if measure < 0 => {
                self.with_measure(-measure.saturating_neg().min((cap - taken).max(0)))
            }
            _ => self.clone(),
        }
    }

    /// Notes an amount of nothing, or of more than one entry may hold.
    pub fn check(&self, findings: &mut Findings, pointer: &str) {
        let within = match self {
            Self::Money { .. } => true,
            Self::Points { points } => i64::from(*points).abs() <= POINTS_MAX,
            Self::WageDays { half_days } => i64::from(*half_days).abs() <= HALF_DAYS_MAX,
            Self::Honour { zh, en } => {
                wording::check(findings, &format!("{pointer}/zh"), zh, 60);
                wording::check(findings, &format!("{pointer}/en"), en, 60);
                true
            }
        };
        if self.measure() == Some(0) || !within {
            findings.add(pointer, AMOUNT_NOTHING);
        }
    }

    /// Notes an amount that counts something else than another, or in the other direction.
    pub fn check_like(&self, other: &Self, findings: &mut Findings, pointer: &str) {
        if !self.is_like(other) || self.is_penalty() != other.is_penalty() {
            findings.add(pointer, AMOUNTS_DIFFER);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::Currency;

    fn points(points: i32) -> IncentiveAmount {
        IncentiveAmount::Points { points }
    }

    #[test]
    fn a_penalty_is_cut_to_what_the_cap_of_the_month_leaves() {
        assert_eq!(points(-20).capped(Some(50), 20), points(-20));
        assert_eq!(points(-20).capped(Some(50), 40), points(-10));
        assert_eq!(points(-20).capped(Some(50), 60), points(0));
        assert_eq!(points(-20).capped(None, 1_000), points(-20));
        assert_eq!(points(5).capped(Some(1), 1), points(5), "a reward is not capped");
        let money = |minor| IncentiveAmount::Money { amount: Money::from_minor(minor, Currency::Cny) };
        assert_eq!(money(-2_000).capped(Some(5_000), 4_000), money(-1_000));
        assert_eq!(money(-2_000).negated(), money(2_000));
    }

    #[test]
    fn amounts_of_nothing_or_of_another_kind_are_noted() {
        let mut findings = Findings::new();
        points(0).check(&mut findings, "/a");
        points(1_001).check(&mut findings, "/b");
        IncentiveAmount::Honour { zh: String::new(), en: "Star".into() }.check(&mut findings, "/c");
        points(-5).check_like(&points(5), &mut findings, "/d");
        points(-5).check_like(&IncentiveAmount::WageDays { half_days: -1 }, &mut findings, "/e");
        points(-5).check_like(&points(-20), &mut findings, "/f");
        let pointers: Vec<_> = findings.into_vec().into_iter().map(|finding| finding.pointer).collect();
        assert_eq!(pointers, ["/a", "/b", "/c/zh", "/d", "/e"]);
    }
}
