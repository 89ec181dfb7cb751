//! Days that documents bear (单据日期): neither ahead nor before the first that may be named; and the months that papers are
//! compiled of. `[REC-1b, CON-1, ORD-1a]`

use crate::{
    spine::{BusinessDate, Findings, Refusal, RefusalCode},
    working_time::{Period, Span},
};
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

/// Whether something may be compiled of a period: it is a month, and has begun. The text of what lies ahead may name `month`.
///
/// # Errors
/// The one code or the other, at `/month`.
pub(crate) fn check_month(
    month: Period,
    today: BusinessDate,
    (not_a_month, ahead): (&'static RefusalCode, &'static RefusalCode),
) -> Result<(), Refusal> {
    if month.span() != Span::Month {
        return Err(Refusal::new(not_a_month).at("/month"));
    }
    if today < month.first() {
        return Err(Refusal::new(ahead).with("month", month.to_string()).at("/month"));
    }
    Ok(())
}
