//! Price deviations in the database: asked for, approved, held by one document at a time, used. `[PRI-2, PRI-2a]`

/// What is done with a deviation.
pub mod deed;
/// What documents hold, use and let go of.
pub(crate) mod holding;
mod row;
mod settle;
/// What a deviation looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use settle::preview;
pub use view::{PriceDeviationFilter, PriceDeviationSummary, PriceDeviationView, list, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    policy::{Kind, Shipped},
    spine::{Failure, Part, Tx},
};
use domain::{
    price_deviation::{
        DISCOUNT_AUTHORITY_CODE, DiscountAuthority, PRICE_DEVIATION_CHAIN_CODE, PriceDeviation,
        SHIPPED_DISCOUNT_AUTHORITY, SHIPPED_PRICE_DEVIATION_CHAIN, routed_fields,
    },
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<PriceDeviation, crate::Sales>() },
    &Routing(routed_fields),
    &Kind::of::<DiscountAuthority>(),
    &Shipped::text(DISCOUNT_AUTHORITY_CODE, "价格审批权限", "004 §5.3", SHIPPED_DISCOUNT_AUTHORITY),
    &Shipped::text(PRICE_DEVIATION_CHAIN_CODE, "价格偏差审批链", "004 §5.3", SHIPPED_PRICE_DEVIATION_CHAIN),
];

crate::spine::resource! { crate::Sales: PriceDeviation as PriceDeviationView; find, apply, show = show }

/// Writes a change of a deviation.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<PriceDeviation>) -> Result<PriceDeviation, Failure> {
    tx.apply(change)
}
