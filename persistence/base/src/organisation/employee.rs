//! Employees and their placements by date.

use super::reference::{holds_on, referred, unless_taken};
use crate::{
    schema::{employee_placements, employees},
    spine::{Failure, Key, Master, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    organisation::{Employee, Employment, Placement, SUPERIOR_UNAVAILABLE, SuperiorLines},
    spine::{BusinessDate, Change, Citation, DepartmentId, EmployeeId, Refusal, Version, search_key},
};

use super::employee_view::EmployeeView;
pub use super::employee_view::{list, shown_after_move, view};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = employees, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    number: String,
    name: String,
    joined_on: BusinessDate,
    status: String,
    last_day: Option<BusinessDate>,
    version: Version,
    search_text: String,
}

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = employee_placements, treat_none_as_default_value = false)]
struct PlacementRow {
    employee_id: Key,
    from_on: BusinessDate,
    until_on: Option<BusinessDate>,
    is_first: bool,
    department_id: Key,
    position_id: Option<Key>,
    superior_id: Option<Key>,
}

impl From<&Employee> for Row {
    fn from(employee: &Employee) -> Self {
        let Employee { id, number, name, joined_on, employment, placements: _, version } = employee;
        Self {
            id: (*id).into(),
            number: number.clone(),
            name: name.clone(),
            joined_on: *joined_on,
            status: employment.state().code().to_owned(),
            last_day: employment.last_day(),
            version: *version,
            search_text: search_key(&[name]),
        }
    }
}

fn employment(row: &Row) -> Result<Employment, Failure> {
    match (row.status.as_str(), row.last_day) {
        ("employed", None) => Ok(Employment::Employed),
        ("leaving", Some(last_day)) => Ok(Employment::Leaving { last_day }),
        ("left", Some(last_day)) => Ok(Employment::Left { last_day }),
        _ => Err(Failure::corrupt("employees", "status", row.id.0)),
    }
}

fn placement_rows(employee: &Employee) -> Vec<PlacementRow> {
    let following = employee.placements.iter().skip(1).map(|next| Some(next.from)).chain([None]);
    let rows = employee.placements.iter().zip(following).enumerate();
    rows.map(|(index, (placement, until_on))| {
        let Placement { from, department, position, superior } = placement;
        PlacementRow {
            employee_id: employee.id.into(),
            from_on: *from,
            until_on,
            is_first: index == 0,
            department_id: (*department).into(),
            position_id: position.map(Into::into),
            superior_id: superior.map(Into::into),
        }
    })
    .collect()
}

fn placement(row: PlacementRow) -> Placement {
    Placement {
        from: row.from_on,
        department: row.department_id.into(),
        position: row.position_id.map(Into::into),
        superior: row.superior_id.map(Into::into),
    }
}

impl Stored<crate::Base> for Employee {
    const MASTER: Option<Master> = Some(crate::PEOPLE);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(unless_taken(save_row!(tx, employees, &row, before), "/number", &row.number)?)?;
        if before.is_some_and(|before| before.placements == self.placements) {
            return Ok(());
        }
        let own = employee_placements::employee_id.eq(row.id);
        db!(tx, |c| diesel::delete(employee_placements::table.filter(own)).execute(c))?;
        let rows = placement_rows(self);
        db!(tx, |c| diesel::insert_into(employee_placements::table).values(&rows).execute(c))?;
        Ok(())
    }
}

crate::spine::resource! { crate::Base: Employee as EmployeeView; find, apply, view = view }

/// Writes a change of an employee; departments and so reaches may move with it.
pub fn apply(tx: &mut Tx<'_>, change: Change<Employee>) -> Result<Employee, Failure> {
    tx.access_changed();
    tx.apply(change)
}

fn assemble(reader: &mut Reader<'_>, rows: Vec<Row>) -> Result<Vec<Employee>, Failure> {
    let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
    let mut placements: Vec<PlacementRow> = Vec::new();
    // In parts: an engine binds only so many values.
    for part in keys.chunks(1000) {
        let more: Vec<PlacementRow> = db!(reader, |c| employee_placements::table
            .filter(employee_placements::employee_id.eq_any(part))
            .order(employee_placements::from_on)
            .select(PlacementRow::as_select())
            .load(c))?;
        placements.extend(more);
    }
    let mut by_employee = std::collections::HashMap::<Key, Vec<Placement>>::new();
    for row in placements {
        by_employee.entry(row.employee_id).or_default().push(placement(row));
    }
    rows.into_iter()
        .map(|row| {
            let employment = employment(&row)?;
            let placements = by_employee.remove(&row.id).unwrap_or_default();
            let Row { id, number, name, joined_on, status: _, last_day: _, version, search_text: _ } = row;
            Ok(Employee { id: id.into(), number, name, joined_on, employment, placements, version })
        })
        .collect()
}

