//! The company's terms of selling, in force on a day. `[CON-1, COM-11]`

use crate::{
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader},
};
use domain::{
    sales_terms::{SALES_TERMS_CODE, SHIPPED_SALES_TERMS, SalesTerms},
    spine::PolicyVersion,
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<SalesTerms>(),
    &Shipped::text(SALES_TERMS_CODE, "销售业务规则", "003 销售合同管理；002 §5", SHIPPED_SALES_TERMS),
];

/// The terms of today.
///
/// # Errors
/// Where there are none.
pub(crate) fn today(reader: &mut Reader<'_>) -> Result<Arc<PolicyVersion<SalesTerms>>, Failure> {
    let today = reader.today();
    policy::in_force(reader, "company", today)
}
