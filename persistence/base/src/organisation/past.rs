//! The organisation as it was known at an instant gone by: what stands now, with every change that was made since taken
//! back. What is dated says so itself; what is not, the audit trail tells. `[REG-7b, AUD-1]`

mod office;

use super::directory::{Away, Holder, Organisation, Person, Unit};
use crate::{
    schema::{
        absences, audit_entries as audit, departments, employee_placements, employees, grants, positions,
        role_permissions, roles, users,
    },
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    organisation::Employment,
    policy_replay::Said,
    spine::{AnyId, BusinessDate, DepartmentId, EmployeeId, Permission, Timestamp},
};
use office::{away, roles_held};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// What the organisation is made of, as the audit trail calls it.
const KINDS: [&str; 6] = ["department", "employee", "user", "role", "grant", "absence"];

/// The organisation at an instant, or what of it is not known any more.
pub type Remembered = Result<Arc<Organisation>, Said>;

/// Remembers the organisation at instants, the last one kept: whoever goes through documents in their order asks for the
/// same again and again.
#[derive(Default)]
pub struct Past {
    changes: Option<Vec<Instant>>,
    last: Option<((BusinessDate, usize), Remembered)>,
}

impl Past {
    /// The organisation as it was known at an instant, on the business day of that.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn at(&mut self, reader: &mut Reader<'_>, instant: Timestamp) -> Result<Remembered, Failure> {
        let changes = match self.changes.take() {
            Some(known) => known,
            None => changes(reader)?,
        };
        let before = changes.partition_point(|change| Timestamp::from(*change) <= instant);
        self.changes = Some(changes);
        let place = (instant.date_in(reader.zone()), before);
        if let Some((known, organisation)) = &self.last
            && *known == place
        {
            return Ok(organisation.clone());
        }
        let organisation = remember(reader, instant)?;
        self.last = Some((place, organisation.clone()));
        Ok(organisation)
    }
}

/// When anything of the organisation changed.
fn changes(reader: &mut Reader<'_>) -> Result<Vec<Instant>, Failure> {
    Ok(db!(reader, |c| audit::table
        .filter(audit::entity_kind.eq_any(KINDS))
        .order(audit::at)
        .select(audit::at)
        .load(c))?)
}

/// What something said before it was changed.
enum Then {
    /// It was not there.
    Unborn,
    /// These members were others.
    Said(Map<String, Value>),
}

/// What was changed since an instant.
struct Undone(HashMap<Key, Then>);

impl Undone {
    fn since(reader: &mut Reader<'_>, instant: Timestamp) -> Result<Result<Self, Said>, Failure> {
        type Row = (Key, Option<String>, Option<String>);
        let rows: Vec<Row> = db!(reader, |c| audit::table
            .filter(audit::entity_kind.eq_any(KINDS).and(audit::at.gt(Instant::from(instant))))
            .order(audit::sequence)
            .select((audit::entity, audit::before, audit::after))
            .load(c))?;
        let mut changed = HashMap::<Key, Then>::new();
        for (entity, before, after) in rows {
            let Some(before) = before else {
                if after.is_none() {
                    return Ok(Err(erased()));
                }
                changed.entry(entity).or_insert(Then::Unborn);
                continue;
            };
            let before: Map<String, Value> = serde_json::from_str(&before)?;
            match changed.entry(entity).or_insert_with(|| Then::Said(Map::new())) {
                Then::Unborn => {}
                // The first change since tells what stood then.
                Then::Said(said) => before.into_iter().for_each(|(name, value)| {
                    said.entry(name).or_insert(value);
                }),
            }
        }
        Ok(Ok(Self(changed)))
    }

    fn was_there(&self, key: Key) -> bool {
        !matches!(self.0.get(&key), Some(Then::Unborn))
    }

    /// What a member said then, where it was changed since.
    fn member<T: DeserializeOwned>(&self, key: Key, name: &str) -> Result<Option<T>, Failure> {
        match self.0.get(&key) {
            Some(Then::Said(said)) => said
                .get(name)
                .map(|value| serde_json::from_value(value.clone()))
                .transpose()
                .map_err(Failure::from),
            _ => Ok(None),
        }
    }
}

fn erased() -> Said {
    Said::new(
        "当时的组织架构（有关人员资料已按规定清除）",
        "the organisation as it was: the data of somebody in it were erased",
    )
}

#[derive(Deserialize)]
struct DepartmentThen {
    code: String,
    parent: Option<DepartmentId>,
    head: Option<EmployeeId>,
}

#[derive(Deserialize)]
struct PlacementThen {
    from: BusinessDate,
    department: DepartmentId,
    position: Option<AnyId>,
    superior: Option<EmployeeId>,
}

#[derive(Deserialize)]
struct EmploymentThen {
    status: String,
    last_day: Option<BusinessDate>,
}

#[derive(Deserialize)]
struct AccountThen {
    status: String,
}

#[derive(Deserialize)]
struct RoleThen {
    permissions: Vec<String>,
}

#[derive(Deserialize)]
struct TermsThen {
    department: Option<DepartmentId>,
    from: BusinessDate,
    until: Option<BusinessDate>,
}

fn remember(reader: &mut Reader<'_>, instant: Timestamp) -> Result<Remembered, Failure> {
    let undone = match Undone::since(reader, instant)? {
        Ok(undone) => undone,
        Err(missing) => return Ok(Err(missing)),
    };
    let day = instant.date_in(reader.zone());
    let mut organisation = Organisation { units: units(reader, &undone, day)?, ..Organisation::default() };
    let accounts = accounts(reader, &undone)?;
    people(reader, &undone, day, &accounts, &mut organisation)?;
    roles_held(reader, &undone, (instant, day), &accounts, &mut organisation)?;
    organisation.absences = away(reader, &undone, (instant, day))?;
    Ok(Ok(Arc::new(organisation)))
}

