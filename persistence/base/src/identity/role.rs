//! Roles and their permissions.

use crate::{
    organisation::{referred, unless_taken},
    schema::{grants, role_permissions, roles, users},
    search,
    spine::{
        ActionView, Failure, Filter, Key, Master, Page, Place, Placed, Reader, Slice, Stored, Tx, View,
        Where, columns, db, guard, narrow, orders, paged, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    identity::{
        ADMINISTRATION_OFFICE, EMPLOYEE, Grant, GrantTerms, Role, RoleAction, RoleDetails, RoleId,
        SHIPPED_ROLES,
    },
    spine::{Change, EmployeeId, Permission, ScopeKind, Version, search_key},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = roles, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    code: String,
    name_zh: String,
    name_en: String,
    is_built_in: bool,
    is_retired: bool,
    version: Version,
    search_text: String,
}

impl From<&Role> for Row {
    fn from(role: &Role) -> Self {
        let Role { id, details, is_built_in, is_retired, version } = role;
        let RoleDetails { code, name_zh, name_en, permissions: _ } = details;
        Self {
            id: (*id).into(),
            code: code.clone(),
            name_zh: name_zh.clone(),
            name_en: name_en.clone(),
            is_built_in: *is_built_in,
            is_retired: *is_retired,
            version: *version,
            search_text: search_key(&[name_zh, name_en, code]),
        }
    }
}

impl Stored<crate::Base> for Role {
    const MASTER: Option<Master> = Some(crate::PEOPLE);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(unless_taken(save_row!(tx, roles, &row, before), "/code", &row.code)?)?;
        if before.is_some_and(|before| before.details.permissions == self.details.permissions) {
            return Ok(());
        }
        let own = role_permissions::role_id.eq(row.id);
        db!(tx, |c| diesel::delete(role_permissions::table.filter(own)).execute(c))?;
        let held = self.details.permissions.iter();
        let rows: Vec<_> = held
            .map(|permission| {
                (role_permissions::role_id.eq(row.id), role_permissions::permission.eq(permission.code()))
            })
            .collect();
        db!(tx, |c| diesel::insert_into(role_permissions::table).values(&rows).execute(c))?;
        Ok(())
    }
}

crate::spine::resource! { crate::Base: Role as RoleView; find, apply, show = show }

/// Writes a change of a role; its holders' rights move with it.
pub fn apply(tx: &mut Tx<'_>, change: Change<Role>) -> Result<Role, Failure> {
    if change.before().is_some() {
        tx.access_changed();
    }
    tx.apply(change)
}

fn assemble(reader: &mut Reader<'_>, rows: Vec<Row>) -> Result<Vec<Role>, Failure> {
    let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
    let held: Vec<(Key, String)> = db!(reader, |c| role_permissions::table
        .filter(role_permissions::role_id.eq_any(&keys))
        .select((role_permissions::role_id, role_permissions::permission))
        .load(c))?;
    let mut permissions = HashMap::<Key, BTreeSet<Permission>>::new();
    for (role, code) in held {
        // A permission that an older version knew opens nothing.
        if let Ok(permission) = code.parse() {
            permissions.entry(role).or_default().insert(permission);
        }
    }
    let role = |row: Row| {
        let Row { id, code, name_zh, name_en, is_built_in, is_retired, version, search_text: _ } = row;
        let permissions = permissions.remove(&id).unwrap_or_default();
        let details = RoleDetails { code, name_zh, name_en, permissions };
        Role { id: id.into(), details, is_built_in, is_retired, version }
    };
    Ok(rows.into_iter().map(role).collect())
}

/// A role.
pub fn find(reader: &mut Reader<'_>, id: RoleId) -> Result<Role, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| roles::table.filter(roles::id.eq(key)).select(Row::as_select()).first(c))?;
    assemble(reader, vec![row])?.pop().ok_or(Failure::NotFound)
}

/// A role that a field refers to: it must exist.
pub fn refer(reader: &mut Reader<'_>, id: RoleId, pointer: &str) -> Result<Role, Failure> {
    referred(find(reader, id), pointer)
}

/// The role with a code.
pub fn by_code(reader: &mut Reader<'_>, code: &str) -> Result<Option<Role>, Failure> {
    let row: Option<Row> = db!(reader, |c| roles::table
        .filter(roles::code.eq(code))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(assemble(reader, row.into_iter().collect())?.pop())
}

/// Every role that can be granted.
pub fn grantable(reader: &mut Reader<'_>) -> Result<Vec<Role>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| roles::table
        .filter(roles::is_retired.eq(false))
        .order(roles::code)
        .select(Row::as_select())
        .load(c))?;
    assemble(reader, rows)
}

/// How many grants of a role are live.
pub fn count_grants(reader: &mut Reader<'_>, id: RoleId) -> Result<i64, Failure> {
    let key = Key::from(id);
    let today = reader.today();
    Ok(db!(reader, |c| grants::table
        .filter(grants::role_id.eq(key).and(grants::ended_at.is_null()))
        .filter(grants::until_on.is_null().or(grants::until_on.ge(today)))
        .count()
        .get_result(c))?)
}

/// The employees who hold a role by a live grant.
pub fn holders(reader: &mut Reader<'_>, id: RoleId) -> Result<Vec<EmployeeId>, Failure> {
    let key = Key::from(id);
    let today = reader.today();
    let holders: Vec<Option<Key>> = db!(reader, |c| grants::table
        .inner_join(users::table)
        .filter(grants::role_id.eq(key).and(grants::ended_at.is_null()))
        .filter(grants::until_on.is_null().or(grants::until_on.ge(today)))
        .filter(users::employee_id.is_not_null())
        .order(users::employee_id)
        .select(users::employee_id)
        .distinct()
        .load(c))?;
    Ok(holders.into_iter().flatten().map(Into::into).collect())
}

