//! Who acts, and how far they reach. `[ID-4]`

use super::{Id, Permission};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Marker of a user account's id.
#[derive(Debug)]
pub enum User {}
/// Marker of an employee's id.
#[derive(Debug)]
pub enum Employee {}
/// Marker of a department's id.
#[derive(Debug)]
pub enum Department {}
/// Marker of a session's id (a family of refresh tokens).
#[derive(Debug)]
pub enum Session {}

/// The id of a user account.
pub type UserId = Id<User>;
/// The id of an employee.
pub type EmployeeId = Id<Employee>;
/// The id of a department.
pub type DepartmentId = Id<Department>;
/// The id of a session.
pub type SessionId = Id<Session>;

/// What kind of caller acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person who signed in.
    Person,
    /// An ERP system or script with an API key.
    Service,
    /// The product itself: time limits, start-up, the command line.
    System,
}

/// Whoever makes a request or on whose account the product acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// What kind of caller it is.
    pub kind: ActorKind,
    /// The account.
    pub user: Id<User>,
    /// The name shown in audit and history.
    pub name: String,
    /// The employee behind the account, if any.
    pub employee: Option<Id<Employee>>,
    /// The employee's department today, if any.
    pub department: Option<Id<Department>>,
    /// The session the request belongs to, for a person.
    pub session: Option<Id<Session>>,
    /// What the account may do, and how far each permission reaches.
    pub reaches: BTreeMap<Permission, Reach>,
}

impl Actor {
    /// The product itself, which may do everything.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            user: Id::from_uuid(uuid::Uuid::nil()),
            name: "system".into(),
            employee: None,
            department: None,
            session: None,
            reaches: Permission::ALL.iter().map(|p| (*p, Reach::everything())).collect(),
        }
    }

    /// How far a permission of this actor reaches; not at all where it is not granted.
    pub fn reach(&self, permission: Permission) -> Reach {
        self.reaches.get(&permission).cloned().unwrap_or_default()
    }

    /// Whether the actor holds the permission at any reach.
    pub fn may(&self, permission: Permission) -> bool {
        self.reaches.contains_key(&permission)
    }

    /// In whose name the actor does what is `submitter`'s to do: the submitter's, unless it is theirs to do; then the
    /// `beneficiary`'s, unless that is the same person. Nobody's for what the product does by itself. `[AUD-1]`
    pub fn in_whose_name(&self, submitter: Id<Employee>, beneficiary: Id<Employee>) -> Option<Id<Employee>> {
        match self.kind {
            ActorKind::System => None,
            _ if !self.is(submitter) => Some(submitter),
            _ => (beneficiary != submitter).then_some(beneficiary),
        }
    }

    /// Whether the actor is this employee.
    pub fn is(&self, employee: Id<Employee>) -> bool {
        self.employee == Some(employee)
    }
}

/// The union of the data scopes under which one permission was granted.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Reach {
    /// Everything in the company.
    pub all: bool,
    /// Everything that belongs to these departments (subtrees already unfolded).
    pub departments: BTreeSet<Id<Department>>,
    /// What is one's own.
    pub own: bool,
}

impl Reach {
    /// A reach without bounds.
    pub fn everything() -> Self {
        Self { all: true, own: true, departments: BTreeSet::new() }
    }

    /// Whether a record of a department, and perhaps one's own, lies within.
    pub fn covers(&self, department: Id<Department>, is_own: bool) -> bool {
        self.all || (self.own && is_own) || self.departments.contains(&department)
    }

    /// What lies within both. Where the two reach by different ways — one's own here, a department there —
    /// nothing is granted: rather too little than too much.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        if self.all {
            return other.clone();
        }
        if other.all {
            return self.clone();
        }
        let departments = self.departments.intersection(&other.departments).copied().collect();
        Self { all: false, own: self.own && other.own, departments }
    }

    /// The wider of both.
    pub fn widen(&mut self, other: &Self) {
        self.all |= other.all;
        self.own |= other.own;
        self.departments.extend(other.departments.iter().copied());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(all: bool, own: bool, departments: &[u128]) -> Reach {
        let departments = departments.iter().map(|id| Id::from_uuid(uuid::Uuid::from_u128(*id))).collect();
        Reach { all, own, departments }
    }

    #[test]
    fn what_lies_within_both_is_never_more_than_either() {
        let everything = Reach::everything();
        let own = reach(false, true, &[]);
        let two = reach(false, true, &[1, 2]);
        assert_eq!(everything.meet(&two), two);
        assert_eq!(two.meet(&everything), two);
        assert_eq!(two.meet(&own), own);
        assert_eq!(two.meet(&reach(false, false, &[2, 3])), reach(false, false, &[2]));
        assert_eq!(own.meet(&reach(false, false, &[1])), Reach::default());
    }
}
