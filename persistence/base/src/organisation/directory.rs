//! The organisation of a day, loaded whole: what approvals ask about people, units, roles and stand-ins.
//!
//! A handful of queries instead of one per question: a company has hundreds of people, and resolving a
//! chain asks about most of the line above the requester. It is kept in memory until master data changes.

use super::reference::holds_on;
use crate::{
    schema::{
        absences, departments, employee_placements, employees, grants, positions, role_permissions, roles,
        users,
    },
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Directory, Place, heads_above},
    duty::rule::Member,
    organisation::Employment,
    spine::{BusinessDate, DepartmentId, EmployeeId, Permission},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

/// The organisation as it is on a day, with the absences of later days.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    pub(super) people: BTreeMap<EmployeeId, Person>,
    pub(super) units: BTreeMap<DepartmentId, Unit>,
    pub(super) roles: BTreeMap<String, Vec<Holder>>,
    pub(super) positions: BTreeMap<String, BTreeSet<EmployeeId>>,
    pub(super) absences: Vec<Away>,
    pub(super) members: OnceLock<BTreeMap<EmployeeId, Member>>,
}

#[derive(Clone, Debug)]
pub(super) struct Person {
    pub name: String,
    pub joined_on: BusinessDate,
    pub employment: Employment,
    pub has_account: bool,
    /// Whether a role they hold today lets them deal with approvals.
    pub may_decide: bool,
    pub department: DepartmentId,
    pub superior: Option<EmployeeId>,
    /// The code of the position they hold.
    pub position: Option<String>,
}

impl Person {
    /// Whether they work here on a day and can sign in.
    fn is_here(&self, on: BusinessDate) -> bool {
        self.has_account && self.joined_on <= on && self.employment.grants_access(on)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub code: String,
    pub parent: Option<DepartmentId>,
    pub head: Option<EmployeeId>,
}

/// Somebody who holds a role, and the department for which they hold it.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub employee: EmployeeId,
    pub department: DepartmentId,
    pub from: BusinessDate,
    pub until: Option<BusinessDate>,
}

#[derive(Clone, Debug)]
pub(super) struct Away {
    pub employee: EmployeeId,
    pub stand_in: EmployeeId,
    pub from: BusinessDate,
    pub until: BusinessDate,
}

impl Organisation {
    /// As it is today.
    pub fn today(reader: &mut Reader<'_>) -> Result<Arc<Self>, Failure> {
        let name = format!("organisation on {}", reader.today());
        reader.master(crate::PEOPLE, &name, Self::load)
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let today = reader.today();
        let mut organisation = Self { units: units(reader)?, ..Self::default() };
        organisation.load_people(reader, today)?;
        organisation.load_roles(reader, today)?;
        organisation.absences = absences_from(reader, today)?;
        Ok(organisation)
    }

    fn load_people(&mut self, reader: &mut Reader<'_>, today: BusinessDate) -> Result<(), Failure> {
        type Row = (
            (Key, String, BusinessDate, String, Option<BusinessDate>),
            Key,
            Option<Key>,
            Option<String>,
            Option<Key>,
        );
        let rows: Vec<Row> = db!(reader, |c| employees::table
            .inner_join(employee_placements::table.on(employee_placements::employee_id.eq(employees::id)))
            .left_join(positions::table.on(employee_placements::position_id.eq(positions::id.nullable())))
            .left_join(
                users::table
                    .on(users::employee_id.eq(employees::id.nullable()).and(users::disabled_at.is_null()))
            )
            .filter(holds_on!(today))
            .select((
                (
                    employees::id,
                    employees::name,
                    employees::joined_on,
                    employees::status,
                    employees::last_day
                ),
                employee_placements::department_id,
                employee_placements::superior_id,
                positions::code.nullable(),
                users::id.nullable(),
            ))
            .load(c))?;
        for ((id, name, joined_on, status, last_day), department, superior, position, account) in rows {
            let employment = match (status.as_str(), last_day) {
                ("employed", _) => Employment::Employed,
                ("leaving", Some(last_day)) => Employment::Leaving { last_day },
                ("left", Some(last_day)) => Employment::Left { last_day },
                _ => return Err(Failure::corrupt("employees", "status", id.0)),
            };
            let person = Person {
                name,
                joined_on,
                employment,
                has_account: account.is_some(),
                may_decide: false,
                department: department.into(),
                superior: superior.map(Into::into),
                position: position.clone(),
            };
            self.people.insert(id.into(), person);
            if let Some(position) = position {
                self.positions.entry(position).or_default().insert(id.into());
            }
        }
        let codes: Vec<String> = db!(reader, |c| positions::table.select(positions::code).load(c))?;
        for code in codes {
            self.positions.entry(code).or_default();
        }
        Ok(())
    }

