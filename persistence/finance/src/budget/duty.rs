//! The budget of the next year is compiled by a day of this one. `[BUD-1, DUT-1a]`

use super::find_unscoped;
use crate::{
    duty::{Filed, FiledRecord, Undone},
    organisation::Organisation,
    spine::{Failure, Reader},
};
use domain::{approval::Directory, duty::TakenBy, spine::Id};
use serde_json::json;
use uuid::Uuid;

/// By when heads hand in the budget of the next year, as a pack brings it.
pub(super) const COMPILATION_RULE: &str = include_str!("../shipped/budget_compilation_rule.json");

/// A budget that was submitted is filed for the year before its own, until it comes back.
pub(super) static FILED: Filed = Filed {
    source: "budget.submitted",
    zh: "年度预算已提交",
    en: "A budget was submitted",
    event: "budget.submitted",
    undone: &[
        Undone { event: "budget.withdrawn", by: |_| Some(TakenBy::Author) },
        Undone { event: "budget.returned", by: |_| Some(TakenBy::Another) },
        Undone { event: "budget.rejected", by: |_| Some(TakenBy::Another) },
        Undone { event: "budget.voided", by: |_| Some(TakenBy::Author) },
    ],
    of: filed,
};

fn filed(reader: &mut Reader<'_>, id: Uuid) -> Result<Option<FiledRecord>, Failure> {
    let budget = find_unscoped(reader, Id::from_uuid(id))?;
    let Ok(period) = (budget.content.fiscal_year - 1).to_string().parse() else { return Ok(None) };
    let by = budget.petition.submitter;
    let Some(department) = Organisation::today(reader)?.department_of(by) else { return Ok(None) };
    Ok(Some(FiledRecord::Period { period, by, department, facts: json!({}) }))
}
