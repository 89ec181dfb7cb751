//! Whom a chain asked, as one of its decisions to be compared with another's. `[REG-7]`

use super::{ChainPolicy, Condition, Directory, Fate, Plan, PlannedStep, Subject};
use crate::policy_replay::{Outcome, Point, Said};

/// What a plan says, step by step. `chain` is the chain it was made by, where that is at hand: from it comes the fact that
/// decides whether a step applies.
pub fn outcome(
    plan: &Plan,
    chain: Option<&ChainPolicy>,
    subject: &Subject,
    directory: &dyn Directory,
) -> Outcome {
    let fact = |step: &PlannedStep| {
        let rule = chain?.steps.iter().find(|rule| rule.code == step.code)?;
        deciding(&rule.when, subject)
    };
    let point = |step: &PlannedStep| Point {
        key: step.code.clone(),
        name: Said::new(&step.name.zh, &step.name.en),
        clause: Some(step.clause.clone()),
        says: says(step, directory),
        fact: fact(step),
        otherwise: "approvers".to_owned(),
    };
    Outcome { points: plan.steps.iter().map(point).collect(), money: std::collections::BTreeMap::new() }
}

fn says(step: &PlannedStep, directory: &dyn Directory) -> Option<Said> {
    let mut names: Vec<String> = step
        .candidates
        .iter()
        .map(|candidate| directory.name(candidate.employee).unwrap_or_else(|| candidate.employee.to_string()))
        .collect();
    names.sort();
    match step.fate {
        Fate::NotApplicable => None,
        Fate::Nobody => Some(Said::new("无人可审批", "nobody")),
        Fate::SamePerson => Some(Said::new(
            format!("{}（同一人，免审）", names.join("、")),
            format!("{} (decided the step before)", names.join(", ")),
        )),
        _ => Some(Said::new(names.join("、"), names.join(", "))),
    }
}

/// The field by which a condition that does not hold keeps a step away; where all hold, that of the first.
fn deciding(when: &[Condition], subject: &Subject) -> Option<String> {
    let amount = subject.amount_minor();
    let kept_away = when.iter().find(|condition| !condition.holds(subject, amount));
    let condition = kept_away.or_else(|| when.first())?;
    let mut fields = Vec::new();
    condition.fields(&mut fields);
    Some(fields.into_iter().next().unwrap_or_else(|| "amount".to_owned()))
}
