//! 发票连号: invoices of one seller whose numbers follow each other were likely written together, whatever
//! their claims say.

use super::{ClaimFacts, NAMED_MAX, Notes, PaperFacts, Surroundings, policy::InvoiceSequence};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The number as a number; one with letters follows no other.
fn counted(paper: &PaperFacts) -> Option<u128> {
    let is_plain = paper.number.len() <= 30 && paper.number.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| paper.number.parse().ok()).flatten()
}

pub(super) fn look(
    rule: &InvoiceSequence,
    claim: &ClaimFacts,
    around: &Surroundings<'_>,
    mut notes: Notes<'_>,
) {
    let mut told = BTreeSet::new();
    for line in &claim.lines {
        for paper in &line.papers {
            let Some(start) = counted(paper).filter(|number| !told.contains(&(&paper.seller, *number)))
            else {
                continue;
            };
            let same = |other: &PaperFacts| other.seller == paper.seller && other.code == paper.code;
            // Each number with the claim it stands on.
            let mut numbers: BTreeMap<u128, (&ClaimFacts, &PaperFacts)> = BTreeMap::new();
            let own = claim.lines.iter().map(|own| (claim, own));
            for (other, near) in own.chain(around.lines(claim)) {
                for found in near.papers.iter().filter(|found| same(found)) {
                    if let Some(number) = counted(found) {
                        numbers.entry(number).or_insert((other, found));
                    }
                }
            }
            let run = run_around(start, rule.gap.into(), &numbers);
            told.extend(run.iter().map(|number| (&paper.seller, *number)));
            if run.len() >= rule.times as usize {
                let invoices: Vec<Value> = run
                    .iter()
                    .filter_map(|number| numbers.get(number))
                    .take(NAMED_MAX)
                    .map(|(other, found)| {
                        json!({"invoice": found.number, "claim_id": other.claim, "number": other.number})
                    })
                    .collect();
                let facts = json!({
                    "seller": paper.seller_name, "code": paper.code, "gap": rule.gap, "count": run.len(),
                    "invoices": invoices,
                });
                notes.add(Some(line.line), facts);
            }
        }
    }
}

/// The numbers that lie in a row with one, each at most `gap` from the next.
fn run_around<T>(start: u128, gap: u128, numbers: &BTreeMap<u128, T>) -> Vec<u128> {
    let mut run = vec![start];
    let mut last = start;
    for number in numbers.range(..start).rev().map(|(number, _)| *number) {
        if last - number > gap {
            break;
        }
        last = number;
        run.insert(0, number);
    }
    last = start;
    for number in numbers.keys().copied().filter(|number| *number > start) {
        if number - last > gap {
            break;
        }
        last = number;
        run.push(number);
    }
    run
}
