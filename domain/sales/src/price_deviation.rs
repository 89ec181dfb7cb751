//! How far a price is from its list price (价格偏差), and who may agree to that. `[PRI-2; 004 §5.3]`
//!
//! Compared as fractions: 9,500 for 9,999 is −499.05 basis points and within 500, where rounding would have to say which
//! way. Nobody sells above *or* below the list without having asked: what was agreed to is a document, which one contract or
//! order holds, and uses once.

/// Who may agree to how much.
mod authority;
/// What holds an approved deviation, uses it, lets go of it.
mod holding;
/// A deviation that somebody asks for, and its course.
mod request;
/// Where it stands.
mod status;

pub use authority::{AuthorityBand, DISCOUNT_AUTHORITY_CODE, DiscountAuthority, SHIPPED_DISCOUNT_AUTHORITY};
pub use holding::{Holder, HolderKind, Offered};
pub use request::{
    Compared, DeviationMode, PRICE_DEVIATION_CHAIN, PRICE_DEVIATION_CHAIN_CODE, PriceDeviation,
    PriceDeviationContent, PriceDeviationId, SHIPPED_PRICE_DEVIATION_CHAIN, routed_fields,
};
pub use status::{PriceDeviationAction, PriceDeviationState};

use crate::spine::Money;
use std::cmp::Ordering;

crate::refusals! { PRICE_DEVIATION_REFUSALS:
    ALLOWED_ALREADY = "price_deviation.allowed_already", Invalid, "该价格与价目表价格 {list} 一致，无须申请", "The price is that of the list, {list}; nothing need be asked for";
    HELD_BY = "price_deviation.held", Conflict, "价格偏差 {number} 已由 {holder} 占用", "The deviation {number} is held by {holder}";
    NOT_REVOCABLE = "price_deviation.not_revocable", Conflict, "价格偏差 {number} 当前为“{state}”，只有未占用的可以撤销", "The deviation {number} is \"{state}\"; only one that nothing holds is revoked";
    WRONG_CURRENCY = "price_deviation.not_in_book_currency", Invalid, "价格须为记账本位币", "The price is in the book currency";
}

crate::events! { PRICE_DEVIATION_EVENTS:
    CREATED = "price_deviation.created", "价格偏差申请已建立", "A price deviation was drafted";
    CHANGED = "price_deviation.changed", "价格偏差申请已修改", "A price deviation was changed";
    SUBMITTED = "price_deviation.submitted", "价格偏差申请已提交", "A price deviation was submitted";
    WITHDRAWN = "price_deviation.withdrawn", "价格偏差申请已撤回", "A price deviation was withdrawn";
    RETURNED = "price_deviation.returned", "价格偏差申请已退回", "A price deviation was returned to whoever asked for it";
    REJECTED = "price_deviation.rejected", "价格偏差申请已驳回", "A price deviation was rejected";
    APPROVED = "price_deviation.approved", "价格偏差申请已批准", "A price deviation was approved";
    VOIDED = "price_deviation.voided", "价格偏差申请已作废", "A price deviation was voided; its number stays taken";
    HELD = "price_deviation.held", "价格偏差已被单据占用", "A document holds a price deviation";
    LET_GO = "price_deviation.let_go", "价格偏差已释放", "A document let go of a price deviation";
    USED = "price_deviation.used", "价格偏差已使用", "A price deviation was used";
    EXPIRED = "price_deviation.expired", "价格偏差已过期", "A price deviation expired";
    REVOKED = "price_deviation.revoked", "价格偏差已撤销", "A price deviation was revoked";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PRICE_DEVIATION_REFUSALS],
    events: &[PRICE_DEVIATION_EVENTS],
    enums: &[
        DeviationMode::LABELS,
        HolderKind::LABELS,
        PriceDeviationAction::LABELS,
        PriceDeviationState::LABELS,
    ],
};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::{Currency, PolicyContent};
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
