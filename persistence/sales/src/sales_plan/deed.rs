//! What is done with a plan and looks at others: its next revision, its submission. `[SAL-1b]`

use super::{apply, row::standing, settle::routed};
use crate::{
    approval::document,
    organisation::{Register, department},
    pipeline_terms,
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::NewDocument,
    sales_plan::{Measure, PlanNode, SalesPlan, SalesPlanContent, SalesPlanState, UNDER_WAY},
    spine::{Citation, DepartmentId, Findings, Permission, Refusal, codes},
};

/// While it stands so, no other revision is begun.
const UNDER_WAY_STATES: [SalesPlanState; 4] =
    [SalesPlanState::Draft, SalesPlanState::InApproval, SalesPlanState::Returned, SalesPlanState::Withdrawn];

/// The revision that holds.
pub(super) fn in_force(
    reader: &mut Reader<'_>,
    of: (DepartmentId, i32, Measure),
) -> Result<Option<SalesPlan>, Failure> {
    standing(reader, of, &[SalesPlanState::InForce])
}

/// Draws up a plan of a department in reach: the first, or the next revision of what holds.
///
/// # Errors
/// `sales_plan.under_way`; a department out of reach; what does not add up.
pub fn create(tx: &mut Tx<'_>, of: DepartmentId, content: SalesPlanContent) -> Result<SalesPlan, Failure> {
    department::refer(tx, of, "/department_id")?;
    if !tx.actor().reach(Permission::CompileSalesPlans).covers(of, false) {
        return Err(Failure::Denied(Permission::CompileSalesPlans));
    }
    check_people(tx, &content.nodes)?;
    let place = (of, content.year, content.measure);
    if let Some(other) = standing(tx, place, &UNDER_WAY_STATES)? {
        let refusal = Refusal::new(UNDER_WAY).with("number", other.petition.number);
        return Err(refusal.citing(Citation::clause("SAL-1b", "004 §2")).into());
    }
    let revision = in_force(tx, place)?.map_or(1, |before| before.revision + 1);
    let terms = pipeline_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.plan_prefix)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let tree = department::tree(tx)?;
    let change = SalesPlan::create(new, (of, revision), content, &tree, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// That everybody who is named works, or worked, here.
///
/// # Errors
/// `validation.unknown_reference` at the node.
pub fn check_people(reader: &mut Reader<'_>, nodes: &[PlanNode]) -> Result<(), Failure> {
    let register = Register::of(reader)?;
    let mut findings = Findings::new();
    for (index, node) in nodes.iter().enumerate() {
        if node.scope.person.is_some_and(|person| register.person(person).is_none()) {
            findings.add(format!("/nodes/{index}/employee_id"), codes::UNKNOWN_REFERENCE);
        }
    }
    Ok(findings.into_result()?)
}

/// Hands a plan to its approvers.
///
/// # Errors
/// `sales_plan.begun`, `sales_plan.does_not_add_up`; where it is not the actor's to submit, or not now.
pub fn submit(tx: &mut Tx<'_>, plan: SalesPlan) -> Result<SalesPlan, Failure> {
    check_submission(tx, &plan)?;
    let routed = routed(tx, &plan);
    document::submit(tx, plan, routed)
}

pub(super) fn check_submission(reader: &mut Reader<'_>, plan: &SalesPlan) -> Result<(), Failure> {
    let before = in_force(reader, plan.place())?;
    let tree = department::tree(reader)?;
    Ok(plan.check_submission(before.as_ref(), &tree, reader.actor(), reader.today())?)
}
