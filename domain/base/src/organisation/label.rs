//! What may stand in a name, a code, a text and a date of master data.

use super::DATE_NOT_SANE;
use crate::spine::{BusinessDate, Findings, codes, in_both, is_deceptive};
use serde_json::json;
use std::ops::RangeInclusive;

/// Checks a text of one line: trimmed, within its length in characters, without control characters.
pub(crate) fn check_line(findings: &mut Findings, pointer: &str, text: &str, length: RangeInclusive<usize>) {
    if is_deceptive(text) || text.chars().any(char::is_control) {
        findings.add(pointer, codes::BAD_CHARACTER);
        return;
    }
    let shown = text.trim().chars().count();
    if shown != text.chars().count() {
        findings.add_with(
            pointer,
            codes::BAD_FORMAT,
            [("expected", in_both("首尾没有空格", "no blanks at either end"))],
        );
    } else if shown == 0 && *length.start() > 0 {
        findings.add(pointer, codes::REQUIRED);
    } else if !length.contains(&shown) {
        let (min, max) = (*length.start(), *length.end());
        findings.add_with(pointer, codes::BAD_LENGTH, [("min", json!(min)), ("max", json!(max))]);
    }
}

/// Checks a code: 1 to 40 ASCII letters, digits, `-`, `_` or `.`, beginning with a letter or digit.
pub(crate) fn check_code(findings: &mut Findings, pointer: &str, code: &str) {
    let well_formed = code.len() <= 40
        && code.starts_with(|c: char| c.is_ascii_alphanumeric())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !well_formed {
        let expected = json!("1-40 of A-Z a-z 0-9 - _ .");
        findings.add_with(pointer, codes::BAD_FORMAT, [("expected", expected)]);
    }
}

/// Checks that a business date lies in living memory or the near future, so that a slip of the
/// keyboard (`0205`, `20260`) does not become a date.
pub(crate) fn check_date(findings: &mut Findings, pointer: &str, date: BusinessDate) {
    let bounds = BusinessDate::from_ymd_opt(1950, 1, 1).zip(BusinessDate::from_ymd_opt(2199, 12, 31));
    if bounds.is_some_and(|(min, max)| date < min || date > max) {
        let (min, max) = (json!("1950-01-01"), json!("2199-12-31"));
        findings.add_with(pointer, DATE_NOT_SANE, [("min", min), ("max", max)]);
    }
}
