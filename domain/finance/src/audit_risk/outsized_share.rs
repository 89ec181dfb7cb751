//! 个人占比: one person's part of what a department spent on a category, against all who spent on it.

use super::{ClaimFacts, Notes, Share, Surroundings, policy::OutsizedShare};
use crate::spine::Money;
use rust_decimal::Decimal;
use serde_json::json;
use std::collections::BTreeSet;

pub(super) fn look(
    rule: &OutsizedShare,
    claim: &ClaimFacts,
    around: &Surroundings<'_>,
    mut notes: Notes<'_>,
) {
    let mut seen = BTreeSet::new();
    for line in claim.lines.iter().filter(|line| seen.insert(line.category.as_str())) {
        let here = |share: &&Share| share.department == claim.department && share.category == line.category;
        let (mut total, mut own, mut people) = (0_i128, 0_i128, 0_u32);
        for share in around.shares.iter().filter(here) {
            total += i128::from(share.minor);
            people += 1;
            if share.submitter == claim.submitter {
                own += i128::from(share.minor);
            }
        }
        let comparable = line.amount.currency() == rule.from.currency();
        let is_large = people >= rule.people && total >= i128::from(rule.from.minor());
        if !comparable || !is_large || own * 100 <= total * i128::from(rule.percent) {
            continue;
        }
        let minor =
            |amount: i128| Money::from_minor(i64::try_from(amount).unwrap_or(i64::MAX), rule.from.currency());
        let share = Decimal::from_i128_with_scale(own * 10_000 / total, 2);
        let (from, to) = around.period;
        let facts = json!({
            "category": line.category, "department_id": claim.department, "from": from, "to": to,
            "own": minor(own), "total": minor(total), "people": people, "share_percent": share.to_string(),
            "limit_percent": rule.percent,
        });
        notes.add(Some(line.line), facts);
    }
}
