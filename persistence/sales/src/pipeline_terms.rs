//! The company's terms of pursuing sales, in force on a day. `[SAL-2, SAL-3]`

use crate::{
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader},
};
use domain::{
    pipeline_terms::{PIPELINE_TERMS_CODE, PipelineTerms, SHIPPED_PIPELINE_TERMS},
    spine::PolicyVersion,
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<PipelineTerms>(),
    &Shipped::text(PIPELINE_TERMS_CODE, "销售过程规则", "001 奖惩条款 §3", SHIPPED_PIPELINE_TERMS),
];

/// The terms of today.
///
/// # Errors
/// Where there are none.
pub fn today(reader: &mut Reader<'_>) -> Result<Arc<PolicyVersion<PipelineTerms>>, Failure> {
    let today = reader.today();
    policy::in_force(reader, "company", today)
}
