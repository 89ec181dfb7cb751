//! What requests, their amendments and cash advances have in common in the database: who sees them, what they refer
//! to, where they stand, and how they come before their approvers.

use crate::{
    approval,
    organisation::Register,
    spine::{Failure, Instant, Key, Reader, Tx},
};
use domain::{
    finance::petition::{FOREIGN_DEPARTMENT, Petition, Standing, StandingState},
    spine::{BusinessDate, Citation, DepartmentId, EmployeeId, Findings, Permission, Refusal, codes},
};

/// The columns of a standing.
#[derive(Clone, Debug)]
pub(super) struct StandingColumns {
    pub status: String,
    pub at: Option<Instant>,
    pub reason: Option<String>,
}

impl StandingColumns {
    pub fn of(standing: &Standing) -> Self {
        let (at, reason) = standing.told();
        Self {
            status: standing.state().code().to_owned(),
            at: at.map(Into::into),
            reason: reason.map(str::to_owned),
        }
    }

    /// The standing; a column that a state needs and does not find is a fault of ours.
    pub fn standing(self, table: &str, id: Key) -> Result<Standing, Failure> {
        let Self { status, at, reason } = self;
        StandingState::from_code(&status)
            .and_then(|state| Standing::of(state, at.map(Into::into), reason))
            .ok_or_else(|| Failure::corrupt(table, "status", id.0))
    }
}

/// What a document refers to.
pub(super) struct References<'a> {
    pub submitter: Option<EmployeeId>,
    pub department: DepartmentId,
    pub business_date: BusinessDate,
    /// The departments that bear the cost, with the pointers of those who name them.
    pub cost_centres: &'a [(String, DepartmentId)],
    /// The permission that reaches beyond the submitter's own department.
    pub for_others: Permission,
}

/// Checks that people and departments exist and are open, and that the document's department is its submitter's:
/// the department chooses the approvers, so nobody may choose it.
pub(super) fn refer(reader: &mut Reader<'_>, to: References<'_>) -> Result<(), Failure> {
    let register = Register::of(reader)?;
    let today = reader.today();
    let mut findings = Findings::new();
    if to.submitter.is_some_and(|submitter| register.person(submitter).is_none()) {
        findings.add("/submitter_id", codes::UNKNOWN_REFERENCE);
    }
    if !register.is_open(to.department, today) {
        findings.add("/department_id", codes::UNKNOWN_REFERENCE);
    }
    for (pointer, cost_centre) in to.cost_centres {
        if !register.is_open(*cost_centre, today) {
            findings.add(pointer.clone(), codes::UNKNOWN_REFERENCE);
        }
    }
    findings.into_result()?;
    if reader.actor().reach(to.for_others).covers(to.department, false) {
        return Ok(());
    }
    let Some(submitter) = to.submitter.or(reader.actor().employee) else { return Ok(()) };
    let is_own = |day| register.department_on(submitter, day) == Some(to.department);
    if [to.business_date, today].into_iter().any(is_own) {
        return Ok(());
    }
    Err(Refusal::new(FOREIGN_DEPARTMENT).citing(Citation::rule("EXP-3")).at("/department_id").into())
}

/// Takes a document back while it waits for its approvers; the engine settles it in the same transaction.
pub(super) fn withdraw(tx: &mut Tx<'_>, petition: &Petition, note: Option<String>) -> Result<(), Failure> {
    petition.may_withdraw(tx.actor())?;
    approval::withdraw(tx, petition.approval, note)
}
