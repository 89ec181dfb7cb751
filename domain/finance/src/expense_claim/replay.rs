//! Whether a claim keeps to the company's settings and categories, as a decision to be compared with another's. `[REG-7;
//! EXP-4, EXP-6]`
//!
//! What rests on a request, a comparison of prices or an advance is not among it: how those stood on the day of the
//! submission is not kept.

use super::{ClaimRules, ExpenseClaim, submit::cite};
use crate::{
    policy_replay::{Outcome, Point, Said},
    spine::{BusinessDate, Finding, Language, Refusal},
};
use std::collections::BTreeMap;

impl ExpenseClaim {
    /// What the rules say of it as of the day on which it was submitted: nothing where it keeps to them all.
    ///
    /// # Errors
    /// Amounts beyond what can be added up.
    pub fn replayed(&self, submitted_on: BusinessDate, rules: ClaimRules<'_>) -> Result<Outcome, Refusal> {
        let findings = self.content.judged(submitted_on, rules)?;
        let mut points: Vec<Point> = Vec::new();
        for finding in findings {
            if points.iter().all(|point| point.key != finding.code.code) {
                points.push(point(&finding, rules));
            }
        }
        let money = if points.is_empty() {
            BTreeMap::from([("claim".to_owned(), self.content.asked_worth()?)])
        } else {
            BTreeMap::new()
        };
        Ok(Outcome { points, money })
    }
}

fn point(finding: &Finding, rules: ClaimRules<'_>) -> Point {
    let mut refusal = Refusal::new(finding.code);
    refusal.findings.push(finding.clone());
    let text = |language| finding.code.text(language, &finding.params);
    // The member that is wrong, whichever line it stands in.
    let named = finding.pointer.rsplit('/').find(|part| part.parse::<usize>().is_err());
    Point {
        key: finding.code.code.to_owned(),
        name: Said::new(text(Language::Chinese), text(Language::English)),
        clause: cite(&refusal, rules).clause,
        says: Some(Said::new("不予提交", "refused")),
        fact: named.map(str::to_owned),
        otherwise: "rule".to_owned(),
    }
}
