//! Roles: shipped and custom. `[ID-4]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    identity::{Grant, Role, RoleDetails},
    spine::{Permission, Reach, perm},
};
use persistence::{
    approval::release_tasks,
    identity::{RoleFilter, RoleView, role},
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "roles", [list_roles, create_role, show_role, change_role, retire_role]);
}

/// List roles, shipped and custom. `[ID-4]`
#[utoipa::path(get, path = "/api/v1/roles")]
async fn list_roles(
    who: Can<perm::ReadRoles>,
    wanted: Wanted<RoleFilter>,
    reading: Reading,
) -> List<RoleView> {
    reading.list(who, wanted, role::list).await
}

/// Show a role. `[ID-4]`
#[utoipa::path(get, path = "/api/v1/roles/{id}")]
async fn show_role(who: Can<perm::ReadRoles>, id: PathId<Role>, reading: Reading) -> Reply<RoleView> {
    reading.read(who, move |reader| role::view(reader, *id)).await
}

/// A custom role.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateRole {
    /// Unique short code.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "cashier")]
    code: String,
    /// Chinese name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "出纳")]
    name_zh: String,
    /// English name.
    #[serde(default)]
    #[validate(length(max = 60))]
    #[schema(max_length = 60, example = "Cashier")]
    name_en: String,
    /// What its holders may do; none beyond what its maker may do. Named twice is named once.
    #[validate(length(min = 1, max = 500))]
    #[schema(value_type = Vec<Permission>, min_items = 1, max_items = 500)]
    permissions: BTreeSet<Permission>,
}

impl Merged for CreateRole {
    const PATCH: &'static str = "ChangeRole";
    const FIXED: &'static [&'static str] = &["code"];
    const FILLED: &'static [&'static str] = &["name_en"];
}

impl From<RoleDetails> for CreateRole {
    fn from(details: RoleDetails) -> Self {
        let RoleDetails { code, name_zh, name_en, permissions } = details;
        Self { code, name_zh, name_en, permissions }
    }
}

/// Nobody puts a permission into a role that they do not hold everywhere: a role can be granted everywhere.
fn ensure_within(tx: &Tx<'_>, permissions: &BTreeSet<Permission>) -> Result<(), Failure> {
    let wanted = permissions.iter().map(|permission| (*permission, Reach::everything())).collect();
    Ok(Grant::ensure_within(tx.actor(), &wanted)?)
}

/// Make a custom role. `[ID-4]`
#[utoipa::path(post, path = "/api/v1/roles")]
async fn create_role(
    who: Can<perm::ManageRoles>,
    body: Valid<CreateRole>,
    work: UnitOfWork,
) -> Created<RoleView> {
    work.write(who, move |tx| {
        let CreateRole { code, name_zh, name_en, permissions } = body.0.clone();
        ensure_within(tx, &permissions)?;
        let change = Role::create(tx.id(), RoleDetails { code, name_zh, name_en, permissions })?;
        let created = role::apply(tx, change)?;
        role::show(tx, created)
    })
    .await
}

/// Change a custom role. `[ID-4]`
///
/// The rights of everybody who holds it change at once; open approvals of those who may decide nothing any more go
/// to whoever stands in or is next above.
#[utoipa::path(patch, path = "/api/v1/roles/{id}")]
async fn change_role(
    who: Can<perm::ManageRoles>,
    at: At<Role>,
    patch: Merge<CreateRole>,
    work: UnitOfWork,
) -> Reply<RoleView> {
    work.moves(who, at, move |found, tx| {
        let said = patch.over(&found.details.clone().into())?;
        let CreateRole { code, name_zh, name_en, permissions } = said;
        ensure_within(tx, &permissions)?;
        let change = found.change(RoleDetails { code, name_zh, name_en, permissions })?;
        let changed = role::apply(tx, change)?;
        let holders = role::holders(tx, changed.id)?;
        release_tasks(tx, holders)?;
        Ok(changed)
    })
    .await
}

/// Take a custom role out of use. `[ID-4]`
#[utoipa::path(post, path = "/api/v1/roles/{id}/retire")]
async fn retire_role(who: Can<perm::ManageRoles>, at: At<Role>, work: UnitOfWork) -> Reply<RoleView> {
    work.moves(who, at, move |found, tx| {
        let grants = role::count_grants(tx, found.id)?;
        Ok(found.retire(grants)?)
    })
    .await
}
