//! What all cases of a replay come to.

use super::{Case, Judged, Reason, Verdict};
use crate::spine::BusinessDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many examples a group shows.
pub const EXAMPLES: usize = 10;
/// How many groups are shown; of further ones the number alone.
pub const GROUPS: usize = 200;

/// How many documents came out how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayCounts)]
pub struct Counts {
    /// The draft decides as the policy did.
    #[schema(minimum = 0)]
    pub same: u64,
    /// The draft decides otherwise.
    #[schema(minimum = 0)]
    pub different: u64,
    /// A fact is missing.
    #[schema(minimum = 0)]
    pub undetermined: u64,
    /// Of all these: the policy then in force decides otherwise today than it did.
    #[schema(minimum = 0)]
    pub drift: u64,
    /// Not looked at, since they lie outside what whoever asks may see.
    #[schema(minimum = 0)]
    pub out_of_reach: u64,
}

impl Counts {
    /// How many were looked at.
    pub const fn documents(&self) -> u64 {
        self.same + self.different + self.undetermined
    }
}

/// An amount that goes another way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayMovedMoney)]
pub struct MovedMoney {
    /// In which currency.
    #[schema(max_length = 3, example = "CNY")]
    pub currency: String,
    /// How much, in minor units.
    pub minor: i64,
}

/// A document as an example.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayExample)]
pub struct Example {
    /// What kind of thing it is.
    #[schema(max_length = 60, example = "expense_claim")]
    pub kind: String,
    /// Its identity.
    #[schema(value_type = crate::spine::AnyId)]
    pub id: Uuid,
    /// What people call it by.
    #[schema(max_length = 100, example = "EC-2026-000123")]
    pub number: String,
    /// Its business day.
    #[schema(value_type = String, format = Date)]
    pub on: BusinessDate,
}

/// What differs for one reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayGroup)]
pub struct Group {
    /// Which decision.
    #[schema(max_length = 60, example = "approver_routing")]
    pub decision: String,
    /// Under which policy.
    #[schema(max_length = 100, example = "approval-chain/expense-claim")]
    pub policy: String,
    /// Why.
    pub reason: Reason,
    /// How many documents.
    #[schema(minimum = 1)]
    pub count: u64,
    /// Ten of them at most, the earliest first.
    #[schema(max_items = 10)]
    pub examples: Vec<Example>,
}

/// Counts, money and groups.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How many came out how.
    pub counts: Counts,
    /// The money that goes another way.
    pub moved: Vec<MovedMoney>,
    /// What differs, by reason: the largest first once it is closed.
    pub groups: Vec<Group>,
    /// How many documents differ for reasons beyond the groups shown.
    pub beyond_groups: u64,
}

impl Tally {
    /// Counts a case.
    pub fn add(&mut self, case: &Case, judged: &Judged) {
        match judged.verdict {
            Verdict::Same => self.counts.same += 1,
            Verdict::Different => self.counts.different += 1,
            Verdict::Undetermined => self.counts.undetermined += 1,
        }
        self.counts.drift += u64::from(judged.drifts);
        for (currency, minor) in &judged.moved {
            match self.moved.iter_mut().find(|moved| moved.currency == *currency) {
                Some(moved) => moved.minor += minor,
                None => self.moved.push(MovedMoney { currency: currency.clone(), minor: *minor }),
            }
        }
        for reason in &judged.reasons {
            self.group(case, reason);
        }
    }

    fn group(&mut self, case: &Case, reason: &Reason) {
        let is_of = |group: &&mut Group| {
            (&group.decision, &group.policy) == (&case.decision, &case.policy)
                && is_like(&group.reason, reason)
        };
        if let Some(group) = self.groups.iter_mut().find(is_of) {
            group.count += 1;
            if group.examples.len() < EXAMPLES {
                group.examples.push(example(case));
            }
        } else if self.groups.len() < GROUPS {
            let (decision, policy) = (case.decision.clone(), case.policy.clone());
            let examples = vec![example(case)];
            self.groups.push(Group { decision, policy, reason: reason.clone(), count: 1, examples });
        } else {
            self.beyond_groups += 1;
        }
    }

    /// In the order in which it is shown.
    #[must_use]
    pub fn closed(mut self) -> Self {
        let counted: BTreeMap<&str, i64> =
            self.moved.iter().map(|moved| (moved.currency.as_str(), moved.minor)).collect();
        let moved = counted.into_iter().map(|(currency, minor)| (currency.to_owned(), minor));
        let moved: Vec<MovedMoney> = moved.map(|(currency, minor)| MovedMoney { currency, minor }).collect();
        self.moved = moved;
        self.groups.sort_by(|one, other| {
            other
                .count
                .cmp(&one.count)
                .then_with(|| one.policy.cmp(&other.policy))
                .then_with(|| one.reason.cmp(&other.reason))
        });
        self
    }
}

/// Whether two differ for the same reason: a name may tell of the document.
fn is_like(one: &Reason, other: &Reason) -> bool {
    let Reason { rule, name: _, clause, before, after, fact } = one;
    (rule, clause, fact) == (&other.rule, &other.clause, &other.fact)
        && (before, after) == (&other.before, &other.after)
}

fn example(case: &Case) -> Example {
    Example { kind: case.kind.clone(), id: case.id, number: case.number.clone(), on: case.on }
}
