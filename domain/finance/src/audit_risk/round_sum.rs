//! 整数金额: what is really bought rarely costs a round sum.

use super::{ClaimFacts, Notes, Surroundings, policy::RoundSum};
use serde_json::json;

pub(super) fn look(rule: &RoundSum, claim: &ClaimFacts, _: &Surroundings<'_>, mut notes: Notes<'_>) {
    for line in &claim.lines {
        let comparable = line.amount.currency() == rule.multiple.currency();
        let is_round = rule.multiple.is_positive() && line.amount.minor() % rule.multiple.minor() == 0;
        if comparable && is_round && line.amount.minor() >= rule.from.minor() {
            notes.add(
                Some(line.line),
                json!({"amount": line.amount, "multiple": rule.multiple, "from": rule.from}),
            );
        }
    }
}
