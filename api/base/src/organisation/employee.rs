//! Employees: taken on, corrected, moved, many of them from a file. `[ORG-1]`

mod import;
mod row;

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    organisation::{Employee, Hire, Placement, PositionId},
    spine::{self, AnyId, BusinessDate, DepartmentId, EmployeeId, Id, perm},
};
use import::{
    __path_import_employees, __path_show_employee_template, import_employees, show_employee_template,
};
use persistence::{
    organisation::{EmployeeFilter, EmployeeView, department, employee, position, referred},
    spine::{Failure, Tx},
    vacancy,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(
        into,
        "employees",
        [
            list_employees,
            hire_employee,
            show_employee,
            change_employee,
            move_employee,
            show_employee_template,
            import_employees,
        ]
    );
    into.part(&import::KIND);
}

/// List the employees within reach. `[ORG-1, INT-4]`
#[utoipa::path(get, path = "/api/v1/employees")]
async fn list_employees(
    who: Can<perm::ReadOrganisation>,
    wanted: Wanted<EmployeeFilter>,
    reading: Reading,
) -> List<EmployeeView> {
    reading.list(who, wanted, employee::list).await
}

/// Show an employee within reach. `[ORG-1]`
#[utoipa::path(get, path = "/api/v1/employees/{id}")]
async fn show_employee(
    who: Can<perm::ReadOrganisation>,
    id: PathId<spine::Employee>,
    reading: Reading,
) -> Reply<EmployeeView> {
    reading.read(who, move |reader| employee::view(reader, *id)).await
}

/// Somebody who is taken on.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HireEmployee {
    /// The personnel number, unique.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "E0012")]
    number: String,
    /// The name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "李娜")]
    name: String,
    /// The first day.
    joined_on: NaiveDate,
    /// The department.
    department_id: DepartmentId,
    /// The position.
    position_id: Option<PositionId>,
    /// The superior; none at the very top.
    superior_id: Option<EmployeeId>,
    /// The open vacancy that they fill, of this department and position; where the company demands one, not without.
    vacancy_id: Option<AnyId>,
}

/// Take somebody on. `[ORG-1, ORG-2b]`
#[utoipa::path(post, path = "/api/v1/employees")]
async fn hire_employee(
    who: Can<perm::ManageOrganisation>,
    body: Valid<HireEmployee>,
    work: UnitOfWork,
) -> Created<EmployeeView> {
    work.write(who, move |tx| {
        let hired = hire(tx, body.0.clone())?;
        employee::view(tx, hired.id)
    })
    .await
}

fn hire(tx: &mut Tx<'_>, body: HireEmployee) -> Result<Employee, Failure> {
    let HireEmployee { number, name, joined_on, department_id, position_id, superior_id, vacancy_id } = body;
    check_references(tx, department_id, position_id, superior_id, joined_on)?;
    let (department, position, superior) = (department_id, position_id, superior_id);
    let hire = Hire { number, name, joined_on, department, position, superior };
    let change = Employee::hire(tx.id(), hire)?;
    let hired = employee::apply(tx, change)?;
    let to = Placement { from: joined_on, department, position, superior };
    vacancy::deed::take(tx, vacancy_id.map(|id| Id::from_uuid(id.uuid())), &hired, &to)?;
    Ok(hired)
}

/// The department must be open and within reach, the position exist, the superior be employed on the day.
fn check_references(
    tx: &mut Tx<'_>,
    department: DepartmentId,
    position: Option<PositionId>,
    superior: Option<EmployeeId>,
    from: BusinessDate,
) -> Result<(), Failure> {
    department::refer(tx, department, "/department_id")?;
    referred(department::ensure_within_reach(tx, department), "/department_id")?;
    if let Some(position) = position {
        position::refer(tx, position, "/position_id")?;
    }
    if let Some(superior) = superior {
        employee::refer_superior(tx, superior, from, "/superior_id")?;
    }
    Ok(())
}

/// What is corrected about an employee.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NameEmployee {
    /// The personnel number.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    number: String,
    /// The name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    name: String,
}

impl Merged for NameEmployee {
    const PATCH: &'static str = "ChangeEmployee";
}

/// Correct an employee's number or name. `[ORG-1]`
///
/// Department, position and superior change by moving, the end by leaving: they are not fields to be set.
#[utoipa::path(patch, path = "/api/v1/employees/{id}")]
async fn change_employee(
    who: Can<perm::ManageOrganisation>,
    at: At<Employee>,
    patch: Merge<NameEmployee>,
    work: UnitOfWork,
) -> Reply<EmployeeView> {
    work.moves(who, at, move |found, _| {
        let was = NameEmployee { number: found.number.clone(), name: found.name.clone() };
        let NameEmployee { number, name } = patch.over(&was)?;
        Ok(found.change(number, name)?)
    })
    .await
}

/// Where somebody works from a day on.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveEmployee {
    /// The first day; today unless said otherwise.
    from: Option<NaiveDate>,
    /// The department.
    department_id: DepartmentId,
    /// The position.
    position_id: Option<PositionId>,
    /// The superior; none at the very top.
    superior_id: Option<EmployeeId>,
    /// The open vacancy that they fill, of this department and position; where the company demands one, whoever gets
    /// another position needs it.
    vacancy_id: Option<AnyId>,
}

/// Move an employee to another department, position or superior. `[ORG-1, ORG-2b]`
#[utoipa::path(post, path = "/api/v1/employees/{id}/move")]
async fn move_employee(
    who: Can<perm::ManageOrganisation>,
    at: At<Employee>,
    body: Valid<MoveEmployee>,
    work: UnitOfWork,
) -> Reply<EmployeeView> {
    work.write(who, move |tx| {
        let found = at.find(tx)?;
        let moved = relocate(tx, found, body.0.clone())?;
        // Whoever moved somebody out of their own reach has done so all the same, and is shown the result.
        employee::shown_after_move(tx, moved.id)
    })
    .await
}

fn relocate(tx: &mut Tx<'_>, found: Employee, body: MoveEmployee) -> Result<Employee, Failure> {
    let MoveEmployee { from, department_id, position_id, superior_id, vacancy_id } = body;
    let from = from.unwrap_or_else(|| tx.today());
    check_references(tx, department_id, position_id, superior_id, from)?;
    let lines = employee::superior_lines(tx, from)?;
    let (department, position, superior) = (department_id, position_id, superior_id);
    let to = Placement { from, department, position, superior };
    let post = |placement: &Placement| (placement.department, placement.position);
    let stays = found.placement_on(from).is_some_and(|held| post(held) == post(&to));
    let moved = employee::apply(tx, found.relocate(to.clone(), &lines)?)?;
    vacancy::deed::follow(tx, &moved)?;
    // Another superior in the same position takes nobody's place.
    if vacancy_id.is_some() || !stays {
        vacancy::deed::take(tx, vacancy_id.map(|id| Id::from_uuid(id.uuid())), &moved, &to)?;
    }
    Ok(moved)
}