    fn load_roles(&mut self, reader: &mut Reader<'_>, today: BusinessDate) -> Result<(), Failure> {
        let codes: Vec<String> =
            db!(reader, |c| roles::table.filter(roles::is_retired.eq(false)).select(roles::code).load(c))?;
        self.roles = codes.into_iter().map(|code| (code, Vec::new())).collect();
        let deciding: BTreeSet<String> = db!(reader, |c| roles::table
            .inner_join(role_permissions::table)
            .filter(role_permissions::permission.eq(Permission::UseApprovals.code()))
            .select(roles::code)
            .load(c))?
        .into_iter()
        .collect();
        type Row = (String, Option<Key>, Option<Key>, BusinessDate, Option<BusinessDate>);
        let rows: Vec<Row> = db!(reader, |c| grants::table
            .inner_join(roles::table)
            .inner_join(users::table)
            .filter(grants::ended_at.is_null().and(users::disabled_at.is_null()))
            .filter(grants::until_on.is_null().or(grants::until_on.ge(today)))
            .order(grants::id)
            .select((
                roles::code,
                users::employee_id,
                grants::department_id,
                grants::from_on,
                grants::until_on
            ))
            .load(c))?;
        for (code, employee, department, from, until) in rows {
            let Some(employee) = employee.map(EmployeeId::from) else { continue };
            if from <= today
                && deciding.contains(&code)
                && let Some(person) = self.people.get_mut(&employee)
            {
                person.may_decide = true;
            }
            let department = department.map(Into::into).or_else(|| self.department_of(employee));
            let (Some(department), Some(holders)) = (department, self.roles.get_mut(&code)) else { continue };
            holders.push(Holder { employee, department, from, until });
        }
        Ok(())
    }

    /// Whether a department is another one or lies below it.
    pub fn lies_within(&self, department: DepartmentId, above: DepartmentId) -> bool {
        let mut here = Some(department);
        // As many steps as there are departments: a loop, which cannot be stored, would end too.
        for _ in 0..=self.units.len() {
            match here {
                Some(unit) if unit == above => return true,
                Some(unit) => here = self.department_parent(unit),
                None => return false,
            }
        }
        false
    }

    /// Everybody who works here on the day of this organisation, with or without an account, as duty rules ask about them;
    /// found out when it is first asked, and kept as long as this is. `[DUT-1a]`
    pub fn members(&self, today: BusinessDate) -> &BTreeMap<EmployeeId, Member> {
        self.members.get_or_init(|| {
            let heads: BTreeSet<EmployeeId> = self.units.values().filter_map(|unit| unit.head).collect();
            let mut roles = self.roles_held(today);
            let member = |(id, person): (&EmployeeId, &Person)| {
                let member = Member {
                    employee: *id,
                    roles: roles.remove(id).unwrap_or_default(),
                    position: person.position.clone(),
                    departments: self.codes_above(person.department),
                    is_head: heads.contains(id),
                };
                (*id, member)
            };
            self.people.iter().filter(|(id, _)| self.works_here(**id, today)).map(member).collect()
        })
    }

    /// The codes of the roles that people hold on a day.
    fn roles_held(&self, on: BusinessDate) -> BTreeMap<EmployeeId, Vec<String>> {
        let mut held = BTreeMap::<EmployeeId, Vec<String>>::new();
        for (code, holders) in &self.roles {
            let here = |holder: &&Holder| holder.from <= on && holder.until.is_none_or(|until| on <= until);
            let holders: BTreeSet<EmployeeId> =
                holders.iter().filter(here).map(|holder| holder.employee).collect();
            for employee in holders {
                held.entry(employee).or_default().push(code.clone());
            }
        }
        held
    }

    /// The codes of a department and of all above it.
    pub fn codes_above(&self, department: DepartmentId) -> Vec<String> {
        let mut codes = Vec::new();
        let mut here = Some(department);
        for _ in 0..=self.units.len() {
            let Some(unit) = here.and_then(|id| self.units.get(&id)) else { break };
            codes.push(unit.code.clone());
            here = unit.parent;
        }
        codes
    }

    /// The superiors of somebody, the nearest first.
    pub fn line_of(&self, employee: EmployeeId) -> Vec<EmployeeId> {
        let mut line = Vec::new();
        let mut here = self.superior(employee);
        while let Some(superior) = here.filter(|superior| !line.contains(superior)) {
            line.push(superior);
            here = self.superior(superior);
        }
        line
    }

    /// Who may decide about what is somebody's: the superiors, the nearest first, then the heads of the department and of
    /// those above it; of who heads everything, nobody.
    pub fn superiors_of(&self, employee: EmployeeId) -> Vec<EmployeeId> {
        let mut line = self.line_of(employee);
        let own = self.department_of(employee).into_iter();
        line.extend(own.flat_map(|own| heads_above(self, own)).filter(|head| *head != employee));
        line
    }

    /// Everybody whose line of superiors leads by somebody.
    pub fn below(&self, superior: EmployeeId) -> Vec<EmployeeId> {
        self.people.keys().copied().filter(|id| self.line_of(*id).contains(&superior)).collect()
    }

    /// Everybody below the caller, as rows name them; nobody where the caller is no employee.
    pub fn below_caller(reader: &mut Reader<'_>) -> Result<Vec<Key>, Failure> {
        let Some(me) = reader.actor().employee else { return Ok(Vec::new()) };
        Ok(Self::today(reader)?.below(me).into_iter().map(Into::into).collect())
    }

