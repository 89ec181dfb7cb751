//! An advance that was paid out is to be settled by its day. `[EXP-14, DUT-1a]`

use super::find_unscoped;
use crate::duty::{Called, Filed, FiledRecord, Undone};
use domain::{duty::TakenBy, finance::cash_advance::CashAdvance, spine::Entity, spine::Id};
use serde_json::json;

/// The rule that calls for the settlement of advances.
pub const SETTLEMENT_RULE: &str = include_str!("../shipped/settlement_rule.json");

/// An advance that was paid out calls for its settlement.
pub static CALLED: Called = Called {
    event: "cash_advance.paid_out",
    kind: CashAdvance::KIND,
    responsible: |reader, id| {
        let advance = find_unscoped(reader, Id::from_uuid(id))?;
        Ok(Some(advance.petition.submitter))
    },
    gone: &["cash_advance.payout_reversed"],
    passed: &[],
    redated: &[],
};

/// One that is settled in full fulfils it, until it is outstanding again.
pub static FILED: Filed = Filed {
    source: "cash_advance.settled",
    zh: "借款已结清",
    en: "A cash advance is settled in full",
    event: "cash_advance.closed",
    undone: &[Undone { event: "cash_advance.reopened", by: |_| Some(TakenBy::Another) }],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: CashAdvance::KIND, id, facts: json!({}) })),
};
