//! How the centre is staffed: who is in place on a day, who is to come, and how far that is from the standard. `[ORG-2a]`
//!
//! Counted by department *and* position: people of one department never make up for a gap in another.

use super::standard;
use crate::{
    organisation::NamedRef,
    schema::{
        departments, employee_placements as placements, employees, positions, vacancies, vacancy_places,
    },
    spine::{Failure, Filter, Instant, Key, Page, Reader, Slice, ToCell, View, columns, db},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    spine::{BusinessDate, DepartmentId, Id},
    vacancy::{Headcount, StaffingStandard, Vacancy, VacancyContent, VacancyState},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A position of a department, by their keys.
type Post = (Key, Key);

/// A position of a department: how many people it should have, has and is to have.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StaffingRow)]
pub struct StaffingRow {
    /// The code of the department, as the standard names it.
    #[schema(max_length = 40, example = "sales")]
    pub department_code: String,
    /// The code of the position, as the standard names it.
    #[schema(max_length = 40, example = "sales-representative")]
    pub position_code: String,
    /// The department; null where the company has none of this code.
    pub department: Option<NamedRef>,
    /// The position; null where the company has none of this code.
    pub position: Option<NamedRef>,
    /// How many people the standard in force that day gives it; null where it says nothing of it.
    #[schema(minimum = 1)]
    pub standard: Option<u32>,
    /// How many hold it that day: leavers until their last day.
    pub in_place: u32,
    /// How many are to hold it from a later day on.
    pub joining: u32,
    /// How many places of open vacancies nobody has taken.
    pub open_vacancies: u32,
    /// How many are missing to the standard, those who are to come counted: below nothing where there are more than it
    /// says, null where it says nothing.
    pub gap: Option<i64>,
}

impl View for StaffingRow {}

/// What is reported on.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct StaffingFilter {
    /// The day; today where absent.
    pub on: Option<NaiveDate>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only what is short of its standard.
    pub short: bool,
}

impl Filter for StaffingFilter {}

/// Units by their keys.
struct Units {
    departments: HashMap<Key, NamedRef>,
    positions: HashMap<Key, NamedRef>,
}

impl Units {
    fn load(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        type Row = (Key, String, String, String);
        let named = |row: Row| (row.0, NamedRef::from(row));
        let departments: Vec<Row> = db!(reader, |c| departments::table
            .select((departments::id, departments::code, departments::name_zh, departments::name_en))
            .load(c))?;
        let positions: Vec<Row> = db!(reader, |c| positions::table
            .select((positions::id, positions::code, positions::name_zh, positions::name_en))
            .load(c))?;
        Ok(Self {
            departments: departments.into_iter().map(named).collect(),
            positions: positions.into_iter().map(named).collect(),
        })
    }
}

/// How the posts within the caller's reach are staffed, in the order of their codes.
///
/// # Errors
/// Where the database fails, or no standard was in force that day.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &StaffingFilter,
    page: &Page,
) -> Result<Slice<StaffingRow>, Failure> {
    let on = filter.on.unwrap_or_else(|| reader.today());
    let standard = standard(reader, on)?;
    let units = Units::load(reader)?;
    let counted = headcounts(reader, on, None)?;
    let posts = posts(&units, &counted, &standard.content);
    let reach = reader.reach();
    let wanted = |row: &StaffingRow| {
        let department =
            row.department.as_ref().map(|department| DepartmentId::from_uuid(department.id.uuid()));
        let reached = reach.all || department.is_some_and(|department| reach.covers(department, false));
        let asked = filter.department_id.is_none_or(|asked| department == Some(asked));
        reached && asked && (!filter.short || row.gap.is_some_and(|gap| gap > 0))
    };
    let rows = posts.into_iter().filter(|row| wanted(row)).collect();
    Ok(Slice::of(rows, page))
}

/// What the standard names, and what anybody holds or is asked for.
fn posts(units: &Units, counted: &HashMap<Post, Headcount>, standard: &StaffingStandard) -> Vec<StaffingRow> {
    let code = |units: &HashMap<Key, NamedRef>, key: &Key| units.get(key).map(|unit| unit.code.clone());
    let mut known = BTreeMap::new();
    for ((department, position), headcount) in counted {
        let codes = code(&units.departments, department).zip(code(&units.positions, position));
        known.extend(codes.map(|codes| (codes, *headcount)));
    }
    let named = standard.posts().iter().map(|post| (post.department.clone(), post.position.clone()));
    let posts: BTreeSet<(String, String)> = known.keys().cloned().chain(named).collect();
    let by_code =
        |units: &HashMap<Key, NamedRef>, code: &str| units.values().find(|unit| unit.code == code).cloned();
    let row = |(department, position): (String, String)| {
        let places = standard.places(&department, &position);
        let headcount = known.get(&(department.clone(), position.clone())).copied().unwrap_or_default();
        StaffingRow {
            department: by_code(&units.departments, &department),
            position: by_code(&units.positions, &position),
            department_code: department,
            position_code: position,
            standard: places,
            in_place: headcount.in_place,
            joining: headcount.joining,
            open_vacancies: headcount.vacant,
            gap: places.map(|places| headcount.gap(places)),
        }
    };
    posts.into_iter().map(row).collect()
}

