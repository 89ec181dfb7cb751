//! Departments and the tree they form. `[ORG-1]`

use super::label::{check_code, check_line};
use super::{
    DEPARTMENT_CHANGED, DEPARTMENT_CLOSED, DEPARTMENT_CREATED, DEPARTMENT_IN_USE, DEPARTMENT_IS_CLOSED,
    DEPARTMENT_LOOP,
};
use crate::spine::{self, BusinessDate, Change, Citation, Entity, Findings, Id, Refusal, Version};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is written down about a department.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DepartmentDetails {
    /// Unique short code, such as `sales`.
    pub code: String,
    /// Chinese name, 1 to 60 characters.
    pub name_zh: String,
    /// English name, up to 60 characters.
    pub name_en: String,
    /// The department above; none at the top.
    pub parent: Option<Id<spine::Department>>,
    /// Who heads it; none while the post is vacant.
    pub head: Option<Id<spine::Employee>>,
}

/// A department.
#[derive(Clone, Debug, Serialize)]
pub struct Department {
    /// Identity.
    pub id: Id<spine::Department>,
    /// What is written down about it.
    pub details: DepartmentDetails,
    /// The day from which it no longer exists.
    pub closed_on: Option<BusinessDate>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Department {
    const KIND: &'static str = "department";
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

impl DepartmentDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        check_code(&mut findings, "/code", &self.code);
        check_line(&mut findings, "/name_zh", &self.name_zh, 1..=60);
        check_line(&mut findings, "/name_en", &self.name_en, 0..=60);
        findings.into_result()
    }
}

impl Department {
    /// Sets up a department.
    ///
    /// # Errors
    /// Names and code that are not well formed; a department that would stand below itself.
    pub fn create(
        id: Id<spine::Department>,
        details: DepartmentDetails,
        tree: &DepartmentTree,
    ) -> Result<Change<Self>, Refusal> {
        details.check()?;
        tree.check_parent(id, details.parent)?;
        let facts = json!({"code": details.code, "parent_id": details.parent});
        let after = Self { id, details, closed_on: None, version: 0 };
        Ok(Change::created(after, DEPARTMENT_CREATED, facts))
    }

    /// Renames it, hangs it elsewhere in the tree or gives it another head.
    ///
    /// # Errors
    /// `organisation.department_loop` where it would stand below itself; a closed department does not
    /// change. `[ORG-1]`
    pub fn change(self, details: DepartmentDetails, tree: &DepartmentTree) -> Result<Change<Self>, Refusal> {
        self.ensure_open()?;
        details.check()?;
        tree.check_parent(self.id, details.parent)?;
        let facts = json!({"code": details.code, "parent_id": details.parent, "head_id": details.head});
        let after = Self { details, ..self.clone() };
        Ok(Change::updated(self, after, DEPARTMENT_CHANGED, facts))
    }

    /// Gives it another head, or none: when the head leaves. `[ORG-4]`
    pub fn hand_over(self, head: Option<Id<spine::Employee>>) -> Change<Self> {
        let facts = json!({"code": self.details.code, "parent_id": self.details.parent, "head_id": head});
        let after = Self { details: DepartmentDetails { head, ..self.details.clone() }, ..self.clone() };
        Change::updated(self, after, DEPARTMENT_CHANGED, facts)
    }

    /// Closes it from a day on.
    ///
    /// # Errors
    /// `organisation.department_in_use` while somebody works in it or an open department stands below it:
    /// nothing is orphaned. `[ORG-4]`
    pub fn close(
        self,
        on: BusinessDate,
        employees: i64,
        tree: &DepartmentTree,
    ) -> Result<Change<Self>, Refusal> {
        self.may_close(employees, tree)?;
        let facts = json!({"code": self.details.code, "closed_on": on});
        let after = Self { closed_on: Some(on), ..self.clone() };
        Ok(Change::updated(self, after, DEPARTMENT_CLOSED, facts))
    }

    /// Whether it could be closed now; refuses as [`Department::close`].
    pub(super) fn may_close(&self, employees: i64, tree: &DepartmentTree) -> Result<(), Refusal> {
        self.ensure_open()?;
        let below = tree.subtree(self.id).len() - 1;
        if employees == 0 && below == 0 {
            return Ok(());
        }
        Err(Refusal::new(DEPARTMENT_IN_USE)
            .with("employees", employees)
            .with("departments", below)
            .citing(Citation::rule("ORG-4")))
    }

    /// Refuses a department that is closed.
    ///
    /// # Errors
    /// `organisation.department_closed`.
    pub fn ensure_open(&self) -> Result<(), Refusal> {
        if self.closed_on.is_none() {
            return Ok(());
        }
        let name = self.details.name_zh.as_str();
        Err(Refusal::new(DEPARTMENT_IS_CLOSED).with("name", name).citing(Citation::rule("ORG-1")))
    }
}

