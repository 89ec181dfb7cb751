//! Whose a customer is, as a decision to be compared with another's. `[REG-7; OWN-18]`

use super::{DatedPolicy, Derived, Fact, OwnershipPolicy, PolicyBook, Share, Standing};
use crate::{
    policy_replay::{Outcome, Point, Said},
    spine::{BusinessDate, EmployeeId, PolicyVersion, Timestamp},
};

impl PolicyBook {
    /// The same, with a draft in the place of what ruled from a day on under its code.
    #[must_use]
    pub fn with_draft(&self, draft: PolicyVersion<OwnershipPolicy>, from: BusinessDate) -> Self {
        let stays = |dated: &&DatedPolicy| dated.version.code != draft.code || dated.from < from;
        let mut versions: Vec<DatedPolicy> = self.0.iter().filter(stays).cloned().collect();
        let published_at =
            versions.iter().map(|dated| dated.published_at).min().or_else(|| Timestamp::from_micros(0));
        versions.extend(published_at.map(|published_at| DatedPolicy { from, published_at, version: draft }));
        Self(versions)
    }
}

impl Derived {
    /// What is derived, as it is compared. `names` says who somebody is.
    pub fn outcome(&self, facts: &[Fact], names: &dyn Fn(EmployeeId) -> String) -> Outcome {
        let decision = self.chain.last().map(|state| &state.decision);
        let rule = decision.map(|decision| decision.rule.labels());
        let told = decision.and_then(|decision| decision.fact);
        let fact = told.and_then(|told| facts.iter().find(|fact| fact.id == told));
        let point = |key: &str, says: Option<Said>| Point {
            key: key.to_owned(),
            name: rule.map_or_else(|| Said::new("未登记", "Nobody's yet"), |(zh, en)| Said::new(zh, en)),
            clause: decision.and_then(|decision| decision.citation.clause.clone()),
            says,
            fact: Some(fact.map_or("time", |fact| fact.what.code()).to_owned()),
            otherwise: fact.map_or("time", |fact| fact.what.code()).to_owned(),
        };
        // Counted from where it began, so that what is alike is told alike.
        let safe = self.next.as_ref().zip(self.since()).map(|(next, since)| next.at.since(since).num_days());
        Outcome {
            points: vec![
                point("standing", Some(standing(self.standing(), names))),
                point(
                    "next",
                    safe.map(|days| Said::new(format!("保留 {days} 天"), format!("for {days} days"))),
                ),
            ],
            money: std::collections::BTreeMap::new(),
        }
    }
}

fn standing(standing: &Standing, names: &dyn Fn(EmployeeId) -> String) -> Said {
    match standing {
        Standing::Unowned {} => Said::new("无归属", "nobody's"),
        Standing::Pooled { cause, .. } => {
            let (zh, en) = cause.labels();
            Said::new(format!("公海（{zh}）"), format!("in the pool ({en})"))
        }
        Standing::Owned { owner, shares, .. } => match shares.each() {
            [_] | [] => Said::name(&names(*owner)),
            each => {
                let part = |share: &Share| format!("{} {}%", names(share.employee), percent(share.bp));
                let parts: Vec<String> = each.iter().map(part).collect();
                Said::new(parts.join("、"), parts.join(", "))
            }
        },
    }
}

/// Basis points as per cent, without a tail of noughts.
fn percent(bp: u32) -> String {
    match (bp / 100, bp % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}
