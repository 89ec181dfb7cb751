//! 重复: the same amount, or the same seller, again and again within some days.

use super::{
    ClaimFacts, LineFacts, NAMED_MAX, Notes, Surroundings, named,
    policy::{RepeatedAmount, RepeatedSeller},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The lines, also of the claim itself, that belong to one of its lines by some measure.
fn alike<'a>(
    claim: &'a ClaimFacts,
    line: &'a LineFacts,
    around: &Surroundings<'a>,
    window_days: u32,
    belongs: impl Fn(&ClaimFacts, &LineFacts) -> bool,
) -> Vec<(&'a ClaimFacts, &'a LineFacts)> {
    let own = claim.lines.iter().map(|own| (claim, own));
    let near = |(_, other): &(&ClaimFacts, &LineFacts)| other.days_from(line) <= window_days;
    own.chain(around.lines(claim)).filter(near).filter(|(other, near)| belongs(other, near)).collect()
}

fn listed(found: &[(&ClaimFacts, &LineFacts)]) -> Vec<Value> {
    found.iter().take(NAMED_MAX).map(|(claim, line)| named(claim, line)).collect()
}

fn is_enough(found: &[(&ClaimFacts, &LineFacts)], times: u32) -> bool {
    found.len() >= times as usize
}

pub(super) fn look_for_amount(
    rule: &RepeatedAmount,
    claim: &ClaimFacts,
    around: &Surroundings<'_>,
    mut notes: Notes<'_>,
) {
    let mut seen = BTreeSet::new();
    let counts = |line: &&LineFacts| {
        line.amount.currency() == rule.from.currency() && line.amount.minor() >= rule.from.minor()
    };
    for line in claim.lines.iter().filter(counts).filter(|line| seen.insert(line.amount.minor())) {
        let sellers: BTreeSet<&str> = line.papers.iter().map(|paper| paper.seller.as_str()).collect();
        let belongs = |other: &ClaimFacts, near: &LineFacts| {
            let by_seller = near.papers.iter().any(|paper| sellers.contains(paper.seller.as_str()));
            near.amount == line.amount && (claim.shares_a_person_with(other) || by_seller)
        };
        let found = alike(claim, line, around, rule.window_days, belongs);
        if is_enough(&found, rule.times) {
            let facts = json!({
                "amount": line.amount, "window_days": rule.window_days, "count": found.len(), "lines": listed(&found),
            });
            notes.add(Some(line.line), facts);
        }
    }
}

pub(super) fn look_for_seller(
    rule: &RepeatedSeller,
    claim: &ClaimFacts,
    around: &Surroundings<'_>,
    mut notes: Notes<'_>,
) {
    let mut seen = BTreeSet::new();
    for line in &claim.lines {
        for paper in line.papers.iter().filter(|paper| seen.insert(paper.seller.as_str())) {
            let belongs = |other: &ClaimFacts, near: &LineFacts| {
                claim.shares_a_person_with(other) && near.is_from(&paper.seller)
            };
            let found = alike(claim, line, around, rule.window_days, belongs);
            if is_enough(&found, rule.times) {
                let facts = json!({
                    "seller": paper.seller_name, "window_days": rule.window_days, "count": found.len(),
                    "lines": listed(&found),
                });
                notes.add(Some(line.line), facts);
            }
        }
    }
}
