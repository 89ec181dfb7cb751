//! Departments. Who may read the organisation sees the whole tree; changing bounds itself to the reach.

use super::reference::{NamedColumns, NamedRef, PersonColumns, PersonRef, referred, unless_taken};
use crate::{
    organisation::EMPLOYEE,
    schema::{departments, employee_placements, employees},
    search,
    spine::{
        ActionView, Failure, Filter, Key, Master, Page, Place, Placed, Reader, Refers, Slice, Stored, Target,
        Tx, View, Where, columns, db, guard, in_json, narrow, orders, paged, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    organisation::{Department, DepartmentAction, DepartmentDetails, DepartmentTree},
    spine::{BusinessDate, Change, DepartmentId, EmployeeId, Permission, Version, search_key},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = departments, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    code: String,
    name_zh: String,
    name_en: String,
    parent_id: Option<Key>,
    head_id: Option<Key>,
    closed_on: Option<BusinessDate>,
    version: Version,
    search_text: String,
}

impl From<&Department> for Row {
    fn from(department: &Department) -> Self {
        let Department { id, details, closed_on, version } = department;
        let DepartmentDetails { code, name_zh, name_en, parent, head } = details;
        Self {
            id: (*id).into(),
            code: code.clone(),
            name_zh: name_zh.clone(),
            name_en: name_en.clone(),
            parent_id: parent.map(Into::into),
            head_id: head.map(Into::into),
            closed_on: *closed_on,
            version: *version,
            search_text: search_key(&[name_zh, name_en, code]),
        }
    }
}

impl From<Row> for Department {
    fn from(row: Row) -> Self {
        let Row { id, code, name_zh, name_en, parent_id, head_id, closed_on, version, search_text: _ } = row;
        let parent = parent_id.map(Into::into);
        let head = head_id.map(Into::into);
        let details = DepartmentDetails { code, name_zh, name_en, parent, head };
        Self { id: id.into(), details, closed_on, version }
    }
}

impl Stored<crate::Base> for Department {
    const MASTER: Option<Master> = Some(crate::PEOPLE);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(unless_taken(save_row!(tx, departments, &row, before), "/code", &row.code)?)
    }
}

crate::spine::resource! { crate::Base: Department as DepartmentView; find, apply, view = view }

/// Writes a change of a department; reaches are counted anew.
pub fn apply(tx: &mut Tx<'_>, change: Change<Department>) -> Result<Department, Failure> {
    tx.access_changed();
    tx.apply(change)
}

/// A department, whoever asks.
pub fn load(reader: &mut Reader<'_>, id: DepartmentId) -> Result<Department, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| departments::table
        .filter(departments::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    Ok(row.into())
}

/// A department that the caller may change: one within reach.
pub fn find(reader: &mut Reader<'_>, id: DepartmentId) -> Result<Department, Failure> {
    ensure_within_reach(reader, id)?;
    load(reader, id)
}

/// Not found, unless the department lies within the reach of the route's permission.
pub fn ensure_within_reach(reader: &Reader<'_>, id: DepartmentId) -> Result<(), Failure> {
    if reader.reach().covers(id, false) { Ok(()) } else { Err(Failure::NotFound) }
}

/// A department that a field refers to: it must exist and be open.
pub fn refer(reader: &mut Reader<'_>, id: DepartmentId, pointer: &str) -> Result<Department, Failure> {
    let department = referred(load(reader, id), pointer)?;
    department.ensure_open().map_err(|refusal| refusal.at(pointer))?;
    Ok(department)
}

/// The departments with these codes, by code.
pub fn with_codes(reader: &mut Reader<'_>, codes: &[&str]) -> Result<HashMap<String, Department>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| departments::table
        .filter(departments::code.eq_any(codes))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row.into())).collect())
}

/// The open departments with their codes and names.
pub fn open_names(reader: &mut Reader<'_>) -> Result<Vec<NamedRef>, Failure> {
    let rows: Vec<NamedColumns> = db!(reader, |c| departments::table
        .filter(departments::closed_on.is_null())
        .order(departments::code)
        .select((departments::id, departments::code, departments::name_zh, departments::name_en))
        .load(c))?;
    Ok(rows.into_iter().map(NamedRef::from).collect())
}

