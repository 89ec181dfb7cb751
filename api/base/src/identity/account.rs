//! Accounts of people and services. `[ID-1, ID-2]`

use super::Entrance;
use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Problem, Reading, Reply, Routes, UnitOfWork, Valid,
    Wanted, routes,
};
use domain::{
    approval::Unavailable,
    identity::{
        ADMINISTRATOR, Account, AccountDetails, AccountKind, EndReason, Grant, LAST_ADMINISTRATOR,
        NOT_A_PERSON, PasswordHash, Secret, Username,
    },
    spine::{Citation, EmployeeId, Refusal, User, UserId, codes, perm},
};
use persistence::{
    approval::move_open_tasks,
    identity::{AccountFilter, UserView, account, grant, session, sign_in_policy},
    organisation::{employee, referred},
    spine::{Failure, Request, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(
        into,
        "users",
        [list_users, create_user, show_user, change_user, disable_user, enable_user, reset_password]
    );
}

/// List accounts within reach. `[ID-4, INT-4]`
#[utoipa::path(get, path = "/api/v1/users")]
async fn list_users(
    who: Can<perm::ReadUsers>,
    wanted: Wanted<AccountFilter>,
    reading: Reading,
) -> List<UserView> {
    reading.list(who, wanted, account::list).await
}

/// A new account.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateUser {
    /// The name to sign in with: 2 to 64 letters, digits or `. _ - @`.
    #[validate(length(min = 2, max = 64))]
    #[schema(min_length = 2, max_length = 64, example = "li.na")]
    username: String,
    /// A person, or a service with API keys.
    kind: AccountKind,
    /// The name shown in histories.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "李娜")]
    name: String,
    /// The employee behind it.
    employee_id: Option<EmployeeId>,
    /// The first password of a person.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    password: Option<String>,
    /// Whether the password must be changed before anything else; yes unless said otherwise.
    #[serde(default = "yes")]
    must_change_password: bool,
}

const fn yes() -> bool {
    true
}

/// Open an account. `[ID-1, ID-2]`
///
/// It may do nothing until it is granted a role.
#[utoipa::path(post, path = "/api/v1/users")]
async fn create_user(
    who: Can<perm::ManageUsers>,
    entrance: Entrance,
    body: Valid<CreateUser>,
    work: UnitOfWork,
) -> Created<UserView> {
    let body = body.0;
    let username = Username::choose(&body.username)?;
    let hash = match (body.kind, &body.password) {
        (AccountKind::Person, Some(password)) => {
            let names = [username.as_str(), body.name.as_str()];
            Some(hash_chosen(&entrance, Secret::new(password), &names, "/password").await?)
        }
        (AccountKind::Person, None) => return Err(Refusal::new(codes::REQUIRED).at("/password").into()),
        (AccountKind::Service, None) => None,
        (AccountKind::Service, Some(_)) => return Err(Refusal::new(NOT_A_PERSON).at("/password").into()),
    };
    work.write(who, move |tx| {
        let CreateUser { name, employee_id, must_change_password, .. } = body.clone();
        let (username, hash) = (username.clone(), hash.clone());
        check_employee(tx, employee_id, None)?;
        let details = AccountDetails { name, employee: employee_id };
        let (id, now) = (tx.id(), tx.now());
        let change = match hash {
            Some(hash) => Account::open_for_person(id, username, details, hash, must_change_password, now)?,
            None => Account::open_for_service(id, username, details)?,
        };
        account::apply(tx, change)?;
        account::view(tx, id)
    })
    .await
}

/// Hashes a password somebody chose, if it is one that may be chosen.
pub(super) async fn hash_chosen(
    entrance: &Entrance,
    password: Secret,
    names: &[&str],
    pointer: &str,
) -> Result<PasswordHash, Problem> {
    let policy = entrance.database().read(Request::system("password-rules"), sign_in_policy).await?;
    policy.password.judge(&password, names, pointer)?;
    entrance.identity()?.passwords.hash(password).await
}

/// The employee behind an account must lie within reach and have no other account. An account of nobody in
/// particular belongs to the whole company.
fn check_employee(tx: &mut Tx<'_>, employee: Option<EmployeeId>, own: Option<UserId>) -> Result<(), Failure> {
    let Some(id) = employee else {
        return if tx.reach().all {
            Ok(())
        } else {
            Err(Refusal::new(codes::REQUIRED).at("/employee_id").into())
        };
    };
    let employee = referred(employee::find(tx, id), "/employee_id")?;
    match account::of_employee(tx, id)? {
        Some(other) if Some(other.id) != own => {
            Err(Refusal::new(codes::NOT_UNIQUE).with("value", employee.number).at("/employee_id").into())
        }
        _ => Ok(()),
    }
}

/// Show an account. `[ID-4]`
#[utoipa::path(get, path = "/api/v1/users/{id}")]
async fn show_user(who: Can<perm::ReadUsers>, id: PathId<User>, reading: Reading) -> Reply<UserView> {
    reading.read(who, move |reader| account::view(reader, *id)).await
}

