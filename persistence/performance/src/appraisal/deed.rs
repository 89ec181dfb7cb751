//! What people do about an appraisal. `[KPI-7]`

use super::{apply, consequence, row};
use crate::{
    appraisal_period, policy,
    spine::{Failure, Reader, Tx},
};
use domain::{
    appraisal::{Appraisal, AppraisalState, CalibrationKind, Recalibrated, SetTarget},
    appraisal_period::{AppraisalPeriod, Stage},
    scheme::Scheme,
    spine::{Change, Permission, read_content},
};
use rust_decimal::Decimal;

/// Whether the caller manages the appraisals of a department, whatever the permission of the route.
pub(super) fn manages(reader: &Reader<'_>, sheet: &Appraisal) -> bool {
    let by = reader.actor();
    by.may(Permission::ManageAppraisals)
        && by.reach(Permission::ManageAppraisals).covers(sheet.department, false)
}

/// The period of an appraisal, which stays as it is until the unit of work ends.
fn period(tx: &mut Tx<'_>, sheet: &Appraisal) -> Result<AppraisalPeriod, Failure> {
    tx.connection().hold_rows("appraisal_periods", &[sheet.period.into()])?;
    appraisal_period::find(tx, sheet.period)
}

/// The scheme by which a sheet is judged as a whole.
pub(super) fn scheme_of(
    reader: &mut Reader<'_>,
    reference: &domain::appraisal::SchemeReference,
) -> Result<Scheme, Failure> {
    let content = policy::find(reader, reference.id)?.content;
    read_content(&content).map_err(|finding| Failure::fault(format_args!("a scheme: {finding:?}")))
}

fn scheme(reader: &mut Reader<'_>, sheet: &Appraisal) -> Result<Scheme, Failure> {
    let reference = sheet.scheme.clone().ok_or(Failure::NotFound)?;
    scheme_of(reader, &reference)
}

/// Sets targets, all of them at once.
///
/// # Errors
/// See [`Appraisal::set_targets`]; `appraisal_period.wrong_stage`.
pub fn set_targets(
    tx: &mut Tx<'_>,
    sheet: Appraisal,
    targets: Vec<SetTarget>,
) -> Result<Change<Appraisal>, Failure> {
    period(tx, &sheet)?.ensure(Stage::Targets)?;
    let mut schemes = Vec::new();
    for part in &sheet.parts {
        schemes.push(part.scheme.as_ref().map(|reference| scheme_of(tx, reference)).transpose()?);
    }
    let takes_target = |part: usize, indicator: &str| {
        let scheme = part.checked_sub(1).and_then(|place| schemes.get(place)?.as_ref());
        scheme.and_then(|scheme| scheme.indicator(indicator)).is_some_and(|used| used.curve.needs_target())
    };
    let manages = manages(tx, &sheet);
    Ok(sheet.set_targets(targets, takes_target, manages, &tx.actor().clone())?)
}

/// Exempts somebody while results are calibrated.
///
/// # Errors
/// See [`Appraisal::exempt`].
pub fn exempt(tx: &mut Tx<'_>, sheet: Appraisal, reason: String) -> Result<Change<Appraisal>, Failure> {
    period(tx, &sheet)?.ensure(Stage::Calibration)?;
    Ok(sheet.exempt(reason, tx.actor(), tx.now())?)
}

/// Changes a result by hand: while results are calibrated, or in a revision.
///
/// # Errors
/// See [`Appraisal::calibrate`].
pub fn calibrate(tx: &mut Tx<'_>, sheet: Appraisal, to: Recalibrated) -> Result<Change<Appraisal>, Failure> {
    let kind = if sheet.state == AppraisalState::Reopened {
        CalibrationKind::Revision
    } else {
        let period = period(tx, &sheet)?;
        period.ensure(Stage::Calibration)?;
        CalibrationKind::Single
    };
    sheet.may_calibrate(tx.actor())?;
    let scheme = scheme(tx, &sheet)?;
    Ok(sheet.calibrate(to, kind, &scheme, tx.actor(), tx.now())?)
}

/// The person objects to their result.
///
/// # Errors
/// See [`Appraisal::object`].
pub fn object(tx: &mut Tx<'_>, sheet: Appraisal, grounds: String) -> Result<Change<Appraisal>, Failure> {
    let period = period(tx, &sheet)?;
    period.ensure(Stage::Published)?;
    let until = period.due_on().unwrap_or(tx.today());
    let at = (tx.now(), tx.today());
    Ok(sheet.object(grounds, until, tx.actor(), at)?)
}

/// Rules on an objection: with another result it is upheld.
///
/// # Errors
/// See [`Appraisal::rule`].
pub fn rule(
    tx: &mut Tx<'_>,
    sheet: Appraisal,
    result: Option<Decimal>,
    reason: String,
) -> Result<Change<Appraisal>, Failure> {
    period(tx, &sheet)?.ensure(Stage::Published)?;
    sheet.may_rule(tx.actor())?;
    let scheme = scheme(tx, &sheet)?;
    Ok(sheet.rule(result, reason, &scheme, tx.actor(), tx.now())?)
}

/// Asks to open an appraisal that is final again: a revision of its own, which somebody else has to agree to.
///
/// # Errors
/// See [`Appraisal::ask_to_reopen`].
pub fn ask_to_reopen(tx: &mut Tx<'_>, sheet: &Appraisal, reason: String) -> Result<Appraisal, Failure> {
    let later = row::later(tx, sheet)?;
    let change = sheet.ask_to_reopen(tx.id(), reason, later, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Ends a revision: its result stands from now on, and so does what follows from it.
///
/// # Errors
/// See [`Appraisal::conclude`].
pub fn conclude(tx: &mut Tx<'_>, sheet: Appraisal) -> Result<Appraisal, Failure> {
    let change = sheet.conclude(tx.actor())?;
    let sheet = apply(tx, change)?;
    let period = consequence::period_of(tx, &sheet)?;
    consequence::follow(tx, &period, &sheet)?;
    Ok(sheet)
}
