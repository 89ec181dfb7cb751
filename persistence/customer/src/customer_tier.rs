//! Tiers of customers in the database: held from when to when, how each run came out, and from which figures. `[TIE-1]`

/// What a customer's tier moves besides.
pub mod deed;
/// How runs came out.
mod list;
/// What the product measures of customers.
pub mod measure;
mod row;
/// Which tier a customer holds, and how runs came out.
pub mod view;

pub use list::{AssessmentFilter, AssessmentSummary, assessments};
pub use measure::{Asked, Measured, TierMeasure};
pub use row::{overridden, several};
pub use view::{TierView, show, view};

use crate::{
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    customer_file::CustomerId,
    customer_tier::{CustomerTier, MODEL_CODE, MODEL_NAME, SHIPPED_TIER_MODEL, TierModel},
    spine::{BusinessDate, Change, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<TierModel>(),
    &Shipped::text(MODEL_CODE, "客户分级管理模型", "002 §6 第四章二第三条", SHIPPED_TIER_MODEL),
    &measure::INTERACTIONS,
];

/// Writes a change of a customer's tier.
///
/// # Errors
/// Where it moved meanwhile.
pub(crate) fn apply(tx: &mut Tx<'_>, change: Change<CustomerTier>) -> Result<CustomerTier, Failure> {
    tx.apply(change)
}

/// The model in force on a day.
///
/// # Errors
/// Where there is none.
pub fn model(reader: &mut Reader<'_>, on: BusinessDate) -> Result<Arc<PolicyVersion<TierModel>>, Failure> {
    policy::in_force(reader, MODEL_NAME, on)
}

/// A version of the model by its number.
///
/// # Errors
/// Where there is none.
pub(crate) fn model_of(reader: &mut Reader<'_>, number: i32) -> Result<PolicyVersion<TierModel>, Failure> {
    let all = policy::all_of_kind::<TierModel>(reader)?.into_iter().map(|dated| dated.version);
    let found = all.into_iter().find(|version| version.code == MODEL_CODE && version.number == number);
    found.ok_or_else(|| Failure::fault("the version of the tier model is gone"))
}

/// The tier that a customer holds on a day, whoever asks: what prices and service go by. None before the first run.
///
/// # Errors
/// Where the database fails.
pub fn held_on(
    reader: &mut Reader<'_>,
    customer: CustomerId,
    on: BusinessDate,
) -> Result<Option<String>, Failure> {
    let known = several(reader, &[customer])?.remove(&customer);
    Ok(known.and_then(|known| known.on(on).map(|hold| hold.tier.clone())))
}
