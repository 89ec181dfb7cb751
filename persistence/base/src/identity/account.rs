//! Accounts of people and services.

mod view;

pub use view::{AccountFilter, UserRef, UserView, list, view};

use super::reaches_of;
use crate::{
    organisation::unless_taken,
    schema::users,
    spine::{Failure, Instant, Key, Master, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    identity::{Account, AccountDetails, AccountKind, AccountStatus, PasswordHash, Username},
    spine::{Change, EmployeeId, Permission, Reach, UserId, Version, search_key},
};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    username: String,
    kind: String,
    name: String,
    employee_id: Option<Key>,
    disabled_at: Option<Instant>,
    password_hash: Option<String>,
    must_change_password: bool,
    password_changed_at: Option<Instant>,
    version: Version,
    search_text: String,
}

impl From<&Account> for Row {
    fn from(account: &Account) -> Self {
        let Account { id, username, kind, details, status, password, .. } = account;
        let AccountDetails { name, employee } = details;
        let disabled_at = match status {
            AccountStatus::Active => None,
            AccountStatus::Disabled { since } => Some((*since).into()),
        };
        Self {
            id: (*id).into(),
            username: username.as_str().to_owned(),
            kind: kind_text(*kind).to_owned(),
            name: name.clone(),
            employee_id: employee.map(Into::into),
            disabled_at,
            password_hash: password.as_ref().map(|hash| hash.reveal().to_owned()),
            must_change_password: account.must_change_password,
            password_changed_at: account.password_changed_at.map(Into::into),
            version: account.version,
            search_text: search_key(&[name, username.as_str()]),
        }
    }
}

pub(super) const fn kind_text(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Person => "person",
        AccountKind::Service => "service",
    }
}

fn kind_of(row: &Row) -> Result<AccountKind, Failure> {
    match row.kind.as_str() {
        "person" => Ok(AccountKind::Person),
        "service" => Ok(AccountKind::Service),
        _ => Err(Failure::corrupt("users", "kind", row.id.0)),
    }
}

impl TryFrom<Row> for Account {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let kind = kind_of(&row)?;
        let username =
            Username::new(&row.username).map_err(|_| Failure::corrupt("users", "username", row.id.0))?;
        let status = match row.disabled_at {
            None => AccountStatus::Active,
            Some(since) => AccountStatus::Disabled { since: since.into() },
        };
        Ok(Self {
            id: row.id.into(),
            username,
            kind,
            details: AccountDetails { name: row.name, employee: row.employee_id.map(Into::into) },
            status,
            password: row.password_hash.map(PasswordHash::new),
            must_change_password: row.must_change_password,
            password_changed_at: row.password_changed_at.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for Account {
    const MASTER: Option<Master> = Some(crate::PEOPLE);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        let taken = if before.is_none() { "/username" } else { "/employee_id" };
        guard(unless_taken(save_row!(tx, users, &row, before), taken, &row.username)?)
    }
}

crate::spine::resource! { crate::Base: Account as UserView; find, apply, view = view }

/// Writes a change of an account; what it may do can move with it.
pub fn apply(tx: &mut Tx<'_>, change: Change<Account>) -> Result<Account, Failure> {
    if change.before().is_some() {
        tx.access_changed();
    }
    tx.apply(change)
}

fn first(reader: &mut Reader<'_>, only: Only<'_>) -> Result<Option<Account>, Failure> {
    let row: Option<Row> = db!(reader, |c| {
        let query = users::table.select(Row::as_select()).into_boxed();
        let query = match only {
            Only::Id(key) => query.filter(users::id.eq(key)),
            Only::Name(name) => query.filter(users::username.eq(name)),
            Only::Employee(key) => query.filter(users::employee_id.eq(key)),
        };
        query.first(c).optional()
    })?;
    row.map(TryInto::try_into).transpose()
}

#[derive(Clone, Copy)]
enum Only<'a> {
    Id(Key),
    Name(&'a str),
    Employee(Key),
}

/// An account, whoever asks.
pub fn load(reader: &mut Reader<'_>, id: UserId) -> Result<Account, Failure> {
    first(reader, Only::Id(id.into()))?.ok_or(Failure::NotFound)
}

/// An account within the reach of the route's permission.
pub fn find(reader: &mut Reader<'_>, id: UserId) -> Result<Account, Failure> {
    let account = load(reader, id)?;
    ensure_within_reach(reader, &account)?;
    Ok(account)
}

/// Not found, unless the account lies within the reach of the route's permission.
fn ensure_within_reach(reader: &mut Reader<'_>, account: &Account) -> Result<(), Failure> {
    let reach = reader.reach();
    if reach.all || (reach.own && reader.actor().user == account.id) {
        return Ok(());
    }
    let today = reader.today();
    let department = match account.details.employee {
        Some(employee) => crate::organisation::employee::department_on(reader, employee, today)?,
        None => None,
    };
    match department {
        Some(department) if reach.covers(department, false) => Ok(()),
        _ => Err(Failure::NotFound),
    }
}

/// The account with a name.
pub fn by_username(reader: &mut Reader<'_>, username: &Username) -> Result<Option<Account>, Failure> {
    first(reader, Only::Name(username.as_str()))
}

/// The account of an employee.
pub fn of_employee(reader: &mut Reader<'_>, employee: EmployeeId) -> Result<Option<Account>, Failure> {
    first(reader, Only::Employee(employee.into()))
}

/// Whether an account may be used today: not disabled, and its employee has joined and not left.
pub fn is_usable(reader: &mut Reader<'_>, account: &Account) -> Result<bool, Failure> {
    let today = reader.today();
    Ok(match account.details.employee {
        _ if !account.is_active() => false,
        None => true,
        Some(employee) => {
            let employee = crate::organisation::employee::load(reader, employee)?;
            employee.joined_on <= today && employee.employment.grants_access(today)
        }
    })
}

/// Whether there is any account of a person.
pub fn is_anybody_there(reader: &mut Reader<'_>) -> Result<bool, Failure> {
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(users::table.filter(users::kind.eq("person"))))
        .get_result(c))?)
}

/// What an account may do today.
pub fn reaches_of_account(
    reader: &mut Reader<'_>,
    account: &Account,
) -> Result<BTreeMap<Permission, Reach>, Failure> {
    let today = reader.today();
    let department = match account.details.employee {
        Some(employee) => crate::organisation::employee::department_on(reader, employee, today)?,
        None => None,
    };
    reaches_of(reader, account.id, department)
}
