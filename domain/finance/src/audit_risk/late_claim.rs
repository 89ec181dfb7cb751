//! 逾期报销: what was spent long ago is hard to check.

use super::{ClaimFacts, Notes, Surroundings, policy::LateClaim};
use serde_json::json;

pub(super) fn look(rule: &LateClaim, claim: &ClaimFacts, _: &Surroundings<'_>, mut notes: Notes<'_>) {
    for line in &claim.lines {
        let days = claim.created_on.signed_duration_since(line.occurred_on).num_days();
        if days > i64::from(rule.days) {
            let facts = json!({
                "occurred_on": line.occurred_on, "claimed_on": claim.created_on, "days": days, "limit_days": rule.days,
            });
            notes.add(Some(line.line), facts);
        }
    }
}
