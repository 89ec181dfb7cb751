//! Appraisals in the database: found by the person, by those above them and within reach, and by nobody else.
//! `[KPI-4 … KPI-9]`

/// How far somebody has come while the period runs.
pub mod attainment;
/// What follows from a result that is final.
pub(crate) mod consequence;
/// What people do about an appraisal.
pub mod deed;
/// What was measured is kept.
pub(crate) mod frozen;
/// The appraisals within the caller's sight.
pub mod list;
mod row;
/// A sheet, line by line.
pub mod sheet;
/// What one appraisal looks like.
pub mod view;

pub use list::{AppraisalFilter, AppraisalSummary, list};
pub use row::find;
pub(crate) use row::{
    computed_behind, final_behind, final_of_period, find_unscoped, of_people, outstanding, scored_behind,
    scored_of,
};
pub use view::{APPRAISAL, AppraisalView, show, view};

use crate::{
    audit::{Confidential, Shown},
    file,
    spine::{Failure, Part, Tx},
};
use domain::{
    appraisal::Appraisal,
    spine::{Change, Entity, Permission},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Confidential { kind: Appraisal::KIND, shown: Shown::WithPermission(Permission::ReadAppraisals) },
    &file::DocumentKind { kind: Appraisal::KIND, may_read: row::may_read },
];

crate::spine::resource! { crate::Performance: Appraisal as AppraisalView; find, apply, show = show }

/// Writes a change of an appraisal.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Appraisal>) -> Result<Appraisal, Failure> {
    tx.apply(change)
}
