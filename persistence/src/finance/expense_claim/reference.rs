//! What a claim refers to must exist before it is written: a foreign key could only say that something is wrong.

use crate::{
    finance::expense_request as requests,
    organisation::{Register, referred},
    spine::{Failure, Reader},
};
use domain::{
    finance::expense_claim::{ClaimContent, FOREIGN_DEPARTMENT},
    spine::{BusinessDate, Citation, EmployeeId, Findings, Permission, Refusal, codes},
};

/// Checks that people and departments of a claim exist, that the departments are still open, and that the
/// claim's department is its submitter's: the department chooses the approvers, so nobody may choose it.
pub fn check(
    reader: &mut Reader<'_>,
    submitter: Option<EmployeeId>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    let register = Register::of(reader)?;
    check_existence(&register, reader.today(), submitter, content)?;
    if let Some(request) = content.request {
        referred(requests::number_of(reader, request), "/request_id")?;
    }
    super::advance::refer(reader, content)?;
    let permission = Permission::SubmitExpenseClaimsForOthers;
    if reader.actor().reach(permission).covers(content.department, false) {
        return Ok(());
    }
    let Some(submitter) = submitter.or(reader.actor().employee) else { return Ok(()) };
    let days = [content.business_date, reader.today()];
    if days.into_iter().any(|day| register.department_on(submitter, day) == Some(content.department)) {
        return Ok(());
    }
    Err(Refusal::new(FOREIGN_DEPARTMENT).citing(Citation::rule("EXP-3")).at("/department_id").into())
}

fn check_existence(
    register: &Register,
    today: BusinessDate,
    submitter: Option<EmployeeId>,
    content: &ClaimContent,
) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    if register.person(content.beneficiary.employee).is_none() {
        findings.add("/beneficiary_id", codes::UNKNOWN_REFERENCE);
    }
    if submitter.is_some_and(|submitter| register.person(submitter).is_none()) {
        findings.add("/submitter_id", codes::UNKNOWN_REFERENCE);
    }
    if !register.is_open(content.department, today) {
        findings.add("/department_id", codes::UNKNOWN_REFERENCE);
    }
    for (index, line) in content.lines.iter().enumerate() {
        if !register.is_open(line.cost_centre, today) {
            findings.add(format!("/lines/{index}/cost_centre_id"), codes::UNKNOWN_REFERENCE);
        }
    }
    findings.into_result()
}
