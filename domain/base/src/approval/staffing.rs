//! Whether the organisation can staff a chain. `[APR-10]`

use super::{
    ApproverRule, CHAIN_DELEGATION_LOOP, CHAIN_NOBODY_IN_DEPARTMENT, CHAIN_OWN_SPENDING,
    CHAIN_UNKNOWN_REFERENCE, ChainPolicy, Directory, Fate, RolePlace, Subject, directory::DELEGATION_DEPTH,
    plan, plan::named_fields,
};
use crate::spine::{BusinessDate, DepartmentId, EmployeeId, Finding, Findings, Id, PolicyVersion};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What only the organisation can tell: whether every step finds somebody for every person of every department
/// in scope, whether what it names exists, and whether stand-ins go in circles.
pub fn check_against(
    policy: &PolicyVersion<ChainPolicy>,
    directory: &dyn Directory,
    today: BusinessDate,
) -> Vec<Finding> {
    let mut found = Findings::new();
    check_references(&mut found, &policy.content, directory);
    let always = unconditional(policy);
    let mut approvers = BTreeSet::new();
    for (department, code) in directory.departments() {
        let departments = &policy.content.departments;
        if !departments.is_empty() && !departments.contains(&code) {
            continue;
        }
        let mut requesters = directory.employees_of(department, today);
        requesters.push(Id::from_uuid(Uuid::nil()));
        let mut reported = BTreeSet::new();
        for requester in requesters {
            let mut sample = sample(requester, department, today);
            sample
                .fields
                .extend(named_fields(&always.content).map(|field| (field.to_owned(), json!([department]))));
            let resolved = plan(&always, &sample, directory, today);
            for (index, step) in resolved.steps.iter().enumerate() {
                approvers.extend(step.candidates.iter().map(|candidate| candidate.employee));
                if step.fate == Fate::Nobody && reported.insert(index) {
                    nobody(&mut found, index, step, requester, &code, directory);
                }
            }
        }
    }
    check_delegations(&mut found, &approvers, directory, today);
    found.into_vec()
}

fn nobody(
    found: &mut Findings,
    index: usize,
    step: &super::PlannedStep,
    requester: EmployeeId,
    department: &str,
    directory: &dyn Directory,
) {
    let at = format!("/content/steps/{index}/approvers");
    let own = step.explanations.iter().any(|one| one.decision == "nobody_above");
    if own {
        let name = directory.name(requester).unwrap_or_default();
        found.add_with(at, CHAIN_OWN_SPENDING, [("step", json!(step.code)), ("employee", json!(name))]);
    } else {
        let params = [("step", json!(step.code)), ("department", json!(department))];
        found.add_with(at, CHAIN_NOBODY_IN_DEPARTMENT, params);
    }
}

/// The chain as if every step applied. A requester who is nobody yet has no superior, so their rule is left to
/// the people there are.
fn unconditional(policy: &PolicyVersion<ChainPolicy>) -> PolicyVersion<ChainPolicy> {
    let mut always = policy.clone();
    always.content.steps.iter_mut().for_each(|step| step.when.clear());
    always
}

/// A document of one person in one department.
fn sample(requester: EmployeeId, department: DepartmentId, today: BusinessDate) -> Subject {
    Subject {
        kind: "sample".into(),
        document: Uuid::nil(),
        number: String::new(),
        submitter: requester,
        creator: requester,
        beneficiary: requester,
        department,
        amount: None,
        business_date: today,
        fields: Map::new(),
        version: 1,
        seen: crate::approval::Seen::new(),
    }
}

fn check_references(found: &mut Findings, chain: &ChainPolicy, directory: &dyn Directory) {
    for (index, code) in chain.departments.iter().enumerate() {
        if directory.department_by_code(code).is_none() {
            unknown(found, format!("/content/departments/{index}"), "-", code);
        }
    }
    let steps = chain.steps.iter().enumerate();
    let of_steps = steps.flat_map(|(index, step)| {
        let rules = step.approvers.iter().enumerate();
        rules.map(move |(rule, it)| {
            (format!("/content/steps/{index}/approvers/{rule}"), step.code.as_str(), it)
        })
    });
    let fallback = chain.fallback.iter().enumerate();
    let fallback = fallback.map(|(index, rule)| (format!("/content/fallback/{index}"), "fallback", rule));
    for (at, step, rule) in of_steps.chain(fallback) {
        match rule {
            ApproverRule::Role { role, place } => {
                if !directory.knows_role(role) {
                    unknown(found, at.clone(), step, role);
                }
                if let RolePlace::Department { code } = place
                    && directory.department_by_code(code).is_none()
                {
                    unknown(found, at, step, code);
                }
            }
            ApproverRule::Position { position } if !directory.knows_position(position) => {
                unknown(found, at, step, position);
            }
            ApproverRule::Named { employees } => {
                let missing = employees.iter().filter(|employee| directory.name(**employee).is_none());
                missing.for_each(|employee| unknown(found, at.clone(), step, &employee.to_string()));
            }
            _ => {}
        }
    }
}

fn unknown(found: &mut Findings, at: String, step: &str, reference: &str) {
    let params: [(&str, Value); 2] = [("step", json!(step)), ("reference", json!(reference))];
    found.add_with(at, CHAIN_UNKNOWN_REFERENCE, params);
}

fn check_delegations(
    found: &mut Findings,
    approvers: &BTreeSet<EmployeeId>,
    directory: &dyn Directory,
    today: BusinessDate,
) {
    for approver in approvers {
        let mut met = BTreeSet::from([*approver]);
        let mut person = *approver;
        for _ in 0..=DELEGATION_DEPTH {
            let Some(next) = directory.stand_in(person, today) else { break };
            if !met.insert(next) {
                let name = directory.name(*approver).unwrap_or_default();
                found.add_with("/content/steps", CHAIN_DELEGATION_LOOP, [("employee", json!(name))]);
                break;
            }
            person = next;
        }
    }
}
