//! What a claim refers to must exist before it is written: a foreign key could only say that something is wrong.

use crate::{
    finance::{expense_request as requests, petition::References},
    organisation::referred,
    spine::{Failure, Reader},
};
use domain::{
    finance::expense_claim::{ClaimContent, FOREIGN_DEPARTMENT},
    spine::{EmployeeId, Permission},
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
    super::advance::refer(reader, content)?;
    to.check_department(reader)
}
