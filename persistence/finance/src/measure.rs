//! What finance brings to indicators, as the clocks of its duties judged. `[KPI-1]`

use crate::spine::Part;
use persistence_base::measure::{Measure, duties_in_time};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&ADVANCES_SETTLED, &FINDINGS_REMEDIED];

static ADVANCES_SETTLED: Measure = Measure {
    code: "cash-advances-settled-in-time",
    zh: "借款按期核销率",
    en: "The share of cash advances that were settled in time",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| duties_in_time(reader, asked, "duty-rule/cash-advance"),
};

static FINDINGS_REMEDIED: Measure = Measure {
    code: "audit-findings-remedied-in-time",
    zh: "审计问题按期整改率",
    en: "The share of audit findings that were remedied in time",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| duties_in_time(reader, asked, "duty-rule/audit-finding"),
};
