//! What a decision says of one document, and in what two of them differ.

use crate::spine::{BusinessDate, Money};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// Something said in both languages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayedText)]
pub struct Said {
    /// In Chinese.
    #[schema(max_length = 2000, example = "总经理审批")]
    pub zh: String,
    /// In English.
    #[schema(max_length = 2000, example = "General manager")]
    pub en: String,
}

impl Said {
    /// In both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// A name, which is the same in both.
    pub fn name(name: &str) -> Self {
        Self::new(name, name)
    }
}

/// One point of a decision: a step of a chain, a rule, somebody's share.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Point {
    /// What it is compared by: the code of the step or rule.
    pub key: String,
    /// What people call it.
    pub name: Said,
    /// The clause it enforces.
    pub clause: Option<String>,
    /// What it says; nothing where it does not apply.
    pub says: Option<Said>,
    /// The fact that decides whether it applies, where one does.
    pub fact: Option<String>,
    /// What decides where it applies either way and says something else: `approvers`, `rule`.
    pub otherwise: String,
}

/// What a decision came to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Point by point.
    pub points: Vec<Point>,
    /// Whose money it moves, and how much.
    pub money: BTreeMap<String, Money>,
}

impl Outcome {
    /// Whether two come to the same: what they say and move, whatever they call it.
    pub fn is_like(&self, other: &Self) -> bool {
        self.said() == other.said() && self.money == other.money
    }

    fn said(&self) -> BTreeMap<&str, &Said> {
        let spoken = self.points.iter().filter_map(|point| Some((point.key.as_str(), point.says.as_ref()?)));
        spoken.collect()
    }

    fn point(&self, key: &str) -> Option<&Point> {
        self.points.iter().find(|point| point.key == key)
    }

    /// In one line for people: what each point says.
    pub fn in_words(&self) -> Said {
        let line = |said: fn(&Said) -> &str, stop: &str, between: &str| {
            let spoken = self.points.iter().filter_map(|point| Some((&point.name, point.says.as_ref()?)));
            let parts: Vec<String> =
                spoken.map(|(name, says)| format!("{}{stop}{}", said(name), said(says))).collect();
            parts.join(between)
        };
        Said::new(line(|said| &said.zh, "：", "；"), line(|said| &said.en, ": ", "; "))
    }

    /// Why this is another than the one before: point by point, in order.
    pub fn unlike(&self, before: &Self) -> Vec<Reason> {
        let keys: BTreeSet<&str> =
            before.points.iter().chain(&self.points).map(|point| point.key.as_str()).collect();
        keys.into_iter().filter_map(|key| reason(before.point(key), self.point(key))).collect()
    }

    /// How much money goes another way than before, in minor units by currency: what somebody gains, or where nobody does,
    /// what is lost.
    pub fn moved(&self, before: &Self) -> BTreeMap<String, i64> {
        let mut gains = BTreeMap::<String, (i64, i64)>::new();
        let holders: BTreeSet<&String> = self.money.keys().chain(before.money.keys()).collect();
        for holder in holders {
            let (now, was) = (self.money.get(holder), before.money.get(holder));
            let Some(currency) = now.or(was).map(|money| money.currency().code().to_owned()) else {
                continue;
            };
            let change = now.map_or(0, |money| money.minor()) - was.map_or(0, |money| money.minor());
            let (gained, lost) = gains.entry(currency).or_default();
            *gained += change.max(0);
            *lost += (-change).max(0);
        }
        let moved = gains.into_iter().map(|(currency, (gained, lost))| (currency, gained.max(lost)));
        moved.filter(|(_, amount)| *amount != 0).collect()
    }
}

/// Why a draft decides otherwise.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayedReason)]
pub struct Reason {
    /// The code of the step or rule that makes the difference.
    #[schema(max_length = 100, example = "general-manager")]
    pub rule: String,
    /// What people call it.
    pub name: Said,
    /// The clause it enforces.
    #[schema(max_length = 200, example = "003 营销费用审批流程 4")]
    pub clause: Option<String>,
    /// What the policy then in force says; null where the rule does not apply.
    pub before: Option<Said>,
    /// What the draft says; null where the rule does not apply.
    pub after: Option<Said>,
    /// The fact that decides it: `amount`, `approvers`, another field.
    #[schema(max_length = 100, example = "amount")]
    pub fact: String,
}

fn reason(before: Option<&Point>, after: Option<&Point>) -> Option<Reason> {
    let says = |point: Option<&Point>| point.and_then(|point| point.says.clone());
    let (was, is) = (says(before), says(after));
    if was == is {
        return None;
    }
    let known = after.or(before)?;
    // Where a rule does not apply, the fact that keeps it from applying decides.
    let silent = if was.is_none() { before } else { after };
    let fact = match (&was, &is) {
        (Some(_), Some(_)) => None,
        _ => silent.and_then(|point| point.fact.clone()).or_else(|| known.fact.clone()),
    };
    Some(Reason {
        rule: known.key.clone(),
        name: known.name.clone(),
        clause: known.clause.clone(),
        before: was,
        after: is,
        fact: fact.unwrap_or_else(|| known.otherwise.clone()),
    })
}

/// One document that is replayed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Which decision about it.
    pub decision: String,
    /// Under which policy.
    pub policy: String,
    /// What kind of thing it is.
    pub kind: String,
    /// Its identity.
    pub id: Uuid,
    /// What people call it by.
    pub number: String,
    /// Its business day.
    pub on: BusinessDate,
    /// What it comes to.
    pub results: Results,
}

/// What a document comes to, three times.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Results {
    /// A fact that was known then is not known any more; it is named, and never guessed.
    Undetermined(Said),
    /// It can be said.
    Determined {
        /// What was decided then, where that was kept.
        stored: Option<Outcome>,
        /// What the policy then in force decides by today's code.
        current: Outcome,
        /// What the draft decides.
        draft: Outcome,
    },
}

/// How a document comes out of a replay.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReplayVerdict)]
pub enum Verdict {
    /// The draft decides as the policy did.
    Same,
    /// The draft decides otherwise.
    Different,
    /// It cannot be said.
    Undetermined,
}

crate::labels! { Verdict = "ReplayVerdict":
    Same = "same", "结果相同", "The same";
    Different = "different", "结果不同", "Different";
    Undetermined = "undetermined", "无法判定", "Undetermined";
}

/// A case as it is judged.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// How it comes out.
    pub verdict: Verdict,
    /// Whether the policy then in force decides otherwise today than it did: counted apart.
    pub drifts: bool,
    /// Why it differs.
    pub reasons: Vec<Reason>,
    /// How much money goes another way, in minor units by currency.
    pub moved: BTreeMap<String, i64>,
}

impl Case {
    /// Compares the three results.
    pub fn judge(&self) -> Judged {
        let Results::Determined { stored, current, draft } = &self.results else {
            let (verdict, reasons, moved) = (Verdict::Undetermined, Vec::new(), BTreeMap::new());
            return Judged { verdict, drifts: false, reasons, moved };
        };
        let drifts = stored.as_ref().is_some_and(|stored| !stored.is_like(current));
        let verdict = if draft.is_like(current) { Verdict::Same } else { Verdict::Different };
        Judged { verdict, drifts, reasons: draft.unlike(current), moved: draft.moved(current) }
    }
}
