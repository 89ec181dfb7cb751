//! How certificates are issued by rules, once for what they are given for, and revoked where their ground is gone. `[KPI-8]`

use super::{apply, row::of_incident};
use crate::{
    organisation::{Organisation, Register},
    spine::{Failure, Reader, Tx, next_number},
};
use domain::{
    approval::{Directory, Label},
    certificate::{Certificate, CertificateText, NUMBER_PREFIX, NewCertificate},
    spine::{DepartmentId, EmployeeId},
    working_time::Period,
};
use uuid::Uuid;

/// What a certificate is given for, and to whom.
pub(crate) struct Given<'a> {
    /// What for, once.
    pub incident: Uuid,
    /// Whom; nobody where it is the team.
    pub employee: Option<EmployeeId>,
    /// The department: of the person, or the team.
    pub department: DepartmentId,
    /// For which period.
    pub period: Period,
    /// The honour.
    pub title: &'a Label,
    /// What for, in words.
    pub grounds: String,
    /// The clause.
    pub clause: &'a str,
}

/// Issues a certificate, unless there is one for the same.
pub(crate) fn issue(tx: &mut Tx<'_>, given: Given<'_>) -> Result<(), Failure> {
    if of_incident(tx, given.incident)?.is_some() {
        return Ok(());
    }
    let Given { incident, employee, department, period, title, grounds, clause } = given;
    let register = Register::of(tx)?;
    let holder = match employee {
        Some(employee) => register.named(employee)?.name,
        None => register.placed(department)?.name_zh,
    };
    let issuer = issuer(tx, &register, department)?;
    let text = CertificateText { holder, title: title.clone(), grounds, clause: clause.to_owned(), issuer };
    let (number, on) = (next_number(tx, NUMBER_PREFIX)?, tx.today());
    let new = NewCertificate { id: tx.id(), number, employee, department, period, incident, text, on };
    apply(tx, Certificate::issue(new)).map(drop)
}

/// Who gives it: what stands at the top of the organisation.
fn issuer(reader: &mut Reader<'_>, register: &Register, department: DepartmentId) -> Result<String, Failure> {
    let organisation = Organisation::today(reader)?;
    let mut top = department;
    while let Some(above) = organisation.department_parent(top) {
        top = above;
    }
    Ok(register.placed(top)?.name_zh)
}

/// Revokes what was issued for something, where it still holds.
pub(crate) fn take_back(tx: &mut Tx<'_>, incident: Uuid, reason: &str) -> Result<(), Failure> {
    let Some(certificate) = of_incident(tx, incident)? else { return Ok(()) };
    if certificate.ensure_issued().is_err() {
        return Ok(());
    }
    let change = certificate.revoke(reason.to_owned(), tx.actor(), tx.now())?;
    apply(tx, change).map(drop)
}
