//! Leaving: from the last day all access ends, and nothing is orphaned. `[ORG-4]`

use super::absence::route_to_stand_in;
use crate::identity::keeping_an_administrator;
use crate::spine::{At, Can, Chore, Every, PathId, Reading, Reply, Routes, UnitOfWork, Valid, each, routes};
use chrono::NaiveDate;
use domain::{
    approval::Unavailable,
    identity::EndReason,
    organisation::{Absence, Employee, Employment},
    spine::{EmployeeId, perm},
};
use persistence::{
    approval::move_open_tasks,
    identity::{account, session},
    organisation::{
        EmployeeView, OpenMattersView, absence, department, employee, ensure_cleared, open_matters,
    },
    spine::{Database, Failure, Request, Tx},
    task, vacancy,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "employees", [leave_employee, keep_employee, list_open_matters]);
}

/// When somebody leaves.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeaveEmployee {
    /// The last day, from which all access ends; today unless said otherwise.
    last_day: Option<NaiveDate>,
    /// Whether they leave although something is open in their name: unsettled advances, drafts, requests that hold budget.
    #[serde(default)]
    despite_open_matters: bool,
}

/// List what somebody who leaves would leave open. `[ORG-4]`
///
/// Advances that are not settled, documents that are not finished, requests that hold budget. Open approvals are not
/// among them: they move by themselves.
#[utoipa::path(get, path = "/api/v1/employees/{id}/open-matters")]
async fn list_open_matters(
    who: Can<perm::ManageOrganisation>,
    id: PathId<domain::spine::Employee>,
    reading: Reading,
) -> Reply<OpenMattersView> {
    reading
        .read(who, move |reader| {
            let found = employee::find(reader, *id)?;
            open_matters(reader, found.id)
        })
        .await
}

/// Register that an employee leaves. `[ORG-4]`
///
/// From the last day all access ends. Open approvals go to the stand-in or the superior, whoever reported to
/// them reports to their superior, and so do the departments they headed. Whom they stood in for, the superior does.
/// Refused while something is open in their name, naming it, unless `despite_open_matters` says that it stays so.
#[utoipa::path(post, path = "/api/v1/employees/{id}/leave")]
async fn leave_employee(
    who: Can<perm::ManageOrganisation>,
    at: At<Employee>,
    body: Valid<LeaveEmployee>,
    work: UnitOfWork,
) -> Reply<EmployeeView> {
    work.moves(who, at, move |found, tx| {
        let last_day = body.last_day.unwrap_or_else(|| tx.today());
        register(tx, found, last_day, body.despite_open_matters)
    })
    .await
}

/// Registers somebody's last day, and hands everything over where it has come.
pub(super) fn register(
    tx: &mut Tx<'_>,
    found: Employee,
    last_day: NaiveDate,
    despite_open_matters: bool,
) -> Result<Employee, Failure> {
    if !despite_open_matters {
        ensure_cleared(tx, found.id)?;
    }
    let leaves = found.leave(last_day, tx.today())?;
    let leaver = keeping_an_administrator(tx, |tx| employee::apply(tx, leaves))?;
    if let Employment::Left { .. } = leaver.employment {
        hand_over(tx, &leaver)?;
    }
    vacancy::deed::follow(tx, &leaver)?;
    Ok(leaver)
}

/// Take a registered leaving back. `[ORG-4]`
#[utoipa::path(post, path = "/api/v1/employees/{id}/stay")]
async fn keep_employee(
    who: Can<perm::ManageOrganisation>,
    at: At<Employee>,
    work: UnitOfWork,
) -> Reply<EmployeeView> {
    work.moves(who, at, move |found, tx| {
        let stays = employee::apply(tx, found.stay()?)?;
        vacancy::deed::follow(tx, &stays)?;
        Ok(stays)
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
    task::deed::pass_on_of_leaver(tx, leaver)?;
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
        if away.employee == leaver.id {
            absence::apply(tx, away.cancel(now)?)?;
        } else {
            hand_over_stand_in(tx, away, successor)?;
        }
    }
    Ok(())
}

/// Lets the leaver's superior stand in for somebody in the leaver's place. Where nobody is there or they may not,
/// the absence stays as it is: whoever is away is not back, and what comes for them goes to their superior. `[APR-9]`
fn hand_over_stand_in(tx: &mut Tx<'_>, away: Absence, successor: Option<EmployeeId>) -> Result<(), Failure> {
    let Some(successor) = successor else { return Ok(()) };
    let stand_in = employee::load(tx, successor)?;
    let others = absence::sharing_days(tx, away.from, away.until)?;
    let (period, reason) = ((away.from, away.until), away.reason.clone());
    let Ok(change) = away.change(period, &stand_in, reason, &others) else { return Ok(()) };
    let handed = absence::apply(tx, change)?;
    route_to_stand_in(tx, &handed)
}

/// Leavings whose day has come.
pub const LEAVINGS: &Chore = &Chore {
    name: "leavings",
    every: Every::Seconds(60),
    run: |state| Box::pin(finish_leavings(&state.database)),
};

/// Completes the leavings whose day has come; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; a leaving that could not be completed, when the others have been.
pub async fn finish_leavings(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("leavings"), employee::due_to_leave).await?;
    let due = due.into_iter().map(|leaver| leaver.id);
    each(database, "leavings", due, |tx, id| {
        let today = tx.today();
        if let Some(change) = employee::load(tx, id)?.finish_leaving(today) {
            let left = employee::apply(tx, change)?;
            hand_over(tx, &left)?;
        }
        Ok(())
    })
    .await
}
