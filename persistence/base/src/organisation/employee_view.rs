//! Employees as they are shown and listed.

use super::employee;
use super::reference::{NamedColumns, NamedRef, PersonColumns, PersonRef, holds_on, like, lower};
use crate::spine::{Column, Exported, Label};
use crate::{
    schema::{departments, employee_placements, employees, positions},
    spine::{
        ActionView, Failure, Key, Page, Place, Placed, Reader, Slice, Target, Tx, View, db, in_json, keyset,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    organisation::{EmployeeAction, EmployeeState, PositionId},
    spine::{DepartmentId, EmployeeId, Permission, Version},
};
use serde::{Deserialize, Serialize};
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
    pub statuses: Vec<EmployeeState>,
    /// Only those whose name or number contains this, or whose name is read so.
    pub text: Option<String>,
    /// The order.
    pub order: EmployeeOrder,
}

/// By what employees are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub enum EmployeeOrder {
    /// By number.
    #[default]
    #[serde(rename = "number")]
    Number,
    /// By number, backwards.
    #[serde(rename = "-number")]
    NumberDescending,
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, backwards.
    #[serde(rename = "-name")]
    NameDescending,
    /// Who joined longest ago first.
    #[serde(rename = "joined_on")]
    Joined,
    /// Who joined last first.
    #[serde(rename = "-joined_on")]
    JoinedDescending,
}

impl EmployeeOrder {
    /// What somebody is sorted by, as it travels in cursors.
    fn key(self, view: &EmployeeView) -> String {
        match self {
            Self::Number | Self::NumberDescending => view.number.clone(),
            Self::Name | Self::NameDescending => view.name.clone(),
            Self::Joined | Self::JoinedDescending => view.joined_on.to_string(),
        }
    }
}

type Row = (
    (Key, String, String, NaiveDate, String, Option<NaiveDate>, Version),
    NaiveDate,
    NamedColumns,
    Option<NamedColumns>,
    Option<PersonColumns>,
);

diesel::alias!(employees as superiors: Superiors);

fn shown((employee, from, department, position, superior): Row) -> Result<EmployeeView, Failure> {
    let (id, number, name, joined_on, status, last_day, version) = employee;
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

/// What is wanted.
struct Wanted<'a> {
    only: Option<Key>,
    /// Shown beyond the caller's reach: only to whoever has just moved them out of it.
    beyond_reach: bool,
    filter: &'a EmployeeFilter,
    page: &'a Page<String>,
}

/// Puts a query into the wanted order, behind the last row of the page before.
macro_rules! ordered {
    ($query:expr, $order:expr, $page:expr) => {{
        let (query, after) = ($query, $page.after.as_ref().map(|(key, id)| (key.as_str(), *id)));
        let day = after.and_then(|(key, id)| Some((key.parse::<NaiveDate>().ok()?, id)));
        match $order {
            EmployeeOrder::Number => keyset!(employees, query, number, after, ascending),
            EmployeeOrder::NumberDescending => keyset!(employees, query, number, after, descending),
            EmployeeOrder::Name => keyset!(employees, query, name, after, ascending),
            EmployeeOrder::NameDescending => keyset!(employees, query, name, after, descending),
            EmployeeOrder::Joined => keyset!(employees, query, joined_on, day, ascending),
            EmployeeOrder::JoinedDescending => keyset!(employees, query, joined_on, day, descending),
        }
    }};
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
            .limit(wanted.page.limit + 1)
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
            query =
                query.filter(employees::status.eq_any(filter.statuses.iter().map(|status| status.code())));
        }
        if let Some(text) = &filter.text {
            let pattern = like(text);
            let name = employees::search_text.like(pattern.clone()).escape('\\');
            query = query.filter(name.or(lower(employees::number).like(pattern).escape('\\')));
        }
        ordered!(query, filter.order, wanted.page).load::<Row>(c)
    })?;
    Ok(rows)
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
    let (filter, page) = (EmployeeFilter::default(), Page { limit: 1, after: None });
    let wanted = Wanted { only: Some(id.into()), beyond_reach, filter: &filter, page: &page };
    rows(reader, &wanted)?.pop().map(shown).ok_or(Failure::NotFound)?
}

/// The employees within reach, in their order.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &EmployeeFilter,
    page: &Page<String>,
) -> Result<Slice<EmployeeView, String>, Failure> {
    let wanted = Wanted { only: None, beyond_reach: false, filter, page };
    let views = rows(reader, &wanted)?.into_iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Slice::cut(views, page.limit, |view| (filter.order.key(view), Uuid::from(view.id))))
}

impl Exported for EmployeeView {
    const FILE: Label = Label { name: "employees", zh: "员工", en: "Employees" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportOrganisation);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "工号", "Number", |person| (&person.number).into()),
        Column::new("name", "姓名", "Name", |person| (&person.name).into()),
        Column::new("status", "状态", "Status", |person| person.status.labels().into()),
        Column::new("joined_on", "入职日期", "Joined on", |person| person.joined_on.into()),
        Column::new("last_day", "离职日期", "Last day", |person| person.last_day.into()),
        Column::new("department_code", "部门编码", "Department", |person| {
            (&person.placement.department.code).into()
        }),
        Column::new("department_name", "部门", "Department's name", |person| {
            (&person.placement.department.name_zh).into()
        }),
        Column::new("position_name", "岗位", "Position", |person| {
            person.placement.position.as_ref().map(|position| &position.name_zh).into()
        }),
        Column::new("superior_number", "直接上级工号", "Superior's number", |person| {
            person.placement.superior.as_ref().map(|superior| &superior.number).into()
        }),
        Column::new("superior_name", "直接上级", "Superior", |person| {
            person.placement.superior.as_ref().map(|superior| &superior.name).into()
        }),
        Column::new("placed_from", "到岗日期", "There from", |person| person.placement.from.into()),
    ];
}