/// Who an account belongs to.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NameUser {
    /// The name shown in histories.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// The employee behind it; null for none.
    employee_id: Option<EmployeeId>,
}

impl Merged for NameUser {
    const PATCH: &'static str = "ChangeUser";
}

/// Change an account. `[ID-1]`
///
/// Where it no longer belongs to an employee, the open approvals of that employee go to whoever stands in or is
/// next above.
#[utoipa::path(patch, path = "/api/v1/users/{id}")]
async fn change_user(
    who: Can<perm::ManageUsers>,
    at: At<Account>,
    patch: Merge<NameUser>,
    work: UnitOfWork,
) -> Reply<UserView> {
    work.moves(who, at, move |account, tx| {
        ensure_manageable(tx, &account)?;
        let AccountDetails { name, employee: old_employee } = account.details.clone();
        let NameUser { name, employee_id: employee } =
            patch.over(&NameUser { name, employee_id: old_employee })?;
        if employee != old_employee {
            check_employee(tx, employee, Some(account.id))?;
        }
        let change = account.change(AccountDetails { name, employee })?;
        let changed = keeping_an_administrator(tx, |tx| account::apply(tx, change))?;
        if let Some(left_without) = old_employee.filter(|_| employee != old_employee) {
            move_open_tasks(tx, left_without, Unavailable::Disabled)?;
        }
        Ok(changed)
    })
    .await
}

/// An account within reach whose rights do not go beyond the caller's: else whoever may reset passwords could
/// become an administrator.
pub(super) fn find_manageable(tx: &mut Tx<'_>, id: UserId) -> Result<Account, Failure> {
    let account = account::find(tx, id)?;
    ensure_manageable(tx, &account)?;
    Ok(account)
}

pub(super) fn ensure_manageable(tx: &mut Tx<'_>, account: &Account) -> Result<(), Failure> {
    let reaches = account::reaches_of_account(tx, account)?;
    Ok(Grant::ensure_within(tx.actor(), &reaches)?)
}

/// Does what takes access away, and refuses it where it would leave nobody who can manage access. `[ID-4]`
pub fn keeping_an_administrator<T>(
    tx: &mut Tx<'_>,
    take_away: impl FnOnce(&mut Tx<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let before = grant::count_unbounded_holders(tx, ADMINISTRATOR)?;
    let done = take_away(tx)?;
    if before > 0 && grant::count_unbounded_holders(tx, ADMINISTRATOR)? == 0 {
        return Err(Refusal::new(LAST_ADMINISTRATOR).citing(Citation::rule("ID-4")).into());
    }
    Ok(done)
}

/// Disable an account. `[ID-1]`
///
/// Its sessions and keys end at once on every server; its open approvals go to whoever stands in or is next
/// above.
#[utoipa::path(post, path = "/api/v1/users/{id}/disable")]
async fn disable_user(who: Can<perm::ManageUsers>, at: At<Account>, work: UnitOfWork) -> Reply<UserView> {
    work.moves(who, at, move |account, tx| {
        ensure_manageable(tx, &account)?;
        let disabled = account.disable(&tx.actor().clone(), tx.now())?;
        let account = keeping_an_administrator(tx, |tx| account::apply(tx, disabled))?;
        session::end_all(tx, account.id, EndReason::Disabled)?;
        if let Some(employee) = account.details.employee {
            move_open_tasks(tx, employee, Unavailable::Disabled)?;
        }
        Ok(account)
    })
    .await
}

/// Enable a disabled account again. `[ID-1]`
#[utoipa::path(post, path = "/api/v1/users/{id}/enable")]
async fn enable_user(who: Can<perm::ManageUsers>, at: At<Account>, work: UnitOfWork) -> Reply<UserView> {
    work.moves(who, at, move |account, tx| {
        ensure_manageable(tx, &account)?;
        Ok(account.enable()?)
    })
    .await
}

/// A password somebody else chose.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetPassword {
    /// The new password, to be changed at the next sign-in.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    password: String,
}

/// Reset somebody's password. `[ID-1]`
///
/// All sessions of the account end at once; its owner must choose a password of their own first of all.
#[utoipa::path(post, path = "/api/v1/users/{id}/reset-password")]
async fn reset_password(
    who: Can<perm::ManageUsers>,
    at: At<Account>,
    entrance: Entrance,
    body: Valid<ResetPassword>,
    work: UnitOfWork,
) -> Reply<UserView> {
    let chosen = Secret::new(&body.password);
    let hash = hash_chosen(&entrance, chosen.clone(), &[], "/password").await?;
    work.moves(who, at, move |account, tx| {
        ensure_manageable(tx, &account)?;
        let names = [account.username.as_str(), account.details.name.as_str()];
        sign_in_policy(tx)?.password.judge(&chosen, &names, "/password")?;
        let reset = account.reset_password(hash.clone(), tx.now())?;
        let account = account::apply(tx, reset)?;
        session::end_all(tx, account.id, EndReason::PasswordChanged)?;
        Ok(account)
    })
    .await
}
