//! What notices and regulations bring to indicators, as the clocks of their duties judged. `[KPI-1, NOT-2, REG-2]`

use crate::spine::Part;
use persistence_base::measure::{Measure, duties_in_time};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&NOTICES_ANSWERED, &REGULATIONS_ACKNOWLEDGED];

static NOTICES_ANSWERED: Measure = Measure {
    code: "notices-answered-in-time",
    zh: "通知按期答复率",
    en: "The share of notices that were answered in time",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| duties_in_time(reader, asked, "duty-rule/notice-answer"),
};

static REGULATIONS_ACKNOWLEDGED: Measure = Measure {
    code: "regulations-acknowledged-in-time",
    zh: "制度按期签收率",
    en: "The share of regulations that were acknowledged in time",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| duties_in_time(reader, asked, "duty-rule/regulation-acknowledgement"),
};
