//! Leaving: from the last day all access ends, and nothing is orphaned. `[ORG-4]`

use crate::identity::{Without, ensure_administrator_without};
use crate::spine::{Can, IfMatch, PathId, Reply, Routes, UnitOfWork, Valid, routes};
use chrono::NaiveDate;
use domain::{
    approval::Unavailable,
    identity::EndReason,
    organisation::{Employee, Employment},
    spine::{self, perm},
};
use persistence::{
    approval::move_open_tasks,
    identity::{account, session},
    organisation::{EmployeeView, absence, department, employee},
    spine::{Database, Failure, Request, StoredAnswer, Tx},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "employees", [leave_employee, keep_employee]);
}

/// When somebody leaves.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeaveEmployee {
    /// The last day, from which all access ends; today unless said otherwise.
    last_day: Option<NaiveDate>,
}

/// Register that an employee leaves. `[ORG-4]`
///
/// From the last day all access ends. Open approvals go to the stand-in or the superior, whoever reported to
/// them reports to their superior, and so do the departments they headed.
#[utoipa::path(post, path = "/api/v1/employees/{id}/leave")]
async fn leave_employee(
    who: Can<perm::ManageOrganisation>,
    id: PathId<spine::Employee>,
    version: IfMatch,
    body: Valid<LeaveEmployee>,
    work: UnitOfWork,
) -> Reply<EmployeeView> {
    work.write(who, move |tx| {
        let found = employee::find(tx, *id)?;
        version.check(found.version)?;
        let today = tx.today();
        if let Some(account) = account::of_employee(tx, *id)? {
            ensure_administrator_without(tx, Without::User(account.id))?;
        }
        let leaver = employee::apply(tx, found.leave(body.last_day.unwrap_or(today), today)?)?;
        if let Employment::Left { .. } = leaver.employment {
            hand_over(tx, &leaver)?;
        }
        employee::view(tx, *id)
    })
    .await
}

/// Take a registered leaving back. `[ORG-4]`
#[utoipa::path(post, path = "/api/v1/employees/{id}/stay")]
async fn keep_employee(
    who: Can<perm::ManageOrganisation>,
    id: PathId<spine::Employee>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<EmployeeView> {
    work.write(who, move |tx| {
        let found = employee::find(tx, *id)?;
        version.check(found.version)?;
        employee::apply(tx, found.stay()?)?;
        employee::view(tx, *id)
    })
    .await
}

/// Hands over everything somebody held who has left, in the unit of work in which they left.
fn hand_over(tx: &mut Tx<'_>, leaver: &Employee) -> Result<(), Failure> {
    let (today, now) = (tx.today(), tx.now());
    if let Some(account) = account::of_employee(tx, leaver.id)? {
        session::end_all(tx, account.id, EndReason::Left)?;
    }
    // While the line above the leaver still stands as it was.
    move_open_tasks(tx, leaver.id, Unavailable::Left)?;
    let successor = leaver.placement_on(today).and_then(|placement| placement.superior);
    let from = leaver.employment.last_day().unwrap_or(today);
    for report in employee::reporting_to(tx, leaver.id, from)? {
        if let Some(change) = report.lose_superior(leaver.id, successor, from) {
            employee::apply(tx, change)?;
        }
    }
    for headed in department::headed_by(tx, leaver.id)? {
        department::apply(tx, headed.hand_over(successor))?;
    }
    for away in absence::concerning(tx, leaver.id, from)? {
        absence::apply(tx, away.cancel(now)?)?;
    }
    Ok(())
}

/// Completes the leavings whose day has come; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer.
pub async fn finish_leavings(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("leavings"), employee::due_to_leave).await?;
    for leaver in due {
        let id = leaver.id;
        let work = move |tx: &mut Tx<'_>| {
            let today = tx.today();
            if let Some(change) = employee::load(tx, id)?.finish_leaving(today) {
                let left = employee::apply(tx, change)?;
                hand_over(tx, &left)?;
            }
            Ok(StoredAnswer::default())
        };
        database.write(Request::system("leavings"), work).await?;
    }
    Ok(())
}
