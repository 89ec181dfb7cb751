//! One counted figure with a ceiling (计数台账): what is shipped of a line, allocated to a contract, used of a deviation or of a
//! credit limit. `[CNT]`
//!
//! Whatever is counted, it is moved only by entries, each unique by its source and kind, and never beyond its ceiling where
//! that is hard: the condition of the one UPDATE carries the ceiling, and a CHECK besides. The unit is the figure's own:
//! ten-thousandths of a quantity, minor units of money.

use crate::spine::{Refusal, RefusalCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { COUNTED_FIGURE_REFUSALS:
    BELOW_NOTHING = "counted_figure.below_nothing", Conflict, "冲回数超过已登记数，多出 {excess}", "More would be taken back than was counted, by {excess}";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[COUNTED_FIGURE_REFUSALS], events: &[], enums: &[] };

/// What is counted; in the order in which figures are locked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountedKind {
    /// A customer's exposure, of the credit limit.
    Credit,
    /// What a customer owes of one contract or order, of what credit they have.
    Exposure,
    /// What is allocated of receipts, of a contract's total.
    Collected,
    /// What is shipped of an order's line, of what is ordered and not cancelled.
    Shipped,
    /// What came back of an order's line, of what was shipped.
    Returned,
    /// What is used of an approved deviation.
    Deviation,
    /// Who holds a unit, of one.
    Unit,
}

crate::labels! { CountedKind = "CountedKind":
    Credit = "credit", "信用额度占用", "Credit exposure";
    Exposure = "exposure", "单笔应收占用", "Exposure of a deal";
    Collected = "collected", "已收款", "Collected";
    Shipped = "shipped", "已发货", "Shipped";
    Returned = "returned", "已退货", "Returned";
    Deviation = "deviation", "价格偏差已用", "Deviation used";
    Unit = "unit", "房源占用", "Unit held";
}

/// How a ceiling binds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CountedControl)]
pub enum Control {
    /// Nothing goes beyond it, whoever agrees.
    Hard,
    /// What goes beyond it needs a release of its own.
    Special,
}

crate::labels! { Control = "CountedControl":
    Hard = "hard", "刚性", "Hard";
    Special = "special", "特批", "By special release";
}

/// A figure as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CountedFigure {
    /// What is counted.
    pub kind: CountedKind,
    /// So much is counted: the sum of its entries, never below nothing.
    pub counted: i64,
    /// So much at most.
    pub ceiling: i64,
    /// How the ceiling binds.
    pub control: Control,
}

/// A movement of a figure: unique by source and kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Movement {
    /// The document or line that moves it.
    pub source: Uuid,
    /// By how much; below nothing where it is taken back.
    pub amount: i64,
}

/// How far a figure would be moved beyond its ceiling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exceeded {
    /// What is left of it.
    pub left: i64,
    /// What is missing.
    pub missing: i64,
}

impl Exceeded {
    /// As the refusal of whoever counts, with `left` and `missing`.
    pub fn refuse(self, code: &'static RefusalCode) -> Refusal {
        Refusal::new(code).with("left", self.left).with("missing", self.missing)
    }
}

impl CountedFigure {
    /// Nothing counted yet, of a ceiling.
    pub const fn open(kind: CountedKind, ceiling: i64, control: Control) -> Self {
        Self { kind, counted: 0, ceiling, control }
    }

    /// What is left of it; below nothing where a special ceiling was passed or lowered.
    pub const fn left(self) -> i64 {
        self.ceiling - self.counted
    }

    /// Counts on. A special ceiling is passed only where it is released.
    ///
    /// # Errors
    /// What would lie beyond the ceiling.
    pub fn take(self, amount: i64, released: bool) -> Result<Self, Exceeded> {
        let after = Self { counted: self.counted.saturating_add(amount), ..self };
        let beyond = amount > 0 && after.counted > self.ceiling;
        if beyond && (self.control == Control::Hard || !released) {
            return Err(Exceeded { left: self.left().max(0), missing: after.counted - self.ceiling });
        }
        Ok(after)
    }

    /// As much of an amount as fits, and what does not: a receipt is a fact, its allocation is bounded.
    pub fn take_up_to(self, amount: i64) -> (Self, i64) {
        let fits = amount.min(self.left().max(0));
        (Self { counted: self.counted + fits, ..self }, amount - fits)
    }

    /// Takes back what was counted.
    ///
    /// # Errors
    /// `counted_figure.below_nothing`.
    pub fn give_back(self, amount: i64) -> Result<Self, Refusal> {
        if amount > self.counted {
            return Err(Refusal::new(BELOW_NOTHING).with("excess", amount - self.counted));
        }
        Ok(Self { counted: self.counted - amount, ..self })
    }

    /// Moves the ceiling. A hard one is never lowered below what is counted; a special one may be: that only blocks what is
    /// new. `[REC-1e, CON-3]`
    ///
    /// # Errors
    /// What is counted beyond the new ceiling.
    pub fn limit_to(self, ceiling: i64) -> Result<Self, Exceeded> {
        if self.control == Control::Hard && ceiling < self.counted {
            return Err(Exceeded { left: 0, missing: self.counted - ceiling });
        }
        Ok(Self { ceiling, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_goes_beyond_the_ceiling_is_refused_with_what_is_missing() {
        let mut credit = CountedFigure::open(CountedKind::Credit, 5_000_000, Control::Special);
        credit = credit.take(4_000_000, false).expect("it fits");
        credit = credit.take(600_000, false).expect("it fits");
        assert_eq!(credit.take(600_000, false), Err(Exceeded { left: 400_000, missing: 200_000 }));
        assert_eq!(credit.take(600_000, true).map(CountedFigure::left), Ok(-200_000), "a release passes it");
        assert_eq!(
            credit.limit_to(0).map(CountedFigure::left),
            Ok(-4_600_000),
            "cutting blocks only what is new"
        );
    }

    /// Worked example 1, one after the other.
    #[test]
    fn a_receipt_is_allocated_as_far_as_it_fits() {
        let contract = CountedFigure::open(CountedKind::Collected, 100_000, Control::Hard);
        let contract = contract.take(60_000, false).expect("it fits");
        let (contract, first) = contract.take_up_to(30_000);
        let (contract, second) = contract.take_up_to(30_000);
        assert_eq!((first, second, contract.left()), (0, 20_000, 0));
        assert_eq!(contract.limit_to(99_999), Err(Exceeded { left: 0, missing: 1 }));
    }

    proptest! {
        #[test]
        fn a_hard_figure_never_leaves_its_bounds(ceiling in 0_i64..1_000, deeds in prop::collection::vec((any::<bool>(), 0_i64..500), 0..40)) {
            let mut figure = CountedFigure::open(CountedKind::Shipped, ceiling, Control::Hard);
            let mut sum = 0;
            for (takes, amount) in deeds {
                let moved = if takes { figure.take(amount, true).ok() } else { figure.give_back(amount).ok() };
                if let Some(moved) = moved {
                    sum += if takes { amount } else { -amount };
                    figure = moved;
                }
                prop_assert_eq!(figure.counted, sum);
                prop_assert!((0..=ceiling).contains(&figure.counted));
            }
        }
    }
}
