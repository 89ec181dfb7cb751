//! Grants: who holds which role, how far and how long.

use super::account::{self, UserRef};
use crate::{
    organisation::{DEPARTMENT, NamedColumns, NamedRef},
    schema::{departments, employees, grants, role_permissions, roles, users},
    search,
    spine::{
        Failure, Filter, Instant, Key, Master, Page, Reader, Refers, Several, Slice, Stored, Tx, View, Where,
        columns, db, guard, narrow, orders, paged, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    identity::{Grant, GrantId, GrantTerms, HeldGrant, RoleId},
    spine::{BusinessDate, Change, ScopeKind, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = grants, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    user_id: Key,
    role_id: Key,
    scope: String,
    department_id: Option<Key>,
    from_on: BusinessDate,
    until_on: Option<BusinessDate>,
    ended_at: Option<Instant>,
    version: Version,
}

const fn scope_text(scope: ScopeKind) -> &'static str {
    match scope {
        ScopeKind::Own => "own",
        ScopeKind::Department => "department",
        ScopeKind::Subtree => "subtree",
        ScopeKind::All => "all",
    }
}

fn scope_of(text: &str, key: Key) -> Result<ScopeKind, Failure> {
    match text {
        "own" => Ok(ScopeKind::Own),
        "department" => Ok(ScopeKind::Department),
        "subtree" => Ok(ScopeKind::Subtree),
        "all" => Ok(ScopeKind::All),
        _ => Err(Failure::corrupt("grants", "scope", key.0)),
    }
}

impl From<&Grant> for Row {
    fn from(grant: &Grant) -> Self {
        let Grant { id, user, role, terms, ended_at, version } = grant;
        let GrantTerms { scope, department, from, until } = terms;
        Self {
            id: (*id).into(),
            user_id: (*user).into(),
            role_id: (*role).into(),
            scope: scope_text(*scope).to_owned(),
            department_id: department.map(Into::into),
            from_on: *from,
            until_on: *until,
            ended_at: ended_at.map(Into::into),
            version: *version,
        }
    }
}

impl TryFrom<Row> for Grant {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let scope = scope_of(&row.scope, row.id)?;
        let department = row.department_id.map(Into::into);
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            role: row.role_id.into(),
            terms: GrantTerms { scope, department, from: row.from_on, until: row.until_on },
            ended_at: row.ended_at.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for Grant {
    const MASTER: Option<Master> = Some(crate::PEOPLE);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, grants, &row, before)?)
    }
}

crate::spine::resource! { crate::Base: Grant as GrantView; find, apply, view = view }

/// Writes a change of a grant; rights move with it.
pub fn apply(tx: &mut Tx<'_>, change: Change<Grant>) -> Result<Grant, Failure> {
    tx.access_changed();
    tx.apply(change)
}

/// A grant to an account within the reach of the route's permission.
pub fn find(reader: &mut Reader<'_>, id: GrantId) -> Result<Grant, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| grants::table.filter(grants::id.eq(key)).select(Row::as_select()).first(c))?;
    let grant = Grant::try_from(row)?;
    account::find(reader, grant.user)?;
    Ok(grant)
}

/// The grants of an account that hold on a day, with what their roles allow.
pub fn held_on(reader: &mut Reader<'_>, user: UserId, day: BusinessDate) -> Result<Vec<HeldGrant>, Failure> {
    let key = Key::from(user);
    type Held = (Key, String, Option<Key>, String);
    let rows: Vec<Held> = db!(reader, |c| grants::table
        .inner_join(role_permissions::table.on(role_permissions::role_id.eq(grants::role_id)))
        .filter(grants::user_id.eq(key).and(grants::ended_at.is_null()))
        .filter(grants::from_on.le(day))
        .filter(grants::until_on.is_null().or(grants::until_on.ge(day)))
        .select((grants::id, grants::scope, grants::department_id, role_permissions::permission))
        .load(c))?;
    let mut held = BTreeMap::<Key, HeldGrant>::new();
    for (id, scope, department, permission) in rows {
        let scope = scope_of(&scope, id)?;
        let department = department.map(Into::into);
        let blank = HeldGrant { scope, department, permissions: Default::default() };
        let grant = held.entry(id).or_insert(blank);
        // A permission that an older version knew opens nothing.
        if let Ok(permission) = permission.parse() {
            grant.permissions.insert(permission);
        }
    }
    Ok(held.into_values().collect())
}

/// Whether an account holds a role so far, for its holder's own department of the day and without end, today or later.
pub fn is_held(
    reader: &mut Reader<'_>,
    user: UserId,
    role: RoleId,
    scope: ScopeKind,
) -> Result<bool, Failure> {
    let (user, role) = (Key::from(user), Key::from(role));
    let held = grants::table
        .filter(grants::user_id.eq(user).and(grants::role_id.eq(role)))
        .filter(grants::scope.eq(scope_text(scope)).and(grants::department_id.is_null()))
        .filter(grants::ended_at.is_null().and(grants::until_on.is_null()));
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(held)).get_result(c))?)
}

