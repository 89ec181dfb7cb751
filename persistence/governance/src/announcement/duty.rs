//! An answer that is asked for by a day is a duty of the reader. `[NOT-1a, DUT-1a]`

use super::receipt::find_unscoped;
use crate::duty::{Called, Filed, FiledRecord};
use domain::{
    announcement::Receipt,
    spine::{Entity, Id},
};
use serde_json::json;

/// The rule that calls for answers by their day.
pub const RULE: &str = include_str!("../shipped/notice_answer_rule.json");

/// A reader of whom an answer is asked owes it by the day; withdrawn, nothing is owed any more.
pub static CALLED: Called = Called {
    event: "notice.answer_asked",
    kind: Receipt::KIND,
    responsible: |reader, id| Ok(Some(find_unscoped(reader, Id::from_uuid(id))?.reader)),
    gone: &["notice.called_off"],
    passed: &[],
    redated: &[],
};

/// The answer fulfils it.
pub static FILED: Filed = Filed {
    source: "notice.answered",
    zh: "通知已答复",
    en: "A notice was answered",
    event: "notice.answered",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: Receipt::KIND, id, facts: json!({}) })),
};
