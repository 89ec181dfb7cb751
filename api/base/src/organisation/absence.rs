//! Absences and who stands in. `[ORG-3]`

use crate::spine::{
    At, Attempts, Can, Chore, Created, Every, List, Merge, Merged, PathId, Reading, Reply, Routes,
    UnitOfWork, Valid, Wanted, each, routes,
};
use chrono::NaiveDate;
use domain::{
    approval::Unavailable,
    organisation::Absence,
    spine::{EmployeeId, Refusal, codes, perm},
    task::OwnedBy,
};
use persistence::{
    approval::{move_open_tasks, move_tasks_of_stand_ins, powerless, release_tasks, return_tasks},
    organisation::{AbsenceFilter, AbsenceView, absence, employee, referred},
    spine::{Database, Failure, Request, Tx},
    task,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(
        into,
        "absences",
        [list_absences, register_absence, show_absence, change_absence, cancel_absence]
    );
}

/// List the absences within reach, and those in which one stands in. `[ORG-3]`
#[utoipa::path(get, path = "/api/v1/absences")]
async fn list_absences(
    who: Can<perm::ManageAbsences>,
    wanted: Wanted<AbsenceFilter>,
    reading: Reading,
) -> List<AbsenceView> {
    reading.list(who, wanted, absence::list).await
}

/// Show an absence. `[ORG-3]`
#[utoipa::path(get, path = "/api/v1/absences/{id}")]
async fn show_absence(
    who: Can<perm::ManageAbsences>,
    id: PathId<Absence>,
    reading: Reading,
) -> Reply<AbsenceView> {
    reading.read(who, move |reader| absence::view(reader, *id)).await
}

/// Who is away, when, and who stands in.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegisterAbsence {
    /// Who is away; oneself unless said otherwise.
    employee_id: Option<EmployeeId>,
    /// Who stands in.
    stand_in_id: EmployeeId,
    /// The first day.
    from: NaiveDate,
    /// The last day, included.
    until: NaiveDate,
    /// Why.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "年假")]
    reason: String,
}

impl Merged for RegisterAbsence {
    const PATCH: &'static str = "ChangeAbsence";
    const FIXED: &'static [&'static str] = &["employee_id"];
    const FILLED: &'static [&'static str] = &["reason"];
}

impl From<&Absence> for RegisterAbsence {
    fn from(absence: &Absence) -> Self {
        let Absence { employee, stand_in, from, until, reason, .. } = absence.clone();
        Self { employee_id: Some(employee), stand_in_id: stand_in, from, until, reason }
    }
}

/// Register an absence with a stand-in. `[ORG-3]`
///
/// Approvals route to the stand-in; from today, open ones too.
#[utoipa::path(post, path = "/api/v1/absences")]
async fn register_absence(
    who: Can<perm::ManageAbsences>,
    body: Valid<RegisterAbsence>,
    work: UnitOfWork,
) -> Created<AbsenceView> {
    work.write(who, move |tx| {
        let RegisterAbsence { employee_id, stand_in_id, from, until, reason } = body.0.clone();
        let required = || Refusal::new(codes::REQUIRED).at("/employee_id");
        let employee = employee_id.or(tx.actor().employee).ok_or_else(required)?;
        referred(employee::find(tx, employee), "/employee_id")?;
        let stand_in = employee::refer(tx, stand_in_id, "/stand_in_id")?;
        let others = absence::sharing_days(tx, from, until)?;
        let (id, cancelled_at) = (tx.id(), None);
        let new =
            Absence { id, employee, stand_in: stand_in_id, from, until, reason, cancelled_at, version: 0 };
        let registered = absence::apply(tx, new.register(&stand_in, &others)?)?;
        route_to_stand_in(tx, &registered)?;
        absence::view(tx, registered.id)
    })
    .await
}

/// Open approvals go to the stand-in at once if the absence holds today.
pub(super) fn route_to_stand_in(tx: &mut Tx<'_>, absence: &Absence) -> Result<(), Failure> {
    if absence.holds_on(tx.today()) {
        move_open_tasks(tx, absence.employee, Unavailable::Absent)?;
        move_tasks_of_stand_ins(tx, absence.employee)?;
        task::deed::pass_on(tx, absence.employee, absence.stand_in, OwnedBy::Absent)?;
    }
    Ok(())
}

