//! 拆分采购: purchases of one category within some days, by the same people or from one seller, each within a
//! limit and together above it; and lines of one claim from one seller, where nobody compared prices.

use super::{ClaimFacts, LineFacts, NAMED_MAX, Notes, Surroundings, named, policy::SplitPurchase};
use crate::spine::{Currency, Money};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What makes purchases belong together.
enum Bond<'a> {
    Submitter,
    Beneficiary,
    Seller(&'a str),
}

impl Bond<'_> {
    const fn code(&self) -> &'static str {
        match self {
            Self::Submitter => "submitter",
            Self::Beneficiary => "beneficiary",
            Self::Seller(_) => "seller",
        }
    }
    fn holds(&self, claim: &ClaimFacts, other: &ClaimFacts, line: &LineFacts) -> bool {
        match self {
            Self::Submitter => claim.submitter == other.submitter,
            Self::Beneficiary => claim.beneficiary == other.beneficiary,
            Self::Seller(seller) => line.is_from(seller),
        }
    }
}

/// What one claim has of a purchase that may have been split.
struct Part<'a> {
    claim: &'a ClaimFacts,
    minor: i64,
    first: &'a LineFacts,
}

/// Adds a line to the part of its claim; a limit looks at a claim as a whole.
fn add<'a>(parts: &mut Vec<Part<'a>>, claim: &'a ClaimFacts, line: &'a LineFacts) {
    match parts.iter_mut().find(|part| part.claim.claim == claim.claim) {
        Some(part) => part.minor = part.minor.saturating_add(line.amount.minor()),
        None => parts.push(Part { claim, minor: line.amount.minor(), first: line }),
    }
}

pub(super) fn look(
    rule: &SplitPurchase,
    claim: &ClaimFacts,
    around: &Surroundings<'_>,
    mut notes: Notes<'_>,
) {
    let mut seen = BTreeSet::new();
    for line in claim.lines.iter().filter(|line| seen.insert(line.category.as_str())) {
        let sellers = line.papers.iter().map(|paper| Bond::Seller(&paper.seller));
        let mut bonds = [Bond::Submitter, Bond::Beneficiary].into_iter().chain(sellers);
        let across = bonds.find_map(|bond| split(rule, claim, line, &bond, around));
        let facts = across.or_else(|| split_within(rule, claim, &line.category));
        if let Some(facts) = facts {
            notes.add(Some(line.line), facts);
        }
    }
}

fn split(
    rule: &SplitPurchase,
    claim: &ClaimFacts,
    line: &LineFacts,
    bond: &Bond<'_>,
    around: &Surroundings<'_>,
) -> Option<Value> {
    let belongs = |other: &ClaimFacts, near: &LineFacts| {
        near.category == line.category
            && near.days_from(line) <= rule.window_days
            && bond.holds(claim, other, near)
    };
    let mut parts = Vec::new();
    for own in claim.lines.iter().filter(|own| belongs(claim, own)) {
        add(&mut parts, claim, own);
    }
    for (other, near) in around.lines(claim).filter(|(other, near)| belongs(other, near)) {
        add(&mut parts, other, near);
    }
    if parts.len() < 2 {
        return None;
    }
    let (total, largest) = parts.iter().fold((0_i64, 0_i64), |(total, largest), part| {
        (total.saturating_add(part.minor), largest.max(part.minor))
    });
    let currency = line.amount.currency();
    let limit = evaded(&rule.limits, currency, largest, total)?;
    let amount = |minor| Money::from_minor(minor, currency);
    let claims: Vec<Value> = parts
        .iter()
        .take(NAMED_MAX)
        .map(|part| {
            json!({"claim_id": part.claim.claim, "number": part.claim.number,
                "occurred_on": part.first.occurred_on, "amount": amount(part.minor)})
        })
        .collect();
    Some(json!({
        "same": bond.code(), "category": line.category, "limit": limit, "total": amount(total),
        "window_days": rule.window_days, "count": parts.len(), "claims": claims,
    }))
}

/// The highest limit that the largest part keeps to and all together pass.
fn evaded(limits: &[Money], currency: Currency, largest: i64, total: i64) -> Option<&Money> {
    let evades =
        |limit: &&Money| limit.currency() == currency && largest <= limit.minor() && limit.minor() < total;
    limits.iter().filter(evades).max_by_key(|limit| limit.minor())
}

/// Lines of a category in one claim, from one seller, that are small one by one. Where prices were compared, before or
/// now, nothing is evaded.
fn split_within(rule: &SplitPurchase, claim: &ClaimFacts, category: &str) -> Option<Value> {
    let open = || claim.lines.iter().filter(|line| line.category == category && !line.is_compared);
    let sellers: BTreeSet<&str> =
        open().flat_map(|line| &line.papers).map(|paper| paper.seller.as_str()).collect();
    sellers.into_iter().find_map(|seller| {
        let parts: Vec<&LineFacts> = open().filter(|line| line.is_from(seller)).collect();
        let first = parts.first().filter(|_| parts.len() > 1)?;
        let total = parts.iter().fold(0_i64, |total, part| total.saturating_add(part.amount.minor()));
        let largest = parts.iter().map(|part| part.amount.minor()).max()?;
        let currency = first.amount.currency();
        let limit = evaded(&rule.limits_within, currency, largest, total)?;
        let lines: Vec<Value> = parts.iter().take(NAMED_MAX).map(|part| named(claim, part)).collect();
        Some(json!({
            "same": "seller", "within_one_claim": true, "category": category, "limit": limit,
            "total": Money::from_minor(total, currency), "count": parts.len(), "claims": lines,
        }))
    })
}
