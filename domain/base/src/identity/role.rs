//! Roles: named sets of permissions. `[ID-4]`

use super::{
    ROLE_BUILT_IN, ROLE_CHANGED, ROLE_CREATED, ROLE_IN_USE, ROLE_IS_RETIRED, ROLE_RETIRED, ShippedRole,
};
use crate::organisation::label::{check_code, check_line};
use crate::spine::{Change, Citation, Entity, Findings, Id, Permission, Refusal, Version, codes};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What is written down about a role.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RoleDetails {
    /// Unique short code.
    pub code: String,
    /// Chinese name, 1 to 60 characters.
    pub name_zh: String,
    /// English name, up to 60 characters.
    pub name_en: String,
    /// What its holders may do; at least one.
    pub permissions: BTreeSet<Permission>,
}

/// A role.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// Identity.
    pub id: Id<Self>,
    /// What is written down about it.
    pub details: RoleDetails,
    /// Whether it is shipped: then only a new version of the product changes it.
    pub is_built_in: bool,
    /// Whether it can no longer be granted.
    pub is_retired: bool,
    /// Counts the states.
    pub version: Version,
}

impl Entity for Role {
    const KIND: &'static str = "role";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl RoleDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        check_code(&mut findings, "/code", &self.code);
        check_line(&mut findings, "/name_zh", &self.name_zh, 1..=60);
        check_line(&mut findings, "/name_en", &self.name_en, 0..=60);
        if self.permissions.is_empty() {
            findings.add("/permissions", codes::REQUIRED);
        }
        findings.into_result()
    }
}

impl Role {
    /// Makes a custom role. That its maker holds every permission is asked by
    /// [`super::Grant::ensure_within`].
    ///
    /// # Errors
    /// Texts that are not well formed; no permission at all.
    pub fn create(id: Id<Self>, details: RoleDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = json!({"code": details.code, "permissions": details.permissions});
        let after = Self { id, details, is_built_in: false, is_retired: false, version: 0 };
        Ok(Change::created(after, ROLE_CREATED, facts))
    }

    /// Brings a shipped role into being.
    pub fn ship(id: Id<Self>, shipped: &ShippedRole) -> Change<Self> {
        let details = shipped.details();
        let facts = json!({"code": details.code, "permissions": details.permissions});
        let after = Self { id, details, is_built_in: true, is_retired: false, version: 0 };
        Change::created(after, ROLE_CREATED, facts)
    }

    /// Brings a shipped role up to what this version of the product ships; nothing where it is.
    pub fn ship_again(self, shipped: &ShippedRole) -> Option<Change<Self>> {
        let details = shipped.details();
        if self.details == details {
            return None;
        }
        let facts = json!({"code": details.code, "permissions": details.permissions});
        let after = Self { details, ..self.clone() };
        Some(Change::updated(self, after, ROLE_CHANGED, facts))
    }

    /// Rewrites a custom role; its holders' rights change with it at once.
    ///
    /// # Errors
    /// A shipped or retired role; texts that are not well formed.
    pub fn change(self, details: RoleDetails) -> Result<Change<Self>, Refusal> {
        self.ensure_own()?;
        details.check()?;
        let facts = json!({"code": details.code, "permissions": details.permissions});
        let after = Self { details, ..self.clone() };
        Ok(Change::updated(self, after, ROLE_CHANGED, facts))
    }

    /// Takes a custom role out of use.
    ///
    /// # Errors
    /// A shipped role; one with live grants, of which there are `grants`.
    pub fn retire(self, grants: i64) -> Result<Change<Self>, Refusal> {
        self.may_retire(grants)?;
        let facts = json!({"code": self.details.code});
        let after = Self { is_retired: true, ..self.clone() };
        Ok(Change::updated(self, after, ROLE_RETIRED, facts))
    }

    /// Whether it could be retired now; refuses as [`Role::retire`].
    pub(super) fn may_retire(&self, grants: i64) -> Result<(), Refusal> {
        self.ensure_own()?;
        if grants > 0 {
            return Err(Refusal::new(ROLE_IN_USE).with("grants", grants).citing(Citation::rule("ID-4")));
        }
        Ok(())
    }

    pub(super) fn ensure_own(&self) -> Result<(), Refusal> {
        let code = match self {
            Self { is_built_in: true, .. } => ROLE_BUILT_IN,
            Self { is_retired: true, .. } => ROLE_IS_RETIRED,
            _ => return Ok(()),
        };
        Err(Refusal::new(code).citing(Citation::rule("ID-4")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::SHIPPED_ROLES;
    use super::*;

    fn details(permissions: &[Permission]) -> RoleDetails {
        RoleDetails {
            code: "cashier".into(),
            name_zh: "出纳".into(),
            name_en: "Cashier".into(),
            permissions: permissions.iter().copied().collect(),
        }
    }
    fn id() -> Id<Role> {
        Id::from_uuid(Uuid::from_u128(1))
    }

    #[test]
    fn a_role_without_permission_is_none() {
        let refused = Role::create(id(), details(&[])).unwrap_err();
        assert_eq!(refused.findings[0].pointer, "/permissions");
    }

    #[test]
    fn shipped_roles_follow_the_product_alone() {
        let shipped = Role::ship(id(), &SHIPPED_ROLES[0]).into_after();
        let refused = shipped.clone().change(details(&[Permission::ReadAudit])).unwrap_err();
        assert_eq!(refused.code, ROLE_BUILT_IN);
        assert!(shipped.clone().ship_again(&SHIPPED_ROLES[0]).is_none());
        let mut old = shipped;
        old.details.permissions.clear();
        assert_eq!(old.ship_again(&SHIPPED_ROLES[0]).expect("no refusal").after().version, 2);
    }

    #[test]
    fn a_granted_role_is_not_retired_and_a_retired_one_is_not_changed() {
        let role = Role::create(id(), details(&[Permission::ReadAudit])).expect("no refusal").into_after();
        assert_eq!(role.clone().retire(1).unwrap_err().code, ROLE_IN_USE);
        let retired = role.retire(0).expect("no refusal").into_after();
        let refused = retired.change(details(&[Permission::ReadAudit])).unwrap_err();
        assert_eq!(refused.code, ROLE_IS_RETIRED);
    }
}