fn units(
    reader: &mut Reader<'_>,
    undone: &Undone,
    day: BusinessDate,
) -> Result<BTreeMap<DepartmentId, Unit>, Failure> {
    type Row = (Key, String, Option<Key>, Option<Key>, Option<BusinessDate>);
    let rows: Vec<Row> = db!(reader, |c| departments::table
        .select((
            departments::id,
            departments::code,
            departments::parent_id,
            departments::head_id,
            departments::closed_on
        ))
        .load(c))?;
    let mut units = BTreeMap::new();
    for (id, code, parent, head, closed_on) in rows {
        let closed_on = undone.member::<Option<BusinessDate>>(id, "closed_on")?.unwrap_or(closed_on);
        if !undone.was_there(id) || closed_on.is_some_and(|closed| closed <= day) {
            continue;
        }
        let unit = match undone.member::<DepartmentThen>(id, "details")? {
            Some(DepartmentThen { code, parent, head }) => Unit { code, parent, head },
            None => Unit { code, parent: parent.map(Into::into), head: head.map(Into::into) },
        };
        units.insert(id.into(), unit);
    }
    Ok(units)
}

/// The accounts that could be used then, with whose they are.
fn accounts(reader: &mut Reader<'_>, undone: &Undone) -> Result<HashMap<Key, EmployeeId>, Failure> {
    let rows: Vec<(Key, Option<Key>, Option<Instant>)> =
        db!(reader, |c| users::table.select((users::id, users::employee_id, users::disabled_at)).load(c))?;
    let mut accounts = HashMap::new();
    for (id, employee, disabled_at) in rows {
        let is_active = match undone.member::<AccountThen>(id, "status")? {
            Some(then) => then.status == "active",
            None => disabled_at.is_none(),
        };
        if let Some(employee) = employee.filter(|_| is_active && undone.was_there(id)) {
            accounts.insert(id, employee.into());
        }
    }
    Ok(accounts)
}

fn people(
    reader: &mut Reader<'_>,
    undone: &Undone,
    day: BusinessDate,
    accounts: &HashMap<Key, EmployeeId>,
    organisation: &mut Organisation,
) -> Result<(), Failure> {
    let with_account: BTreeSet<EmployeeId> = accounts.values().copied().collect();
    let codes: HashMap<Key, String> =
        db!(reader, |c| positions::table.select((positions::id, positions::code)).load::<(Key, String)>(c))?
            .into_iter()
            .collect();
    organisation.positions = codes.values().map(|code| (code.clone(), BTreeSet::new())).collect();
    let mut placements = placements_now(reader)?;
    type Row = (Key, String, BusinessDate, String, Option<BusinessDate>);
    let rows: Vec<Row> = db!(reader, |c| employees::table
        .select((
            employees::id,
            employees::name,
            employees::joined_on,
            employees::status,
            employees::last_day
        ))
        .load(c))?;
    for (id, name, joined_on, status, last_day) in rows.into_iter().filter(|row| undone.was_there(row.0)) {
        let dated = match undone.member::<Vec<PlacementThen>>(id, "placements")? {
            Some(then) => then,
            None => placements.remove(&id).unwrap_or_default(),
        };
        let Some(placed) = held_on(dated, day) else { continue };
        let then = undone.member::<EmploymentThen>(id, "employment")?;
        let then = then.unwrap_or(EmploymentThen { status, last_day });
        let employment = employment(&then).ok_or_else(|| Failure::corrupt("employees", "status", id.0))?;
        let position = placed.position.and_then(|position| codes.get(&Key(position.uuid())).cloned());
        let employee = EmployeeId::from(id);
        if let Some(position) = &position {
            organisation.positions.entry(position.clone()).or_default().insert(employee);
        }
        let person = Person {
            name,
            joined_on: undone.member(id, "joined_on")?.unwrap_or(joined_on),
            employment,
            has_account: with_account.contains(&employee),
            may_decide: false,
            department: placed.department,
            superior: placed.superior,
            position,
        };
        organisation.people.insert(employee, person);
    }
    Ok(())
}

/// What is written of everybody's placements now, by day.
fn placements_now(reader: &mut Reader<'_>) -> Result<HashMap<Key, Vec<PlacementThen>>, Failure> {
    type Row = (Key, BusinessDate, Key, Option<Key>, Option<Key>);
    let rows: Vec<Row> = db!(reader, |c| employee_placements::table
        .order(employee_placements::from_on)
        .select((
            employee_placements::employee_id,
            employee_placements::from_on,
            employee_placements::department_id,
            employee_placements::position_id,
            employee_placements::superior_id
        ))
        .load(c))?;
    let mut placements = HashMap::<Key, Vec<PlacementThen>>::new();
    for (employee, from, department, position, superior) in rows {
        let placed = PlacementThen {
            from,
            department: department.into(),
            position: position.map(|position| AnyId::from_uuid(position.0)),
            superior: superior.map(Into::into),
        };
        placements.entry(employee).or_default().push(placed);
    }
    Ok(placements)
}

/// The placement that holds on a day: the last begun by then; before the first, the first.
fn held_on(dated: Vec<PlacementThen>, day: BusinessDate) -> Option<PlacementThen> {
    let begun = dated.iter().filter(|placed| placed.from <= day).count();
    dated.into_iter().nth(begun.saturating_sub(1))
}

fn employment(then: &EmploymentThen) -> Option<Employment> {
    match (then.status.as_str(), then.last_day) {
        ("employed", _) => Some(Employment::Employed),
        ("leaving", Some(last_day)) => Some(Employment::Leaving { last_day }),
        ("left", Some(last_day)) => Some(Employment::Left { last_day }),
        _ => None,
    }
}
