//! Accounts as they are shown and listed.

use super::{Row, ensure_within_reach, kind_of, kind_text, reaches_of_account};
use crate::spine::{Column, Exported, Label};
use crate::{
    organisation::{EMPLOYEE, PersonRef, holds_on, like, lower},
    schema::{employee_placements, employees, users},
    spine::{ActionView, Failure, Key, Page, Place, Placed, Reader, Refers, Slice, View, db, keyset},
};
use diesel::prelude::*;
use domain::{
    identity::{Account, AccountAction, AccountKind},
    spine::{Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

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

/// Which accounts are wanted.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// Only of this kind.
    pub kind: Option<AccountKind>,
    /// Only disabled ones, or only active ones.
    pub disabled: Option<bool>,
    /// Only those whose user name or name contains this.
    pub text: Option<String>,
    /// The order.
    pub order: AccountOrder,
}

/// By what accounts are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = UserOrder)]
pub enum AccountOrder {
    /// By the name to sign in with.
    #[default]
    #[serde(rename = "username")]
    Username,
    /// By the name to sign in with, backwards.
    #[serde(rename = "-username")]
    UsernameDescending,
    /// By the name shown.
    #[serde(rename = "name")]
    Name,
    /// By the name shown, backwards.
    #[serde(rename = "-name")]
    NameDescending,
}

impl AccountOrder {
    /// What an account is sorted by, as it travels in cursors.
    fn key(self, view: &UserView) -> String {
        match self {
            Self::Username | Self::UsernameDescending => view.username.clone(),
            Self::Name | Self::NameDescending => view.name.clone(),
        }
    }
}

type Person = (Key, String, String);

fn rows(
    reader: &mut Reader<'_>,
    only: Option<Key>,
    filter: &AccountFilter,
    page: &Page<String>,
) -> Result<Vec<(Row, Option<Person>)>, Failure> {
    let today = reader.today();
    let reach = reader.reach();
    let reached: Vec<Key> = reach.departments.iter().map(|department| (*department).into()).collect();
    let own = Key::from(reader.actor().user);
    let after = page.after.as_ref().map(|(key, id)| (key.as_str(), *id));
    let rows = db!(reader, |c| {
        let mut query = users::table
            .left_join(employees::table.on(users::employee_id.eq(employees::id.nullable())))
            .limit(page.limit + 1)
            .select((Row::as_select(), (employees::id, employees::number, employees::name).nullable()))
            .into_boxed();
        if !reach.all {
            let there = employee_placements::table
                .filter(employee_placements::department_id.eq_any(&reached))
                .filter(holds_on!(today))
                .select(employee_placements::employee_id.nullable());
            query = query.filter(
                users::employee_id.is_not_null().and(users::employee_id.eq_any(there)).or(users::id.eq(own)),
            );
        }
        if let Some(only) = only {
            query = query.filter(users::id.eq(only));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(users::kind.eq(kind_text(kind)));
        }
        match filter.disabled {
            Some(true) => query = query.filter(users::disabled_at.is_not_null()),
            Some(false) => query = query.filter(users::disabled_at.is_null()),
            None => {}
        }
        if let Some(text) = &filter.text {
            let pattern = like(text);
            let name = lower(users::name).like(pattern.clone()).escape('\\');
            query = query.filter(name.or(users::username.like(pattern).escape('\\')));
        }
        match filter.order {
            AccountOrder::Username => keyset!(users, query, username, after, ascending),
            AccountOrder::UsernameDescending => keyset!(users, query, username, after, descending),
            AccountOrder::Name => keyset!(users, query, name, after, ascending),
            AccountOrder::NameDescending => keyset!(users, query, name, after, descending),
        }
        .load(c)
    })?;
    Ok(rows)
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
    let page = Page { limit: 1, after: None };
    let found = rows(reader, Some(id.into()), &AccountFilter::default(), &page)?.pop();
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
    page: &Page<String>,
) -> Result<Slice<UserView, String>, Failure> {
    let views = rows(reader, None, filter, page)?.into_iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Slice::cut(views, page.limit, |view| (filter.order.key(view), Uuid::from(view.id))))
}

impl Exported for UserView {
    const FILE: Label = Label { name: "users", zh: "账号", en: "Users" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportUsers);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("username", "登录名", "User name", |user| (&user.username).into()),
        Column::new("name", "姓名", "Name", |user| (&user.name).into()),
        Column::new("kind", "类型", "Kind", |user| user.kind.labels().into()),
        Column::new("employee_number", "工号", "Employee's number", |user| {
            user.employee.as_ref().map(|person| &person.number).into()
        }),
        Column::new("employee_name", "员工", "Employee", |user| {
            user.employee.as_ref().map(|person| &person.name).into()
        }),
        Column::new("disabled_at", "停用时间", "Disabled at", |user| user.disabled_at.into()),
        Column::new("must_change_password", "须修改密码", "Must change the password", |user| {
            user.must_change_password.into()
        }),
        Column::new("password_changed_at", "密码设置时间", "Password set at", |user| {
            user.password_changed_at.into()
        }),
    ];
}
