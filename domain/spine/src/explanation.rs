//! Every automatic decision can say why. `[REG-6]`

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a rule rests on: the product's rule, the policy version that sets it, and the clause it enforces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// The rule of the product, such as `EXP-3`.
    #[schema(example = "EXP-3", max_length = 40)]
    pub rule: String,
    /// The code of the policy, where the rule is policy.
    #[schema(example = "approval-chain/expense-claim", max_length = 100)]
    pub policy: Option<String>,
    /// The version of that policy that was in force.
    #[schema(minimum = 1)]
    pub policy_version: Option<i32>,
    /// The regulation and clause, such as `003 营销费用审批流程` or `000 §9.3(5)`.
    #[schema(example = "000 §9.3(5)", max_length = 200)]
    pub clause: Option<String>,
}

impl Citation {
    /// A rule of the product itself.
    pub fn rule(rule: &str) -> Self {
        Self { rule: rule.into(), policy: None, policy_version: None, clause: None }
    }
    /// A rule of the product that enforces a clause of a regulation.
    pub fn clause(rule: &str, clause: &str) -> Self {
        Self { clause: Some(clause.into()), ..Self::rule(rule) }
    }
    /// The same rule, set by a version of a policy.
    #[must_use]
    pub fn by_policy(mut self, policy: &str, version: i32) -> Self {
        self.policy = Some(policy.into());
        self.policy_version = Some(version);
        self
    }
}

/// One automatic decision, kept for those it touches.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// What was decided, such as `approver_chosen` or `step_skipped`.
    #[schema(example = "approver_chosen", max_length = 60)]
    pub decision: String,
    /// What it rests on.
    pub citation: Citation,
    /// The facts that were used: names and values.
    #[schema(value_type = Object)]
    pub facts: Map<String, Value>,
}

impl Explanation {
    /// An explanation from a decision, its citation and a JSON object of facts.
    pub fn new(decision: &str, citation: Citation, facts: Value) -> Self {
        let facts = match facts {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        Self { decision: decision.into(), citation, facts }
    }
}
