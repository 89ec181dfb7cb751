//! What every text a client sends must keep to.

use super::{Findings, codes, in_both};
use serde_json::json;

/// Notes a text that is empty, too long or carries control characters; `max` counts characters.
/// Line breaks and tabs are allowed in texts longer than a line (`max` above 200).
pub fn check(findings: &mut Findings, pointer: &str, text: &str, max: usize) {
    let length = text.chars().count();
    if text.trim().is_empty() {
        findings.add(pointer, codes::REQUIRED);
    } else if length > max {
        findings.add_with(pointer, codes::BAD_LENGTH, [("min", json!(1)), ("max", json!(max))]);
    }
    let multiline = max > 200;
    if text.chars().any(|c| c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t'))) {
        findings.add(pointer, codes::BAD_CHARACTER);
    }
}

/// The same for a text that may be absent.
pub fn check_optional(findings: &mut Findings, pointer: &str, text: Option<&str>, max: usize) {
    if let Some(text) = text {
        check(findings, pointer, text, max);
    }
}

/// Notes a prefix of document numbers that is not one to six capital letters.
pub fn check_prefix(findings: &mut Findings, pointer: &str, prefix: &str) {
    if !(1..=6).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_uppercase()) {
        findings.add_with(
            pointer,
            codes::BAD_FORMAT,
            [("expected", in_both("1 至 6 个大写英文字母", "1 to 6 capital letters"))],
        );
    }
}
