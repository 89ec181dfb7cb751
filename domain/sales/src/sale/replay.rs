//! Whom a sale counts for and who shares what it earns, as a decision to be compared with another's. `[REG-7; COM-10]`

use super::{Closing, Sale, Told, told::with_told};
use crate::{
    commission::{
        Attributed, COMMISSION_RULES_CODE, CommissionRules, Due, Earned, Holder, accrual::parts,
        attribution::attribute,
    },
    policy_replay::{Outcome, Point, Said},
    spine::{Citation, Currency, EmployeeId, Money},
};
use std::collections::BTreeMap;

/// Rules with the number of their version.
pub type Numbered<'a> = (&'a CommissionRules, i32);

impl Closing {
    /// How a sale was attributed when that was decided, as it is compared.
    pub fn stored(&self, total: i64, names: &dyn Fn(EmployeeId) -> String) -> Outcome {
        outcome(&self.judged, self.terms.earned, total, names)
    }
}

impl Sale {
    /// How it would be attributed by rules and what it would earn, from what was known when it was decided: what records
    /// showed by its closing, and of what people said since as much as the rules of that time waited for.
    pub fn replayed(
        &self,
        then: Numbered<'_>,
        by: Numbered<'_>,
        earned: Earned,
        names: &dyn Fn(EmployeeId) -> String,
    ) -> Option<Outcome> {
        let closing = self.closing.as_ref()?;
        let known = self.told_by_then(closing, then);
        let judged = judge(closing, known, by);
        Some(outcome(&judged, earned, self.total, names))
    }

    fn told_by_then(&self, closing: &Closing, then: Numbered<'_>) -> &[Told] {
        let first = self.told.iter().filter(|told| told.at <= closing.at).count();
        if matches!(closing.judged, Attributed::Held { .. }) {
            return &self.told;
        }
        let decides =
            |known: &usize| matches!(judge(closing, &self.told[..*known], then), Attributed::Decided(_));
        let enough = (first..=self.told.len()).find(decides).unwrap_or(first);
        &self.told[..enough]
    }
}

fn judge(closing: &Closing, known: &[Told], (rules, version): Numbered<'_>) -> Attributed {
    attribute(&with_told(closing.facts.clone(), known), rules, (COMMISSION_RULES_CODE, version))
}

/// What everybody has once the sale is paid in full.
fn outcome(judged: &Attributed, earned: Earned, total: i64, names: &dyn Fn(EmployeeId) -> String) -> Outcome {
    let rate = point("rate", Said::new("提成比例", "Rate"), None, Some(rate_of(earned, total)), "plan");
    match judged {
        Attributed::Held { .. } => {
            let name = Said::new("佣金归属", "Who shares the commission");
            let waits = Said::new("待定，佣金暂缓", "undecided: the commission waits");
            let held = point("attribution", name, None, Some(waits), "facts");
            Outcome { points: vec![held, rate], money: BTreeMap::new() }
        }
        Attributed::Decided(attribution) => {
            let shares: Vec<String> =
                attribution.parties.iter().map(|party| percent(party.share_bp, party.keeps_bp)).collect();
            let (zh, en) = attribution.rule.labels();
            let shares = shares.join("/");
            let says = Said::new(format!("{zh}（{shares}）"), format!("{en} ({shares})"));
            let Citation { clause, .. } = attribution.citation.clone();
            let decided = point("attribution", Said::new(zh, en), clause, Some(says), "rule");
            let due = Due { earned, received: total, total }.so_far().unwrap_or_default();
            let part = |(holder, minor): (Holder, i64)| {
                let whose = match holder {
                    Holder::Person(person) => names(person),
                    Holder::Company => "公司".to_owned(),
                    Holder::Fund => "基金".to_owned(),
                };
                (whose, Money::from_minor(minor, Currency::Cny))
            };
            let money = parts(due, &attribution.parties).into_iter().map(part).collect();
            Outcome { points: vec![decided, rate], money }
        }
    }
}

fn point(key: &str, name: Said, clause: Option<String>, says: Option<Said>, otherwise: &str) -> Point {
    Point { key: key.to_owned(), name, clause, says, fact: None, otherwise: otherwise.to_owned() }
}

/// What is earned of the whole, in hundredths of a per cent.
fn rate_of(earned: Earned, total: i64) -> Said {
    if total == 0 {
        return Said::new("0%", "0%");
    }
    let bp = earned.ten_thousandths() / i128::from(total);
    let rate = format!("{}.{:02}%", bp / 100, (bp % 100).abs());
    Said::name(&rate)
}

fn percent(share_bp: u32, keeps_bp: u32) -> String {
    let share = format!("{}.{:02}%", share_bp / 100, share_bp % 100);
    if keeps_bp == 10_000 { share } else { format!("{share}×{}.{:02}%", keeps_bp / 100, keeps_bp % 100) }
}
