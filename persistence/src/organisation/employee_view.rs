//! Employees as they are shown and listed.

use super::employee;
use super::reference::{NamedColumns, NamedRef, PersonColumns, PersonRef, holds_on, like, lower};
use crate::{
    schema::{departments, employee_placements, employees, positions},
    spine::{ActionView, Failure, Key, Page, Place, Placed, Reader, Slice, Tx, db},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    organisation::{EmployeeAction, PositionId},
    spine::{DepartmentId, EmployeeId, Permission, Version},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where somebody works today: before joining, where they will begin; after leaving, where they were last.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EmployeePlacement)]
pub struct PlacementView {
    /// The first day it holds.
    pub from: NaiveDate,
    /// The department.
    pub department: NamedRef,
    /// The position.
    pub position: Option<NamedRef>,
    /// The superior.
    pub superior: Option<PersonRef>,
}

type EmployeeActionView = ActionView<EmployeeAction>;

/// An employee, as they are shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Employee)]
pub struct EmployeeView {
    /// Identity.
    pub id: EmployeeId,
    /// The personnel number.
    #[schema(max_length = 40, example = "E0012")]
    pub number: String,
    /// The name.
    #[schema(max_length = 60, example = "李娜")]
    pub name: String,
    /// The first day.
    pub joined_on: NaiveDate,
    /// `employed`, `leaving` (the last day is registered) or `left`.
    #[schema(max_length = 20, example = "employed")]
    pub status: String,
    /// The last day, from which all access ends.
    pub last_day: Option<NaiveDate>,
    /// Where they work today.
    pub placement: PlacementView,
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<EmployeeActionView>,
    /// The version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// Which employees are wanted.
#[derive(Clone, Debug, Default)]
pub struct EmployeeFilter {
    /// Only those of these departments.
    pub departments: Option<Vec<DepartmentId>>,
    /// Only those with this position.
    pub position: Option<PositionId>,
    /// Only those who report to this person.
    pub superior: Option<EmployeeId>,
    /// Only those with one of these statuses; all if empty.
    pub statuses: Vec<String>,
    /// Only those whose name or number contains this, or whose name is read so.
    pub text: Option<String>,
}

type Row = (
    (Key, String, String, NaiveDate, String, Option<NaiveDate>, Version),
    NaiveDate,
    NamedColumns,
    Option<NamedColumns>,
    Option<PersonColumns>,
);

diesel::alias!(employees as superiors: Superiors);

fn shown((employee, from, department, position, superior): Row) -> EmployeeView {
    let (id, number, name, joined_on, status, last_day, version) = employee;
    let placement = PlacementView {
        from,
        department: department.into(),
        position: position.map(Into::into),
        superior: superior.map(Into::into),
    };
    let actions = Vec::new();
    EmployeeView { id: id.into(), number, name, joined_on, status, last_day, placement, actions, version }
}

/// What is wanted.
struct Wanted<'a> {
    only: Option<Key>,
    /// Shown beyond the caller's reach: only to whoever has just moved them out of it.
    beyond_reach: bool,
    filter: &'a EmployeeFilter,
    after: Option<&'a str>,
    limit: i64,
}

