//! Grants: a role, given to an account with a data scope for a time. `[ID-4, ID-5]`

use super::{
    BEYOND_OWN_RIGHTS, GRANT_ENDED, GRANT_GIVEN, GRANT_OVER, GRANT_PERIOD_REVERSED, ROLE_IS_RETIRED, Role,
    SCOPE_DEPARTMENT,
};
use crate::organisation::DepartmentTree;
use crate::organisation::label::check_date;
use crate::spine::{
    Actor, BusinessDate, Change, Citation, Department, Entity, Findings, Id, Permission, Reach, Refusal,
    ScopeKind, Timestamp, User, Version,
};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How far and how long a role is granted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GrantTerms {
    /// How far it reaches.
    pub scope: ScopeKind,
    /// The department of the scopes `department` and `subtree`; none means the holder's own of the day.
    pub department: Option<Id<Department>>,
    /// The first day.
    pub from: BusinessDate,
    /// The last day, included; none for an open end.
    pub until: Option<BusinessDate>,
}

/// A role that an account holds.
#[derive(Clone, Debug, Serialize)]
pub struct Grant {
    /// Identity.
    pub id: Id<Self>,
    /// Who holds it.
    pub user: Id<User>,
    /// Which role.
    pub role: Id<Role>,
    /// How far and how long.
    pub terms: GrantTerms,
    /// When it was taken back.
    pub ended_at: Option<Timestamp>,
    /// Counts the states.
    pub version: Version,
}

impl Entity for Grant {
    const KIND: &'static str = "grant";
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

impl Grant {
    /// Gives a role.
    ///
    /// # Errors
    /// A retired role; a reversed period; a department with a scope that takes none.
    pub fn give(
        id: Id<Self>,
        user: Id<User>,
        role: &Role,
        terms: GrantTerms,
    ) -> Result<Change<Self>, Refusal> {
        if role.is_retired {
            return Err(Refusal::new(ROLE_IS_RETIRED).citing(Citation::rule("ID-4")));
        }
        let mut findings = Findings::new();
        check_date(&mut findings, "/from", terms.from);
        if let Some(until) = terms.until {
            check_date(&mut findings, "/until", until);
            if until < terms.from {
                findings.add("/until", GRANT_PERIOD_REVERSED);
            }
        }
        let takes_department = matches!(terms.scope, ScopeKind::Department | ScopeKind::Subtree);
        if terms.department.is_some() && !takes_department {
            findings.add("/department_id", SCOPE_DEPARTMENT);
        }
        findings.into_result()?;
        let facts = json!({"user_id": user, "role": role.details.code, "scope": terms.scope,
            "department_id": terms.department});
        let after = Self { id, user, role: role.id, terms, ended_at: None, version: 0 };
        Ok(Change::created(after, GRANT_GIVEN, facts))
    }

    /// Takes it back.
    ///
    /// # Errors
    /// One that was taken back already.
    pub fn end(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if self.ended_at.is_some() {
            return Err(Refusal::new(GRANT_OVER).citing(Citation::rule("ID-4")));
        }
        let facts = json!({"user_id": self.user, "role_id": self.role});
        let after = Self { ended_at: Some(now), ..self.clone() };
        Ok(Change::updated(self, after, GRANT_ENDED, facts))
    }

    /// Whether it counts on a day.
    pub fn holds_on(&self, day: BusinessDate) -> bool {
        self.ended_at.is_none() && self.terms.from <= day && self.terms.until.is_none_or(|until| day <= until)
    }

