//! From how much on a step decides (审批限额): the one number of a chain that every company sets for itself. `[EXP-3, REG-4]`

use super::{CHAIN_STEP_UNKNOWN, CHAIN_WITHOUT_THRESHOLD, ChainPolicy, Condition, StepRule};
use crate::spine::{Citation, Refusal, RefusalCode};
use std::collections::BTreeSet;

impl StepRule {
    /// From which amount on the step applies, in minor units; none where that is not one number.
    pub fn threshold(&self) -> Option<i64> {
        let mut all = BTreeSet::new();
        self.when.iter().for_each(|condition| condition.starts(&mut all));
        let first = all.pop_first()?;
        all.is_empty().then_some(first)
    }
}

impl Condition {
    /// The amounts from which on it holds.
    fn starts(&self, into: &mut BTreeSet<i64>) {
        match self {
            Self::Amount { from, .. } => into.extend(*from),
            Self::Any { of } | Self::All { of } => of.iter().for_each(|one| one.starts(into)),
            _ => {}
        }
    }

    /// Moves a bound from one amount to another: where it begins, or where it ends.
    fn shift(&mut self, end: End, before: i64, after: i64) {
        match self {
            Self::Amount { from, to } => {
                let bound = if end == End::Lower { from } else { to };
                if *bound == Some(before) {
                    *bound = Some(after);
                }
            }
            Self::Any { of } | Self::All { of } => {
                of.iter_mut().for_each(|one| one.shift(end, before, after));
            }
            _ => {}
        }
    }
}

/// An end of a band of amounts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Lower,
    Upper,
}

impl ChainPolicy {
    /// The same chain with another amount, in minor units, from which on a step decides. The rung below it in its ladder ends
    /// where it begins; of the other steps none moves.
    ///
    /// # Errors
    /// `approval.chain_step_unknown`; `approval.chain_without_threshold` where the step applies from no amount on, or from several.
    pub fn with_threshold(&self, step: &str, from: i64) -> Result<Self, Refusal> {
        let refused = |code: &'static RefusalCode| {
            Refusal::new(code).with("step", step).citing(Citation::rule("EXP-3")).at("/step")
        };
        let of = self.steps.iter().find(|known| known.code == step);
        let of = of.ok_or_else(|| refused(CHAIN_STEP_UNKNOWN))?;
        let before = of.threshold().ok_or_else(|| refused(CHAIN_WITHOUT_THRESHOLD))?;
        let mut after = self.clone();
        for other in &mut after.steps {
            let end = match &other.ladder {
                _ if other.code == step => End::Lower,
                Some(ladder) if of.ladder.as_ref() == Some(ladder) => End::Upper,
                _ => continue,
            };
            other.when.iter_mut().for_each(|condition| condition.shift(end, before, from));
        }
        Ok(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::PolicyContent;
    use serde_json::json;

    fn chain(steps: serde_json::Value) -> ChainPolicy {
        let step = |step: &serde_json::Value| {
            json!({"code": step["code"], "name": {"zh": "审批", "en": "Approval"}, "counting": "any_of", "clause": "003",
                "approvers": [{"kind": "department_head"}], "when": step["when"], "ladder": step["ladder"]})
        };
        let steps: Vec<_> = steps.as_array().expect("steps").iter().map(step).collect();
        serde_json::from_value(json!({"steps": steps})).expect("a chain")
    }

    fn bounds(chain: &ChainPolicy) -> serde_json::Value {
        let when: Vec<_> = chain.steps.iter().map(|step| &step.when).collect();
        serde_json::to_value(when).expect("JSON")
    }

    #[test]
    fn a_threshold_moves_and_the_rung_below_ends_where_it_begins() {
        let amount = |from: Option<i64>, to: Option<i64>| json!({"on": "amount", "from": from, "to": to});
        let before = chain(json!([
            {"code": "head", "when": []},
            {"code": "low", "when": [amount(None, Some(500))], "ladder": "leaders"},
            {"code": "high", "when": [amount(Some(500), None)], "ladder": "leaders"},
            {"code": "beside", "when": [amount(Some(500), None)]},
        ]));
        let after = before.with_threshold("high", 800).expect("it moves");
        assert_eq!(after.findings(), []);
        let expected = chain(json!([
            {"code": "head", "when": []},
            {"code": "low", "when": [amount(None, Some(800))], "ladder": "leaders"},
            {"code": "high", "when": [amount(Some(800), None)], "ladder": "leaders"},
            {"code": "beside", "when": [amount(Some(500), None)]},
        ]));
        assert_eq!(bounds(&after), bounds(&expected));
        assert_eq!(after.steps[2].threshold(), Some(800));
        let refused = |step: &str| before.with_threshold(step, 1).expect_err("refused").code.code;
        assert_eq!(refused("nobody"), "approval.chain_step_unknown");
        assert_eq!(refused("head"), "approval.chain_without_threshold");
    }

    #[test]
    fn a_step_that_begins_at_several_amounts_has_no_threshold() {
        let either = json!({"on": "any", "of": [{"on": "amount", "from": 1}, {"on": "all", "of": [
            {"on": "amount", "from": 2}, {"on": "urgent", "is": true}]}]});
        let chain = chain(json!([{"code": "head", "when": []}, {"code": "leader", "when": [either]}]));
        assert_eq!(chain.steps[1].threshold(), None);
    }
}
