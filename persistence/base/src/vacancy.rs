//! Vacancies in the database, and how the centre is staffed: found within the caller's sight, written by applying
//! changes, shown and listed. `[ORG-2]`

/// What moves more than the vacancy itself.
pub mod deed;
mod row;
mod settle;
/// How many people there are, and are to be.
pub mod staffing;
/// What one vacancy looks like, and the vacancies within the caller's sight.
pub mod view;

pub use row::{due_to_expire, find};
pub use settle::preview;
pub use view::{VACANCY, VacancyFilter, VacancySummary, VacancyView, list, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    organisation::{employee, position, referred},
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    spine::{BusinessDate, Change, PolicyVersion, Refusal},
    vacancy::{
        REPLACES_ANOTHER, SHIPPED_VACANCY_CHAIN, StaffingStandard, VACANCY_CHAIN_CODE, Vacancy,
        VacancyContent, routed_fields,
        standard::{SHIPPED_STAFFING_STANDARD, STAFFING_STANDARD_CODE},
    },
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<Vacancy, crate::Base>() },
    &Routing(routed_fields),
    &Kind::of::<StaffingStandard>(),
    &Shipped::text(STAFFING_STANDARD_CODE, "人员配置标准", "000 §2.3(2)", SHIPPED_STAFFING_STANDARD),
    &Shipped::text(VACANCY_CHAIN_CODE, "用人申请审批链", "000 §2.3(2)(3)", SHIPPED_VACANCY_CHAIN),
];

crate::spine::resource! { crate::Base: Vacancy as VacancyView; find, apply, show = show }

/// Writes a change of a vacancy.
pub fn apply(tx: &mut Tx<'_>, change: Change<Vacancy>) -> Result<Vacancy, Failure> {
    tx.apply(change)
}

/// The company's standard on a day.
///
/// # Errors
/// Where there is none.
pub fn standard(
    reader: &mut Reader<'_>,
    on: BusinessDate,
) -> Result<Arc<PolicyVersion<StaffingStandard>>, Failure> {
    policy::in_force(reader, "company", on)
}

/// Checks that what a vacancy refers to is there: an open department within reach, a position, and whoever is replaced in
/// it.
///
/// # Errors
/// A refusal that names the field.
pub fn refer(reader: &mut Reader<'_>, content: &VacancyContent) -> Result<(), Failure> {
    use crate::organisation::department;
    department::refer(reader, content.department, "/department_id")?;
    referred(department::ensure_within_reach(reader, content.department), "/department_id")?;
    position::refer(reader, content.position, "/position_id")?;
    let Some(replaced) = content.replaces else { return Ok(()) };
    let replaced = employee::refer(reader, replaced, "/replaces_id")?;
    let held = |placement: &domain::organisation::Placement| {
        placement.department == content.department && placement.position == Some(content.position)
    };
    if replaced.placements.last().is_some_and(held) {
        return Ok(());
    }
    Err(Refusal::new(REPLACES_ANOTHER).with("name", replaced.name).at("/replaces_id").into())
}

/// The number of a new vacancy of this year.
///
/// # Errors
/// Where the database fails.
pub fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    let today = tx.today();
    let standard = standard(tx, today)?;
    crate::spine::next_number(tx, &standard.content.number_prefix)
}