fn rows(reader: &mut Reader<'_>, wanted: &Wanted<'_>) -> Result<Vec<Row>, Failure> {
    let today = reader.today();
    let reach = reader.reach();
    let reached: Vec<Key> = reach.departments.iter().map(|department| (*department).into()).collect();
    // Nobody's key where the caller has no employee: matches nothing.
    let own = reader.actor().employee.filter(|_| reach.own).map_or(Key(Uuid::nil()), Key::from);
    let filter = wanted.filter;
    let rows = db!(reader, |c| {
        let mut query = employees::table
            .inner_join(employee_placements::table.on(employee_placements::employee_id.eq(employees::id)))
            .inner_join(departments::table.on(departments::id.eq(employee_placements::department_id)))
            .left_join(positions::table.on(employee_placements::position_id.eq(positions::id.nullable())))
            .left_join(
                superiors.on(employee_placements::superior_id.eq(superiors.field(employees::id).nullable())),
            )
            .filter(holds_on!(today))
            .order((employees::number, employees::id))
            .limit(wanted.limit)
            .select((
                (
                    employees::id,
                    employees::number,
                    employees::name,
                    employees::joined_on,
                    employees::status,
                    employees::last_day,
                    employees::version,
                ),
                employee_placements::from_on,
                (departments::id, departments::code, departments::name_zh, departments::name_en),
                (positions::id, positions::code, positions::name_zh, positions::name_en).nullable(),
                superiors.fields((employees::id, employees::number, employees::name)).nullable(),
            ))
            .into_boxed();
        if !reach.all && !wanted.beyond_reach {
            query =
                query.filter(employee_placements::department_id.eq_any(&reached).or(employees::id.eq(own)));
        }
        if let Some(only) = wanted.only {
            query = query.filter(employees::id.eq(only));
        }
        if let Some(number) = wanted.after {
            query = query.filter(employees::number.gt(number));
        }
        if let Some(wanted) = &filter.departments {
            let keys: Vec<Key> = wanted.iter().map(|department| (*department).into()).collect();
            query = query.filter(employee_placements::department_id.eq_any(keys));
        }
        if let Some(position) = filter.position {
            query = query.filter(employee_placements::position_id.eq(Key::from(position)));
        }
        if let Some(superior) = filter.superior {
            query = query.filter(employee_placements::superior_id.eq(Key::from(superior)));
        }
        if !filter.statuses.is_empty() {
            query = query.filter(employees::status.eq_any(&filter.statuses));
        }
        if let Some(text) = &filter.text {
            let pattern = like(text);
            let name = employees::search_text.like(pattern.clone()).escape('\\');
            query = query.filter(name.or(lower(employees::number).like(pattern).escape('\\')));
        }
        query.load::<Row>(c)
    })?;
    Ok(rows)
}

/// An employee within reach, as they are shown.
pub fn view(reader: &mut Reader<'_>, id: EmployeeId) -> Result<EmployeeView, Failure> {
    let filter = EmployeeFilter::default();
    let wanted =
        Wanted { only: Some(id.into()), beyond_reach: false, filter: &filter, after: None, limit: 1 };
    let mut view = rows(reader, &wanted)?.pop().map(shown).ok_or(Failure::NotFound)?;
    let found = reader.found_by(Permission::ManageOrganisation, |reader| employee::find(reader, id))?;
    if let Some(employee) = found {
        let actions = employee.actions();
        view.actions = ActionView::listed(&format!("/api/v1/employees/{id}"), actions);
    }
    Ok(view)
}

impl Placed for EmployeeAction {
    fn place(self) -> Place {
        match self {
            Self::Change => Place::Patch,
            Self::Move => Place::Post("/move"),
            Self::Leave => Place::Post("/leave"),
            Self::Stay => Place::Post("/stay"),
        }
    }
}

/// An employee as they are shown to whoever has just changed them, also if they left the reach by that.
pub fn shown_after_move(tx: &mut Tx<'_>, id: EmployeeId) -> Result<EmployeeView, Failure> {
    let filter = EmployeeFilter::default();
    let wanted = Wanted { only: Some(id.into()), beyond_reach: true, filter: &filter, after: None, limit: 1 };
    rows(tx, &wanted)?.pop().map(shown).ok_or(Failure::NotFound)
}

/// The employees within reach, by number.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &EmployeeFilter,
    page: &Page<String>,
) -> Result<Slice<EmployeeView, String>, Failure> {
    let after = page.after.as_ref().map(|(number, _)| number.as_str());
    let wanted = Wanted { only: None, beyond_reach: false, filter, after, limit: page.limit + 1 };
    let views = rows(reader, &wanted)?.into_iter().map(shown).collect();
    Ok(Slice::cut(views, page.limit, |view: &EmployeeView| (view.number.clone(), Uuid::from(view.id))))
}