/// Whether a vacancy would bring more people than the standard gives, on the day they are needed: those who hold the
/// position then or are to, and the places of other open vacancies. `[ORG-2b]`
pub(super) fn would_exceed(
    reader: &mut Reader<'_>,
    content: &VacancyContent,
    id: Id<Vacancy>,
) -> Result<bool, Failure> {
    let on = content.needed_by.max(reader.today());
    let units = Units::load(reader)?;
    let post: Post = (content.department.into(), content.position.into());
    let standard = standard(reader, on)?;
    let places = match (units.departments.get(&post.0), units.positions.get(&post.1)) {
        (Some(department), Some(position)) => standard.content.places(&department.code, &position.code),
        _ => None,
    };
    let counted = headcounts(reader, on, Some(id))?.remove(&post).unwrap_or_default();
    Ok(counted.would_exceed(places, content.places))
}

/// Who holds what on a day and later, and which places are vacant then.
fn headcounts(
    reader: &mut Reader<'_>,
    on: BusinessDate,
    but: Option<Id<Vacancy>>,
) -> Result<HashMap<Post, Headcount>, Failure> {
    let mut counted = HashMap::new();
    count_people(reader, on, &mut counted)?;
    count_places(reader, on, but, &mut counted)?;
    Ok(counted)
}

type Stay = (Key, Option<Key>, NaiveDate, Option<NaiveDate>, NaiveDate, Option<NaiveDate>);

fn count_people(
    reader: &mut Reader<'_>,
    on: BusinessDate,
    counted: &mut HashMap<Post, Headcount>,
) -> Result<(), Failure> {
    let rows: Vec<Stay> = db!(reader, |c| placements::table
        .inner_join(employees::table.on(employees::id.eq(placements::employee_id)))
        .filter(placements::until_on.is_null().or(placements::until_on.gt(on)))
        .filter(employees::last_day.is_null().or(employees::last_day.gt(on)))
        .filter(placements::position_id.is_not_null())
        .select((
            placements::department_id,
            placements::position_id,
            placements::from_on,
            placements::until_on,
            employees::joined_on,
            employees::last_day,
        ))
        .load(c))?;
    for (department, position, from, until, joined_on, last_day) in rows {
        let Some(position) = position else { continue };
        let from = from.max(joined_on);
        // Who leaves before they would begin is not to come.
        if last_day.is_some_and(|last_day| last_day <= from) {
            continue;
        }
        counted.entry((department, position)).or_default().count(Some(from), until.or(last_day), on);
    }
    Ok(())
}

type OpenRow = (Key, Key, Key, i64, Option<Instant>, String);
type TakenRow = (Key, Instant, Option<Instant>);

/// The places of vacancies that were open on a day, less those taken until then.
fn count_places(
    reader: &mut Reader<'_>,
    on: BusinessDate,
    but: Option<Id<Vacancy>>,
    counted: &mut HashMap<Post, Headcount>,
) -> Result<(), Failure> {
    let (but, zone) = (but.map_or(Key(uuid::Uuid::nil()), Key::from), reader.zone());
    let rows: Vec<OpenRow> = db!(reader, |c| vacancies::table
        .filter(vacancies::opened_on.le(on).and(vacancies::expires_on.ge(on)))
        .filter(vacancies::id.ne(but))
        .select((
            vacancies::id,
            vacancies::department_id,
            vacancies::position_id,
            vacancies::places,
            vacancies::status_at,
            vacancies::status,
        ))
        .load(c))?;
    let by_then = |at: &Instant| at.0.date_in(zone) <= on;
    let cancelled = |(.., at, status): &OpenRow| {
        status == VacancyState::Cancelled.code() && at.as_ref().is_some_and(by_then)
    };
    let open: Vec<OpenRow> = rows.into_iter().filter(|row| !cancelled(row)).collect();
    let mut taken = HashMap::<Key, i64>::new();
    for (id, at, freed_at) in taken_of(reader, &open)? {
        if by_then(&at) && !freed_at.as_ref().is_some_and(by_then) {
            *taken.entry(id).or_default() += 1;
        }
    }
    for (id, department, position, places, ..) in open {
        let left = places - taken.get(&id).copied().unwrap_or(0);
        let headcount = counted.entry((department, position)).or_default();
        headcount.vacant = headcount.vacant.saturating_add(u32::try_from(left).unwrap_or(0));
    }
    Ok(())
}

fn taken_of(reader: &mut Reader<'_>, open: &[OpenRow]) -> Result<Vec<TakenRow>, Failure> {
    let keys: Vec<Key> = open.iter().map(|row| row.0).collect();
    let mut taken = Vec::new();
    // In parts: an engine binds only so many values.
    for part in keys.chunks(1_000) {
        let more: Vec<TakenRow> = db!(reader, |c| vacancy_places::table
            .filter(vacancy_places::vacancy_id.eq_any(part))
            .select((vacancy_places::vacancy_id, vacancy_places::at, vacancy_places::freed_at))
            .load(c))?;
        taken.extend(more);
    }
    Ok(taken)
}

columns! { StaffingRow as "staffing" "人员配置" "Staffing", domain::spine::Permission::ExportOrganisation:
    department_code "部门编码" "Department's code";
    department "部门" "Department" = |row| row.department.cell();
    position_code "岗位编码" "Position's code";
    position "岗位" "Position" = |row| row.position.cell();
    standard "编制" "Standard" = |row| row.standard.map(i64::from);
    in_place "在岗" "In place" = |row| i64::from(row.in_place);
    joining "待入职" "Joining" = |row| i64::from(row.joining);
    open_vacancies "招聘中" "Open vacancies" = |row| i64::from(row.open_vacancies);
    gap "缺编" "Gap";
}
