//! 休息日和节假日: spent when nobody works, in a category for which that is not usual.

use super::{ClaimFacts, Notes, Surroundings, policy::RestDay};
use serde_json::json;

pub(super) fn look(rule: &RestDay, claim: &ClaimFacts, _: &Surroundings<'_>, mut notes: Notes<'_>) {
    let usual = |category: &str| {
        let below =
            |known: &String| category.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('.'));
        rule.except_categories.iter().any(|known| known == category || below(known))
    };
    let calendar = &notes.rules.calendar;
    for line in claim.lines.iter().filter(|line| !usual(&line.category)) {
        let kind = calendar.content.kind_of(line.occurred_on);
        if kind.is_off() {
            let (zh, en) = kind.names();
            let facts = json!({
                "occurred_on": line.occurred_on, "day_zh": zh, "day_en": en, "category": line.category,
                "calendar": calendar.code, "calendar_version": calendar.number,
            });
            notes.add(Some(line.line), facts);
        }
    }
}