/// An employee, whoever asks.
pub fn load(reader: &mut Reader<'_>, id: EmployeeId) -> Result<Employee, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| employees::table.filter(employees::id.eq(key)).select(Row::as_select()).first(c))?;
    assemble(reader, vec![row])?.pop().ok_or(Failure::NotFound)
}

/// An employee within the reach of the route's permission.
pub fn find(reader: &mut Reader<'_>, id: EmployeeId) -> Result<Employee, Failure> {
    let employee = load(reader, id)?;
    let department = employee.placement_on(reader.today()).map(|placement| placement.department);
    let is_own = reader.actor().is(id);
    let within = department.is_some_and(|department| reader.reach().covers(department, is_own));
    if within { Ok(employee) } else { Err(Failure::NotFound) }
}

/// The employee with a number, whoever asks.
pub fn by_number(reader: &mut Reader<'_>, number: &str) -> Result<Option<Employee>, Failure> {
    let row: Option<Row> = db!(reader, |c| employees::table
        .filter(employees::number.eq(number))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(assemble(reader, row.into_iter().collect())?.pop())
}

/// The numbers of all employees that begin with a zero.
pub fn numbers_with_zeros(reader: &mut Reader<'_>) -> Result<Vec<String>, Failure> {
    Ok(db!(reader, |c| employees::table
        .filter(employees::number.ge("0").and(employees::number.lt("1")))
        .select(employees::number)
        .load(c))?)
}

/// An employee that a field refers to: they must exist.
pub fn refer(reader: &mut Reader<'_>, id: EmployeeId, pointer: &str) -> Result<Employee, Failure> {
    referred(load(reader, id), pointer)
}

/// A superior that a field refers to: they must be employed from a day on.
pub fn refer_superior(
    reader: &mut Reader<'_>,
    id: EmployeeId,
    from: BusinessDate,
    pointer: &str,
) -> Result<Employee, Failure> {
    let superior = refer(reader, id, pointer)?;
    if superior.employment.grants_access(from.max(reader.today())) {
        return Ok(superior);
    }
    Err(Refusal::new(SUPERIOR_UNAVAILABLE).citing(Citation::rule("ORG-1")).at(pointer).into())
}

/// Everybody whose superior a person is on a day or is planned to be later.
pub fn reporting_to(
    reader: &mut Reader<'_>,
    superior: EmployeeId,
    from: BusinessDate,
) -> Result<Vec<Employee>, Failure> {
    let key = Key::from(superior);
    let rows: Vec<Row> = db!(reader, |c| employees::table
        .filter(employees::status.ne("left"))
        .filter(
            employees::id.eq_any(
                employee_placements::table
                    .filter(employee_placements::superior_id.eq(key))
                    .filter(
                        employee_placements::until_on.is_null().or(employee_placements::until_on.gt(from))
                    )
                    .select(employee_placements::employee_id)
            )
        )
        .order(employees::id)
        .select(Row::as_select())
        .load(c))?;
    assemble(reader, rows)
}

/// Everybody whose registered last day has come but whose leaving was not completed.
pub fn due_to_leave(reader: &mut Reader<'_>) -> Result<Vec<Employee>, Failure> {
    let today = reader.today();
    let rows: Vec<Row> = db!(reader, |c| employees::table
        .filter(employees::status.eq("leaving").and(employees::last_day.le(today)))
        .order(employees::id)
        .select(Row::as_select())
        .load(c))?;
    assemble(reader, rows)
}

/// The lines of superiors from a day on.
pub fn superior_lines(reader: &mut Reader<'_>, from: BusinessDate) -> Result<SuperiorLines, Failure> {
    let rows: Vec<PlacementRow> = db!(reader, |c| employee_placements::table
        .filter(employee_placements::until_on.is_null().or(employee_placements::until_on.gt(from)))
        .select(PlacementRow::as_select())
        .load(c))?;
    let placements: Vec<_> = rows.into_iter().map(|row| (row.employee_id.into(), placement(row))).collect();
    Ok(SuperiorLines::of(placements.iter().map(|(employee, placement)| (*employee, placement))))
}

/// The department somebody works in on a day.
pub fn department_on(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    day: BusinessDate,
) -> Result<Option<DepartmentId>, Failure> {
    let key = Key::from(employee);
    let department: Option<Key> = db!(reader, |c| employee_placements::table
        .filter(employee_placements::employee_id.eq(key))
        .filter(holds_on!(day))
        .select(employee_placements::department_id)
        .first(c)
        .optional())?;
    Ok(department.map(Into::into))
}
