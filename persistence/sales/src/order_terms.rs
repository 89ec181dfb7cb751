//! The company's terms of pricing, ordering, delivering and granting credit, in force on a day. `[ORD-1, REC-1e]`

use crate::{
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader},
};
use domain::{
    order_terms::{ORDER_TERMS_CODE, OrderTerms, SHIPPED_ORDER_TERMS},
    spine::PolicyVersion,
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<OrderTerms>(),
    &Shipped::text(ORDER_TERMS_CODE, "订货与授信规则", "004 §5.2；002 §7", SHIPPED_ORDER_TERMS),
];

/// The terms of today.
///
/// # Errors
/// Where there are none.
pub(crate) fn today(reader: &mut Reader<'_>) -> Result<Arc<PolicyVersion<OrderTerms>>, Failure> {
    let today = reader.today();
    policy::in_force(reader, "company", today)
}
