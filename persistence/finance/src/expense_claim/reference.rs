//! What a claim refers to must exist before it is written: a foreign key could only say that something is wrong. Requests and
//! advances refer to people and departments in the same way.

use crate::{
    finance::expense_request as requests,
    organisation::{Register, referred},
    spine::{Failure, Reader},
};
use domain::{
    approval::petition::{FOR_OTHERS_FORBIDDEN, FOREIGN_DEPARTMENT},
    finance::expense_claim::{Advertisement, ClaimContent, ExpenseClaim},
    spine::{
        BusinessDate, Citation, DepartmentId, EmployeeId, Findings, Permission, Refusal, RefusalCode, codes,
    },
};

/// What a claim refers to.
fn references(submitter: Option<EmployeeId>, content: &ClaimContent) -> References {
    References {
        submitter,
        beneficiary: Some(content.beneficiary.employee),
        department: content.department,
        business_date: content.business_date,
        cost_centres: content.lines.iter().map(|line| line.cost_centre).collect(),
        for_others: Permission::SubmitExpenseClaimsForOthers,
        foreign: FOREIGN_DEPARTMENT,
    }
}

/// Checks that whoever a claim is for is still the caller's to act for, and its department still theirs.
pub(super) fn check_people(reader: &mut Reader<'_>, claim: &ExpenseClaim) -> Result<(), Failure> {
    references(Some(claim.petition.submitter), &claim.content).check_people(reader)?;
    super::payee::still_payable(reader, &claim.content)
}

/// Checks that everything a claim refers to is there, and its department that of who gains by it.
pub fn check(
    reader: &mut Reader<'_>,
    submitter: Option<EmployeeId>,
    content: &ClaimContent,
) -> Result<(), Failure> {
    let to = references(submitter, content);
    to.check_existence(reader)?;
    if let Some(request) = content.request {
        referred(requests::number_of(reader, request), "/request_id")?;
    }
    refer_to_placers(reader, content)?;
    super::advance::refer(reader, content)?;
    to.check_people(reader)
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

/// What a document refers to.
pub(crate) struct References {
    /// Who answers for it, where it names somebody.
    pub submitter: Option<EmployeeId>,
    /// Who gains by it, where it says so.
    pub beneficiary: Option<EmployeeId>,
    /// The department that asks.
    pub department: DepartmentId,
    /// Its business day.
    pub business_date: BusinessDate,
    /// The departments that bear the cost, line by line.
    pub cost_centres: Vec<DepartmentId>,
    /// The permission that reaches beyond the submitter's own department.
    pub for_others: Permission,
    /// How the document of another department is refused.
    pub foreign: &'static RefusalCode,
}

impl References {
    /// Checks that people and departments exist, and that the departments are still open.
    pub fn check_existence(&self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        let register = Register::of(reader)?;
        let today = reader.today();
        let mut findings = Findings::new();
        for (pointer, person) in [("/beneficiary_id", self.beneficiary), ("/submitter_id", self.submitter)] {
            if person.is_some_and(|person| register.person(person).is_none()) {
                findings.add(pointer, codes::UNKNOWN_REFERENCE);
            }
        }
        if !register.is_open(self.department, today) {
            findings.add("/department_id", codes::UNKNOWN_REFERENCE);
        }
        for (index, cost_centre) in self.cost_centres.iter().enumerate() {
            if !register.is_open(*cost_centre, today) {
                findings.add(format!("/lines/{index}/cost_centre_id"), codes::UNKNOWN_REFERENCE);
            }
        }
        Ok(findings.into_result()?)
    }

    /// Checks that whoever is acted for lies within the caller's reach, and that the document's department is that of who
    /// gains by it: the department chooses the approvers, so nobody may choose it. Asked again at the submission: people
    /// move.
    pub fn check_people(&self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        let register = Register::of(reader)?;
        let (actor, today) = (reader.actor(), reader.today());
        let Some(submitter) = self.submitter.or(actor.employee) else { return Ok(()) };
        let reach = actor.reach(self.for_others);
        let beneficiary = self.beneficiary.unwrap_or(submitter);
        for (pointer, person) in [("/submitter_id", submitter), ("/beneficiary_id", beneficiary)] {
            let home = register.department_on(person, today);
            let is_reached = home.is_none_or(|home| reach.covers(home, false));
            if !actor.is(person) && !is_reached {
                let refusal = Refusal::new(FOR_OTHERS_FORBIDDEN).citing(Citation::rule("EXP-14b"));
                return Err(refusal.at(pointer).into());
            }
        }
        let is_own = |day| register.department_on(beneficiary, day) == Some(self.department);
        if [self.business_date, today].into_iter().any(is_own) {
            return Ok(());
        }
        Err(Refusal::new(self.foreign).citing(Citation::rule("EXP-3")).at("/department_id").into())
    }
}

/// The department of a document whose writer names none: that of whom it is for, on its business day.
pub fn home_of(
    reader: &mut Reader<'_>,
    person: Option<EmployeeId>,
    day: BusinessDate,
) -> Result<Option<DepartmentId>, Failure> {
    let Some(person) = person.or(reader.actor().employee) else { return Ok(reader.actor().department) };
    let register = Register::of(reader)?;
    Ok(register.department_on(person, day).or(register.department_on(person, reader.today())))
}
