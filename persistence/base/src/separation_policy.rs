//! The rules of two pairs of eyes as they are in force, for every noun that is held to them.

use crate::{
    approval::document::foreseen,
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader},
};
use domain::{
    separation_policy::{
        SEPARATION_POLICY_CODE, SHIPPED_SEPARATION_POLICY, SeparationPolicy, SeparationRule, hold_apart,
    },
    spine::{Explanation, Refusal},
};
use serde_json::Value;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<SeparationPolicy>(),
    &Shipped::text(
        SEPARATION_POLICY_CODE,
        "不相容职务分离规则",
        "000 §9.2；000 §9.3(3)",
        SHIPPED_SEPARATION_POLICY,
    ),
];

/// Holds a deed of the caller against a rule as it is in force today; answers what has to be told of the deed where the
/// rule is loosened.
///
/// # Errors
/// Where the caller stands on both sides and the rule holds.
pub fn apart(
    reader: &mut Reader<'_>,
    rule: SeparationRule,
    is_both: bool,
    facts: Value,
) -> Result<Option<Explanation>, Failure> {
    if !is_both {
        return Ok(None);
    }
    let today = reader.today();
    let policy = policy::in_force::<SeparationPolicy>(reader, "standard", today)?;
    Ok(hold_apart(&policy, rule, true, facts)?)
}

/// Something that may be done with a document, or what it would be refused with.
pub type Allowed<A> = (A, Result<(), Refusal>);

/// What may be done, less what the caller must leave to others: `tried` is what holding them apart came to, and `held` says
/// of which actions they are. Views say by it what doing it would be refused with. `[ACT-1]`
///
/// # Errors
/// Where the database failed.
pub fn kept_apart<A: Copy, T>(
    actions: impl IntoIterator<Item = Allowed<A>>,
    tried: Result<T, Failure>,
    held: impl Fn(A) -> bool,
) -> Result<Vec<Allowed<A>>, Failure> {
    let apart = foreseen(tried)?.err();
    let kept = |(action, allowed): Allowed<A>| {
        let apart = apart.clone().filter(|_| held(action));
        (action, allowed.and(apart.map_or(Ok(()), Err)))
    };
    Ok(actions.into_iter().map(kept).collect())
}

/// Whether a rule holds today.
///
/// # Errors
/// Where the policy is missing.
pub fn holds(reader: &mut Reader<'_>, rule: SeparationRule) -> Result<bool, Failure> {
    let today = reader.today();
    let policy = policy::in_force::<SeparationPolicy>(reader, "standard", today)?;
    Ok(policy.content.loosened(rule).is_none())
}
