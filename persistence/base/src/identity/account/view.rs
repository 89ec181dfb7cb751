//! Accounts as they are shown and listed.

use super::{Row, ensure_within_reach, kind_of, reaches_of_account};
use crate::{
    organisation::{EMPLOYEE, PersonRef, holds_on},
    schema::{employee_placements, employees, users},
    search,
    spine::{
        ActionView, AsItIs, Cell, Failure, Filter, Key, Page, Place, Placed, Reader, Refers, Several, Slice,
        ToCell, View, Where, columns, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    identity::{Account, AccountAction, AccountKind},
    spine::{Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An account by its names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct UserRef {
    /// Identity.
    pub id: UserId,
    /// The name to sign in with.
    #[schema(max_length = 64, example = "li.na")]
    pub username: String,
    /// The name shown in histories.
    #[schema(max_length = 60, example = "李娜")]
    pub name: String,
}

impl ToCell<AsItIs> for UserRef {
    fn cell(&self) -> Cell<'_> {
        (&self.name).into()
    }
}

type AccountActionView = ActionView<AccountAction>;

/// An account, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Identity.
    pub id: UserId,
    /// The name to sign in with.
    #[schema(max_length = 64, example = "li.na")]
    pub username: String,
    /// A person, or a service with API keys.
    pub kind: AccountKind,
    /// The name shown in histories.
    #[schema(max_length = 60, example = "李娜")]
    pub name: String,
    /// The employee behind it.
    pub employee: Option<PersonRef>,
    /// Since when it is disabled.
    pub disabled_at: Option<Timestamp>,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// When the password was last set.
    pub password_changed_at: Option<Timestamp>,
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 20)]
    pub actions: Vec<AccountActionView>,
    /// The version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for UserView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/users/{}", self.id))
    }
}

/// Which accounts are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AccountFilter {
    /// Only people, or only services.
    #[param(inline)]
    pub kind: Several<AccountKind>,
    /// Only disabled accounts, or only active ones.
    pub disabled: Option<bool>,
    /// Only those whose user name or name contains this; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "ln")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By user name where absent.
    #[param(inline)]
    pub sort: AccountOrder,
}

impl Filter for AccountFilter {}

orders! {
    /// By what accounts are ordered.
    pub AccountOrder of Row in users by id, ascending:
    username;
    name;
    created_at = id;
}

type Person = (Key, String, String);

type Found = (Row, Option<Person>);

fn rows(
    reader: &mut Reader<'_>,
    mut wanted: Where,
    order: AccountOrder,
    page: &Page,
) -> Result<Slice<Found>, Failure> {
    let (reach, today) = (reader.reach(), reader.today());
    if !reach.all {
        let reached: Vec<Key> = reach.departments.iter().map(|department| (*department).into()).collect();
        let own = Key::from(reader.actor().user);
        let there = employee_placements::table
            .filter(employee_placements::department_id.eq_any(reached))
            .filter(holds_on!(today))
            .select(employee_placements::employee_id.nullable());
        let is_there = users::employee_id.is_not_null().and(users::employee_id.eq_any(there));
        wanted.also(is_there.or(users::id.eq(own)));
    }
    Ok(paged!(reader, page, order, wanted;
        users::table.left_join(employees::table.on(users::employee_id.eq(employees::id.nullable())))
        => (Row::as_select(), (employees::id, employees::number, employees::name).nullable());
        |found: &Found| &found.0))
}

fn shown((row, employee): (Row, Option<Person>)) -> Result<UserView, Failure> {
    Ok(UserView {
        kind: kind_of(&row)?,
        id: row.id.into(),
        username: row.username,
        name: row.name,
        employee: employee.map(|(id, number, name)| PersonRef { id: id.into(), number, name }),
        disabled_at: row.disabled_at.map(Into::into),
        must_change_password: row.must_change_password,
        password_changed_at: row.password_changed_at.map(Into::into),
        actions: Vec::new(),
        version: row.version,
    })
}

/// An account within reach, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: UserId) -> Result<UserView, Failure> {
    let mut wanted = Where::new();
    wanted.also(users::id.eq(Key::from(id)));
    let found = rows(reader, wanted, AccountOrder::default(), &Page::first(1))?.data.pop();
    let found = found.ok_or(Failure::NotFound)?;
    let account = Account::try_from(found.0.clone())?;
    let mut view = shown(found)?;
    if reader.finds_by(Permission::ManageUsers, |reader| ensure_within_reach(reader, &account))? {
        let reaches = reaches_of_account(reader, &account)?;
        let actions = account.actions(reader.actor(), &reaches);
        view.actions = ActionView::listed(&format!("/api/v1/users/{id}"), actions);
    }
    Ok(view)
}

impl Placed<crate::Base> for AccountAction {
    fn place(self) -> Place {
        match self {
            Self::Change => Place::Patch,
            Self::Disable => Place::Post("/disable"),
            Self::Enable => Place::Post("/enable"),
            Self::ResetPassword => Place::Post("/reset-password"),
        }
    }
}

/// The accounts within reach, in their order.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AccountFilter,
    page: &Page,
) -> Result<Slice<UserView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, users, filter; kind in kind);
    match filter.disabled {
        Some(true) => wanted.also(users::disabled_at.is_not_null()),
        Some(false) => wanted.also(users::disabled_at.is_null()),
        None => {}
    }
    search!(wanted, filter, users::search_text; users::employee_id);
    rows(reader, wanted, filter.sort, page)?.try_map(shown)
}

columns! { UserView as "users" "账号" "Users", domain::spine::Permission::ExportUsers:
    username "登录名" "User name";
    name "姓名" "Name";
    kind "类型" "Kind";
    employee_number "工号" "Employee's number" = |user| user.employee.as_ref().map(|person| &person.number);
    employee "员工" "Employee";
    disabled_at "停用时间" "Disabled at";
    must_change_password "须修改密码" "Must change the password";
    password_changed_at "密码设置时间" "Password set at";
}
