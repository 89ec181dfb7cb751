//! Employees as they are shown and listed.

use super::reference::{NamedColumns, NamedRef, PersonColumns, PersonRef, holds_on, like, lower};
use super::{department::tree, employee};
use crate::{
    schema::{departments, employee_placements, employees, positions},
    spine::{
        ActionView, Failure, Filter, Key, Page, Place, Placed, Reader, Several, Slice, Target, ToCell, Tx,
        View, Where, columns, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    organisation::{EmployeeAction, EmployeeState, PositionId},
    spine::{DepartmentId, EmployeeId, Permission, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

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
    /// Whether they work here.
    pub status: EmployeeState,
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

impl View for EmployeeView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/employees/{}", self.id))
    }
}

/// Which employees are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct EmployeeFilter {
    /// Only those who work in this department today.
    #[param(inline)]
    pub department_id: Option<DepartmentId>,
    /// Whether those of the departments below are wanted too.
    #[param(default = false)]
    pub with_subtree: bool,
    /// Only those who hold this position today.
    #[param(inline)]
    pub position_id: Option<PositionId>,
    /// Only those who report to this person today.
    #[param(inline)]
    pub superior_id: Option<EmployeeId>,
    /// Only those with one of these statuses, separated by commas.
    #[param(inline, example = "employed,leaving")]
    pub status: Several<EmployeeState>,
    /// Only who joined on this day or later.
    #[serde(rename = "joined_on[gte]")]
    pub joined_from: Option<NaiveDate>,
    /// Only who joined up to this day.
    #[serde(rename = "joined_on[lte]")]
    pub joined_to: Option<NaiveDate>,
    /// Only those whose name or number contains this; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "ln")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By number where absent.
    #[param(inline)]
    pub sort: EmployeeOrder,
}

impl Filter for EmployeeFilter {}

orders! {
    /// By what employees are ordered.
    pub EmployeeOrder of PersonRow in employees by id, ascending:
    number;
    name;
    joined_on;
    created_at = id;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = employees)]
struct PersonRow {
    id: Key,
    number: String,
    name: String,
    joined_on: NaiveDate,
    status: String,
    last_day: Option<NaiveDate>,
    version: Version,
}

type Row = (PersonRow, NaiveDate, NamedColumns, Option<NamedColumns>, Option<PersonColumns>);

diesel::alias!(employees as superiors: Superiors);

fn shown((employee, from, department, position, superior): Row) -> Result<EmployeeView, Failure> {
    let PersonRow { id, number, name, joined_on, status, last_day, version } = employee;
    let corrupt = || Failure::corrupt("employees", "status", id.0);
    let status = EmployeeState::from_code(&status).ok_or_else(corrupt)?;
    let placement = PlacementView {
        from,
        department: department.into(),
        position: position.map(Into::into),
        superior: superior.map(Into::into),
    };
    let actions = Vec::new();
    let id = id.into();
    Ok(EmployeeView { id, number, name, joined_on, status, last_day, placement, actions, version })
}

fn rows(
    reader: &mut Reader<'_>,
    mut wanted: Where,
    order: EmployeeOrder,
    page: &Page,
) -> Result<Slice<Row>, Failure> {
    let today = reader.today();
    wanted.also(holds_on!(today));
    let position = employee_placements::position_id.eq(positions::id.nullable());
    let superior = employee_placements::superior_id.eq(superiors.field(employees::id).nullable());
    Ok(paged!(reader, page, order, wanted;
        employees::table
            .inner_join(employee_placements::table.on(employee_placements::employee_id.eq(employees::id)))
            .inner_join(departments::table.on(departments::id.eq(employee_placements::department_id)))
            .left_join(positions::table.on(position))
            .left_join(superiors.on(superior))
        => (
            PersonRow::as_select(),
            employee_placements::from_on,
            (departments::id, departments::code, departments::name_zh, departments::name_en),
            (positions::id, positions::code, positions::name_zh, positions::name_en).nullable(),
            superiors.fields((employees::id, employees::number, employees::name)).nullable(),
        );
        |found: &Row| &found.0))
}

/// Only those within the reach of the route's permission.
fn reached(reader: &Reader<'_>, wanted: &mut Where) {
    let reach = reader.reach();
    if !reach.all {
        let reached: Vec<Key> = reach.departments.iter().map(|department| (*department).into()).collect();
        // Nobody's key where the caller has no employee: matches nothing.
        let own = reader.actor().employee.filter(|_| reach.own).map_or(Key(Uuid::nil()), Key::from);
        wanted.also(employee_placements::department_id.eq_any(reached).or(employees::id.eq(own)));
    }
}

/// An employee within reach, as they are shown.
pub fn view(reader: &mut Reader<'_>, id: EmployeeId) -> Result<EmployeeView, Failure> {
    let mut view = one(reader, id, false)?;
    let found = reader.found_by(Permission::ManageOrganisation, |reader| employee::find(reader, id))?;
    if let Some(employee) = found {
        let actions = employee.actions();
        view.actions = ActionView::listed(&format!("/api/v1/employees/{id}"), actions);
    }
    Ok(view)
}

/// An employee where something refers to it.
pub static EMPLOYEE: Target =
    Target { permission: Permission::ReadOrganisation, look: |reader, id| in_json(view(reader, id.into())) };

impl Placed<crate::Base> for EmployeeAction {
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
    one(tx, id, true)
}

fn one(reader: &mut Reader<'_>, id: EmployeeId, beyond_reach: bool) -> Result<EmployeeView, Failure> {
    let mut wanted = Where::new();
    wanted.also(employees::id.eq(Key::from(id)));
    if !beyond_reach {
        reached(reader, &mut wanted);
    }
    let found = rows(reader, wanted, EmployeeOrder::default(), &Page::first(1))?.data.pop();
    found.map(shown).ok_or(Failure::NotFound)?
}

/// The employees within reach, in their order.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &EmployeeFilter,
    page: &Page,
) -> Result<Slice<EmployeeView>, Failure> {
    let mut wanted = Where::new();
    reached(reader, &mut wanted);
    if let Some(top) = filter.department_id {
        let below = if filter.with_subtree { tree(reader)?.subtree(top) } else { [top].into() };
        let keys: Vec<Key> = below.into_iter().map(Into::into).collect();
        wanted.also(employee_placements::department_id.eq_any(keys));
    }
    narrow!(wanted, employee_placements, filter; position_id = position_id, superior_id = superior_id);
    narrow!(wanted, employees, filter;
        status in status, joined_on >= joined_from, joined_on <= joined_to);
    if let Some(text) = &filter.q {
        let pattern = like(text);
        let name = employees::search_text.like(pattern.clone()).escape('\\');
        wanted.also(name.or(lower(employees::number).like(pattern).escape('\\')));
    }
    rows(reader, wanted, filter.sort, page)?.try_map(shown)
}

columns! { EmployeeView as "employees" "员工" "Employees", domain::spine::Permission::ExportOrganisation:
    number "工号" "Number";
    name "姓名" "Name";
    status "状态" "Status";
    joined_on "入职日期" "Joined on";
    last_day "离职日期" "Last day";
    department_code "部门编码" "Department" = |person| &person.placement.department.code;
    department_name "部门" "Department's name" = |person| person.placement.department.cell();
    position_name "岗位" "Position" = |person| person.placement.position.cell();
    superior_number "直接上级工号" "Superior's number"
        = |person| person.placement.superior.as_ref().map(|superior| &superior.number);
    superior_name "直接上级" "Superior" = |person| person.placement.superior.cell();
    placed_from "到岗日期" "There from" = |person| person.placement.from;
}
