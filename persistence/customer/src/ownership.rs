//! Ownership in the database: facts are added and never changed, whose a customer is follows in the same transaction, and
//! the chain of owners is kept as each fact left it. `[OWN-14 … OWN-18]`

/// Deals that are told by hand.
pub mod deal;
/// What is done about ownership.
pub mod deed;
/// The contact that keeps a customer is owed.
pub mod duty;
mod replay;
mod row;
/// Who may own customers.
pub mod serving;
/// Why it is whose, until when, and what comes next.
pub mod view;

pub(crate) use row::customers_of;
pub use row::{book, find, load};
pub use view::{OwnershipView, view};

use crate::{
    policy::{Kind, Shipped},
    spine::{Follows, Part},
};
use domain::ownership::{OwnershipPolicy, SHIPPED_GENERAL, SHIPPED_REAL_ESTATE};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<OwnershipPolicy>(),
    &Shipped::text("ownership/real-estate", "客户归属规则（房地产销售）", "002 §5", SHIPPED_REAL_ESTATE),
    &Shipped::text("ownership/general", "客户归属规则（通用）", "002 §5；000 §5.1", SHIPPED_GENERAL),
    &Follows { wants: deed::wants, then: deed::follow },
    &duty::FOLLOW_UP_CALLED,
    &duty::FOLLOWED_UP,
    &Shipped::text(
        "duty-rule/customer-follow-up",
        "客户按期跟进",
        "002 §6 第四章二第三条",
        duty::FOLLOW_UP_RULE,
    ),
    replay::REPLAYED,
];
