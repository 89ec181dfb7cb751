//! What the company's terms have in common: numbers within bounds, and what numbers of documents begin with. `[REG-4]`

use crate::spine::{Findings, codes, wording};
use serde_json::json;

/// Looks at what numbers of documents begin with, each under its name.
pub(crate) fn check_prefixes(findings: &mut Findings, prefixes: &[(&str, &str)]) {
    for (name, prefix) in prefixes {
        wording::check_prefix(findings, &format!("/content/{name}"), prefix);
    }
}

/// Looks at numbers, each under its name with the least and the most it may be.
pub(crate) fn check_numbers(findings: &mut Findings, numbers: &[(&str, u32, u32, u32)]) {
    for (name, number, min, max) in numbers {
        if !(min..=max).contains(&number) {
            let range = [("min", json!(min)), ("max", json!(max))];
            findings.add_with(format!("/content/{name}"), codes::OUT_OF_RANGE, range);
        }
    }
}
