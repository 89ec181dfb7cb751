//! The rules of two pairs of eyes as they are in force, for every noun that is held to them.

use crate::{
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader},
};
use domain::{
    separation_policy::{
        SEPARATION_POLICY_CODE, SHIPPED_SEPARATION_POLICY, SeparationPolicy, SeparationRule, hold_apart,
    },
    spine::Explanation,
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

/// Whether a rule holds today.
///
/// # Errors
/// Where the policy is missing.
pub fn holds(reader: &mut Reader<'_>, rule: SeparationRule) -> Result<bool, Failure> {
    let today = reader.today();
    let policy = policy::in_force::<SeparationPolicy>(reader, "standard", today)?;
    Ok(policy.content.loosened(rule).is_none())
}
