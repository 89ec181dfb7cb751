//! What a claim refers to must exist before it is written: a foreign key could only say that something is wrong.

use crate::{
    approval::petition::References,
    finance::expense_request as requests,
    organisation::{Register, referred},
    spine::{Failure, Reader},
};
use domain::{
    approval::petition::FOREIGN_DEPARTMENT,
    finance::expense_claim::{Advertisement, ClaimContent},
    spine::{EmployeeId, Findings, Permission, codes},
};

/// Checks that everything a claim refers to is there, and its department its submitter's.
pub fn check(
    reader: &mut Reader<'_>,
    submitter: Option<EmployeeId>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    let to = References {
        submitter,
        beneficiary: Some(content.beneficiary.employee),
        department: content.department,
        business_date: content.business_date,
        cost_centres: content.lines.iter().map(|line| line.cost_centre).collect(),
        for_others: Permission::SubmitExpenseClaimsForOthers,
        foreign: FOREIGN_DEPARTMENT,
    };
    to.check_existence(reader)?;
    if let Some(request) = content.request {
        referred(requests::number_of(reader, request), "/request_id")?;
    }
    refer_to_placers(reader, content)?;
    super::advance::refer(reader, content)?;
    to.check_department(reader)
}

/// Checks that whoever placed an advertisement is one of ours: they bear its cost where nobody approved it.
fn refer_to_placers(reader: &mut Reader<'_>, content: &ClaimContent) -> Result<(), Failure> {
    let placer = |advertisement: &Advertisement| advertisement.placed_by_id;
    let lines = content.lines.iter().enumerate();
    let placed =
        lines.filter_map(|(index, line)| Some((index, line.advertisement.as_ref().and_then(placer)?)));
    let placed: Vec<_> = placed.collect();
    if placed.is_empty() {
        return Ok(());
    }
    let register = Register::of(reader)?;
    let mut findings = Findings::new();
    for (index, _) in placed.into_iter().filter(|(_, person)| register.person(*person).is_none()) {
        findings.add(format!("/lines/{index}/advertisement/placed_by_id"), codes::UNKNOWN_REFERENCE);
    }
    Ok(findings.into_result()?)
}
