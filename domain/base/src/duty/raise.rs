//! A duty is raised, once for each subject and occasion. `[DUT-2a]`

use super::{DUTY_FULFILLED, DUTY_RAISED, Duty, DutyRule, DutyStatus, DutySubject, Hold, Holding};
use super::{Occasion, Proof, Times};
use crate::{
    approval::PolicyReference,
    spine::{Change, EmployeeId, Explanation, Id, PolicyVersion, Timestamp},
};
use serde_json::json;

/// What a duty is raised with.
#[derive(Clone, Debug)]
pub struct NewDuty {
    /// Identity.
    pub id: Id<Duty>,
    /// Whose it is.
    pub subject: DutySubject,
    /// What it is owed for.
    pub occasion: Occasion,
    /// Who is responsible.
    pub responsible: EmployeeId,
    /// How they came to it: raised for them, standing in, or as the superior of an empty post.
    pub hold: Hold,
    /// When it opens, is due and is missed.
    pub times: Times,
    /// What fulfils it already, if anything does.
    pub proof: Option<Proof>,
}

impl Duty {
    /// Raises a duty by the version of the rule that governs its occasion. One that a record fulfils already
    /// is born fulfilled.
    pub fn raise(new: NewDuty, rule: &PolicyVersion<DutyRule>, now: Timestamp) -> Change<Self> {
        let NewDuty { id, subject, occasion, responsible, hold, times, proof } = new;
        let reference = PolicyReference { id: rule.id, code: rule.code.clone(), number: rule.number };
        let facts = json!({
            "rule": rule.code, "rule_version": rule.number, "occasion": occasion,
            "responsible_id": responsible, "due": times.due,
        });
        let done = proof
            .as_ref()
            .map(|proof| json!({"rule": rule.code, "occasion": occasion, "record": proof.record}));
        let reasons = json!({
            "occasion": occasion, "subject": subject, "responsible_id": responsible, "how": hold.code(),
            "opens": times.opens, "due": times.due, "grace_until": times.grace_until,
            "provisional": times.provisional,
        });
        let duty = Self {
            id,
            rule: reference,
            clause: rule.clause.clone(),
            subject,
            occasion,
            holdings: vec![Holding { employee: responsible, from: times.opens, hold }],
            times,
            retimings: Vec::new(),
            status: proof.map_or(DutyStatus::Pending {}, |proof| DutyStatus::Fulfilled { proof }),
            undone: None,
            raised_at: now,
            version: 0,
        };
        let explanation = Explanation::new("duty_raised", rule.cite("DUT-1a", None), reasons);
        let change = Change::created(duty, DUTY_RAISED, facts).explained([explanation]);
        match done {
            Some(facts) => change.and(DUTY_FULFILLED, facts),
            None => change,
        }
    }
}
