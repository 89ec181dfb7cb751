//! An interaction that counts fulfils what is owed for its customer. `[DUT-1a, TIE-2]`

use super::row::load;
use crate::duty::{Filed, FiledRecord, Undone};
use domain::{
    customer_file::Customer,
    duty::TakenBy,
    spine::{Entity, Id},
};
use serde_json::json;

/// One that counts; voided by a superior, what it fulfilled is owed again.
pub static QUALIFIED: Filed = Filed {
    source: "interaction.qualified",
    zh: "有效跟进客户",
    en: "A customer was followed up with substance",
    event: "interaction.qualified",
    undone: &[Undone { event: "interaction.voided", by: |_| Some(TakenBy::Another) }],
    of: |reader, id| {
        let interaction = load(reader, Id::from_uuid(id))?;
        let facts = json!({"kind": interaction.kind.code()});
        Ok(Some(FiledRecord::Record { kind: Customer::KIND, id: interaction.customer.uuid(), facts }))
    },
};
