//! What the company's terms have in common: numbers within bounds, and what numbers of documents begin with. `[REG-4]`

use crate::spine::{Findings, wording};

/// Looks at what numbers of documents begin with, each under its name.
pub(crate) fn check_prefixes(findings: &mut Findings, prefixes: &[(&str, &str)]) {
    for (name, prefix) in prefixes {
        wording::check_prefix(findings, &format!("/content/{name}"), prefix);
    }
}

/// Looks at numbers, each under its name with the least and the most it may be.
pub(crate) fn check_numbers(findings: &mut Findings, numbers: &[(&str, u32, u32, u32)]) {
    for &(name, number, min, max) in numbers {
        findings.within(format!("/content/{name}"), number, min..=max);
    }
}
