//! What people do about a figure: enter it for somebody below them or in reach. `[KPI-1]`

use super::{apply, row::standing};
use crate::{
    file, indicator,
    organisation::{Organisation, Register, referred},
    schema::employees,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    file::File,
    indicator::Indicator,
    indicator_figure::{Adjusts, FigureContent, IndicatorFigure},
    spine::{EmployeeId, Entity, Id, Permission},
    working_time::Period,
};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What somebody enters.
#[derive(Clone, Debug)]
pub struct Entering {
    /// Of which indicator.
    pub indicator: Id<Indicator>,
    /// About whom.
    pub employee: EmployeeId,
    /// In which period it counts.
    pub period: Period,
    /// In which part of it, from 1.
    pub part: i32,
    /// The value.
    pub value: Decimal,
    /// What it adjusts.
    pub adjusts: Option<Adjusts>,
    /// What it rests on.
    pub basis: String,
    /// Evidence.
    pub evidence: Vec<Id<File>>,
}

/// Enters a figure.
///
/// # Errors
/// Somebody out of reach, an unknown indicator; what [`IndicatorFigure::enter`] refuses;
/// `indicator_figure.entered_twice`.
pub fn enter(tx: &mut Tx<'_>, entering: Entering) -> Result<IndicatorFigure, Failure> {
    let Entering { indicator, employee, period, part, value, adjusts, basis, evidence } = entering;
    let indicator = referred(indicator::find(tx, indicator), "/indicator_id")?;
    let within = is_within(tx, employee)?;
    referred(if within { Ok(()) } else { Err(Failure::NotFound) }, "/employee_id")?;
    let today = tx.today();
    let department = Register::of(tx)?.department_on(employee, today.min(period.last()));
    let department = department.ok_or_else(|| Failure::corrupt("employees", "department_id", employee))?;
    let kept = evidence.clone();
    let content = FigureContent { employee, department, period, part, value, adjusts, basis, evidence };
    let change = IndicatorFigure::enter(tx.id(), &indicator, content, tx.actor(), tx.now())?;
    let figure = apply(tx, change)?;
    file::attach_exactly(tx, &kept, IndicatorFigure::KIND, figure.id.uuid(), "/evidence")?;
    Ok(figure)
}

/// A figure as a row of a file says it.
#[derive(Clone, Debug)]
pub struct Said {
    /// The number of the employee.
    pub employee: String,
    /// The code of the indicator.
    pub indicator: String,
    /// In which period it counts.
    pub period: Period,
    /// In which part of it, from 1.
    pub part: i32,
    /// The value.
    pub value: Decimal,
    /// What it adjusts.
    pub adjusts: Option<Adjusts>,
    /// What it rests on.
    pub basis: String,
}

/// Takes a row of a file; answers whether it is new: the same value for the same changes nothing.
///
/// # Errors
/// As [`enter`], at the columns of the file.
pub fn take(tx: &mut Tx<'_>, said: Said) -> Result<bool, Failure> {
    let Said { employee, indicator, period, part, value, adjusts, basis } = said;
    let key: Option<Key> = db!(tx, |c| employees::table
        .filter(employees::number.eq(&employee))
        .select(employees::id)
        .first(c)
        .optional())?;
    let employee = referred(key.map(EmployeeId::from).ok_or(Failure::NotFound), "/employee")?;
    let within = is_within(tx, employee)?;
    referred(if within { Ok(()) } else { Err(Failure::NotFound) }, "/employee")?;
    let indicator = referred(indicator::of_code(tx, &indicator), "/indicator")?.id;
    if adjusts.is_none()
        && let Some(known) = standing(tx, indicator, employee, period, part)?
        && known.value == value
    {
        return Ok(false);
    }
    let entering =
        Entering { indicator, employee, period, part, value, adjusts, basis, evidence: Vec::new() };
    enter(tx, entering).map(|_| true)
}

/// Whether somebody is below the caller, or in reach.
fn is_within(reader: &mut Reader<'_>, employee: EmployeeId) -> Result<bool, Failure> {
    let today = reader.today();
    let department = Register::of(reader)?.department_on(employee, today);
    let Some(department) = department else { return Ok(false) };
    let is_own = reader.actor().is(employee);
    Ok(reader.reach().covers(department, is_own) || Organisation::caller_is_above(reader, employee)?)
}

/// Whether the caller may read a figure, and with it its files.
pub(super) fn may_read(reader: &mut Reader<'_>, figure: Uuid) -> Result<bool, Failure> {
    reader.is_seen_by(Permission::ReadAppraisals, |reader| super::find(reader, Id::from_uuid(figure)))
}
