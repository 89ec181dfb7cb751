//! What people read of a refusal: no ids, no codes, nothing in braces. Judged of every problem that a story meets.

use serde_json::Value;
use std::collections::BTreeSet;

/// Codes of problems whose text bears what a program has to send, or what people sent and named themselves, where that looks
/// like a code. It only shrinks.
const EXCEPTED: &[&str] = &[
    "approval.chain_unknown_field",
    "approval.chain_unknown_value",
    "duty_rule.source_unknown",
    "validation.format",
    "validation.not_one_of",
    "validation.not_unique",
];

/// What in a text nobody but a program would write: braces, and words tied by strokes below or by dots, as codes are.
pub fn unreadable(text: &str) -> Option<&str> {
    let is_tied = |word: &&str| {
        let letter = |c: char| c.is_ascii_alphanumeric();
        word.contains(['{', '}'])
            || word.split_once(['_', '.']).is_some_and(|(one, other)| {
                one.starts_with(|c: char| c.is_ascii_lowercase())
                    && one.chars().all(letter)
                    && other.starts_with(|c: char| c.is_ascii_lowercase())
            })
    };
    text.split(|c: char| c.is_whitespace() || !c.is_ascii()).find(is_tied)
}

/// An id in a text: hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn id_in(text: &str) -> Option<&str> {
    let is_id = |word: &&str| {
        let groups: Vec<usize> = word.split('-').map(str::len).collect();
        groups == [8, 4, 4, 4, 12] && word.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
    };
    text.split(|c: char| c != '-' && !c.is_ascii_alphanumeric()).find(is_id)
}

/// What a problem document says that people cannot read, if anything.
pub(crate) fn unreadable_in(problem: &Value) -> Option<String> {
    let texts = |said: &Value| {
        let code = said["code"].as_str().unwrap_or_default().to_owned();
        ["title", "detail", "text"]
            .into_iter()
            .filter_map(|member| Some((code.clone(), said[member].as_str()?.to_owned())))
            .collect::<Vec<_>>()
    };
    let errors = problem["errors"].as_array().into_iter().flatten();
    let all = texts(problem).into_iter().chain(errors.flat_map(texts));
    let excepted = BTreeSet::from_iter(EXCEPTED.iter().copied());
    // What the edge says of parameters, members and headers names them as programs write them.
    all.filter(|(code, _)| !code.starts_with("http.") && !excepted.contains(code.as_str())).find_map(
        |(code, text)| Some(format!("{code}: {} in: {text}", id_in(&text).or_else(|| unreadable(&text))?)),
    )
}
