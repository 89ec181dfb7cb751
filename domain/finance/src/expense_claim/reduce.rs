//! Approving less than was claimed, line by line, with a reason. `[EXP-14a]`

use super::*;
use crate::spine::Money;
use std::collections::BTreeSet;

/// What an approver grants on one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineDecision {
    /// The line, counted from 1.
    pub line: usize,
    /// What is approved, from nothing to what is claimed.
    pub approved: Money,
    /// Why it is less; none where it is all.
    pub reason: Option<String>,
}

impl ExpenseClaim {
    /// Sets the approved amounts of some lines while the claim is in approval. The caller makes sure that
    /// the actor holds an open task of its approval; here nobody decides about their own money.
    pub fn reduce(self, decisions: &[LineDecision], by: &Actor) -> Result<Change<Self>, Refusal> {
        let rule = Citation::rule("EXP-14a");
        if self.state() != ClaimState::InApproval {
            return Err(self.wrong_state(NOT_IN_APPROVAL).citing(rule));
        }
        if self.is_own(by) {
            return Err(Refusal::new(OWN_REDUCTION).citing(Citation::rule("APR-4")));
        }
        let mut findings = Findings::new();
        let mut content = self.content.clone();
        let mut seen = BTreeSet::new();
        if decisions.is_empty() {
            findings.add("/lines", codes::REQUIRED);
        }
        for (index, decision) in decisions.iter().enumerate() {
            let pointer = format!("/lines/{index}");
            if !seen.insert(decision.line) {
                findings.add_with(format!("{pointer}/line"), LINE_TWICE, [("line", json!(decision.line))]);
            }
            match decision.line.checked_sub(1).and_then(|at| content.lines.get_mut(at)) {
                Some(line) => decide(line, decision, by, &pointer, &mut findings),
                None => findings.add_with(
                    format!("{pointer}/line"),
                    NO_SUCH_LINE,
                    [("line", json!(decision.line))],
                ),
            }
        }
        findings.into_result().map_err(|refusal| refusal.citing(rule.clone()))?;
        if content.approved()?.is_zero() {
            return Err(Refusal::new(REDUCED_TO_NOTHING).citing(rule));
        }
        let facts = json!({
            "number": self.petition.number, "claimed": content.claimed()?, "approved": content.approved()?,
            "lines": decisions.iter().map(|d| json!({"line": d.line, "approved": d.approved})).collect::<Vec<_>>(),
        });
        let after = Self { content, ..self.clone() };
        Ok(Change::updated(self, after, REDUCED, facts))
    }
}

fn decide(line: &mut Line, decision: &LineDecision, by: &Actor, pointer: &str, findings: &mut Findings) {
    let approved = decision.approved;
    let in_range = approved.currency() == line.claimed.currency()
        && (0..=line.claimed.minor()).contains(&approved.minor());
    if !in_range {
        let claimed = [("claimed", json!(line.claimed))];
        findings.add_with(format!("{pointer}/approved"), APPROVED_OUT_OF_RANGE, claimed);
        return;
    }
    if approved == line.claimed {
        line.reduction = None;
        return;
    }
    let at_reason = format!("{pointer}/reason");
    match &decision.reason {
        None => findings.add(at_reason, REDUCTION_REASON),
        Some(reason) => {
            crate::finance::wording::check(findings, &at_reason, reason, 500);
            line.reduction = Some(Reduction { approved, reason: reason.clone(), by: by.user });
        }
    }
}
