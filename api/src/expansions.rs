//! What can be shown along with whatever refers to it: a line for each member that refers. `[INT-4]`

use crate::spine::Expansion;
use domain::spine::Permission;
use persistence::{
    approval,
    finance::{budget, expense_claim, expense_request, internal_audit},
    organisation::{department, employee},
    spine::{Failure, Reader},
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Every reference that can be followed. Of two lines with one name a view has the member of one at most.
pub(crate) const ALL: &[Expansion] = &[
    follow("approval", "approval_id", Permission::UseApprovals, |reader, id| {
        shown(approval::view(reader, id.into()))
    }),
    follow("audit", "audit_id", Permission::ReadInternalAudits, |reader, id| {
        shown(internal_audit::view(reader, id.into()))
    }),
    follow("budget", "budget_id", Permission::ReadBudgets, |reader, id| {
        shown(budget::view(reader, id.into()))
    }),
    follow("claim", "claim_id", Permission::ReadExpenseClaims, |reader, id| {
        shown(expense_claim::view(reader, id.into()))
    }),
    follow("request", "request_id", Permission::ReadExpenseRequests, |reader, id| {
        shown(expense_request::view(reader, id.into()))
    }),
    follow("department", "department", Permission::ReadOrganisation, a_department),
    follow("department", "department_id", Permission::ReadOrganisation, a_department),
    follow("parent", "parent", Permission::ReadOrganisation, a_department),
    follow("beneficiary", "beneficiary", Permission::ReadOrganisation, a_person),
    follow("employee", "employee", Permission::ReadOrganisation, a_person),
    follow("head", "head", Permission::ReadOrganisation, a_person),
    follow("responsible", "responsible", Permission::ReadOrganisation, a_person),
    follow("stand_in", "stand_in", Permission::ReadOrganisation, a_person),
    follow("submitter", "submitter", Permission::ReadOrganisation, a_person),
];

const fn follow(
    name: &'static str,
    member: &'static str,
    permission: Permission,
    look: fn(&mut Reader<'_>, Uuid) -> Result<Value, Failure>,
) -> Expansion {
    Expansion { name, member, permission, look }
}

fn a_department(reader: &mut Reader<'_>, id: Uuid) -> Result<Value, Failure> {
    shown(department::view(reader, id.into()))
}

fn a_person(reader: &mut Reader<'_>, id: Uuid) -> Result<Value, Failure> {
    shown(employee::view(reader, id.into()))
}

fn shown<V: Serialize>(view: Result<V, Failure>) -> Result<Value, Failure> {
    Ok(serde_json::to_value(view?)?)
}
