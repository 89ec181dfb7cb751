//! What will become of a step of a chain, as it is foreseen. `[APR-8]`

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What will become of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalStepFate)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Its candidates decide.
    Decides,
    /// Whoever decides the step before is expected to be spared this one. Settled when the step opens.
    SamePerson,
    /// Its conditions do not hold.
    NotApplicable,
    /// It applies and resolves to nobody: the document cannot be submitted.
    Nobody,
    /// An earlier round decided it, and what it rests on has not changed.
    CarriedOver,
}

crate::labels! { Fate = "ApprovalStepFate":
    Decides = "decides", "须审批", "Decides";
    SamePerson = "same_person", "同一人，预计跳过", "Same person";
    NotApplicable = "not_applicable", "不适用", "Not applicable";
    Nobody = "nobody", "无审批人", "Nobody";
    CarriedOver = "carried_over", "沿用前次决定", "Carried over";
}