    /// Whether the caller is a superior of somebody, however far above.
    pub fn caller_is_above(reader: &mut Reader<'_>, employee: EmployeeId) -> Result<bool, Failure> {
        let line = Self::today(reader)?.line_of(employee);
        Ok(line.iter().any(|superior| reader.actor().is(*superior)))
    }

    /// Whether somebody works here on a day.
    pub fn works_here(&self, employee: EmployeeId, on: BusinessDate) -> bool {
        let here = |person: &Person| person.joined_on <= on && person.employment.grants_access(on);
        self.people.get(&employee).is_some_and(here)
    }

    /// Whether somebody is registered as away on a day.
    pub fn is_away(&self, employee: EmployeeId, on: BusinessDate) -> bool {
        self.stand_in(employee, on).is_some()
    }

    fn lies_in(&self, department: DepartmentId, place: Place) -> bool {
        match place {
            Place::Department(meant) => department == meant,
            Place::Subtree(top) => self.lies_within(department, top),
            Place::Anywhere => true,
        }
    }
}

impl Directory for Organisation {
    fn name(&self, employee: EmployeeId) -> Option<String> {
        self.people.get(&employee).map(|person| person.name.clone())
    }
    /// Needs an account that is not disabled and may use approvals: nobody else could open the task.
    fn is_active(&self, employee: EmployeeId, on: BusinessDate) -> bool {
        self.people.get(&employee).is_some_and(|person| person.may_decide && person.is_here(on))
    }
    fn superior(&self, employee: EmployeeId) -> Option<EmployeeId> {
        self.people.get(&employee)?.superior
    }
    fn department_of(&self, employee: EmployeeId) -> Option<DepartmentId> {
        self.people.get(&employee).map(|person| person.department)
    }
    fn department_head(&self, department: DepartmentId) -> Option<EmployeeId> {
        self.units.get(&department)?.head
    }
    fn department_parent(&self, department: DepartmentId) -> Option<DepartmentId> {
        self.units.get(&department)?.parent
    }
    fn department_by_code(&self, code: &str) -> Option<DepartmentId> {
        self.units.iter().find(|(_, unit)| unit.code == code).map(|(id, _)| *id)
    }
    fn departments(&self) -> Vec<(DepartmentId, String)> {
        self.units.iter().map(|(id, unit)| (*id, unit.code.clone())).collect()
    }
    fn employees_of(&self, department: DepartmentId, on: BusinessDate) -> Vec<EmployeeId> {
        let here = self.people.iter().filter(|(_, person)| person.department == department);
        here.filter(|(_, person)| person.is_here(on)).map(|(id, _)| *id).collect()
    }
    /// A grant counts for the department it names, else for its holder's own.
    fn role_holders(&self, role: &str, place: Place, on: BusinessDate) -> Vec<EmployeeId> {
        let holders = self.roles.get(role).into_iter().flatten();
        let meant: BTreeSet<_> = holders
            .filter(|holder| holder.from <= on && holder.until.is_none_or(|until| on <= until))
            .filter(|holder| self.lies_in(holder.department, place) && self.is_active(holder.employee, on))
            .map(|holder| holder.employee)
            .collect();
        meant.into_iter().collect()
    }
    fn position_holders(&self, position: &str, on: BusinessDate) -> Vec<EmployeeId> {
        let holders = self.positions.get(position).into_iter().flatten().copied();
        holders.filter(|id| self.is_active(*id, on)).collect()
    }
    fn stand_in(&self, employee: EmployeeId, on: BusinessDate) -> Option<EmployeeId> {
        let holds = |away: &&Away| away.employee == employee && away.from <= on && on <= away.until;
        self.absences.iter().find(holds).map(|away| away.stand_in)
    }
    fn knows_role(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }
    fn knows_position(&self, position: &str) -> bool {
        self.positions.contains_key(position)
    }
}

fn units(reader: &mut Reader<'_>) -> Result<BTreeMap<DepartmentId, Unit>, Failure> {
    let rows: Vec<(Key, String, Option<Key>, Option<Key>)> = db!(reader, |c| departments::table
        .filter(departments::closed_on.is_null())
        .select((departments::id, departments::code, departments::parent_id, departments::head_id))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(id, code, parent, head)| {
            (id.into(), Unit { code, parent: parent.map(Into::into), head: head.map(Into::into) })
        })
        .collect())
}

fn absences_from(reader: &mut Reader<'_>, today: BusinessDate) -> Result<Vec<Away>, Failure> {
    let rows: Vec<(Key, Key, BusinessDate, BusinessDate)> = db!(reader, |c| absences::table
        .filter(absences::cancelled_at.is_null().and(absences::until_on.ge(today)))
        .order(absences::id)
        .select((absences::employee_id, absences::stand_in_id, absences::from_on, absences::until_on))
        .load(c))?;
    let away = |(employee, stand_in, from, until): (Key, Key, BusinessDate, BusinessDate)| Away {
        employee: employee.into(),
        stand_in: stand_in.into(),
        from,
        until,
    };
    Ok(rows.into_iter().map(away).collect())
}