/// The open departments, each with the one above it.
#[derive(Clone, Default, Debug)]
pub struct DepartmentTree {
    parents: BTreeMap<Id<spine::Department>, Option<Id<spine::Department>>>,
}

impl FromIterator<(Id<spine::Department>, Option<Id<spine::Department>>)> for DepartmentTree {
    fn from_iter<I: IntoIterator<Item = (Id<spine::Department>, Option<Id<spine::Department>>)>>(
        pairs: I,
    ) -> Self {
        Self { parents: pairs.into_iter().collect() }
    }
}

impl DepartmentTree {
    /// Whether the department exists and is open.
    pub fn contains(&self, department: Id<spine::Department>) -> bool {
        self.parents.contains_key(&department)
    }

    /// The department and every one below it.
    pub fn subtree(&self, top: Id<spine::Department>) -> BTreeSet<Id<spine::Department>> {
        let mut children: BTreeMap<Id<spine::Department>, Vec<Id<spine::Department>>> = BTreeMap::new();
        for (child, parent) in &self.parents {
            if let Some(parent) = parent {
                children.entry(*parent).or_default().push(*child);
            }
        }
        let mut found = BTreeSet::from([top]);
        let mut open = vec![top];
        while let Some(next) = open.pop() {
            let below = children.get(&next).into_iter().flatten();
            open.extend(below.filter(|child| found.insert(**child)));
        }
        found
    }

    /// The departments above one, nearest first.
    pub fn above(&self, department: Id<spine::Department>) -> Vec<Id<spine::Department>> {
        let mut line = Vec::new();
        let mut next = self.parents.get(&department).copied().flatten();
        while let Some(parent) = next.filter(|parent| !line.contains(parent) && *parent != department) {
            line.push(parent);
            next = self.parents.get(&parent).copied().flatten();
        }
        line
    }

    fn check_parent(
        &self,
        department: Id<spine::Department>,
        parent: Option<Id<spine::Department>>,
    ) -> Result<(), Refusal> {
        let Some(parent) = parent else { return Ok(()) };
        if parent == department || self.above(parent).contains(&department) {
            return Err(Refusal::new(DEPARTMENT_LOOP).citing(Citation::rule("ORG-1")).at("/parent_id"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Id<spine::Department> {
        Id::from_uuid(Uuid::from_u128(n))
    }
    fn tree() -> DepartmentTree {
        // 1 ← 2 ← 3, 1 ← 4, 5 alone
        [(id(1), None), (id(2), Some(id(1))), (id(3), Some(id(2))), (id(4), Some(id(1))), (id(5), None)]
            .into_iter()
            .collect()
    }
    fn details(code: &str, parent: Option<Id<spine::Department>>) -> DepartmentDetails {
        DepartmentDetails {
            code: code.into(),
            name_zh: "市场部".into(),
            name_en: "Marketing".into(),
            parent,
            head: None,
        }
    }
    fn department(n: u128) -> Department {
        Department { id: id(n), details: details("d", None), closed_on: None, version: 1 }
    }

    #[test]
    fn a_subtree_holds_all_below_and_nothing_else() {
        assert_eq!(tree().subtree(id(1)), BTreeSet::from([id(1), id(2), id(3), id(4)]));
        assert_eq!(tree().subtree(id(2)), BTreeSet::from([id(2), id(3)]));
        assert_eq!(tree().above(id(3)), vec![id(2), id(1)]);
    }

    #[test]
    fn a_department_never_stands_below_itself() {
        for parent in [1, 2, 3] {
            let refused = department(1).change(details("d", Some(id(parent))), &tree()).unwrap_err();
            assert_eq!(refused.code, DEPARTMENT_LOOP, "below {parent}");
        }
        let moved = department(2).change(details("d", Some(id(5))), &tree()).expect("no refusal");
        assert_eq!(moved.after().version, 2);
    }

    #[test]
    fn a_department_in_use_is_not_closed() {
        let day = BusinessDate::from_ymd_opt(2026, 3, 1).expect("a day");
        assert_eq!(department(1).close(day, 0, &tree()).unwrap_err().code, DEPARTMENT_IN_USE);
        assert_eq!(department(5).close(day, 1, &tree()).unwrap_err().code, DEPARTMENT_IN_USE);
        let closed = department(5).close(day, 0, &tree()).expect("no refusal").into_after();
        assert_eq!(closed.change(details("d", None), &tree()).unwrap_err().code, DEPARTMENT_IS_CLOSED);
    }

    #[test]
    fn every_fault_of_the_details_is_named() {
        let bad = DepartmentDetails {
            code: "市场 部".into(),
            name_zh: String::new(),
            name_en: "a\u{0}".into(),
            parent: None,
            head: None,
        };
        let refused = Department::create(id(9), bad, &tree()).unwrap_err();
        let pointers: Vec<_> = refused.findings.iter().map(|finding| finding.pointer.as_str()).collect();
        assert_eq!(pointers, ["/code", "/name_zh", "/name_en"]);
    }
}
