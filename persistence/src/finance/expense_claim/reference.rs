//! What a claim refers to must exist before it is written: a foreign key could only say that something is wrong.

use crate::{
    organisation::employee,
    schema::{departments, employees},
    spine::{Failure, Key, Reader, cached, db},
};
use diesel::prelude::*;
use domain::{
    finance::expense_claim::{ClaimContent, FOREIGN_DEPARTMENT},
    spine::{Citation, EmployeeId, Findings, Permission, Refusal, codes},
};
use std::collections::HashSet;

/// Checks that people and departments of a claim exist, that the departments are still open, and that the
/// claim's department is its submitter's: the department chooses the approvers, so nobody may choose it.
pub fn check(
    reader: &mut Reader<'_>,
    submitter: Option<EmployeeId>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    check_existence(reader, submitter, content)?;
    let permission = Permission::SubmitExpenseClaimsForOthers;
    if reader.actor().reach(permission).covers(content.department, false) {
        return Ok(());
    }
    let Some(submitter) = submitter.or(reader.actor().employee) else { return Ok(()) };
    for day in [content.business_date, reader.today()] {
        if employee::department_on(reader, submitter, day)? == Some(content.department) {
            return Ok(());
        }
    }
    Err(Refusal::new(FOREIGN_DEPARTMENT).citing(Citation::rule("EXP-3")).at("/department_id").into())
}

fn check_existence(
    reader: &mut Reader<'_>,
    submitter: Option<EmployeeId>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    let today = reader.today();
    let mut wanted: Vec<Key> = vec![content.beneficiary.employee.into()];
    wanted.extend(submitter.map(Key::from));
    let people: Vec<Key> = db!(reader, |c| cached(
        employees::table.filter(employees::id.eq_any(&wanted)).select(employees::id)
    )
    .load(c))?;
    let mut places: Vec<Key> = content.lines.iter().map(|line| line.cost_centre.into()).collect();
    places.push(content.department.into());
    places.sort_unstable();
    places.dedup();
    let open: HashSet<Key> = db!(reader, |c| cached(
        departments::table
            .filter(departments::id.eq_any(&places))
            .filter(departments::closed_on.is_null().or(departments::closed_on.gt(today)))
            .select(departments::id)
    )
    .load(c))?
    .into_iter()
    .collect();
    let mut findings = Findings::new();
    if !people.contains(&content.beneficiary.employee.into()) {
        findings.add("/beneficiary_id", codes::UNKNOWN_REFERENCE);
    }
    if submitter.is_some_and(|submitter| !people.contains(&submitter.into())) {
        findings.add("/submitter_id", codes::UNKNOWN_REFERENCE);
    }
    if !open.contains(&content.department.into()) {
        findings.add("/department_id", codes::UNKNOWN_REFERENCE);
    }
    for (index, line) in content.lines.iter().enumerate() {
        if !open.contains(&line.cost_centre.into()) {
            findings.add(format!("/lines/{index}/cost_centre_id"), codes::UNKNOWN_REFERENCE);
        }
    }
    Ok(findings.into_result()?)
}
