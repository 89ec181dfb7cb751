//! Days that documents bear (单据日期): neither ahead nor before the first that may be named. `[REC-1b, CON-1, ORD-1a]`

use crate::spine::{BusinessDate, Findings, RefusalCode};
use serde_json::json;

/// Notes a day that lies ahead of today, or before the earliest that may be named; each under its own code, whose texts name
/// `date`, and `earliest` where it lies before.
pub(crate) fn check(
    findings: &mut Findings,
    pointer: &str,
    date: BusinessDate,
    (earliest, today): (BusinessDate, BusinessDate),
    (too_early, ahead): (&'static RefusalCode, &'static RefusalCode),
) {
    if date > today {
        findings.add_with(pointer, ahead, [("date", json!(date))]);
    } else if date < earliest {
        findings.add_with(pointer, too_early, [("date", json!(date)), ("earliest", json!(earliest))]);
    }
}
