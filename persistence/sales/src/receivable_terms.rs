//! The company's terms of receivables, in force on a day. `[REC-1a, REC-1d]`

use crate::{
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader},
};
use domain::{
    receivable_terms::{RECEIVABLE_TERMS_CODE, ReceivableTerms, SHIPPED_RECEIVABLE_TERMS},
    spine::PolicyVersion,
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<ReceivableTerms>(),
    &Shipped::text(RECEIVABLE_TERMS_CODE, "应收账款规则", "001 第十七条", SHIPPED_RECEIVABLE_TERMS),
];

/// The terms of today.
///
/// # Errors
/// Where there are none.
pub(crate) fn today(reader: &mut Reader<'_>) -> Result<Arc<PolicyVersion<ReceivableTerms>>, Failure> {
    let today = reader.today();
    policy::in_force(reader, "company", today)
}
