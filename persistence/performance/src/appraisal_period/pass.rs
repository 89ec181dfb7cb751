//! Everybody of a period is gone through, a few hundred in a unit of work behind a watermark: the first with
//! the call that begins it, the rest by a chore, so that ten thousand people take one call. Two servers meet
//! on the version of the period.
//! `[KPI-6]`

use super::{apply, find};
use crate::{
    appraisal::{
        self, consequence,
        frozen::{self, Measuring},
    },
    appraisal_review, review_round,
    scheme::stay::{Covered, Rules, covered},
    spine::{Failure, Key, Tx},
};
use domain::{
    appraisal::{Appraisal, AppraisalState, NewAppraisal},
    appraisal_period::{AppraisalPeriod, PassKind},
    spine::{EmployeeId, Id},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// So many people are gone through in a unit of work.
const AT_ONCE: i64 = 200;

/// Goes on with a period, where there is something to go on with.
///
/// # Errors
/// Where the database fails.
pub fn go_on(tx: &mut Tx<'_>, period: AppraisalPeriod) -> Result<AppraisalPeriod, Failure> {
    let Some(pass) = period.pass else { return Ok(period) };
    // The period before its sheets: in this order everybody locks them.
    tx.connection().hold_rows("appraisal_periods", &[period.id.into()])?;
    let behind = pass.behind.map(Key);
    let (last, done) = match pass.kind {
        PassKind::Covering => cover(tx, &period, behind)?,
        PassKind::Scoring => score(tx, &period, behind)?,
        PassKind::Finalising => finalise(tx, &period, behind)?,
    };
    let more = last.filter(|_| done >= AT_ONCE);
    apply(tx, period.went_on(more, done))
}

/// The same for the period of an id: what the chore does.
///
/// # Errors
/// Where the database fails.
pub fn go_on_with(tx: &mut Tx<'_>, id: Id<AppraisalPeriod>) -> Result<(), Failure> {
    let period = find(tx, id)?;
    go_on(tx, period).map(drop)
}

/// How far a unit came: the last employee, and how many.
type Came = (Option<Uuid>, i64);

fn came(employees: &[EmployeeId]) -> Came {
    let done = i64::try_from(employees.len()).unwrap_or(i64::MAX);
    (employees.last().map(|employee| employee.uuid()), done)
}

fn employees(covered: &[Covered]) -> Vec<EmployeeId> {
    covered.iter().map(|covered| covered.employee).collect()
}

/// Who is appraised by what, and who is asked to review in this stage.
fn cover(tx: &mut Tx<'_>, period: &AppraisalPeriod, behind: Option<Key>) -> Result<Came, Failure> {
    let rules = Rules::of(tx, period.period)?;
    let people = covered(tx, &rules, behind, AT_ONCE)?;
    let employees = employees(&people);
    review_round::deed::close(tx, period, &employees)?;
    let mut wanted = Vec::new();
    for sheet in sheets(tx, period, people)?.into_values() {
        let of = sheet.scheme.as_ref().and_then(|scheme| rules.schemes.version(scheme.id));
        if let Some(version) = of.filter(|_| sheet.state == AppraisalState::Open) {
            wanted.extend(appraisal_review::wanted(tx, &sheet, &version.content, period.stage())?);
        }
    }
    appraisal_review::ask(tx, period, wanted)?;
    Ok(came(&employees))
}

/// The sheets of some people, opened where they have none, with the parts as they are now.
fn sheets(
    tx: &mut Tx<'_>,
    period: &AppraisalPeriod,
    people: Vec<Covered>,
) -> Result<BTreeMap<EmployeeId, Appraisal>, Failure> {
    let mut sheets = appraisal::of_people(tx, period.id, &employees(&people))?;
    for Covered { employee, parts } in people {
        let is_measured = parts.iter().any(|part| part.scheme.is_some());
        let change = match sheets.remove(&employee) {
            None if !is_measured => continue,
            None => Some(Appraisal::open(NewAppraisal { id: tx.id(), period: period.id, employee, parts })),
            Some(sheet) => {
                let change = sheet.clone().cover(parts);
                if change.is_none() {
                    sheets.insert(employee, sheet);
                }
                change
            }
        };
        if let Some(change) = change {
            sheets.insert(employee, appraisal::apply(tx, change)?);
        }
    }
    Ok(sheets)
}

/// Results for those who have none yet.
fn score(tx: &mut Tx<'_>, period: &AppraisalPeriod, behind: Option<Key>) -> Result<Came, Failure> {
    let rules = Rules::of(tx, period.period)?;
    let people = covered(tx, &rules, behind, AT_ONCE)?;
    let employees = employees(&people);
    review_round::deed::close(tx, period, &employees)?;
    let sheets = sheets(tx, period, people)?;
    let unscored: Vec<Appraisal> = sheets
        .into_values()
        .filter(|sheet| matches!(sheet.state, AppraisalState::Open | AppraisalState::Blocked))
        .collect();
    let measuring = Measuring::of(tx, period, rules.schemes, &unscored)?;
    for sheet in unscored {
        let frozen = frozen::freeze(tx, &measuring, &sheet)?;
        let scored = measuring.compute(&sheet, &frozen);
        let change = sheet.score(frozen, scored)?;
        appraisal::apply(tx, change)?;
    }
    Ok(came(&employees))
}

/// Results become final, and what follows from them follows.
fn finalise(tx: &mut Tx<'_>, period: &AppraisalPeriod, behind: Option<Key>) -> Result<Came, Failure> {
    let sheets = appraisal::scored_behind(tx, period.id, behind, AT_ONCE)?;
    let people: Vec<EmployeeId> = sheets.iter().map(|sheet| sheet.employee).collect();
    for sheet in sheets {
        let change = sheet.finalise()?;
        let sheet = appraisal::apply(tx, change)?;
        consequence::follow(tx, period, &sheet)?;
    }
    Ok(came(&people))
}
