//! Employees with their placements, accounts and roles from a spreadsheet. `[INT-5a, INT-5b]`
//!
//! A row is matched by the number alone, and is taken whole or not at all. Another department, position or superior is a
//! dated move, never an overwrite; who is not in the file stays as they are.

use super::{
    HireEmployee, MoveEmployee, hire, relocate,
    row::{EmployeeRow, Superior, Whole, arrange},
};
use crate::{
    identity::give_account,
    operation::{
        Kind,
        import::{self, HandedIn, Imports, LongImport},
    },
    organisation::leave,
    spine::{
        Can, Patience, Query, Reading, UnitOfWork, Upload,
        import::{Outcome, Sheet, Template, TemplateFormat},
    },
};
use domain::{
    identity::Role,
    organisation::{Employee, JOINED_ON_DIFFERS, Placement, PositionId, ZEROS_LOST},
    spine::{
        AnyId, Citation, DepartmentId, EmployeeId, Permission, Refusal, RefusalCode, codes,
        import::IMPORT_AMBIGUOUS, perm,
    },
};
use persistence::{
    identity::role,
    organisation::{NamedRef, department, employee, position},
    spine::{Failure, Reader, Tx},
};
use serde::Deserialize;
use serde_json::{Map, json};
use std::collections::HashMap;
use utoipa::IntoParams;
use validator::Validate;

/// Files of many employees.
pub(super) static KIND: Kind = import::kind::<EmployeeRow>();

/// Show which columns an import of employees has. `[INT-5]`
///
/// As JSON, or with `format=xlsx` or `format=csv` as a file to be filled in, with the company's departments, positions and roles
/// to choose from.
#[utoipa::path(get, path = "/api/v1/employees/import-template")]
pub(super) async fn show_employee_template(
    who: Can<perm::ManageOrganisation>,
    format: TemplateFormat,
    reading: Reading,
) -> Template {
    let lists = reading
        .value(who, |reader| {
            let zh = |named: NamedRef| named.name_zh;
            let departments = department::open_names(reader)?.into_iter().map(zh).collect();
            let positions = position::all_names(reader)?.into_iter().map(|(named, _)| zh(named)).collect();
            let roles = role::grantable(reader)?.into_iter().map(|role| role.details.name_zh).collect();
            Ok(vec![("department", departments), ("position", positions), ("role", roles)])
        })
        .await?;
    reading.template::<EmployeeRow>(format, Vec::new(), lists).await
}

/// How a file of employees is meant.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ImportEmployees {
    /// Whether the good rows shall be taken where others are bad.
    partial: Option<bool>,
    /// Whether the file is rehearsed alone: as `validate_only`, but also above the bound, where it is an operation that keeps
    /// nothing of the rows.
    rehearsal: Option<bool>,
}

/// Import employees with their accounts from CSV or XLSX. `[INT-5a, INT-5b, INT-5d, OPR-1]`
///
/// A row is employee, placement, account and role together, all of it or nothing. Known by the number alone: another department,
/// position or superior is a move from `effective_from`. Superiors may stand further down. The same file again changes nothing.
/// Accounts need `user:manage`, and nobody grants what they do not hold; their owners choose a password with a code from
/// `/api/v1/activation-codes`. A file of more than 1,000 rows, 100,000 at most, is an operation.
#[utoipa::path(post, path = "/api/v1/employees/import")]
pub(super) async fn import_employees(
    who: Can<perm::ManageOrganisation>,
    how: Query<ImportEmployees>,
    patience: Patience,
    upload: Upload,
    work: UnitOfWork,
) -> Imports {
    let (partial, rehearsal) = (how.0.partial.unwrap_or(false), how.0.rehearsal.unwrap_or(false));
    let file = upload.named_sheet::<EmployeeRow>().await?;
    import::hand_in((who, patience, work), HandedIn { file, partial, rehearsal, how: Whole::default() }).await
}

impl LongImport for EmployeeRow {
    const KIND: &'static str = "employee_import";
    const CALLED: (&'static str, &'static str) = ("导入员工", "Import of employees");
    const PERMISSION: Permission = Permission::ManageOrganisation;
    type How = Whole;

    fn arrange(sheet: &mut Sheet<Self>, _: Whole) -> Whole {
        arrange(sheet)
    }