/// Absences that begin today.
pub const ABSENCES: &Chore =
    &Chore { name: "absences", every: Every::Day, run: |state| Box::pin(begin_absences(&state.database)) };

/// Grants whose last day has passed.
pub const EXPIRED_GRANTS: &Chore = &Chore {
    name: "expired-grants",
    every: Every::Day,
    run: |state| Box::pin(release_expired(&state.database)),
};

/// Lets those whose absence ended have their open approvals again, and routes those of everybody whose absence holds today
/// to the stand-ins: what was registered
/// ahead of time takes effect on its first day. Doing it twice changes nothing.
///
/// # Errors
/// A database that does not answer; an absence that could not take effect, when the others have.
pub async fn begin_absences(database: &Database) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    attempts.add(end_absences(database).await);
    let away = database.read(Request::system("absences"), |reader| {
        let today = reader.today();
        absence::sharing_days(reader, today, today)
    });
    let away = away.await?.into_iter().map(|absence| absence.id);
    let begun = each(database, "absences", away, |tx, id| {
        let absence = absence::load(tx, id)?;
        route_to_stand_in(tx, &absence)
    });
    attempts.add(begun.await);
    attempts.outcome()
}

/// For so many days after an absence ended it is looked whether tasks have to come back: a server may have stood still.
const RETURN_LOOKED_FOR_DAYS: u64 = 31;

/// Lets everybody whose absence ended lately have their open approvals again. Doing it twice changes nothing.
async fn end_absences(database: &Database) -> Result<(), Failure> {
    let back = database.read(Request::system("absences"), |reader| {
        let (today, days) = (reader.today(), chrono::Days::new(RETURN_LOOKED_FOR_DAYS));
        let since = today.checked_sub_days(days).unwrap_or(today);
        let ended = absence::sharing_days(reader, since, today.pred_opt().unwrap_or(today))?;
        Ok::<_, Failure>(ended.into_iter().filter(|absence| !absence.holds_on(today)).collect::<Vec<_>>())
    });
    let back: std::collections::BTreeSet<_> =
        back.await?.into_iter().map(|absence| absence.employee).collect();
    each(database, "absences", back, return_tasks).await
}

/// Moves the open approvals of whoever may decide nothing any more because the last day of a grant has passed.
/// Doing it twice changes nothing.
///
/// # Errors
/// A database that does not answer; approvals that could not be moved, when the others have been.
pub async fn release_expired(database: &Database) -> Result<(), Failure> {
    let powerless = database.read(Request::system("expired-grants"), powerless).await?;
    each(database, "expired-grants", powerless, |tx, holder| release_tasks(tx, [holder])).await
}

/// Change an absence. `[ORG-3]`
#[utoipa::path(patch, path = "/api/v1/absences/{id}")]
async fn change_absence(
    who: Can<perm::ManageAbsences>,
    at: At<Absence>,
    patch: Merge<RegisterAbsence>,
    work: UnitOfWork,
) -> Reply<AbsenceView> {
    work.moves(who, at, move |found, tx| {
        let RegisterAbsence { stand_in_id, from, until, reason, .. } = patch.over(&(&found).into())?;
        let stand_in = employee::refer(tx, stand_in_id, "/stand_in_id")?;
        let others = absence::sharing_days(tx, from, until)?;
        let was_away = found.holds_on(tx.today());
        let changed = absence::apply(tx, found.change((from, until), &stand_in, reason, &others)?)?;
        route_to_stand_in(tx, &changed)?;
        if was_away && !changed.holds_on(tx.today()) {
            return_tasks(tx, changed.employee)?;
        }
        Ok(changed)
    })
    .await
}

/// Cancel an absence. `[ORG-3]`
///
/// Everything comes to the person again, also the open approvals that went to the stand-in for it.
#[utoipa::path(post, path = "/api/v1/absences/{id}/cancel")]
async fn cancel_absence(
    who: Can<perm::ManageAbsences>,
    at: At<Absence>,
    work: UnitOfWork,
) -> Reply<AbsenceView> {
    work.moves(who, at, move |found, tx| {
        let cancelled = absence::apply(tx, found.cancel(tx.now())?)?;
        return_tasks(tx, cancelled.employee)?;
        Ok(cancelled)
    })
    .await
}