/// How many accounts of people hold a role without bounds and without end, and can go on using it: not disabled,
/// and of nobody in particular or of somebody who has joined and of whom no last day is registered.
pub fn count_unbounded_holders(reader: &mut Reader<'_>, role_code: &str) -> Result<i64, Failure> {
    let today = reader.today();
    let staying = employees::table
        .filter(employees::status.eq("employed").and(employees::joined_on.le(today)))
        .select(employees::id.nullable());
    Ok(db!(reader, |c| grants::table
        .inner_join(roles::table)
        .inner_join(users::table)
        .filter(roles::code.eq(role_code).and(grants::scope.eq("all")))
        .filter(grants::ended_at.is_null().and(grants::until_on.is_null()).and(grants::from_on.le(today)))
        .filter(users::disabled_at.is_null().and(users::kind.eq("person")))
        .filter(users::employee_id.is_null().or(users::employee_id.eq_any(staying)))
        .select(diesel::dsl::count(users::id).aggregate_distinct())
        .first(c))?)
}

/// A grant, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantView {
    /// Identity.
    pub id: GrantId,
    /// Who holds it.
    pub user: UserRef,
    /// Which role.
    pub role: NamedRef,
    /// How far it reaches.
    pub scope: ScopeKind,
    /// The department it names; none means the holder's own of the day.
    pub department: Option<NamedRef>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub until: Option<NaiveDate>,
    /// When it was taken back.
    pub ended_at: Option<Timestamp>,
    /// The version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for GrantView {
    const REFERS: &'static [Refers] = &[Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/grants/{}", self.id))
    }
}

type Account = (Key, String, String);

/// Which grants are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct GrantFilter {
    /// Only of this role.
    #[param(inline)]
    pub role_id: Option<RoleId>,
    /// Only those that reach so far, separated by commas.
    #[param(inline, example = "subtree,all")]
    pub scope: Several<ScopeKind>,
    /// Only those that were taken back, or only the others.
    pub is_ended: Option<bool>,
    /// Only where this stands in the role's code or name; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "bmfzr")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: GrantOrder,
}

impl Filter for GrantFilter {}

orders! {
    /// By what grants are ordered.
    pub GrantOrder of Row in grants by id, ascending:
    created_at = id;
    from = from_on;
}

type Found = (Row, Account, NamedColumns, Option<NamedColumns>);

fn rows(
    reader: &mut Reader<'_>,
    wanted: Where,
    order: GrantOrder,
    page: &Page,
) -> Result<Slice<GrantView>, Failure> {
    let found = paged!(reader, page, order, wanted;
        grants::table
            .inner_join(users::table)
            .inner_join(roles::table)
            .left_join(departments::table.on(grants::department_id.eq(departments::id.nullable())))
        => (
            Row::as_select(),
            (users::id, users::username, users::name),
            (roles::id, roles::code, roles::name_zh, roles::name_en),
            (departments::id, departments::code, departments::name_zh, departments::name_en).nullable(),
        );
        |found: &Found| &found.0);
    found.try_map(|(row, (user_id, username, name), role, department)| {
        Ok(GrantView {
            scope: scope_of(&row.scope, row.id)?,
            id: row.id.into(),
            user: UserRef { id: user_id.into(), username, name },
            role: role.into(),
            department: department.map(Into::into),
            from: row.from_on,
            until: row.until_on,
            ended_at: row.ended_at.map(Into::into),
            version: row.version,
        })
    })
}

/// A grant, as it is shown, to an account within reach.
pub fn view(reader: &mut Reader<'_>, id: GrantId) -> Result<GrantView, Failure> {
    find(reader, id)?;
    let mut wanted = Where::new();
    wanted.also(grants::id.eq(Key::from(id)));
    rows(reader, wanted, GrantOrder::default(), &Page::first(1))?.data.pop().ok_or(Failure::NotFound)
}

/// The grants of an account within reach.
pub fn list(
    reader: &mut Reader<'_>,
    user: UserId,
    filter: &GrantFilter,
    page: &Page,
) -> Result<Slice<GrantView>, Failure> {
    account::find(reader, user)?;
    let mut wanted = Where::new();
    wanted.also(grants::user_id.eq(Key::from(user)));
    narrow!(wanted, grants, filter; role_id = role_id, scope in scope);
    match filter.is_ended {
        Some(true) => wanted.also(grants::ended_at.is_not_null()),
        Some(false) => wanted.also(grants::ended_at.is_null()),
        None => {}
    }
    search!(wanted, filter, roles::search_text);
    rows(reader, wanted, filter.sort, page)
}

columns! { GrantView as "grants" "授权" "Grants", domain::spine::Permission::ExportUsers:
    username "登录名" "User name" = |grant| &grant.user.username;
    user "账号" "Account";
    role "角色" "Role";
    scope "范围" "Scope";
    department "部门" "Department";
    from "起始日期" "From";
    until "截止日期" "Until";
    ended_at "收回时间" "Taken back at";
}