    fn take(
        tx: &mut Tx<'_>,
        sheet: &mut Sheet<Self>,
        whole: &Whole,
        is_rehearsed: bool,
    ) -> Result<(), Failure> {
        let wants_accounts = sheet.good().any(|(_, row)| row.account || row.role.is_some());
        if wants_accounts && !tx.actor().may(Permission::ManageUsers) {
            return Err(Failure::Denied(Permission::ManageUsers));
        }
        let rows: Vec<usize> = sheet.good().map(|(index, _)| index).collect();
        for index in rows {
            if let Some(fault) = whole.faults.get(&sheet.number(index)) {
                let (column, code, params) = fault.told();
                sheet.refuse(index, column, code, params);
            }
        }
        let known = Known::load(tx, whole, is_rehearsed)?;
        sheet.each(tx, |tx, row| known.take(tx, row))
    }
}

/// What rows name, read once for a batch.
struct Known<'a> {
    departments: Vec<NamedRef>,
    positions: Vec<(NamedRef, Option<DepartmentId>)>,
    roles: Vec<Role>,
    /// Numbers with leading zeros, by what is left without them.
    zeros: HashMap<String, String>,
    whole: &'a Whole,
    is_rehearsed: bool,
}

impl<'a> Known<'a> {
    fn load(reader: &mut Reader<'_>, whole: &'a Whole, is_rehearsed: bool) -> Result<Self, Failure> {
        let zeros = employee::numbers_with_zeros(reader)?.into_iter();
        Ok(Self {
            departments: department::open_names(reader)?,
            positions: position::all_names(reader)?,
            roles: role::grantable(reader)?,
            zeros: zeros.map(|number| (number.trim_start_matches('0').to_owned(), number)).collect(),
            whole,
            is_rehearsed,
        })
    }

    /// Takes a row: the employee, where they work, whether they leave, and their account.
    fn take(&self, tx: &mut Tx<'_>, row: &EmployeeRow) -> Result<Outcome, Failure> {
        let (employee, mut outcome) = match employee::by_number(tx, &row.number)? {
            None => (self.hire(tx, row)?, Outcome::Created),
            Some(known) => self.change(tx, row, known)?,
        };
        let mut noted = |changed: bool| {
            if changed && outcome == Outcome::Unchanged {
                outcome = Outcome::Changed;
            }
        };
        if let Some(last_day) = row.last_day.filter(|day| employee.employment.last_day() != Some(*day)) {
            leave::register(tx, employee.clone(), last_day, false)?;
            noted(true);
        }
        if row.account || row.role.is_some() {
            let role = row.role.as_deref().map(|name| self.role(name)).transpose()?;
            let wanted = (row.account, row.username.as_deref());
            noted(give_account(tx, &employee, wanted, role.map(|role| (role, row.reach)))?);
        }
        Ok(outcome)
    }

    fn hire(&self, tx: &mut Tx<'_>, row: &EmployeeRow) -> Result<Employee, Failure> {
        if let Some(longer) = self.zeros.get(&row.number) {
            let refusal = Refusal::new(ZEROS_LOST).with("number", longer.as_str());
            return Err(refusal.citing(Citation::rule("INT-5b")).at("/number").into());
        }
        let joined_on = row.joined_on.ok_or_else(|| Refusal::new(codes::REQUIRED).at("/joined_on"))?;
        let department_id = self.department(&row.department)?;
        let position_id =
            row.position.as_deref().map(|name| self.position(name, department_id)).transpose()?;
        let superior_id = self.superior(tx, &row.superior, None)?;
        let (number, name) = (row.number.clone(), row.name.clone());
        let body = HireEmployee {
            number,
            name,
            joined_on,
            department_id,
            position_id,
            superior_id,
            vacancy_id: None::<AnyId>,
        };
        on_columns(hire(tx, body))
    }

    /// Corrects the name of somebody who is known, and moves them where the row says so.
    fn change(
        &self,
        tx: &mut Tx<'_>,
        row: &EmployeeRow,
        known: Employee,
    ) -> Result<(Employee, Outcome), Failure> {
        let known = employee::find(tx, known.id)?;
        if row.joined_on.is_some_and(|day| day != known.joined_on) {
            let refusal = Refusal::new(JOINED_ON_DIFFERS).with("joined_on", known.joined_on.to_string());
            return Err(refusal.citing(Citation::rule("INT-5a")).at("/joined_on").into());
        }
        let from = row.effective_from.unwrap_or_else(|| tx.today().max(known.joined_on));
        let held = known.placement_on(from).cloned();
        let held = held.ok_or_else(|| Failure::corrupt("employees", "placements", known.id))?;
        let department = self.department(&row.department)?;
        let position = match &row.position {
            None => held.position,
            Some(name) => Some(self.position(name, department)?),
        };
        let superior = self.superior(tx, &row.superior, held.superior)?;
        let is_named = known.name == row.name;
        let mut employee = known;
        if !is_named {
            let number = employee.number.clone();
            let change = employee.change(number, row.name.clone())?;
            employee = employee::apply(tx, change)?;
        }
        let wanted = Placement { from: held.from, department, position, superior };
        if wanted == held {
            return Ok((employee, if is_named { Outcome::Unchanged } else { Outcome::Changed }));
        }
        let body = MoveEmployee {
            from: Some(from),
            department_id: department,
            position_id: position,
            superior_id: superior,
            vacancy_id: None,
        };
        let moved = on_columns(relocate(tx, employee, body))?;
        Ok((moved, Outcome::Changed))
    }