/// Brings the shipped roles into being or up to date; doing it twice changes nothing.
pub fn ship(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let before = by_code(tx, ADMINISTRATION_OFFICE)?;
    for shipped in SHIPPED_ROLES {
        let change = match by_code(tx, shipped.code)? {
            None => Some(Role::ship(tx.id(), shipped)),
            // A custom role that came first keeps its code; it is not ours to change.
            Some(role) if !role.is_built_in => None,
            Some(role) => role.ship_again(shipped),
        };
        if let Some(change) = change {
            apply(tx, change)?;
        }
    }
    let had_expenses = |role: &Role| role.details.permissions.contains(&Permission::SubmitExpenseClaims);
    match before.filter(|role| role.is_built_in && had_expenses(role)) {
        Some(office) => keep_own_expenses(tx, office.id),
        None => Ok(()),
    }
}

/// Whoever holds a role that had to do with everybody's expenses keeps their own, by a role of its own.
fn keep_own_expenses(tx: &mut Tx<'_>, role: RoleId) -> Result<(), Failure> {
    let Some(employee) = by_code(tx, EMPLOYEE)? else { return Ok(()) };
    let today = tx.today();
    let users: Vec<Key> = db!(tx, |c| grants::table
        .filter(grants::role_id.eq(Key::from(role)).and(grants::ended_at.is_null()))
        .filter(grants::until_on.is_null().or(grants::until_on.ge(today)))
        .order(grants::user_id)
        .select(grants::user_id)
        .distinct()
        .load(c))?;
    for user in users {
        let terms = GrantTerms { scope: ScopeKind::Own, department: None, from: today, until: None };
        let given = Grant::give(tx.id(), user.into(), &employee, terms)?;
        super::grant::apply(tx, given)?;
    }
    Ok(())
}

type RoleActionView = ActionView<RoleAction>;

/// A role, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub struct RoleView {
    /// Identity.
    pub id: RoleId,
    /// Unique short code.
    #[schema(max_length = 40, example = "department-head")]
    pub code: String,
    /// Chinese name.
    #[schema(max_length = 60, example = "部门负责人")]
    pub name_zh: String,
    /// English name.
    #[schema(max_length = 60, example = "Department head")]
    pub name_en: String,
    /// What its holders may do.
    #[schema(max_items = 500)]
    pub permissions: BTreeSet<Permission>,
    /// What a shipped role is for, and why it goes no further, in Chinese; null for others.
    #[schema(max_length = 500)]
    pub why_zh: Option<&'static str>,
    /// The same in English.
    #[schema(max_length = 500)]
    pub why_en: Option<&'static str>,
    /// Whether it ships with the product and cannot be changed.
    pub is_built_in: bool,
    /// Whether it can no longer be granted.
    pub is_retired: bool,
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<RoleActionView>,
    /// The version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RoleView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/roles/{}", self.id))
    }
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let Role { id, details, is_built_in, is_retired, version } = role;
        let RoleDetails { code, name_zh, name_en, permissions } = details;
        let actions = Vec::new();
        let shipped = SHIPPED_ROLES.iter().find(|shipped| is_built_in && shipped.code == code);
        let (why_zh, why_en) = shipped.map(|shipped| shipped.why).unzip();
        Self {
            id,
            code,
            name_zh,
            name_en,
            permissions,
            why_zh,
            why_en,
            is_built_in,
            is_retired,
            actions,
            version,
        }
    }
}

/// A role, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: RoleId) -> Result<RoleView, Failure> {
    let role = find(reader, id)?;
    show(reader, role)
}

/// A role that is at hand, as it is shown.
pub fn show(reader: &mut Reader<'_>, role: Role) -> Result<RoleView, Failure> {
    let id = role.id;
    let mut view = RoleView::from(role.clone());
    if reader.actor().may(Permission::ManageRoles) {
        let actions = role.actions(count_grants(reader, id)?);
        view.actions = ActionView::listed(&format!("/api/v1/roles/{id}"), actions);
    }
    Ok(view)
}

impl Placed<crate::Base> for RoleAction {
    fn place(self) -> Place {
        match self {
            Self::Change => Place::Patch,
            Self::Retire => Place::Post("/retire"),
        }
    }
}

/// Which roles are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct RoleFilter {
    /// Only those that ship with the product, or only the others.
    pub is_built_in: Option<bool>,
    /// Only retired ones, or only the others.
    pub is_retired: Option<bool>,
    /// Only those whose code or name contains this; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "bmfzr")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By code where absent.
    #[param(inline)]
    pub sort: RoleOrder,
}

impl Filter for RoleFilter {}

orders! {
    /// By what roles are ordered.
    pub RoleOrder of Row in roles by id, ascending:
    code;
    name_zh;
    created_at = id;
}

/// The roles, in their order.
pub fn list(reader: &mut Reader<'_>, filter: &RoleFilter, page: &Page) -> Result<Slice<RoleView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, roles, filter; is_built_in = is_built_in, is_retired = is_retired);
    search!(wanted, filter, roles::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        roles::table => Row::as_select(); |row: &Row| row);
    Ok(found.show(|rows| assemble(reader, rows))?.map(RoleView::from))
}

columns! { RoleView as "roles" "角色" "Roles", domain::spine::Permission::ExportUsers:
    code "编码" "Code";
    name_zh "名称" "Chinese name";
    name_en "英文名称" "English name";
    permissions "权限" "Permissions"
        = |role| role.permissions.iter().map(|held| held.code()).collect::<Vec<_>>().join(", ");
    is_built_in "内置" "Built in";
    is_retired "已停用" "Retired";
}
