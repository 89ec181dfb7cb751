//! What can be shown along with whatever refers to it: a line for each member that refers. `[INT-4]`

use crate::spine::Expansion;
use domain::spine::Permission;
use persistence::{
    approval,
    finance::{
        budget, budget_change, budget_line, cash_advance, expense_claim, expense_request,
        expense_request_amendment, internal_audit, post_evaluation,
    },
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
    follow("line", "line_id", Permission::ReadBudgets, |reader, id| {
        shown(budget_line::list::view(reader, id.into()))
    }),
    follow("gives_back", "gives_back_id", Permission::ReadBudgets, |reader, id| {
        shown(budget_change::view(reader, id.into()))
    }),
    follow("claim", "claim_id", Permission::ReadExpenseClaims, a_claim),
    follow("reversal", "reversal_id", Permission::ReadExpenseClaims, a_claim),
    within("reverses", "reverses", "claim_id", Permission::ReadExpenseClaims, a_claim),
    within("claims", "claims", "claim_id", Permission::ReadExpenseClaims, a_claim),
    follow("request", "request_id", Permission::ReadExpenseRequests, a_request),
    follow("request", "request", Permission::ReadExpenseRequests, a_request),
    follow("open_amendment", "open_amendment_id", Permission::ReadExpenseRequests, |reader, id| {
        shown(expense_request_amendment::view(reader, id.into()))
    }),
    within("advances", "advances", "advance_id", Permission::ReadCashAdvances, |reader, id| {
        shown(cash_advance::view(reader, id.into()))
    }),
    within("evaluations", "evaluations", "id", Permission::ReadPostEvaluations, |reader, id| {
        shown(post_evaluation::view(reader, id.into()))
    }),
    follow("item", "item_id", Permission::ReadInternalAudits, |reader, id| {
        shown(internal_audit::item::view(reader, id.into()))
    }),
    follow("auditor", "auditor", Permission::ReadOrganisation, a_person),
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
    within(name, member, "id", permission, look)
}

/// The same where the id is called otherwise in the object, or in the objects of a list.
const fn within(
    name: &'static str,
    member: &'static str,
    id: &'static str,
    permission: Permission,
    look: fn(&mut Reader<'_>, Uuid) -> Result<Value, Failure>,
) -> Expansion {
    Expansion { name, member, id, permission, look }
}

fn a_claim(reader: &mut Reader<'_>, id: Uuid) -> Result<Value, Failure> {
    shown(expense_claim::view(reader, id.into()))
}

fn a_request(reader: &mut Reader<'_>, id: Uuid) -> Result<Value, Failure> {
    shown(expense_request::view(reader, id.into()))
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
