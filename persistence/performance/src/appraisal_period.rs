//! Periods of appraisal in the database: opened, taken from stage to stage, with everybody gone through a few
//! hundred in a unit of work. `[KPI-3, KPI-7]`

/// What is done with a period.
pub mod deed;
/// Everybody of a period is gone through.
pub mod pass;
mod row;
/// What a period looks like, and all of them.
pub mod view;

pub(crate) use row::{all, of_period};
pub use row::{find, over, under_way};
pub use view::{APPRAISAL_PERIOD, PeriodFilter, PeriodSummary, PeriodView, list, show, view};

use crate::{
    policy::{Kind, Shipped},
    spine::{Failure, Part, Tx},
};
use domain::{
    appraisal_period::{
        APPRAISAL_SETTINGS_CODE, AppraisalPeriod, AppraisalSettings, SHIPPED_APPRAISAL_SETTINGS,
    },
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<AppraisalSettings>(),
    &Shipped::text(APPRAISAL_SETTINGS_CODE, "绩效考核设置", "004 §9", SHIPPED_APPRAISAL_SETTINGS),
];

crate::spine::resource! { crate::Performance: AppraisalPeriod as PeriodView; find, apply, show = show }

/// Writes a change of a period.
///
/// # Errors
/// `appraisal_period.opened_already`.
pub fn apply(tx: &mut Tx<'_>, change: Change<AppraisalPeriod>) -> Result<AppraisalPeriod, Failure> {
    tx.apply(change)
}