    /// Refuses to hand out what the giver does not have: else whoever manages accounts could make
    /// themselves an administrator by way of another account.
    ///
    /// # Errors
    /// `identity.beyond_own_rights`, naming the permissions.
    pub fn ensure_within(by: &Actor, wanted: &BTreeMap<Permission, Reach>) -> Result<(), Refusal> {
        let beyond: Vec<&str> = wanted
            .iter()
            .filter(|(permission, reach)| !contains(by, **permission, reach))
            .map(|(permission, _)| permission.code())
            .collect();
        if beyond.is_empty() {
            return Ok(());
        }
        Err(Refusal::new(BEYOND_OWN_RIGHTS)
            .with("permissions", beyond.join(", "))
            .citing(Citation::rule("ID-4")))
    }
}

fn contains(by: &Actor, permission: Permission, wanted: &Reach) -> bool {
    let has = by.reach(permission);
    by.may(permission) && (has.all || (!wanted.all && wanted.departments.is_subset(&has.departments)))
}

/// What one grant in force amounts to.
#[derive(Clone, Debug)]
pub struct HeldGrant {
    /// How far it reaches.
    pub scope: ScopeKind,
    /// The department, where the grant names one.
    pub department: Option<Id<Department>>,
    /// What it allows.
    pub permissions: BTreeSet<Permission>,
}

/// What all grants in force allow together, and how far each permission reaches. `own_department` is the
/// holder's department of the day.
pub fn reaches(
    grants: &[HeldGrant],
    own_department: Option<Id<Department>>,
    tree: &DepartmentTree,
) -> BTreeMap<Permission, Reach> {
    let mut total: BTreeMap<Permission, Reach> = BTreeMap::new();
    for grant in grants {
        let department = grant.department.or(own_department);
        let departments = match grant.scope {
            ScopeKind::Own | ScopeKind::All => BTreeSet::new(),
            ScopeKind::Department => department.into_iter().collect(),
            ScopeKind::Subtree => department.map(|top| tree.subtree(top)).unwrap_or_default(),
        };
        // What is one's own is within every scope.
        let reach = Reach { all: grant.scope == ScopeKind::All, departments, own: true };
        for permission in &grant.permissions {
            total.entry(*permission).or_default().widen(&reach);
        }
    }
    total
}

/// Cuts rights down to the scopes of a key. `[ID-2]`
pub fn narrow(
    reaches: BTreeMap<Permission, Reach>,
    scopes: &BTreeSet<Permission>,
) -> BTreeMap<Permission, Reach> {
    reaches.into_iter().filter(|(permission, _)| scopes.contains(permission)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::RoleDetails;
    use Permission::{ReadAudit, ReadExpenseClaims, ReadUsers};

    fn department(n: u128) -> Id<Department> {
        Id::from_uuid(Uuid::from_u128(n))
    }
    fn tree() -> DepartmentTree {
        [(department(1), None), (department(2), Some(department(1))), (department(3), None)]
            .into_iter()
            .collect()
    }
    fn held(scope: ScopeKind, at: Option<u128>, permissions: &[Permission]) -> HeldGrant {
        HeldGrant {
            scope,
            department: at.map(department),
            permissions: permissions.iter().copied().collect(),
        }
    }
    fn day(n: u32) -> BusinessDate {
        BusinessDate::from_ymd_opt(2026, 1, n).expect("a day")
    }
    fn terms(scope: ScopeKind, at: Option<u128>) -> GrantTerms {
        GrantTerms { scope, department: at.map(department), from: day(5), until: Some(day(9)) }
    }
    fn role() -> Role {
        let permissions = BTreeSet::from([ReadAudit]);
        let details =
            RoleDetails { code: "r".into(), name_zh: "角色".into(), name_en: String::new(), permissions };
        Role::create(Id::from_uuid(Uuid::from_u128(1)), details).expect("no refusal").into_after()
    }

    #[test]
    fn grants_add_up_per_permission() {
        let grants = [
            held(ScopeKind::Own, None, &[ReadExpenseClaims, ReadAudit]),
            held(ScopeKind::Subtree, Some(1), &[ReadExpenseClaims]),
            held(ScopeKind::Department, None, &[ReadUsers]),
        ];
        let reaches = reaches(&grants, Some(department(3)), &tree());
        assert!(reaches[&ReadExpenseClaims].covers(department(2), false), "below the named department");
        assert!(!reaches[&ReadExpenseClaims].covers(department(3), false));
        assert!(reaches[&ReadExpenseClaims].covers(department(3), true), "one's own everywhere");
        assert!(!reaches[&ReadAudit].covers(department(3), false));
        assert!(reaches[&ReadUsers].covers(department(3), false), "no department named: the holder's own");
    }

    #[test]
    fn without_a_department_a_department_scope_reaches_only_ones_own() {
        let reaches = reaches(&[held(ScopeKind::Subtree, None, &[ReadAudit])], None, &tree());
        assert_eq!(reaches[&ReadAudit], Reach { all: false, departments: BTreeSet::new(), own: true });
    }

    #[test]
    fn a_key_never_widens() {
        let all = reaches(&[held(ScopeKind::All, None, &[ReadAudit, ReadUsers])], None, &tree());
        let narrowed = narrow(all, &BTreeSet::from([ReadUsers, ReadExpenseClaims]));
        assert_eq!(narrowed.keys().collect::<Vec<_>>(), [&ReadUsers]);
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let mut by = Actor::system();
        by.reaches = reaches(&[held(ScopeKind::Subtree, Some(1), &[ReadAudit])], None, &tree());
        let wanted = |scope, at| reaches(&[held(scope, at, &[ReadAudit])], None, &tree());
        assert!(Grant::ensure_within(&by, &wanted(ScopeKind::Department, Some(2))).is_ok());
        assert!(Grant::ensure_within(&by, &wanted(ScopeKind::Own, None)).is_ok());
        for (scope, at) in [(ScopeKind::Department, Some(3)), (ScopeKind::All, None)] {
            let refused = Grant::ensure_within(&by, &wanted(scope, at)).unwrap_err();
            assert_eq!(refused.code, BEYOND_OWN_RIGHTS);
        }
        let other = reaches(&[held(ScopeKind::Own, None, &[ReadUsers])], None, &tree());
        assert!(Grant::ensure_within(&by, &other).is_err());
    }

    #[test]
    fn a_grant_counts_within_its_days_until_it_is_taken_back() {
        let id = Id::from_uuid(Uuid::from_u128(1));
        let user = Id::from_uuid(Uuid::from_u128(2));
        let grant = Grant::give(id, user, &role(), terms(ScopeKind::Subtree, Some(1)))
            .expect("no refusal")
            .into_after();
        assert_eq!([4, 5, 9, 10].map(|n| grant.holds_on(day(n))), [false, true, true, false]);
        let now = Timestamp::from_micros(0).expect("an instant");
        let ended = grant.end(now).expect("no refusal").into_after();
        assert!(!ended.holds_on(day(5)));
        assert_eq!(ended.end(now).unwrap_err().code, GRANT_OVER);
    }

    #[test]
    fn terms_must_make_sense() {
        let id = Id::from_uuid(Uuid::from_u128(1));
        let user = Id::from_uuid(Uuid::from_u128(2));
        let refused = Grant::give(id, user, &role(), terms(ScopeKind::All, Some(1))).unwrap_err();
        assert_eq!(refused.code, SCOPE_DEPARTMENT);
        let reversed = GrantTerms { until: Some(day(4)), ..terms(ScopeKind::All, None) };
        assert_eq!(Grant::give(id, user, &role(), reversed).unwrap_err().code, GRANT_PERIOD_REVERSED);
        let retired = role().retire(0).expect("no refusal").into_after();
        let refused = Grant::give(id, user, &retired, terms(ScopeKind::All, None)).unwrap_err();
        assert_eq!(refused.code, ROLE_IS_RETIRED);
    }
}
