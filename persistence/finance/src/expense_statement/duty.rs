//! What a month cost is stated each month. `[EXP-13, DUT-1a]`

use super::find_unscoped;
use crate::{
    duty::{Filed, FiledRecord, Undone},
    organisation::Organisation,
    spine::{Failure, Reader},
};
use domain::{approval::Directory, duty::TakenBy, spine::Id};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for the statement of each month.
pub const MONTHLY_STATEMENT_RULE: &str = include_str!("../shipped/monthly_statement_rule.json");

/// A statement that was submitted is filed for its period, until it comes back.
pub static FILED: Filed = Filed {
    source: "statistics.sent",
    zh: "费用报表已提交",
    en: "An expense statement was submitted",
    event: "expense_statement.submitted",
    undone: &[
        Undone {
            event: "expense_statement.settled",
            by: |facts| match facts["state"].as_str()? {
                "withdrawn" => Some(TakenBy::Author),
                "returned" | "rejected" => Some(TakenBy::Another),
                _ => None,
            },
        },
        Undone { event: "expense_statement.voided", by: |_| Some(TakenBy::Author) },
    ],
    of: filed,
};

fn filed(reader: &mut Reader<'_>, id: Uuid) -> Result<Option<FiledRecord>, Failure> {
    let statement = find_unscoped(reader, Id::from_uuid(id))?;
    let Ok(period) = statement.period.to_string().parse() else { return Ok(None) };
    let facts = json!({"department_id": statement.department});
    let by = statement.petition.submitter;
    // A statement is about a department, often a whole centre; whose duty it is to send it is where its author works.
    let Some(department) = Organisation::today(reader)?.department_of(by) else { return Ok(None) };
    Ok(Some(FiledRecord::Period { period, by, department, facts }))
}
