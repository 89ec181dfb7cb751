//! Who is meant by a rule today, and who answers for a duty. `[DUT-1a, DUT-2f]`

use super::World;
use crate::organisation::Organisation;
use domain::{
    approval::Directory,
    duty::{
        DutyRule, DutySubject, Hold,
        rule::{Recipient, SubjectKind},
    },
    spine::{BusinessDate, DepartmentId, EmployeeId},
};

/// A subject that a rule means, who is responsible for it, and how they came to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Meant {
    pub subject: DutySubject,
    pub responsible: EmployeeId,
    pub hold: Hold,
}

/// The persons or posts that a rule means today; of records, nobody is meant before there are any.
pub(super) fn meant(rule: &DutyRule, world: &World) -> Vec<Meant> {
    let organisation = world.organisation.as_ref();
    match rule.subject {
        SubjectKind::Person => persons(rule, world),
        SubjectKind::Post => posts(rule, organisation, world.today),
        SubjectKind::Record => Vec::new(),
    }
}

fn persons(rule: &DutyRule, world: &World) -> Vec<Meant> {
    let members = world.members().values().filter(|member| rule.scope.covers(member));
    members
        .map(|member| Meant {
            subject: DutySubject::Person { employee: member.employee },
            responsible: member.employee,
            hold: Hold::Raised,
        })
        .collect()
}

/// The heads of the departments that are meant. A post that nobody holds is its superior's.
fn posts(rule: &DutyRule, organisation: &Organisation, today: BusinessDate) -> Vec<Meant> {
    let scope = &rule.scope.departments;
    let wanted = |department: DepartmentId| {
        scope.is_empty() || organisation.codes_above(department).iter().any(|code| scope.contains(code))
    };
    let mut departments: Vec<DepartmentId> =
        organisation.departments().into_iter().map(|(id, _)| id).filter(|id| wanted(*id)).collect();
    departments.sort_unstable();
    departments
        .into_iter()
        .filter_map(|department| {
            let (responsible, hold) = holder(organisation, department, today)?;
            if rule.scope.except.contains(&responsible) {
                return None;
            }
            Some(Meant { subject: DutySubject::Post { department, position: None }, responsible, hold })
        })
        .collect()
}

/// Who answers for a department on a day: its head, who stands in for them, or the nearest head above.
pub(super) fn holder(
    organisation: &Organisation,
    department: DepartmentId,
    on: BusinessDate,
) -> Option<(EmployeeId, Hold)> {
    let here = |employee: &EmployeeId| organisation.works_here(*employee, on);
    match organisation.department_head(department).filter(here) {
        Some(head) => match organisation.stand_in(head, on).filter(here) {
            Some(stand_in) => Some((stand_in, Hold::StoodIn)),
            None => Some((head, Hold::Raised)),
        },
        None => {
            let above = organisation.department_parent(department)?;
            holder(organisation, above, on).map(|(head, _)| (head, Hold::Vacant))
        }
    }
}

/// Who is told by a step of the escalation, by their function.
pub(super) fn recipients(
    recipient: Recipient,
    responsible: EmployeeId,
    organisation: &Organisation,
    on: BusinessDate,
) -> Vec<EmployeeId> {
    let holders = |role: &str| organisation.role_holders(role, domain::approval::Place::Anywhere, on);
    match recipient {
        Recipient::Person => vec![responsible],
        Recipient::Superior => organisation.superior(responsible).into_iter().collect(),
        Recipient::DepartmentHead => {
            let department = organisation.department_of(responsible);
            let head = department.and_then(|department| holder(organisation, department, on));
            head.map(|(head, _)| head).into_iter().collect()
        }
        Recipient::Director => holders("marketing-director"),
        Recipient::Office => holders("administration-office"),
    }
}
