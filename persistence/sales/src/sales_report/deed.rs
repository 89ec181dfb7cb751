//! What is done with a report: its figures are read of records, until it is submitted. `[SAL-4]`

use super::{apply, figures::figures, row::is_there};
use crate::{
    organisation::Register,
    spine::{Failure, Tx},
};
use domain::{
    sales_report::{NO_EMPLOYEE, SalesReport},
    spine::{Change, Refusal},
    working_time::Period,
};

/// Compiles the caller's own of a day or a month.
///
/// # Errors
/// `sales_report.compiled_already`; a period that is none, or lies ahead.
pub fn compile(tx: &mut Tx<'_>, period: Period) -> Result<SalesReport, Failure> {
    let (now, today) = (tx.now(), tx.today());
    SalesReport::check_period(period, today)?;
    let employee = tx.actor().employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    if is_there(tx, employee, period)? {
        return Err(SalesReport::is_there(period).into());
    }
    let department = Register::of(tx)?.department_on(employee, period.last().min(today));
    let department = department.or(tx.actor().department).ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let figures = figures(tx, employee, period)?;
    let change = SalesReport::compile((tx.id(), department), period, figures, tx.actor(), (now, today))?;
    apply(tx, change)
}

/// Says something to it.
///
/// # Errors
/// Another's; one that is submitted; what is not well formed.
pub fn comment(
    tx: &mut Tx<'_>,
    report: SalesReport,
    comment: Option<String>,
) -> Result<Change<SalesReport>, Failure> {
    let figures = figures(tx, report.employee, report.period)?;
    Ok(report.comment(comment, figures, tx.actor())?)
}

/// Submits it.
///
/// # Errors
/// `sales_report.not_over`; another's; one that is submitted.
pub fn submit(tx: &mut Tx<'_>, report: SalesReport) -> Result<Change<SalesReport>, Failure> {
    let (now, today) = (tx.now(), tx.today());
    let figures = figures(tx, report.employee, report.period)?;
    Ok(report.submit(figures, tx.actor(), (now, today))?)
}