/// The open departments a person heads.
pub fn headed_by(reader: &mut Reader<'_>, head: EmployeeId) -> Result<Vec<Department>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| departments::table
        .filter(departments::head_id.eq(Key::from(head)).and(departments::closed_on.is_null()))
        .order(departments::id)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The tree of open departments. Kept in memory until master data changes.
pub fn tree(reader: &mut Reader<'_>) -> Result<Arc<DepartmentTree>, Failure> {
    reader.master(crate::PEOPLE, "department tree", |reader| {
        let rows: Vec<(Key, Option<Key>)> = db!(reader, |c| departments::table
            .filter(departments::closed_on.is_null())
            .select((departments::id, departments::parent_id))
            .load(c))?;
        Ok(rows.into_iter().map(|(id, parent)| (id.into(), parent.map(Into::into))).collect())
    })
}

/// How many people work in a department now or are to be moved there.
pub fn count_people(reader: &mut Reader<'_>, id: DepartmentId) -> Result<i64, Failure> {
    let today = reader.today();
    let key = Key::from(id);
    Ok(db!(reader, |c| employee_placements::table
        .inner_join(employees::table.on(employees::id.eq(employee_placements::employee_id)))
        .filter(employee_placements::department_id.eq(key))
        .filter(employee_placements::until_on.is_null().or(employee_placements::until_on.gt(today)))
        .filter(employees::status.ne("left"))
        .select(diesel::dsl::count(employee_placements::employee_id).aggregate_distinct())
        .first(c))?)
}

type DepartmentActionView = ActionView<DepartmentAction>;

/// A department, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Department)]
pub struct DepartmentView {
    /// Identity.
    pub id: DepartmentId,
    /// Unique short code.
    #[schema(max_length = 40, example = "sales")]
    pub code: String,
    /// Chinese name.
    #[schema(max_length = 60, example = "销售部")]
    pub name_zh: String,
    /// English name.
    #[schema(max_length = 60, example = "Sales department")]
    pub name_en: String,
    /// The department above.
    pub parent: Option<NamedRef>,
    /// Who heads it.
    pub head: Option<PersonRef>,
    /// The day from which it no longer exists.
    pub closed_on: Option<chrono::NaiveDate>,
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<DepartmentActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for DepartmentView {
    const REFERS: &'static [Refers] = &[Refers::to("parent", &DEPARTMENT), Refers::to("head", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/departments/{}", self.id))
    }
}

/// Which departments are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct DepartmentFilter {
    /// Whether closed ones are wanted too.
    #[param(default = false)]
    pub with_closed: bool,
    /// Only those below this one, directly.
    #[param(inline)]
    pub parent_id: Option<DepartmentId>,
    /// Only those whose code or name contains this, or whose head's name; also by pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "xsb")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By code where absent.
    #[param(inline)]
    pub sort: DepartmentOrder,
}

impl Filter for DepartmentFilter {}

orders! {
    /// By what departments are ordered.
    pub DepartmentOrder of Row in departments by id, ascending:
    code;
    name_zh;
    created_at = id;
}

diesel::alias!(departments as parents: Parents);

type Shown = (Row, Option<NamedColumns>, Option<PersonColumns>);

fn rows(
    reader: &mut Reader<'_>,
    wanted: Where,
    order: DepartmentOrder,
    page: &Page,
) -> Result<Slice<Shown>, Failure> {
    let above = departments::parent_id.eq(parents.field(departments::id).nullable());
    Ok(paged!(reader, page, order, wanted;
        departments::table
            .left_join(parents.on(above))
            .left_join(employees::table.on(departments::head_id.eq(employees::id.nullable())))
        => (
            Row::as_select(),
            parents
                .fields((departments::id, departments::code, departments::name_zh, departments::name_en))
                .nullable(),
            (employees::id, employees::number, employees::name).nullable(),
        );
        |found: &Shown| &found.0))
}

fn shown((row, parent, head): Shown) -> DepartmentView {
    DepartmentView {
        id: row.id.into(),
        code: row.code,
        name_zh: row.name_zh,
        name_en: row.name_en,
        parent: parent.map(Into::into),
        head: head.map(Into::into),
        closed_on: row.closed_on,
        actions: Vec::new(),
        version: row.version,
    }
}

/// A department, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: DepartmentId) -> Result<DepartmentView, Failure> {
    let mut wanted = Where::new();
    wanted.also(departments::id.eq(Key::from(id)));
    let found = rows(reader, wanted, DepartmentOrder::default(), &Page::first(1))?.data.pop();
    let found = found.ok_or(Failure::NotFound)?;
    let department = Department::from(found.0.clone());
    let mut view = shown(found);
    if reader.finds_by(Permission::ManageOrganisation, |reader| ensure_within_reach(reader, id))? {
        let (people, tree) = (count_people(reader, id)?, tree(reader)?);
        let actions = department.actions(people, &tree);
        view.actions = ActionView::listed(&format!("/api/v1/departments/{id}"), actions);
    }
    Ok(view)
}

/// A department where something refers to it.
pub static DEPARTMENT: Target =
    Target { permission: Permission::ReadOrganisation, look: |reader, id| in_json(view(reader, id.into())) };

impl Placed<crate::Base> for DepartmentAction {
    fn place(self) -> Place {
        match self {
            Self::Change => Place::Patch,
            Self::Close => Place::Post("/close"),
        }
    }
}

/// The departments of the whole tree, in their order.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &DepartmentFilter,
    page: &Page,
) -> Result<Slice<DepartmentView>, Failure> {
    let mut wanted = Where::new();
    if !filter.with_closed {
        wanted.also(departments::closed_on.is_null());
    }
    narrow!(wanted, departments, filter; parent_id = parent_id);
    search!(wanted, filter, departments::search_text; departments::head_id);
    Ok(rows(reader, wanted, filter.sort, page)?.map(shown))
}

columns! { DepartmentView as "departments" "部门" "Departments", domain::spine::Permission::ExportOrganisation:
    code "编码" "Code";
    name_zh "名称" "Chinese name";
    name_en "英文名称" "English name";
    parent_code "上级部门编码" "Above" = |row| row.parent.as_ref().map(|parent| &parent.code);
    parent "上级部门" "Name of the one above";
    head_number "负责人工号" "Head's number" = |row| row.head.as_ref().map(|head| &head.number);
    head "负责人" "Head";
    closed_on "撤销日期" "Closed on";
}
