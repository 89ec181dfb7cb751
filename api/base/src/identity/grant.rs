//! Grants: giving roles to accounts. `[ID-4]`

use super::account::{find_manageable, keeping_an_administrator};
use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    identity::{Account, Grant, GrantTerms, HeldGrant, Role, RoleId, reaches},
    spine::{DepartmentId, ScopeKind, User, perm},
};
use persistence::{
    approval::release_tasks,
    identity::{GrantFilter, GrantView, grant, role},
    organisation::{department, employee},
    spine::{Failure, Tx},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "users", [list_user_grants, give_grant, show_grant, end_grant]);
}

/// List the grants of an account, those that ended too. `[ID-4]`
#[utoipa::path(get, path = "/api/v1/users/{id}/grants")]
async fn list_user_grants(
    who: Can<perm::ReadUsers>,
    id: PathId<User>,
    wanted: Wanted<GrantFilter>,
    reading: Reading,
) -> List<GrantView> {
    let id = *id;
    reading.list(who, wanted, move |reader, filter, page| grant::list(reader, id, filter, page)).await
}

/// Show a grant. `[ID-4]`
#[utoipa::path(get, path = "/api/v1/grants/{id}")]
async fn show_grant(who: Can<perm::ReadUsers>, id: PathId<Grant>, reading: Reading) -> Reply<GrantView> {
    reading.read(who, move |reader| grant::view(reader, *id)).await
}

/// A role for an account.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveGrant {
    /// Which role.
    role_id: RoleId,
    /// How far it reaches.
    scope: ScopeKind,
    /// The department of the scopes `department` and `subtree`; none means the holder's own of the day.
    department_id: Option<DepartmentId>,
    /// The first day; today unless said otherwise.
    from: Option<NaiveDate>,
    /// The last day, included; open unless said otherwise.
    until: Option<NaiveDate>,
}

/// Grant a role to an account. `[ID-4]`
///
/// Nobody gives rights beyond their own.
#[utoipa::path(post, path = "/api/v1/users/{id}/grants")]
async fn give_grant(
    who: Can<perm::ManageUsers>,
    id: PathId<User>,
    body: Valid<GiveGrant>,
    work: UnitOfWork,
) -> Created<GrantView> {
    work.write(who, move |tx| {
        let account = find_manageable(tx, *id)?;
        let GiveGrant { role_id, scope, department_id, from, until } = body.0.clone();
        let given = role::refer(tx, role_id, "/role_id")?;
        if let Some(department) = department_id {
            department::refer(tx, department, "/department_id")?;
        }
        let from = from.unwrap_or_else(|| tx.today());
        let terms = GrantTerms { scope, department: department_id, from, until };
        ensure_within(tx, &account, &given, &terms)?;
        let change = Grant::give(tx.id(), account.id, &given, terms)?;
        let grant = grant::apply(tx, change)?;
        grant::view(tx, grant.id)
    })
    .await
}

/// Refuses what goes beyond the caller's own rights, counted for the holder's department of today.
pub(super) fn ensure_within(
    tx: &mut Tx<'_>,
    account: &Account,
    role: &Role,
    terms: &GrantTerms,
) -> Result<(), Failure> {
    let today = tx.today();
    let own_department = match account.details.employee {
        Some(employee) => employee::department_on(tx, employee, today)?,
        None => None,
    };
    let tree = department::tree(tx)?;
    let (scope, department) = (terms.scope, terms.department);
    let held = HeldGrant { scope, department, permissions: role.details.permissions.clone() };
    Ok(Grant::ensure_within(tx.actor(), &reaches(&[held], own_department, &tree))?)
}

/// Take a granted role back. `[ID-4]`
///
/// Open approvals of somebody who may decide nothing any more go to whoever stands in or is next above.
#[utoipa::path(post, path = "/api/v1/grants/{id}/end")]
async fn end_grant(who: Can<perm::ManageUsers>, at: At<Grant>, work: UnitOfWork) -> Reply<GrantView> {
    work.moves(who, at, move |found, tx| {
        let holder = find_manageable(tx, found.user)?;
        let end = found.end(tx.now())?;
        let ended = keeping_an_administrator(tx, |tx| grant::apply(tx, end))?;
        release_tasks(tx, holder.details.employee)?;
        Ok(ended)
    })
    .await
}
