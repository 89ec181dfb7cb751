//! To give all reviews by the last day of the stage is a duty of whoever is asked. `[KPI-4, DUT-1a]`

use super::row::find;
use crate::duty::{Called, Filed, FiledRecord, Undone};
use domain::{duty::TakenBy, review_round::ReviewRound, spine::Entity};
use serde_json::json;

/// Somebody is asked.
pub(super) static CALLED: Called = Called {
    event: "review_round.called",
    kind: ReviewRound::KIND,
    responsible: |reader, id| Ok(Some(find(reader, id.into())?.reviewer)),
    gone: &["review_round.closed"],
    passed: &[],
    redated: &[],
};

/// They gave all; asked for more, they owe it again.
pub(super) static DONE: Filed = Filed {
    source: "review_round.done",
    zh: "绩效评分已全部提交",
    en: "All reviews were given",
    event: "review_round.done",
    undone: &[Undone { event: "review_round.called_again", by: |_| Some(TakenBy::Another) }],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: ReviewRound::KIND, id, facts: json!({}) })),
};