    fn department(&self, name: &str) -> Result<DepartmentId, Refusal> {
        let found = named(self.departments.iter(), name, "/department")?;
        Ok(DepartmentId::from_uuid(found.id.uuid()))
    }

    /// By its code; by its name among those of the department and those of none.
    fn position(&self, name: &str, department: DepartmentId) -> Result<PositionId, Refusal> {
        let all = || self.positions.iter().map(|(position, _)| position);
        if let Some(exact) = all().find(|known| known.code == name) {
            return Ok(PositionId::from_uuid(exact.id.uuid()));
        }
        let here = self.positions.iter().filter(|(_, of)| of.is_none_or(|of| of == department));
        let found = named(here.map(|(position, _)| position), name, "/position")?;
        Ok(PositionId::from_uuid(found.id.uuid()))
    }

    fn role(&self, name: &str) -> Result<&Role, Refusal> {
        let by_code = self.roles.iter().find(|role| role.details.code == name);
        let mut by_name =
            self.roles.iter().filter(|role| role.details.name_zh == name || role.details.name_en == name);
        match (by_code, by_name.next(), by_name.next()) {
            (Some(role), ..) | (None, Some(role), None) => Ok(role),
            (None, Some(_), Some(_)) => Err(ambiguous(name, "/role")),
            (None, None, _) => Err(unknown(name, "/role")),
        }
    }

    fn superior(
        &self,
        tx: &mut Tx<'_>,
        said: &Superior,
        held: Option<EmployeeId>,
    ) -> Result<Option<EmployeeId>, Failure> {
        let number = match said {
            Superior::Unsaid => return Ok(held),
            Superior::Nobody => return Ok(None),
            Superior::Number(number) => number,
        };
        match employee::by_number(tx, number)? {
            Some(superior) => Ok(Some(superior.id)),
            // What an earlier batch of the rehearsal made of them was undone.
            None if self.is_rehearsed && self.whole.coming.contains(number) => Ok(held),
            None => Err(unknown(number, "/superior").into()),
        }
    }
}

fn named<'a>(
    all: impl Iterator<Item = &'a NamedRef> + Clone,
    name: &str,
    pointer: &str,
) -> Result<&'a NamedRef, Refusal> {
    let by_code = all.clone().find(|known| known.code == name);
    let mut by_name = all.filter(|known| known.name_zh == name || known.name_en == name);
    match (by_code, by_name.next(), by_name.next()) {
        (Some(found), ..) | (None, Some(found), None) => Ok(found),
        (None, Some(_), Some(_)) => Err(ambiguous(name, pointer)),
        (None, None, _) => Err(unknown(name, pointer)),
    }
}

fn found_at(code: &'static RefusalCode, (name, value): (&str, &str), pointer: &str) -> Refusal {
    let params = Map::from_iter([(name.to_owned(), json!(value))]);
    let finding = domain::spine::Finding { pointer: pointer.to_owned(), code, params };
    Refusal { findings: vec![finding], ..Refusal::new(code) }
}

fn ambiguous(name: &str, pointer: &str) -> Refusal {
    found_at(IMPORT_AMBIGUOUS, ("name", name), pointer)
}

fn unknown(value: &str, pointer: &str) -> Refusal {
    found_at(codes::UNKNOWN_REFERENCE, ("value", value), pointer)
}

/// What hiring and moving say of members of their bodies, said of the columns.
fn on_columns<T>(done: Result<T, Failure>) -> Result<T, Failure> {
    done.map_err(|failure| match failure {
        Failure::Refused(mut refusal) => {
            for finding in &mut refusal.findings {
                if let Some(member) = finding.pointer.strip_suffix("_id") {
                    finding.pointer = member.to_owned();
                } else if finding.pointer == "/from" {
                    finding.pointer = "/effective_from".to_owned();
                }
            }
            Failure::Refused(refusal)
        }
        other => other,
    })
}
